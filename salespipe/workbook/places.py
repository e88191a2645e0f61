"""Find the tool's sheets in a workbook, whatever they are called now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.settings import Language
from salespipe.workbook.package import Package, TablePart
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.address import a1
from salespipe.workbook.template.tables import TABLES, ToolTable

__all__ = ["LANGUAGES", "Places", "locate"]

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
    parts = {part.name.casefold(): part for part in package.tables}
    sheets: dict[str, str] = {}
    tables: dict[str, str] = {}
    spoken: list[Language] = []
    for name in wanted:
        table = TABLES[name]
        part = _find(table, parts)
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


def _find(table: ToolTable, parts: dict[str, TablePart]) -> TablePart:
    part = parts.get(table.name.casefold())
    if part is None:
        raise WorkbookUnsafeError(
            f'The workbook has no table "{table.name}" (sheet "{SHEETS[table.sheet].en}" of the '
            "template); copy the deals into a workbook made with `salespipe new`."
        )
    return part


def _language(table: ToolTable, part: TablePart) -> Language:
    for language in LANGUAGES:
        if part.columns == table.headers(language):
            return language
    theirs = set(part.columns)
    ours = max(
        (table.headers(language) for language in LANGUAGES), key=lambda h: len({*h} & theirs)
    )
    missing = [header for header in ours if header not in theirs]
    what = f'lacks the column "{missing[0]}"' if missing else "has other columns, or another order"
    raise WorkbookUnsafeError(
        f'The table "{part.name}" on the sheet "{part.sheet}" {what}; give it back the columns of '
        f"the template, which are: {', '.join(ours)}."
    )


def _require_place(table: ToolTable, part: TablePart) -> None:
    expected = a1(table.row, table.column)
    found = part.ref.replace("$", "").split(":")[0]
    if found != expected:
        raise WorkbookUnsafeError(
            f'The table "{part.name}" on the sheet "{part.sheet}" begins at {found} and the '
            f"template has it at {expected}; delete the rows or columns that were inserted there."
        )
