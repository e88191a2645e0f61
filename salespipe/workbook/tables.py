"""Excel Tables: a new body, and what of the table's own part follows from it."""

from dataclasses import dataclass
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_ROW, Area
from salespipe.workbook.markup import Markup, Splice, splice, with_attribute
from salespipe.workbook.parts import TablePart
from salespipe.workbook.ranges import Resize

__all__ = ["Body", "plan_body", "resized_table", "table_area"]

STALE: Final = frozenset({"filterColumn", "sortState"})
"""What a person filtered or sorted by; it would hide or misorder rows that it never saw."""


@dataclass(frozen=True)
class Body:
    """A table's body before and after its rows are replaced.

    Attributes
    ----------
    table : TablePart
    resize : Resize
    filtered : bool
        Whether a person's filter hides rows of it.
    kept : bool
        Whether the rows that are there stay, and others are added below.
    """

    table: TablePart
    resize: Resize
    filtered: bool
    kept: bool = False

    @property
    def areas(self) -> tuple[Area, Area]:
        """The area of the old body and that of the new one."""
        return self.resize.before, self.resize.after

    @property
    def frame(self) -> Area:
        """The area of the whole table as it was, with its header and totals."""
        body = self.resize.before
        bottom = body.bottom + self.table.totals_rows
        return Area(body.top - self.table.header_rows, body.left, bottom, body.right)

    @property
    def grown(self) -> Area | None:
        """The area below the old body that the new one takes."""
        before, after = self.areas
        if after.bottom <= before.bottom:
            return None
        return Area(before.bottom + 1, before.left, after.bottom, before.right)

    @property
    def left_over(self) -> Area | None:
        """The area of the old body that the new one leaves, and its totals row does not take."""
        before, after = self.areas
        top = after.bottom + 1 + self.table.totals_rows
        if top > before.bottom:
            return None
        return Area(top, before.left, before.bottom, before.right)


def table_area(table: TablePart) -> Area:
    """Give a table's range.

    Raises
    ------
    WorkbookUnsafeError
        Its range cannot be read.
    """
    area = Area.parse(table.ref)
    if area is None:
        raise WorkbookUnsafeError(
            f'The table "{table.name}" on the sheet "{table.sheet}" has no valid range; open the '
            "workbook in Excel and save it again."
        )
    return area


def plan_body(table: TablePart, part: bytes, *, rows: int) -> Body:
    """Work out a table's new body.

    Parameters
    ----------
    table : TablePart
    part : bytes
        The table's part.
    rows : int
        Rows wanted; a table keeps at least one.

    Raises
    ------
    WorkbookUnsafeError
        The sheet is too short, or the table is fed by a query.
    """
    where = f'The table "{table.name}" on the sheet "{table.sheet}"'
    area = table_area(table)
    before = Area(
        area.top + table.header_rows, area.left, area.bottom - table.totals_rows, area.right
    )
    after = Area(before.top, before.left, before.top + max(rows, 1) - 1, before.right)
    if after.bottom + table.totals_rows > MAX_ROW:
        raise WorkbookUnsafeError(f"{where} would end below the last row of the sheet.")
    markup = Markup(part, what=table.part)
    if markup.get(markup.root, "tableType") in {"queryTable", "xml"}:
        raise WorkbookUnsafeError(
            f"{where} is filled by a query or an XML map, which would undo the change; convert it "
            "to a plain table."
        )
    return Body(table, Resize(before, after), b"filterColumn" in markup.view)


def resized_table(part: bytes, body: Body) -> bytes:
    """Give a table's part with its new range, showing all its rows."""
    markup = Markup(part, what=body.table.part)
    resize, table = body.resize, body.table
    full = Area(
        resize.after.top - table.header_rows,
        resize.after.left,
        resize.after.bottom + table.totals_rows,
        resize.after.right,
    )
    root = with_attribute(markup.tag(markup.root), "ref", _ref(full))
    splices: list[Splice] = [
        (markup.root.start, markup.root.inner, with_attribute(root, "insertRow", None))
    ]
    for child in markup.children(markup.root):
        if child.name == "autoFilter":
            shown = Area(full.top, full.left, resize.after.bottom, full.right)
            splices.append(markup.retagged(child, "ref", _ref(shown)))
            splices += [
                (inner.start, inner.end, b"")
                for inner in markup.children(child)
                if inner.name in STALE and not body.kept
            ]
        elif child.name in STALE and not body.kept:
            splices.append((child.start, child.end, b""))
    return splice(part, splices)


def _ref(area: Area) -> str:
    """Give a range with both ends, as tables have it even for a single cell."""
    text = str(area)
    return text if ":" in text else f"{text}:{text}"
