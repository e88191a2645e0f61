"""Setting cells in a worksheet part."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from salespipe.workbook.areas import cell_address
from salespipe.workbook.content import Rendered
from salespipe.workbook.markup import Splice, splice, with_attribute
from salespipe.workbook.sheet import Cell, Row, SheetXml

__all__ = ["Put", "put_cells"]


@dataclass(frozen=True)
class Put:
    """A cell's new content and style.

    Attributes
    ----------
    rendered : Rendered
    style : int
        Index into the workbook's cell styles.
    """

    rendered: Rendered
    style: int


def put_cells(sheet: SheetXml, puts: Mapping[tuple[int, int], Put]) -> bytes:
    """Set cells, creating rows and cells where they belong.

    Every other byte of the sheet stays as it stands, but for the ``spans`` of touched rows, which
    are a hint that may become wrong.

    Parameters
    ----------
    sheet : SheetXml
    puts : mapping
        By row and column, counted from 1.

    Returns
    -------
    bytes
        The part.
    """
    by_row: dict[int, dict[int, Put]] = defaultdict(dict)
    for (row, column), put in puts.items():
        if sheet.cell(row, column) or _matters(sheet, row, column, put):
            by_row[row][column] = put
    if not by_row:
        return sheet.data
    splices: list[Splice] = []
    created: dict[int, bytes] = {}
    for number in sorted(by_row):
        if known := sheet.row(number):
            splices += _into_row(sheet, known, by_row[number])
        else:
            below = sheet.row_after(number)
            at = below.element.start if below else sheet.sheet_data.inner_end
            created[at] = created.get(at, b"") + _new_row(sheet, number, by_row[number])
    splices += [
        sheet.markup.inserted(sheet.sheet_data, at, content) for at, content in created.items()
    ]
    return splice(sheet.data, splices)


def _matters(sheet: SheetXml, row: int, column: int, put: Put) -> bool:
    return bool(put.rendered.body) or put.style != sheet.style_at(row, column)


def _new_row(sheet: SheetXml, number: int, puts: Mapping[int, Put]) -> bytes:
    cells = b"".join(_new_cell(sheet, number, column, puts[column]) for column in sorted(puts))
    return f'<{sheet.prefix}row r="{number}">'.encode() + cells + f"</{sheet.prefix}row>".encode()


def _new_cell(sheet: SheetXml, row: int, column: int, put: Put) -> bytes:
    style = f' s="{put.style}"' if put.style else ""
    kind = f' t="{put.rendered.type}"' if put.rendered.type else ""
    tag = f'<{sheet.prefix}c r="{cell_address(row, column)}"{style}{kind}'.encode()
    body = put.rendered.body
    return tag + (b">" + body + f"</{sheet.prefix}c>".encode() if body else b"/>")


def _filled(tag: bytes, put: Put, prefix: str) -> bytes:
    """Give a cell with an opening tag's own attributes and a new content."""
    for stale in ("vm", "cm", "ph"):  # rich values, dynamic arrays and phonetics of the old content
        tag = with_attribute(tag, stale, None)
    tag = with_attribute(tag, "t", put.rendered.type)
    body = put.rendered.body
    if not body:
        return tag.removesuffix(b"/>").removesuffix(b">").rstrip() + b"/>"
    opening = tag.removesuffix(b"/>").removesuffix(b">").rstrip() + b">"
    return opening + body + f"</{prefix}c>".encode()


def _styled(tag: bytes, style: int, old: int) -> bytes:
    return tag if style == old else with_attribute(tag, "s", str(style) if style else None)


def _into_row(sheet: SheetXml, row: Row, puts: Mapping[int, Put]) -> list[Splice]:
    markup = sheet.markup
    tag = with_attribute(markup.tag(row.element), "spans", None)
    known = {cell.column: cell for cell in sheet.cells(row)}
    if not known:
        cells = b"".join(_new_cell(sheet, row.number, c, puts[c]) for c in sorted(puts))
        opening = tag.removesuffix(b"/>").removesuffix(b">").rstrip() + b">"
        closing = f"</{sheet.prefix}row>".encode()
        return [(row.element.start, row.element.end, opening + cells + closing)]
    splices = [(row.element.start, row.element.inner, tag)]
    created: dict[int, bytes] = {}
    for column in sorted(puts):
        cell = known.get(column)
        if cell:
            splices.append(_changed_cell(sheet, cell, puts[column]))
        else:
            later = [c.element.start for c in known.values() if c.column > column]
            at = min(later, default=row.element.inner_end)
            created[at] = created.get(at, b"") + _new_cell(sheet, row.number, column, puts[column])
    return splices + [(at, at, content) for at, content in created.items()]


def _changed_cell(sheet: SheetXml, cell: Cell, put: Put) -> Splice:
    tag = sheet.markup.tag(cell.element)
    old = sheet.style_of(cell)
    filled = _filled(_styled(tag, put.style, old), put, sheet.prefix)
    return cell.element.start, cell.element.end, filled
