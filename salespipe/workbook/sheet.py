"""A worksheet part, found its way around in without being parsed into objects."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area, cell_address, parse_cell
from salespipe.workbook.markup import (
    Element,
    Markup,
    as_index,
    attribute,
    tag_pattern,
    unescape_xml,
)
from salespipe.workbook.text import unescape

__all__ = ["Cell", "ErrorText", "Row", "SheetXml"]


class ErrorText(str):
    """An error such as ``#N/A``, told from a text that looks the same."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row's number and where it stands."""

    number: int
    element: Element


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's column and where it stands."""

    column: int
    element: Element


class SheetXml:
    """A worksheet part and the places of its rows, cells and other children.

    Attributes
    ----------
    name : str
        The sheet's name.
    markup : Markup
    prefix : str
        Namespace prefix of its elements, with its colon.
    """

    def __init__(self, data: bytes, *, name: str) -> None:
        self.name = name
        self.markup = Markup(data, what=f'of the sheet "{name}"')
        self.prefix = self.markup.root.prefix
        self._cells: dict[int, dict[int, Cell]] = {}
        # Many cells of a table take the look of one.
        self._styles_at: dict[tuple[int, int], int] = {}

    @property
    def data(self) -> bytes:
        """The part's bytes."""
        return self.markup.data

    @cached_property
    def children(self) -> list[Element]:
        """Children of the root, in order."""
        return self.markup.children(self.markup.root)

    def child(self, name: str) -> Element | None:
        """Give a child of the root."""
        return next((child for child in self.children if child.name == name), None)

    @cached_property
    def sheet_data(self) -> Element:
        """The element that holds the rows."""
        found = self.child("sheetData")
        if found is None:
            raise self.markup.lost()
        return found

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Rows that stand in the part, ascending."""
        found: list[Row] = []
        last = 0
        for element in self._inside("row", self.sheet_data):
            number = self.markup.get(element, "r")
            row = as_index(number) if number else last + 1
            if row <= last:
                raise self._disordered(f"row {row}")
            found.append(Row(row, element))
            last = row
        return found

    @cached_property
    def _by_number(self) -> dict[int, Row]:
        return {row.number: row for row in self.rows}

    def row(self, number: int) -> Row | None:
        """Give a row if it stands in the part."""
        return self._by_number.get(number)

    def row_after(self, number: int) -> Row | None:
        """Give the first row below a number."""
        at = bisect_right(self.rows, number, key=lambda row: row.number)
        return self.rows[at] if at < len(self.rows) else None

    def cells(self, row: Row) -> list[Cell]:
        """List the cells of a row, ascending."""
        return list(self._by_column(row).values())

    def _by_column(self, row: Row) -> dict[int, Cell]:
        known = self._cells.get(row.number)
        if known is not None:
            return known
        found: dict[int, Cell] = {}
        last = 0
        for element in self._inside("c", row.element):
            address = self.markup.get(element, "r")
            number, column = parse_cell(address) if address else (row.number, last + 1)
            if column <= last or number != row.number:
                raise self._disordered(f"cell {address or cell_address(number, column)}")
            found[column] = Cell(column, element)
            last = column
        self._cells[row.number] = found
        return found

    def cell(self, row: int, column: int) -> Cell | None:
        """Give a cell if it stands in the part."""
        found = self.row(row)
        return self._by_column(found).get(column) if found else None

    def content(self, cell: Cell) -> bytes:
        """Give the inner XML of a cell."""
        return self.data[cell.element.inner : cell.element.inner_end]

    def occupied(self, area: Area) -> str:
        """Give the address of the first cell in an area that holds something, else ``""``."""
        for row, cell in self._cells_in(area):
            if self.has_formula(cell) or self.value(cell, ()) is not None:
                return cell_address(row, cell.column)
        return ""

    def has_formula(self, cell: Cell) -> bool:
        """Whether a cell holds a formula."""
        return bool(re.search(rb"<(?:\w+:)?f[\s/>]", self.content(cell)))

    def style_of(self, cell: Cell) -> int:
        """Give a cell's style index."""
        return as_index(self.markup.get(cell.element, "s"))

    def style_at(self, row: int, column: int) -> int:
        """Give the style index that a cell has, or would have if it were typed in now."""
        at = row, column
        if at not in self._styles_at:
            self._styles_at[at] = self._style_at(row, column)
        return self._styles_at[at]

    def _style_at(self, row: int, column: int) -> int:
        cell = self.cell(row, column)
        if cell:
            return self.style_of(cell)
        found = self.row(row)
        if found and self.markup.get(found.element, "customFormat") in {"1", "true"}:
            return as_index(self.markup.get(found.element, "s"))
        return next(
            (style for first, last, style in self._column_styles if first <= column <= last), 0
        )

    @cached_property
    def _column_styles(self) -> list[tuple[int, int, int]]:
        cols = self.child("cols")
        get = self.markup.get
        return [
            (as_index(get(col, "min")), as_index(get(col, "max")), as_index(get(col, "style")))
            for col in (self.markup.children(cols) if cols else [])
        ]

    @cached_property
    def merges(self) -> list[Area]:
        """Merged areas."""
        merges = self.child("mergeCells")
        found = self.markup.children(merges) if merges else []
        refs = [self.markup.get(merge, "ref") or "" for merge in found]
        return [area for ref in refs if (area := Area.parse(ref))]

    @cached_property
    def arrays(self) -> list[Area]:
        """Areas filled by array formulas and data tables."""
        inside = self.data[self.sheet_data.inner : self.sheet_data.inner_end]
        if not any(mark in inside for mark in (b'"array"', b"'array'", b"dataTable")):
            return []
        tags = [match[0] for match in self._formula_tags()]
        return [
            area
            for tag in tags
            if attribute(tag, "t") in {"array", "dataTable"}
            and (area := Area.parse(attribute(tag, "ref") or ""))
        ]

    def shared_with(self, group: str) -> set[tuple[int, int]]:
        """Give row and column of each cell whose formula belongs to a shared group.

        Raises
        ------
        WorkbookUnsafeError
            One of them does not say where it stands.
        """
        opening = f"<{self.prefix}c ".encode()
        found = set()
        for match in self._formula_tags():
            if attribute(match[0], "t") == "shared" and attribute(match[0], "si") == group:
                start = self.markup.view.rfind(opening, self.sheet_data.inner, match.start())
                end = self.markup.view.find(b">", start)
                address = attribute(self.data[start : end + 1], "r") if start >= 0 else None
                if not address:
                    raise self.markup.lost()
                found.add(parse_cell(address))
        return found

    def _formula_tags(self) -> Iterator[re.Match[bytes]]:
        pattern = tag_pattern(f"{self.prefix}f".encode())
        return pattern.finditer(self.markup.view, self.sheet_data.inner, self.sheet_data.inner_end)

    def values(
        self, area: Area, shared: Sequence[str]
    ) -> dict[tuple[int, int], float | str | bool]:
        """Give the values in an area by row and column; cells that hold none are left out.

        Parameters
        ----------
        area : Area
        shared : sequence of str
            The workbook's shared strings.
        """
        found = {}
        for row, cell in self._cells_in(area):
            value = self.value(cell, shared)
            if value is not None:
                found[row, cell.column] = value
        return found

    def value(self, cell: Cell, shared: Sequence[str]) -> float | str | bool | None:
        """Give the value a cell shows, from its cache if it is a formula; None if it is empty."""
        kind = self.markup.get(cell.element, "t") or "n"
        content = self.content(cell)
        if kind == "inlineStr":
            return _texts(content, "t") or None
        text = _texts(content, "v")
        return _typed(text, kind, shared) if text else None

    def _cells_in(self, area: Area) -> Iterator[tuple[int, Cell]]:
        first = bisect_left(self.rows, area.top, key=lambda row: row.number)
        for row in self.rows[first:]:
            if row.number > area.bottom:
                return
            for cell in self.cells(row):
                if area.left <= cell.column <= area.right:
                    yield row.number, cell

    def _inside(self, name: str, parent: Element) -> Iterator[Element]:
        """Walk the children of one name; faster than all tags, for sheets of millions of cells."""
        view = self.markup.view
        opening = tag_pattern(f"{self.prefix}{name}".encode())
        closing = f"</{self.prefix}{name}".encode()
        at = parent.inner
        while match := opening.search(view, at, parent.inner_end):
            inner_end = at = match.end()
            if view[at - 2 : at - 1] != b"/":
                inner_end = view.find(closing, at, parent.inner_end)
                at = view.find(b">", inner_end) + 1
                if inner_end < 0:
                    raise self.markup.lost()
            yield Element(name, self.prefix, match.start(), match.end(), inner_end, at)

    def _disordered(self, where: str) -> WorkbookUnsafeError:
        return WorkbookUnsafeError(
            f'The sheet "{self.name}" holds {where} twice or out of order; open the workbook in '
            "Excel and save it again."
        )


def _typed(text: str, kind: str, shared: Sequence[str]) -> float | str | bool:
    match kind:
        case "s":
            return shared[as_index(text)] if as_index(text) < len(shared) else text
        case "b":
            return text in {"1", "true"}
        case "e":
            return ErrorText(text)
        case "n":
            return _number(text)
        case _:
            return text


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _texts(content: bytes, name: str) -> str:
    """Join the texts of all elements of one name, phonetic guides left out."""
    plain = re.sub(rb"<((?:\w+:)?rPh)[\s>].*?</\1>", b"", content, flags=re.DOTALL)
    tag = name.encode()
    pattern = rb"<((?:\w+:)?" + tag + rb")(?:\s[^>]*)?(?<!/)>(.*?)</\1>"
    found = re.findall(pattern, plain, flags=re.DOTALL)
    return "".join(unescape(unescape_xml(text.decode(errors="replace"))) for _, text in found)
