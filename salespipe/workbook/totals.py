"""What the totals row of a table comes to, for programs that show it before they calculate."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from salespipe.workbook.areas import Area
from salespipe.workbook.markup import Element, Markup, Splice, splice
from salespipe.workbook.sheet import Cell, ErrorText, SheetXml
from salespipe.workbook.tables import Body

__all__ = ["totalled"]

type Value = float | str | bool

FUNCTIONS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "sum": sum,
    "average": lambda numbers: sum(numbers) / len(numbers),
    "max": max,
    "min": min,
    "countNums": len,
}
"""Totals of numbers, by what a table's part calls them; the empty column has none of them."""


def totalled(sheet: SheetXml, body: Body, table: bytes, shared: Sequence[str]) -> bytes:
    """Give a worksheet whose totals row remembers what it comes to.

    Only totals that Excel itself offers are worked out, and none over hidden rows or errors: the
    others keep what they remember until the workbook is calculated.

    Parameters
    ----------
    sheet : SheetXml
        With the new body.
    body : Body
    table : bytes
        The table's part.
    shared : sequence of str
        The workbook's shared strings.
    """
    after = body.resize.after
    hidden = any(
        after.top <= row.number <= after.bottom and sheet.markup.get(row.element, "hidden")
        for row in sheet.rows
    )
    splices: list[Splice] = []
    for column, function in () if hidden else _functions(table, after.left):
        cell = sheet.cell(after.bottom + 1, column)
        inside = Area(after.top, column, after.bottom, column)
        values = [*sheet.values(inside, shared).values()]
        total = _total(function, values)
        if cell and total is not None and b"SUBTOTAL(" in sheet.content(cell):
            splices += _remembered(sheet, cell, total)
    return splice(sheet.data, splices)


def _functions(table: bytes, left: int) -> list[tuple[int, str]]:
    markup = Markup(table, what="of a table")
    columns = markup.find("tableColumns")
    found = markup.children(columns) if columns else []
    functions = [markup.get(column, "totalsRowFunction") for column in found]
    return [(left + place, name) for place, name in enumerate(functions) if name]


def _total(function: str, values: Sequence[Value]) -> float | None:
    """Give a total; None where it is an error, or one that is not worked out here."""
    if any(isinstance(value, ErrorText) for value in values):
        return None
    if function == "count":
        return len(values)
    numbers = [v for v in values if isinstance(v, float)]
    if function not in FUNCTIONS or not (numbers or function in {"sum", "countNums"}):
        return None
    return FUNCTIONS[function](numbers)


def _remembered(sheet: SheetXml, cell: Cell, total: float) -> list[Splice]:
    value = next((e for e in _inside(sheet, cell) if e.name == "v"), None)
    kind = sheet.markup.get(cell.element, "t")
    if value is None or kind not in {None, "n"}:
        return []
    old = sheet.data[value.inner : value.inner_end]
    text = repr(float(total)).removesuffix(".0").encode()
    same = float(old or b"nan") == total
    return [] if same else [(value.inner, value.inner_end, text)]


def _inside(sheet: SheetXml, cell: Cell) -> list[Element]:
    return list(sheet.markup.elements(cell.element.inner, cell.element.inner_end))
