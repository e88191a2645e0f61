"""Which cells have to move so that tables can have another length, and whether they can."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_COLUMN, MAX_ROW, Area, cell_address
from salespipe.workbook.guards import pivot_areas, table_in_the_way
from salespipe.workbook.moves import NOWHERE, Move
from salespipe.workbook.package import Package
from salespipe.workbook.plan import SheetPlan
from salespipe.workbook.sheet import SheetXml
from salespipe.workbook.tables import Body, table_area

__all__ = ["planned_moves"]

CONTROL: Final = re.compile(rb"""ObjectType=["'](?!Note)""")
FIXED: Final = {
    "controls": "form controls",
    "oleObjects": "embedded objects",
    "scenarios": "scenarios",
    "dataConsolidate": "a consolidation",
    "customSheetViews": "custom views",
}
"""What knows rows by their numbers, in places that nothing here follows."""


def planned_moves(package: Package, plans: Sequence[SheetPlan]) -> list[Move]:
    """Give the moves that the new bodies of tables need, in the order of the plans.

    Raises
    ------
    WorkbookUnsafeError
        Something stands in the way of a table and cannot move.
    """
    return [
        move
        for plan in plans
        if any(body.resize.before != body.resize.after for body in plan.bodies)
        for move in _Planner(package, plan).moves()
    ]


class _Planner:
    """Plans the moves of one sheet."""

    def __init__(self, package: Package, plan: SheetPlan) -> None:
        self.package = package
        self.plan = plan
        self.sheet = SheetXml(package.read(plan.sheet.part), name=plan.sheet.name)

    def moves(self) -> Iterator[Move]:
        for body in self.plan.bodies:
            found = self._move(body)
            if found is None:
                continue
            if "tableSingleCells" in self._relations():
                raise self._stuck(body, "cells of the sheet are filled by an XML map")
            yield found

    def _move(self, body: Body) -> Move | None:
        before, after, totals = body.resize.before, body.resize.after, body.table.totals_rows
        by = after.bottom - before.bottom
        if by == 0 or (by < 0 and not totals):
            return None
        row = Area(before.bottom + 1, before.left, before.bottom + totals, before.right)
        if by > 0 and (why := self._in_the_way(body, Area.below(body.frame, by))):
            return self._inserted(body, by, why)
        if totals:
            if any(row.meets(noted) for noted in self._notes()):
                raise self._stuck(body, "its totals row has a comment")
            return self._moved(body, row, by, alone=self._alone(row, by))
        return self._moved(body, NOWHERE, by) if body.kept else None

    def _moved(self, body: Body, block: Area, by: int, *, alone: bool = True) -> Move:
        name, sheet = body.table.name, self.sheet.name
        total = bool(body.table.totals_rows)
        return Move(
            name, sheet, body.resize, block, by, alone=alone, replaced=not body.kept, total=total
        )

    def _in_the_way(self, body: Body, needed: Area) -> str:
        occupied = self.sheet.occupied(needed)
        if occupied:
            return f"{occupied} is not empty"
        return table_in_the_way(self.package.tables, body.table, needed)

    def _inserted(self, body: Body, by: int, why: str) -> Move:
        """Plan to insert whole rows, so that what stands below moves down.

        Raises
        ------
        WorkbookUnsafeError
            That would tear something apart, or leave something behind.
        """
        top = body.resize.before.bottom + 1
        block = Area(top, 1, MAX_ROW, MAX_COLUMN)
        fixed = self._fixed(body, block)
        if fixed:
            raise self._stuck(body, f"{why}, and cannot move down: {fixed}", by)
        return self._moved(body, block, by)

    def _fixed(self, body: Body, block: Area) -> str:
        """Say what keeps rows from being inserted, ``""`` if nothing does."""
        after, top = body.resize.after, block.top
        children, get = self.sheet.children, self.sheet.markup.get
        filters = [c for c in children if c.name in {"autoFilter", "sortState"}]
        filtered = [Area.parse(get(child, "ref") or "") for child in filters]
        pivots = pivot_areas(self.package, self.plan.sheet.part)
        last = self.sheet.rows[-1].number if self.sheet.rows else 0
        written = len(self.plan.bodies) > 1 or any(row > after.bottom for row, _ in self.plan.cells)
        obstacles = {
            "other cells of the sheet are written too": written,
            "the sheet has form controls": self._controls(),
            "there are comments below": any(area.bottom >= top for area in self._notes()),
            "there is a pivot table": any(area.bottom >= top for area in pivots),
            "the sheet has a filter": any(area and area.bottom >= top for area in filtered),
            "the sheet is full": last + after.bottom - body.resize.before.bottom > MAX_ROW,
        }
        for child in children:
            if child.name in FIXED:
                obstacles[f"the sheet has {FIXED[child.name]}"] = True
        for other in self.package.tables:
            area = table_area(other)
            beside = other.sheet == self.sheet.name and other.part != body.table.part
            if beside and area.top < top <= area.bottom:
                obstacles[f'the table "{other.name}" stands beside'] = True
        found = next((why for why, there in obstacles.items() if there), "")
        return found or self._run_beside(body, top)

    def _run_beside(self, body: Body, top: int) -> str:
        """Say which cells beside the table belong together across the line of insertion."""
        before = body.resize.before
        for area in (
            Area(top - 1, 1, top - 1, before.left - 1),
            Area(top - 1, before.right + 1, top - 1, MAX_COLUMN),
        ):
            row = self.sheet.row(top - 1)
            for cell in self.sheet.cells(row) if row else []:
                pair = [Area(number, cell.column, number, cell.column) for number in (top - 1, top)]
                if area.covers(pair[0]) and all(self.sheet.occupied(one) for one in pair):
                    return f"{cell_address(top - 1, cell.column)} and the cell below it are beside"
        return ""

    def _alone(self, row: Area, by: int) -> bool:
        """Whether nothing stands beside the rows that the totals row passes."""
        rows = Area(min(row.top, row.top + by), 1, max(row.top, row.top + by), MAX_COLUMN)
        left = Area(rows.top, 1, rows.bottom, row.left - 1)
        right = Area(rows.top, row.right + 1, rows.bottom, MAX_COLUMN)
        return not self.sheet.occupied(left) and not self.sheet.occupied(right)

    def _notes(self) -> list[Area]:
        """Cells with comments."""
        part = self.plan.sheet.part
        found = []
        for relation in self.package.relationships(part).values():
            if "comment" in relation.type.lower() and relation.target in self.package:
                refs = [e.get("ref") for e in self.package.tree(relation.target).iter()]
                found += [area for ref in refs if ref and (area := Area.parse(ref))]
        return found

    def _controls(self) -> bool:
        """Whether buttons and their like of the old kind stand on the sheet, beside comments."""
        related = self.package.relationships(self.plan.sheet.part).values()
        drawn = [r.target for r in related if r.type == "vmlDrawing" and r.target in self.package]
        return any(CONTROL.search(self.package.read(part)) for part in drawn)

    def _relations(self) -> set[str]:
        return {r.type for r in self.package.relationships(self.plan.sheet.part).values()}

    def _stuck(self, body: Body, why: str, by: int = 0) -> WorkbookUnsafeError:
        name = f'The table "{body.table.name}" on the sheet "{self.sheet.name}"'
        if by:
            needed = Area.below(body.frame, by)
            return WorkbookUnsafeError(
                f"{name} needs the cells {needed}, but {why}; move what stands below the table."
            )
        return WorkbookUnsafeError(
            f"{name} cannot change its length: {why}; switch the totals row off under Table Design."
        )
