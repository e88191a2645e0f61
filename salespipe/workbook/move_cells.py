"""Cells, rows and areas of a worksheet that move so that a table can have another length."""

from collections.abc import Iterator
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area, cell_address
from salespipe.workbook.markup import ATTRIBUTE, Element, Splice, splice, with_attribute
from salespipe.workbook.moves import Move
from salespipe.workbook.ranges import EXTENDED_RANGES, extend_dimension
from salespipe.workbook.sheet import Cell, Row, SheetXml

__all__ = ["moved_sheet"]

OF_ITS_PLACE: Final = frozenset({"r", "spans", "hidden", "collapsed", "outlineLevel"})
"""Attributes of a row that a row like it does not have."""

REF_OF: Final = {"mergeCell": "ref", "hyperlink": "ref", "ignoredError": "sqref"} | dict.fromkeys(
    ("conditionalFormatting", "dataValidation", "protectedRange"), "sqref"
)
HOLDERS: Final = frozenset(
    {"mergeCells", "hyperlinks", "dataValidations", "ignoredErrors", "protectedRanges"}
)


def moved_sheet(sheet: SheetXml, move: Move) -> bytes:
    """Give a worksheet with cells moved, and with them merges, rules, links and page breaks.

    Raises
    ------
    WorkbookUnsafeError
        An area lies partly among the cells that move.
    """
    rows = _all_below(sheet, move) if move.inserts else _totals_row(sheet, move)
    used = sheet.child("dimension")
    area = Area.parse(sheet.markup.get(used, "ref") or "") if used else None
    data = splice(sheet.data, [*rows, *_areas(sheet, move), *_breaks(sheet, move)])
    moved = SheetXml(data, name=sheet.name)
    bottom = area.bottom + move.by if move.inserts and area else move.block.top + move.by
    left = area.left if move.inserts and area else move.block.left
    return extend_dimension(moved, {(bottom, left)} if move.by > 0 else ())


def _all_below(sheet: SheetXml, move: Move) -> Iterator[Splice]:
    """Give all rows below the body their new numbers, and put rows like its last one before."""
    top = move.block.top
    later = [row for row in sheet.rows if row.number >= top]
    like = sheet.row(top - 1)
    new = b"".join(_row_like(sheet, like, number) for number in range(top, top + move.by))
    if new:
        at = later[0].element.start if later else sheet.sheet_data.inner_end
        yield at, at, new
    for row in later:
        yield sheet.markup.retagged(row.element, "r", str(row.number + move.by))
        for cell in sheet.cells(row):
            address = cell_address(row.number + move.by, cell.column)
            yield sheet.markup.retagged(cell.element, "r", address)


def _row_like(sheet: SheetXml, row: Row | None, number: int) -> bytes:
    """Give an empty row with the height and the style of another; nothing where it has neither."""
    kept = _look_of(sheet, row)
    return f'<{sheet.prefix}row r="{number}"'.encode() + kept + b"/>" if kept else b""


def _look_of(sheet: SheetXml, row: Row | None) -> bytes:
    tag = sheet.markup.tag(row.element) if row else b""
    found = ATTRIBUTE.finditer(tag)
    return b"".join(m[0] for m in found if m[1].decode(errors="replace") not in OF_ITS_PLACE)


def _totals_row(sheet: SheetXml, move: Move) -> Iterator[Splice]:
    """Take the cells of the totals row out, and put them into the row where it stands then."""
    old, new = move.block.top, move.block.top + move.by
    source, target = sheet.row(old), sheet.row(new)
    if source is None:
        return
    going = [c for c in sheet.cells(source) if move.block.holds(old, c.column)]
    moved = b"".join(_at_row(sheet, cell, new) for cell in going)
    yield source.element.start, source.element.inner, _left(sheet, source, going, move)
    yield from ((cell.element.start, cell.element.end, b"") for cell in going)
    if target is None:
        below = sheet.row_after(new)
        at = below.element.start if below else sheet.sheet_data.inner_end
        opening = f'<{sheet.prefix}row r="{new}"'.encode() + _look_of(sheet, source) + b">"
        yield at, at, opening + moved + f"</{sheet.prefix}row>".encode()
        return
    yield from _into(sheet, target, move, moved)


