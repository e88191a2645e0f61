"""Other ways in than the workbook: exports of a CRM, read by a declarative map."""

from salespipe.sources.crm_export import read_export
from salespipe.sources.import_map import ImportMap
from salespipe.sources.import_report import FileRead, Imported, ImportReport, LeftOut, Unmatched
from salespipe.sources.maps import header_map, preset_names, read_map, read_preset

__all__ = [
    "FileRead",
    "ImportMap",
    "ImportReport",
    "Imported",
    "LeftOut",
    "Unmatched",
    "header_map",
    "preset_names",
    "read_export",
    "read_map",
    "read_preset",
]
