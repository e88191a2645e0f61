"""Edits sorted by sheet and cell, refused where they do not fit the workbook's tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import cell_address, parse_cell
from salespipe.workbook.edits import Content, Edits, Entry, Link, Styled
from salespipe.workbook.guards import refuse_table_frame
from salespipe.workbook.package import Package
from salespipe.workbook.parts import SheetPart, TablePart
from salespipe.workbook.tables import Body, plan_body, table_area

__all__ = ["Placed", "SheetPlan", "links_of", "planned_sheets"]

type Address = tuple[int, int]


@dataclass(frozen=True)
class Placed:
    """A content for a cell, the cell whose style it takes (None: its own), its number format."""

    content: Content
    like: Address | None = None
    code: str = ""


@dataclass(frozen=True)
class SheetPlan:
    """What changes on one sheet.

    Attributes
    ----------
    sheet : SheetPart
    cells : dict
        By row and column, counted from 1.
    bodies : list of Body
        Tables whose rows are replaced.
    """

    sheet: SheetPart
    cells: dict[Address, Placed] = field(default_factory=dict)
    bodies: list[Body] = field(default_factory=list)


def planned_sheets(package: Package, edits: Edits) -> list[SheetPlan]:
    """Sort edits by sheet, in tab order.

    Raises
    ------
    WorkbookUnsafeError
        A sheet, table or address does not exist, or an edit would break a table.
    """
    plans = {sheet.name.casefold(): SheetPlan(sheet) for sheet in package.sheets}
    for name, rows in edits.rows.items():
        table = _table(package, name)
        body = plan_body(table, package.read(table.part), rows=len(rows))
        plan = plans[table.sheet.casefold()]
        plan.bodies.append(body)
        plan.cells.update(_body_cells(body, rows))
    for name, rows in edits.added.items():
        table = _table(package, name)
        before = table_area(table).rows - table.header_rows - table.totals_rows
        body = plan_body(table, package.read(table.part), rows=before + len(rows))
        body = replace(body, kept=True)
        plan = plans[table.sheet.casefold()]
        plan.bodies.append(body)
        plan.cells.update(_added_cells(body, rows, extra=len(edits.columns.get(name, ()))))
    given: dict[str, set[Address]] = {}
    for name, entries in edits.cells.items():
        single = _single_cells(name, entries)
        known = plans.get(name.casefold())
        if known is None:
            raise _unknown(package, "sheet", name, [sheet.name for sheet in package.sheets])
        for table in package.tables:
            if table.sheet == known.sheet.name:
                replaced = next((body for body in known.bodies if body.table == table), None)
                refuse_table_frame(table, single, body=replaced)
        twice = given.setdefault(known.sheet.name, set()) & single.keys()
        if twice:
            raise _twice(known.sheet.name, min(twice))
        given[known.sheet.name] |= single.keys()
        known.cells.update(single)
    used = [plan for plan in plans.values() if plan.cells or plan.bodies]
    for plan in used:
        _refuse_dead_links(package, plan)
    return used


def _single_cells(sheet: str, entries: Mapping[str, Entry]) -> dict[Address, Placed]:
    cells: dict[Address, Placed] = {}
    for address, entry in entries.items():
        at = parse_cell(address)
        if at in cells:
            raise _twice(sheet, at)
        cells[at] = _placed(entry)
    return cells


def _twice(sheet: str, at: Address) -> WorkbookUnsafeError:
    return WorkbookUnsafeError(f"{sheet}!{cell_address(*at)} is given twice; keep one.")


def _table(package: Package, name: str) -> TablePart:
    for table in package.tables:
        if table.name.casefold() == name.casefold():
            return table
    raise _unknown(package, "table", name, [table.name for table in package.tables])


def _unknown(package: Package, kind: str, name: str, known: list[str]) -> WorkbookUnsafeError:
    listed = ", ".join(f'"{other}"' for other in known) or "none"
    return WorkbookUnsafeError(
        f'"{package.path.name}" has no {kind} "{name}" (it has {listed}); restore or rename it in '
        "Excel."
    )


def _placed(entry: Entry) -> Placed:
    if isinstance(entry, Styled):
        return Placed(entry.value, parse_cell(entry.like) if entry.like else None, entry.code)
    return Placed(entry)


def _body_cells(body: Body, rows: Sequence[Sequence[Entry]]) -> dict[Address, Placed]:
    before, after, table = body.resize.before, body.resize.after, body.table
    cells: dict[Address, Placed] = {}
    width = len(table.columns)
    for number, row in enumerate(rows or [[None] * width], start=after.top):
        if len(row) != width or width != after.columns:
            raise WorkbookUnsafeError(
                f'The table "{table.name}" on the sheet "{table.sheet}" has {after.columns} '
                f"columns, but a row of {len(row)} was to be written to it; restore its columns."
            )
        for column, entry in enumerate(row, start=after.left):
            placed = _placed(entry)
            if number > before.bottom and placed.like is None:
                placed = replace(placed, like=(before.top, column))
            cells[number, column] = placed
    cells.update(dict.fromkeys(_left_over(body), Placed(None)))
    return cells


def _added_cells(
    body: Body, rows: Sequence[Sequence[Entry]], *, extra: int
) -> dict[Address, Placed]:
    """Place rows below those that are there, in the style of the last one; blanks take no cell."""
    before = body.resize.before
    cells: dict[Address, Placed] = {}
    for number, row in enumerate(rows, start=before.bottom + 1):
        if len(row) != before.columns + extra:
            raise WorkbookUnsafeError(
                f'The table "{body.table.name}" on the sheet "{body.table.sheet}" has '
                f"{before.columns} columns, but a row of {len(row)} was to be added to it."
            )
        for column, entry in enumerate(row, start=before.left):
            placed = _placed(entry)
            last = min(column, before.right)
            cells[number, column] = replace(placed, like=placed.like or (before.bottom, last))
    return cells


def _left_over(body: Body) -> Iterator[Address]:
    area = body.left_over
    if area:
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                yield row, column


def links_of(cells: Mapping[Address, Placed]) -> dict[Address, Link]:
    """Give the links among contents."""
    return {at: p.content for at, p in cells.items() if isinstance(p.content, Link)}


def _refuse_dead_links(package: Package, plan: SheetPlan) -> None:
    known = {sheet.name.casefold() for sheet in package.sheets}
    for at, link in links_of(plan.cells).items():
        parse_cell(link.cell)
        if link.sheet.casefold() not in known:
            raise WorkbookUnsafeError(
                f"{plan.sheet.name}!{cell_address(*at)} would link to the sheet "
                f'"{link.sheet}", which does not exist; restore or rename it in Excel.'
            )