def _left(sheet: SheetXml, row: Row, going: list[Cell], move: Move) -> bytes:
    """Give the tag of the row that the totals leave: as a row of the body, if all of it leaves."""
    if move.by < 0 or len(going) < len(sheet.cells(row)):
        return with_attribute(sheet.markup.tag(row.element), "spans", None)
    look = _look_of(sheet, sheet.row(row.number - 1))
    return f'<{sheet.prefix}row r="{row.number}"'.encode() + look + b">"


def _into(sheet: SheetXml, target: Row, move: Move, moved: bytes) -> Iterator[Splice]:
    """Put cells into a row in place of those in the same columns."""
    tag = with_attribute(sheet.markup.tag(target.element), "spans", None)
    tag = with_attribute(tag, "hidden", None)
    if tag.endswith(b"/>"):
        closing = f"</{sheet.prefix}row>".encode()
        yield target.element.start, target.element.end, tag[:-2].rstrip() + b">" + moved + closing
        return
    yield target.element.start, target.element.inner, tag
    cells = sheet.cells(target)
    for cell in cells:
        if move.block.left <= cell.column <= move.block.right:
            yield cell.element.start, cell.element.end, b""
    beyond = [c.element.start for c in cells if c.column > move.block.right]
    at = min(beyond, default=target.element.inner_end)
    yield at, at, moved


def _at_row(sheet: SheetXml, cell: Cell, row: int) -> bytes:
    element = cell.element
    tag = with_attribute(sheet.markup.tag(element), "r", cell_address(row, cell.column))
    return tag + sheet.data[element.inner : element.end]


def _areas(sheet: SheetXml, move: Move) -> Iterator[Splice]:
    for element in _with_areas(sheet):
        name = REF_OF.get(element.name)
        old = sheet.markup.get(element, name) if name else None
        if name and old:
            whole = element.name == "mergeCell"
            new = " ".join(_pieces(text, move, whole=whole) for text in old.split())
            if new.split() != old.split():
                yield sheet.markup.retagged(element, name, new)
    extensions = sheet.child("extLst")
    if extensions:
        for match in EXTENDED_RANGES.finditer(sheet.markup.view, extensions.start, extensions.end):
            old = match[2].decode(errors="replace")
            new = " ".join(_pieces(text, move, whole=False) for text in old.split())
            if new.split() != old.split():
                yield match.start(2), match.end(2), new.encode()


def _with_areas(sheet: SheetXml) -> Iterator[Element]:
    for child in sheet.children:
        if child.name in HOLDERS:
            yield from sheet.markup.children(child)
        else:
            yield child


def _pieces(text: str, move: Move, *, whole: bool) -> str:
    """Give where a rule's area stands now: in pieces where only some of its cells move.

    Raises
    ------
    WorkbookUnsafeError
        It must stay whole, or its first cell, to which its formulas are relative, is among those
        that move.
    """
    area = Area.parse(text)
    if area is None:
        return text
    try:
        new = move.place(area)
    except WorkbookUnsafeError:
        if whole or move.block.holds(area.top, area.left) or move.by < 0:
            raise
        return " ".join(str(piece) for piece in _split(area, move))
    if whole and new.rows != area.rows:
        raise WorkbookUnsafeError(
            f'The table "{move.table}" on the sheet "{move.sheet}" cannot change its length: the '
            f"merged cells {area} would be torn apart; unmerge them."
        )
    return text if new == area else str(new)


def _split(area: Area, move: Move) -> Iterator[Area]:
    """Cut an area around a totals row: what stands above, beside, and below it, and the row."""
    block = move.block
    if area.top < block.top:
        yield Area(area.top, area.left, block.top - 1, area.right)
    if area.left < block.left:
        yield Area(block.top, area.left, area.bottom, block.left - 1)
    if area.right > block.right:
        yield Area(block.top, block.right + 1, area.bottom, area.right)
    left, right = max(area.left, block.left), min(area.right, block.right)
    bottom = max(area.bottom, block.top + move.by)
    yield Area(block.top + 1, left, bottom, right)


def _breaks(sheet: SheetXml, move: Move) -> Iterator[Splice]:
    breaks = sheet.child("rowBreaks") if move.inserts else None
    for element in sheet.markup.children(breaks) if breaks else []:
        number = sheet.markup.get(element, "id") or ""
        if number.isdecimal() and int(number) >= move.block.top:
            yield sheet.markup.retagged(element, "id", str(int(number) + move.by))
