"""Which charts of a workbook change with its cells, and to what."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import parse_cell
from salespipe.workbook.charts import CellValue, Reference, refreshed_chart
from salespipe.workbook.edits import ChartRange
from salespipe.workbook.moves import Move
from salespipe.workbook.package import Package
from salespipe.workbook.plan import SheetPlan
from salespipe.workbook.sheet import SheetXml
from salespipe.workbook.strings import shared_strings

__all__ = ["changed_charts"]

CHART: Final = "drawingml.chart+xml"
"""In a chart part's content type."""


def changed_charts(
    package: Package,
    parts: Mapping[str, bytes | None],
    ranges: Sequence[ChartRange],
    plans: Iterable[SheetPlan],
    moves: Sequence[Move] = (),
) -> dict[str, bytes | None]:
    """Give the chart parts whose ranges or remembered values change.

    Parameters
    ----------
    package : Package
    parts : mapping
        Sheets as they will be, by part; others are read from the package.
    ranges : sequence of ChartRange
    plans : iterable of SheetPlan
    moves : sequence of Move
        Cells that move because of the plans.

    Raises
    ------
    WorkbookUnsafeError
        A range has no rows, or its sheet or address does not exist.
    """
    known = {sheet.name.casefold() for sheet in package.sheets}
    for wanted in ranges:
        parse_cell(wanted.first_cell)
        if wanted.sheet.casefold() not in known:
            raise WorkbookUnsafeError(
                f'A chart cannot show the sheet "{wanted.sheet}", which does not exist; restore or '
                "rename it in Excel."
            )
        if wanted.rows < 1:
            raise WorkbookUnsafeError(
                f"A chart cannot show {wanted.rows} rows from {wanted.sheet}!{wanted.first_cell}; "
                "give it at least one."
            )
    book = _Book(package, parts, plans)
    changed: dict[str, bytes | None] = {}
    for name in package.names:
        if CHART not in package.content_type(name):
            continue
        old = package.read(name)
        new = refreshed_chart(
            old, what=name, ranges=ranges, touched=book.touches, values=book.values, moves=moves
        )
        if new != old:
            changed[name] = new
    return changed


class _Book:
    """The workbook's values as they will be after the edits."""

    def __init__(
        self, package: Package, parts: Mapping[str, bytes | None], plans: Iterable[SheetPlan]
    ) -> None:
        self._package = package
        self._parts = parts
        self._touched = {plan.sheet.name.casefold(): list(plan.cells) for plan in plans}
        self._sheets: dict[str, SheetXml] = {}

    @cached_property
    def _shared(self) -> list[str]:
        return shared_strings(self._package)

    def touches(self, reference: Reference) -> bool:
        """Whether an edited cell lies in a range."""
        return any(reference.area.holds(*at) for at in self._touched.get(reference.sheet, ()))

    def values(self, reference: Reference) -> dict[tuple[int, int], CellValue]:
        """Give the values in a range, none if its sheet is gone."""
        sheet = self._sheet(reference.sheet)
        return sheet.values(reference.area, self._shared) if sheet else {}

    def _sheet(self, name: str) -> SheetXml | None:
        if name not in self._sheets:
            found = next((s for s in self._package.sheets if s.name.casefold() == name), None)
            if found is None:
                return None
            data = self._parts.get(found.part) or self._package.read(found.part)
            self._sheets[name] = SheetXml(data, name=found.name)
        return self._sheets[name]
