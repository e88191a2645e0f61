"""The cells of one sheet, typed: a streaming reader that loses no kind of cell.

Error values, formulas without a cached value and the built-in East Asian date formats are where
other readers hand back blanks or bare numbers; here each is a kind of its own.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple

from salespipe.errors import WorkbookError
from salespipe.workbook.areas import MAX_COLUMN, MAX_ROW, Area, column_number
from salespipe.workbook.blanks import without_blanks
from salespipe.workbook.day_numbers import from_day_number
from salespipe.workbook.events import Handler, RichText, feed
from salespipe.workbook.lookups import CellStyles, SharedStrings
from salespipe.workbook.money import MoneyFormat
from salespipe.workbook.package import Package
from salespipe.workbook.text import unescape

__all__ = ["Cell", "CellKind", "Grid", "GridReader"]

CellKind = Literal["text", "number", "date", "bool", "error", "uncached"]
"""What a cell holds; `uncached` is a formula whose value nobody has computed yet."""

MAX_CELLS: Final = 6_000_000
"""Cells with a value that one sheet may hold: 100,000 deals have about 3,000,000."""
_WIDE: Final = 1_000
"""No table of deals has so many columns."""
MAX_WIDE_CELLS: Final = 200_000
"""Cells with a value to the right of them that one sheet may hold."""
_DIGITS: Final = "0123456789"


class Cell(NamedTuple):
    """One cell that is not blank.

    Attributes
    ----------
    row, column : int
        Place in the sheet, from 1.
    kind : {"text", "number", "date", "bool", "error", "uncached"}
    value : str, float, bool or datetime
        A date is a datetime, an error its code (``#N/A``), an uncached formula ``""``.
    """

    row: int
    column: int
    kind: CellKind
    value: str | float | bool | datetime


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet.

    Attributes
    ----------
    title : str
        The sheet's name.
    rows : dict
        Cells that are not blank, by row, then by column; both ascending.
    merged : tuple of Area
        Merged cells.
    hidden : frozenset of int
        Rows that are hidden or filtered away.
    typed : bool
        Whether numbers and dates have kinds of their own; in a CSV file all is text.
    blind : bool
        Whether its error values cannot be told from blank cells.
    money : dict
        What the formats of numbers say of their currency, by row and column; most say nothing.
    """

    title: str
    rows: dict[int, dict[int, Cell]]
    merged: tuple[Area, ...] = ()
    hidden: frozenset[int] = frozenset()
    typed: bool = True
    blind: bool = False
    money: dict[tuple[int, int], MoneyFormat] = field(default_factory=dict)


class GridReader:
    """Reads sheets of one workbook; shared strings and styles are read once.

    Raises
    ------
    WorkbookError
        The shared strings or the styles are damaged.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        strings = SharedStrings()
        self._parse("sharedStrings", strings)
        styles = CellStyles()
        self._parse("styles", styles)
        self._strings = strings.found
        self._dates = styles.dates()
        self._money = styles.money()

    def read(self, title: str, part: str) -> Grid:
        """Read one sheet.

        Parameters
        ----------
        title : str
            The sheet's name.
        part : str
            Name of its part in the package.

        Raises
        ------
        WorkbookError
            The sheet is damaged.
        """
        handler = _Cells(
            title, self._strings, self._dates, self._money, date1904=self._package.date1904
        )
        feed(without_blanks(self._package.archive.stream(part)), handler, f'The sheet "{title}"')
        rows = {row: handler.rows[row] for row in sorted(handler.rows)}
        merged, hidden = tuple(handler.merged), frozenset(handler.hidden)
        return Grid(title, rows, merged, hidden, money=handler.money)

    def _parse(self, kind: str, handler: Handler) -> None:
        for relation in self._package.relationships(self._package.workbook).values():
            if relation.type == kind and relation.target in self._package:
                feed(
                    self._package.archive.stream(relation.target),
                    handler,
                    f"The part {relation.target}",
                )


class _Cells(RichText):
    """Builds the rows; every call is made once per cell, so that here speed comes first."""

    def __init__(
        self,
        title: str,
        strings: list[str],
        dates: frozenset[int],
        money: dict[int, MoneyFormat],
        *,
        date1904: bool,
    ) -> None:
        super().__init__()
        self._title = title
        self.rows: dict[int, dict[int, Cell]] = {}
        self.merged: list[Area] = []
        self.hidden: set[int] = set()
        self._strings = strings
        self._dates = {str(style) for style in dates}
        self._formats = {str(style): shown for style, shown in money.items()}
        self.money: dict[tuple[int, int], MoneyFormat] = {}
        self._date1904 = date1904
        self._columns: dict[str, int] = {}
        self._moments: dict[str, datetime | None] = {}
        self._count = self._wide = 0
        self._cells: dict[int, Cell] = {}
        self._row = self._column = 0
        self._type = self._style = ""
        self._formula = False
        self._value: str | None = None
        self.starts |= {"row": self._open_row, "c": self._open_cell, "f": self._open_formula}
        self.starts |= {"v": self._open_value, "mergeCell": self._merge}
        self.ends |= {"v": self._close_value, "c": self._close_cell, "row": self._close_row}

    def _open_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        self._column = 0
        if not 1 <= self._row <= MAX_ROW:
            raise ValueError(f"row {self._row} lies outside a sheet")
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self._row)
        self._cells = self.rows.get(self._row) or {}

    def _close_row(self) -> None:
        cells = self._cells
        if not cells:
            return
        self._count += len(cells)
        if self._count > MAX_CELLS:
            raise self._too_large(f"{MAX_CELLS:,} cells")
        columns = list(cells)
        ordered = sorted(columns)
        if ordered[-1] > _WIDE:
            self._wide += len(ordered) - bisect_right(ordered, _WIDE)
            if self._wide > MAX_WIDE_CELLS:
                raise self._too_large(f"{MAX_WIDE_CELLS:,} cells right of column {_WIDE:,}")
        if columns != ordered:
            cells = {column: cells[column] for column in ordered}
        self.rows[self._row] = cells

    def _too_large(self, what: str) -> WorkbookError:
        return WorkbookError(
            f'The sheet "{self._title}" holds more than {what}, as no table of deals does; delete '
            "what is not needed there, or move it to a workbook of its own."
        )

    def _open_cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        if address:
            letters = address.rstrip(_DIGITS)
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = column_number(letters)
            self._column = column
        else:
            self._column += 1
        if self._column > MAX_COLUMN:
            raise ValueError(f"column {self._column} lies outside a sheet")
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._formula = False
        self._value = None
        self.runs = []

    def _open_formula(self, _: dict[str, str]) -> None:
        self._formula = True

    def _open_value(self, _: dict[str, str]) -> None:
        self.text = []

    def _close_value(self) -> None:
        self._value = "".join(self.text or ())
        self.text = None

    def _close_cell(self) -> None:
        raw = self._value
        if raw and self._type == "s":
            kind: CellKind = "text"
            value: str | float | bool | datetime = self._string(raw)
        elif raw and self._type == "n":
            kind, value = self._number(raw)
        else:
            kind, value = self._typed(raw)
        if value != "" or kind == "uncached":
            self._cells[self._column] = Cell(self._row, self._column, kind, value)

    def _string(self, raw: str) -> str:
        place = int(raw)
        if place < 0:
            raise ValueError(f"there is no shared string {place}")
        return self._strings[place]

    def _typed(self, raw: str | None) -> tuple[CellKind, str | float | bool | datetime]:
        if self._type == "inlineStr":
            return "text", self.joined()
        if not raw:
            # Excel writes an empty <v> of type str where a formula gives "".
            computed = self._type == "str" and raw is not None
            return ("uncached" if self._formula and not computed else "text"), ""
        if self._type == "str":
            return "text", unescape(raw)
        return self._scalar(raw.strip())

    def _scalar(self, raw: str) -> tuple[CellKind, str | float | bool | datetime]:
        if self._type == "b":
            return "bool", raw in ("1", "true")
        if self._type == "e":
            return "error", raw
        if self._type != "d":
            return self._number(raw)
        try:
            return "date", datetime.fromisoformat(raw).replace(tzinfo=None)
        except ValueError:
            return "text", raw

    def _number(self, raw: str) -> tuple[CellKind, str | float | datetime]:
        """Read a number, or the date that its style shows; dates repeat, so they are kept."""
        try:
            if self._style not in self._dates:
                if self._style in self._formats:
                    self.money[self._row, self._column] = self._formats[self._style]
                return "number", float(raw)
            moment = self._moments.get(raw)
            if moment is None:
                number = float(raw)
                moment = from_day_number(number, date1904=self._date1904)
                if moment is None:
                    return "number", number
                self._moments[raw] = moment
        except ValueError:
            return "text", raw.strip()
        return "date", moment

    def _merge(self, attributes: dict[str, str]) -> None:
        area = Area.parse(attributes["ref"])
        if area is None:
            raise ValueError(f'"{attributes["ref"]}" is no range')
        self.merged.append(area)
