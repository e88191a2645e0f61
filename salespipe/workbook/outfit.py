"""The tool's sheets brought into a workbook that lacks them, or has those of an older template."""

from typing import Final

from salespipe.settings import Language
from salespipe.workbook.archive import Archive
from salespipe.workbook.areas import Area
from salespipe.workbook.edits import Entry
from salespipe.workbook.graft import free_name, grafted
from salespipe.workbook.headers import sheet_key
from salespipe.workbook.package import Package
from salespipe.workbook.places import LANGUAGES, find_table, spoken_headers
from salespipe.workbook.schema import SCHEMA_VERSION, SHEETS, STAMP_SHEET
from salespipe.workbook.sheet import SheetXml
from salespipe.workbook.stamp import schema_version
from salespipe.workbook.strings import shared_strings
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.template.tool_sheets import TOOL_SHEETS, build_tool_sheets

__all__ = ["kept_rows", "outfitted"]

TITLE_LIMIT: Final = 31
"""Most characters of a sheet's name."""


def outfitted(package: Package, *, language: Language) -> Package:
    """Give a workbook that has every sheet of the tool, each as this version's template has it.

    A sheet of the tool that is missing is put at the end, under a name that is free. Those of an
    older template are replaced where they stand. People's sheets stay as they are.

    Parameters
    ----------
    package : Package
    language : {"en", "zh"}
        Of sheets that are put in where there are none; else they speak like those that are there.

    Returns
    -------
    Package
        The same one where nothing is missing. Nothing is written to the disk.

    Raises
    ------
    WorkbookUnsafeError
        The workbook cannot take new sheets safely.
    """
    version = schema_version(package)
    there = _present(package, stamped=version is not None)
    stale = there if version is not None and version < int(SCHEMA_VERSION) else {}
    missing = [key for key in TOOL_SHEETS if key not in there]
    if not missing and not stale:
        return package
    speaks = _spoken(package) or language
    taken = [*package.sheet_names]
    titles = {}
    for key in TOOL_SHEETS:
        if key in missing:
            wanted = SHEETS[key].title(speaks)
            titles[key] = free_name(wanted, taken, pattern="{name} ({number})", limit=TITLE_LIMIT)
            taken.append(titles[key])
        elif key in stale:
            titles[key] = stale[key]
    actual = there | titles
    stamped = STAMP_SHEET in package.sheet_names
    data = build_tool_sheets(
        titles, language=speaks, links=_peoples_sheets(package) | actual, stamped=not stamped
    )
    return grafted(
        package,
        Package(Archive.parse(package.path, data)),
        replaced=[*stale.values()],
        renamed={SHEETS[key].title(speaks): title for key, title in actual.items()},
    )


def _present(package: Package, *, stamped: bool) -> dict[str, str]:
    """Find the tool's sheets by their tables: key to name on the tab.

    In a workbook without a stamp a table of such a name with other headers is a person's own.
    """
    found: dict[str, str] = {}
    for table in TABLES.values():
        part = find_table(table, package)
        if part is not None and (stamped or spoken_headers(table, part)):
            found.setdefault(table.sheet, part.sheet)
    return found


def _spoken(package: Package) -> Language | None:
    """Give the language of the tool's sheets that are there, None without any."""
    parts = [(table, find_table(table, package)) for table in TABLES.values()]
    shares = {
        language: sum(
            len({*part.columns} & {*table.headers(language)}) for table, part in parts if part
        )
        for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: shares[language])
    return best if shares[best] else None


def _peoples_sheets(package: Package) -> dict[str, str]:
    found: dict[str, str] = {}
    for sheet in package.sheets:
        key = sheet_key(sheet.name)
        if key and key not in TOOL_SHEETS:
            found.setdefault(key, sheet.name)
    return found


def kept_rows(package: Package, name: str) -> list[dict[str, Entry]]:
    """Give the rows that one of the tool's tables holds, such as the memory of past runs.

    Parameters
    ----------
    package : Package
    name : str
        Of :data:`salespipe.workbook.template.tables.TABLES`.

    Returns
    -------
    list of dict
        Entries by column key, dates as numbers; without rows that are empty.
    """
    table = TABLES[name]
    part = find_table(table, package)
    area = Area.parse(part.ref) if part else None
    if part is None or area is None:
        return []
    sheet = next(sheet for sheet in package.sheets if sheet.name == part.sheet)
    values = SheetXml(package.read(sheet.part), name=sheet.name).values(
        area, shared_strings(package)
    )
    keys = {
        column.header(language): column.key for column in table.columns for language in LANGUAGES
    }
    place = {
        keys[header]: at for at, header in enumerate(part.columns, area.left) if header in keys
    }
    rows: list[dict[str, Entry]] = [
        {key: values.get((row, column)) for key, column in place.items()}
        for row in range(area.top + 1, area.bottom + 1)
    ]
    return [row for row in rows if any(entry is not None for entry in row.values())]
