"""Which version of the template a workbook has: said in three places, any one suffices."""

import re
from typing import Final

from salespipe.workbook.package import Package
from salespipe.workbook.schema import DEFINED_NAME, STAMP_PROPERTY, STAMP_SHEET
from salespipe.workbook.sheet import SheetXml
from salespipe.workbook.strings import shared_strings

__all__ = ["schema_version"]

VERSION: Final = re.compile(r"\d{1,6}")


def schema_version(package: Package) -> int | None:
    """Give the version of the template that a workbook's tool sheets have, None without any stamp.

    Where the places disagree the highest counts: a workbook that was brought up to date keeps the
    document property of its first template.
    """
    found = (_on_sheet(package), _named(package), _property(package))
    versions = [int(text) for text in found if text and VERSION.fullmatch(text)]
    return max(versions, default=None)


def _on_sheet(package: Package) -> str:
    stamp = next((sheet for sheet in package.sheets if sheet.name == STAMP_SHEET), None)
    if stamp is None:
        return ""
    sheet = SheetXml(package.read(stamp.part), name=stamp.name)
    cell = sheet.cell(1, 2)
    value = sheet.value(cell, shared_strings(package)) if cell else None
    return f"{value:g}" if isinstance(value, float) else str(value or "")


def _named(package: Package) -> str:
    return package.defined_names.get(DEFINED_NAME.casefold(), "").strip('="')


def _property(package: Package) -> str:
    part = next(
        (r.target for r in package.relationships("").values() if r.type == "custom-properties"), ""
    )
    if part not in package:
        return ""
    named = package.tree(part).iterfind(f"{{*}}property[@name='{STAMP_PROPERTY}']")
    return next(("".join(found.itertext()).strip() for found in named), "")
