"""Find the tool's sheets in a workbook, whatever they are called now."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.settings import Language
from salespipe.workbook.package import Package
from salespipe.workbook.parts import TablePart
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.address import a1
from salespipe.workbook.template.tables import TABLES, ToolTable

__all__ = ["LANGUAGES", "Places", "find_table", "locate", "spoken_headers"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


@dataclass(frozen=True)
class Places:
    """Where the tool's sheets are in one workbook.

    Attributes
    ----------
    language : {"en", "zh"}
        Language of their headers.
    sheets : dict
        Key of a tool's sheet to its name on the tab.
    tables : dict
        Name of a tool's table in the layout to its name in the workbook.
    names : frozenset of str
        Names of all sheets.
    """

    language: Language
    sheets: dict[str, str]
    tables: dict[str, str]
    names: frozenset[str]


def locate(package: Package, *, wanted: Iterable[str]) -> Places:
    """Find the sheets that hold the tool's tables.

    A sheet may have been renamed or moved: it is known by its Excel Tables. Their headers and
    their places must be those of the template, since cells beside them are written by address.

    Parameters
    ----------
    package : Package
    wanted : iterable of str
        Names in :data:`salespipe.workbook.template.layout.TABLES`.

    Raises
    ------
    WorkbookUnsafeError
        A table is missing, was changed, or was moved.
    """
    sheets: dict[str, str] = {}
    tables: dict[str, str] = {}
    spoken: list[Language] = []
    for name in wanted:
        table = TABLES[name]
        part = find_table(table, package)
        if part is None:
            raise _missing(table)
        spoken.append(_language(table, part))
        _require_place(table, part)
        sheets[table.sheet] = part.sheet
        tables[name] = part.name
    names = frozenset(sheet.name for sheet in package.sheets)
    language = spoken[0]
    lists = SHEETS["lists"].title(language)
    if lists in names:
        sheets["lists"] = lists
    return Places(language=language, sheets=sheets, tables=tables, names=names)


def find_table(table: ToolTable, package: Package) -> TablePart | None:
    """Find one of the tool's tables: by its name, with a number behind it where that was taken.

    Of several, the one with the right headers is meant.
    """
    pattern = re.compile(re.escape(table.name) + r"(_\d+)?", re.IGNORECASE)
    found = [part for part in package.tables if pattern.fullmatch(part.name)]
    right = (part for part in found if spoken_headers(table, part))
    return next(right, found[0] if found else None)


def spoken_headers(table: ToolTable, part: TablePart) -> Language | None:
    """Give the language in which a table has the headers of the template; None if it has others."""
    return next((lang for lang in LANGUAGES if part.columns == table.headers(lang)), None)


def _missing(table: ToolTable) -> WorkbookUnsafeError:
    return WorkbookUnsafeError(
        f'The workbook has no table "{table.name}", but other tables of its sheet '
        f'"{SHEETS[table.sheet].en}"; delete that sheet, so that it can be made anew.'
    )


def _language(table: ToolTable, part: TablePart) -> Language:
    if language := spoken_headers(table, part):
        return language
    theirs = set(part.columns)
    ours = max(
        (table.headers(language) for language in LANGUAGES), key=lambda h: len({*h} & theirs)
    )
    missing = [header for header in ours if header not in theirs]
    what = f'lacks the column "{missing[0]}"' if missing else "has other columns, or another order"
    raise WorkbookUnsafeError(
        f'The table "{part.name}" on the sheet "{part.sheet}" {what}; give it back the columns of '
        f"the template, which are: {', '.join(ours)}. Or delete that sheet, so that it is made "
        "anew."
    )


def _require_place(table: ToolTable, part: TablePart) -> None:
    expected = a1(table.row, table.column)
    found = part.ref.replace("$", "").split(":")[0]
    if found != expected:
        raise WorkbookUnsafeError(
            f'The table "{part.name}" on the sheet "{part.sheet}" begins at {found} and the '
            f"template has it at {expected}; delete the rows or columns that were inserted there."
        )
