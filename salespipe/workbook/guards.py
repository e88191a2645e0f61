"""Refusals: what cannot be edited without risking something a person put there."""

from collections.abc import Collection, Iterable

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area, cell_address
from salespipe.workbook.markup import attribute, tag_pattern
from salespipe.workbook.package import Package
from salespipe.workbook.parts import TablePart
from salespipe.workbook.sheet import Cell, SheetXml
from salespipe.workbook.tables import Body, table_area

__all__ = [
    "pivot_areas",
    "refuse_cells",
    "refuse_signed",
    "refuse_table_frame",
    "table_in_the_way",
]


def refuse_signed(package: Package) -> None:
    """Refuse a workbook with a digital signature, which any change would break.

    Raises
    ------
    WorkbookUnsafeError
    """
    signed = any("_xmlsignatures/" in name.lower() for name in package.names)
    if signed or any(r.type == "origin" for r in package.relationships("").values()):
        raise WorkbookUnsafeError(
            f'"{package.path.name}" is digitally signed and a change would break the signature; '
            "remove it under File, Info, View Signatures, or work on an unsigned copy."
        )


def refuse_table_frame(
    table: TablePart, cells: Iterable[tuple[int, int]], *, body: Body | None
) -> None:
    """Refuse single cells in a table's header or totals row, or in a body that is replaced whole.

    Raises
    ------
    WorkbookUnsafeError
    """
    whole = table_area(table)
    for row, column in cells:
        where = f"{table.sheet}!{cell_address(row, column)}"
        areas = body.areas if body and not body.kept else ()
        if any(area.holds(row, column) for area in areas):
            raise WorkbookUnsafeError(
                f'{where} lies in the table "{table.name}", whose rows are all replaced; give its '
                "value among those rows."
            )
        if not whole.holds(row, column):
            continue
        if table.header_rows and row == whole.top:
            raise WorkbookUnsafeError(
                f'{where} is a header of the table "{table.name}"; rename the column in Excel.'
            )
        if table.totals_rows and row == whole.bottom:
            raise WorkbookUnsafeError(
                f'{where} is in the totals row of the table "{table.name}"; change it in Excel.'
            )


def table_in_the_way(tables: Iterable[TablePart], table: TablePart, needed: Area) -> str:
    """Say which other table stands on cells that one needs, ``""`` if none does."""
    for other in tables:
        beside = other.sheet == table.sheet and other.part != table.part
        if beside and table_area(other).meets(needed):
            return f'the table "{other.name}" stands there'
    return ""


def refuse_cells(
    package: Package, sheet: SheetXml, *, part: str, cells: Collection[tuple[int, int]]
) -> None:
    """Refuse cells that are not free to take a value of their own.

    Raises
    ------
    WorkbookUnsafeError
        A cell is hidden by a merge, or belongs to an array formula, to a formula that others
        share, or to a pivot table.
    """
    for row, column in cells:
        where = f"{sheet.name}!{cell_address(row, column)}"
        for merge in sheet.merges:
            if merge.holds(row, column) and (row, column) != (merge.top, merge.left):
                raise WorkbookUnsafeError(
                    f"{where} lies inside the merged cells {merge}; unmerge them, or use "
                    f"{cell_address(merge.top, merge.left)}."
                )
        for array in sheet.arrays:
            if array.holds(row, column):
                raise WorkbookUnsafeError(
                    f"{where} belongs to an array formula in {array}; clear the formula in Excel."
                )
    pivots = pivot_areas(package, part)
    for row, column in cells if pivots else ():
        if any(pivot.holds(row, column) for pivot in pivots):
            raise WorkbookUnsafeError(
                f"{sheet.name}!{cell_address(row, column)} belongs to a pivot table; move the "
                "pivot table."
            )
    _refuse_shared_masters(sheet, cells)


def pivot_areas(package: Package, part: str) -> list[Area]:
    """Give the areas of a sheet that pivot tables fill."""
    found = []
    for relation in package.relationships(part).values():
        if relation.type == "pivotTable" and relation.target in package:
            location = package.tree(relation.target).find("{*}location")
            area = Area.parse(location.get("ref", "")) if location is not None else None
            found += [area] if area else []
    return found


def _refuse_shared_masters(sheet: SheetXml, cells: Collection[tuple[int, int]]) -> None:
    """Refuse to take away a formula that stays in use by cells that are not edited."""
    edited = set(cells)
    for row, column in cells:
        cell = sheet.cell(row, column)
        group = _mastered_group(sheet, cell) if cell else None
        left = sheet.shared_with(group) - edited if group else set()
        if left:
            raise WorkbookUnsafeError(
                f"{sheet.name}!{cell_address(row, column)} holds the formula that "
                f"{cell_address(*min(left))} and others share; type the formula anew in them."
            )


def _mastered_group(sheet: SheetXml, cell: Cell) -> str | None:
    match = tag_pattern(f"{sheet.prefix}f".encode()).search(
        sheet.markup.view, cell.element.inner, cell.element.inner_end
    )
    if match and attribute(match[0], "t") == "shared" and attribute(match[0], "ref"):
        return attribute(match[0], "si")
    return None
