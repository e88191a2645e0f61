"""The tool's own sheets, alone in a workbook from which they are grafted into another."""

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook

from salespipe.settings import Language
from salespipe.workbook.schema import DEFINED_NAME, SCHEMA_VERSION, SHEETS, STAMP_SHEET
from salespipe.workbook.template.formats import Formats, default_font
from salespipe.workbook.template.outputs import (
    write_changes,
    write_deal_forecast,
    write_forecast,
    write_forecast_log,
    write_kpi,
    write_review,
    write_todo,
)
from salespipe.workbook.template.start import write_start

__all__ = ["TOOL_SHEETS", "build_tool_sheets", "write_stamp", "write_tool_sheet"]

TOOL_SHEETS: Final = tuple(
    key for key, sheet in SHEETS.items() if sheet.filled_by == "tool" and key != "lists"
)
"""Keys of the sheets that the tool fills; Lists serves those that people fill."""


def write_tool_sheet(
    sheet: Any,  # noqa: ANN401 - xlsxwriter has no types
    key: str,
    *,
    book: Any,  # noqa: ANN401
    formats: Formats,
    language: Language,
) -> None:
    """Write one of the tool's sheets other than Start as it is before the first run."""
    match key:
        case "forecast":
            write_forecast(sheet, book=book, formats=formats, language=language)
        case "deal_forecast":
            write_deal_forecast(sheet, formats=formats, language=language)
        case "kpi":
            write_kpi(sheet, book=book, formats=formats, language=language)
        case "review":
            write_review(sheet, formats=formats, language=language)
        case "todo":
            write_todo(sheet, formats=formats, language=language)
        case "changes":
            write_changes(sheet, book=book, formats=formats, language=language)
        case "forecast_log":
            write_forecast_log(sheet, formats=formats, language=language)


def write_stamp(book: Any, *, language: Language) -> None:  # noqa: ANN401
    """Add the very hidden sheet and the name that say which template this is."""
    sheet = book.add_worksheet(STAMP_SHEET)
    for row, pair in enumerate((("schema_version", SCHEMA_VERSION), ("language", language))):
        for column, text in enumerate(pair):
            sheet.write_string(row, column, text)
    sheet.very_hidden()
    book.define_name(DEFINED_NAME, f'="{SCHEMA_VERSION}"')


def build_tool_sheets(
    titles: Mapping[str, str],
    *,
    language: Language,
    links: Mapping[str, str],
    stamped: bool,
) -> bytes:
    """Make a workbook of nothing but sheets of the tool.

    Parameters
    ----------
    titles : mapping
        Key of each wanted sheet to its name on the tab.
    language : {"en", "zh"}
    links : mapping
        Sheets that Start lists: key to name on the tab.
    stamped : bool
        Whether the stamp comes along.

    Returns
    -------
    bytes
        The file. Its charts and its links back to Start name sheets as the template does.
    """
    file = BytesIO()
    options = {"in_memory": True, "default_format_properties": default_font(language)}
    book = Workbook(file, options)
    formats = Formats(book, language)
    for key, title in titles.items():
        sheet = book.add_worksheet(title)
        if key == "start":
            write_start(
                sheet, book=book, company="", formats=formats, language=language, titles=links
            )
        else:
            write_tool_sheet(sheet, key, book=book, formats=formats, language=language)
    if stamped:
        write_stamp(book, language=language)
    with warnings.catch_warnings():
        # Charts name sheets that are not here: they are, or will be, where these are grafted.
        warnings.filterwarnings("ignore", "Unknown worksheet reference")
        book.close()
    return file.getvalue()
