"""Cells that move when a table changes its length, and where areas of the sheet stand then."""

from dataclasses import dataclass
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_ROW, Area
from salespipe.workbook.ranges import Resize

__all__ = ["NOWHERE", "Move"]

NOWHERE: Final = Area(0, 0, 0, 0)
"""The block of a move in which no cell moves: the table grows into empty cells."""


@dataclass(frozen=True)
class Move:
    """Cells that move up or down so that a table can have another length.

    Either a totals row alone moves, into cells that are empty or leave the table; or whole rows
    are inserted below the table's body, and all that stands below moves down; or nothing does, and
    only what refers to the whole body is to cover the new one.

    Attributes
    ----------
    table, sheet : str
        Names.
    resize : Resize
        The table's body.
    block : Area
        Cells that move: a totals row, or all rows from one on.
    by : int
        Rows down; negative: up.
    alone : bool
        Whether nothing stands beside the rows that the table comes to cover.
    replaced : bool
        Whether all cells of the body are written anew, so that what they hold need not follow.
    total : bool
        Whether the table has a totals row.
    who : str
        What refers to its cells, for messages.
    """

    table: str
    sheet: str
    resize: Resize
    block: Area
    by: int
    alone: bool = True
    replaced: bool = False
    total: bool = False
    who: str = "something"

    @property
    def inserts(self) -> bool:
        """Whether whole rows are inserted."""
        return self.block.bottom == MAX_ROW

    def follow(self, area: Area, anchored: bool) -> Area:
        """Give where an area stands now that a formula or a chart refers to.

        One over the whole body covers the new one, as Excel does it when a table grows.

        Parameters
        ----------
        area : Area
        anchored : bool
            Whether its last row has a ``$``.

        Raises
        ------
        WorkbookUnsafeError
            Its cells no longer lie side by side, or are no longer there.
        """
        del anchored
        return self._whole_body(area) or self.place(area)

    def follow_total(self, area: Area, anchored: bool) -> Area:
        """Give where an area stands that a total of the table refers to: to its last row, still."""
        before, last = self.resize.before, self.resize.after.bottom
        inside = before.left <= area.left and area.right <= before.right and area.rows > 1
        if inside and before.top <= area.top and area.bottom == before.bottom:
            return Area(min(area.top, last), area.left, last, area.right)
        return self.follow(area, anchored)

    def follow_anchored(self, area: Area, anchored: bool) -> Area:
        """Give where an area stands that a rule refers to; a relative one is no whole column."""
        return (self._whole_body(area) if anchored else None) or self.place(area)

    def place(self, area: Area) -> Area:
        """Give where an area stands now, the body's own growth left aside.

        Raises
        ------
        WorkbookUnsafeError
            Its cells no longer lie side by side, or are no longer there.
        """
        block = self.block
        if area.bottom == MAX_ROW and area.top == 1:
            return area
        if block.covers(area):
            return Area(area.top + self.by, area.left, self._row(area.bottom), area.right)
        if self._gone(area):
            raise self._torn(area, "rows that would go")
        if not block.meets(area):
            return self._shortened(area)
        return self._across(area)

    def _across(self, area: Area) -> Area:
        """Give where an area stands that shares cells with the block, and has others."""
        block = self.block
        longer = Area(area.top, area.left, self._row(area.bottom), area.right)
        if self.inserts:
            return longer
        new = block.top + self.by
        above = area.top < block.top
        if above and area.top <= new <= area.bottom and area.bottom > block.bottom:
            return area  # begins above the row and ends below it, now as before
        inside = block.left <= area.left and area.right <= block.right
        whole = area.left <= block.left and block.right <= area.right and self.alone
        if above and area.top < new and (inside or whole):
            return longer if area.bottom == block.bottom else self._to(area, max(area.bottom, new))
        raise self._torn(area, "its totals row and other cells")

    def _whole_body(self, area: Area) -> Area | None:
        """Give the new body for an area that covers the old one in its columns."""
        before, after = self.resize.before, self.resize.after
        if area.bottom != before.bottom or area.rows == 1:
            return None  # a row of a table with one row is that row, not the table
        columns = (
            before.left <= area.left
            and area.right <= before.right
            and before.top - 1 <= area.top <= before.top
        )
        more = area.covers(before) and (self.alone or area.columns == before.columns)
        return self._to(area, after.bottom) if columns or more else None

    def _gone(self, area: Area) -> bool:
        """Whether an area begins in rows that leave the table."""
        before, after = self.resize.before, self.resize.after
        removed = Area(after.bottom + 1, before.left, before.bottom, before.right)
        return self.by < 0 and removed.meets(area) and area.top > after.bottom

    def _shortened(self, area: Area) -> Area:
        """Give an area that ends in rows that leave the table without them."""
        before, after = self.resize.before, self.resize.after
        inside = before.left <= area.left and area.right <= before.right
        ends = after.bottom < area.bottom <= before.bottom
        return self._to(area, after.bottom) if self.by < 0 and inside and ends else area

    @staticmethod
    def _to(area: Area, bottom: int) -> Area:
        return Area(area.top, area.left, bottom, area.right)

    def _row(self, row: int) -> int:
        return min(row + self.by, MAX_ROW)

    def _torn(self, area: Area, what: str) -> WorkbookUnsafeError:
        return WorkbookUnsafeError(
            f'The table "{self.table}" on the sheet "{self.sheet}" cannot change its length: '
            f"{self.who} refers to {area}, {what}; let it refer to the table's column by name."
        )
