"""What is to be changed in a workbook, said without any XML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

__all__ = ["ChartRange", "Content", "Edits", "Entry", "Formula", "Link", "Styled", "Value"]

type Value = str | float | int | bool | date | datetime | None
"""What a cell may hold; None (or an empty text) empties the cell and keeps its style."""


@dataclass(frozen=True)
class Formula:
    """A formula and what it comes to.

    Attributes
    ----------
    text : str
        In Excel's own language, without ``=``.
    cached : float, str or bool
        Shown by programs that do not recalculate, such as Excel's Protected View.
    """

    text: str
    cached: float | str | bool


@dataclass(frozen=True)
class Link:
    """A text that leads to a cell of the same workbook.

    Attributes
    ----------
    text : str
    sheet, cell : str
        Name of the sheet and A1 address.
    """

    text: str
    sheet: str
    cell: str


type Content = Value | Formula | Link


@dataclass(frozen=True)
class Styled:
    """A content with a look other than its cell's.

    Attributes
    ----------
    value : Value, Formula or Link
    like : str
        A1 address of the cell of the same sheet whose style it takes, ``""`` for its own.
    code : str
        Number format in Excel's own language, such as ``0.0%``; ``""`` for that of the style.
    """

    value: Content
    like: str = ""
    code: str = ""


type Entry = Content | Styled


@dataclass(frozen=True)
class ChartRange:
    """A new length for what charts show.

    Every reference of values, categories or error bars that begins at this cell is resized; it is
    no fault when there is none, for a person may have deleted the chart.

    Attributes
    ----------
    sheet, first_cell : str
    rows : int
        At least 1.
    """

    sheet: str
    first_cell: str
    rows: int


@dataclass(frozen=True)
class Edits:
    """All changes of one saving.

    Attributes
    ----------
    cells : mapping
        Sheet name to {A1 address: entry}.
    rows : mapping
        Name of an Excel Table to all its body rows, which replace those that are there.
    charts : sequence of ChartRange
    added : mapping
        Name of an Excel Table to rows that are added below those that are there.
    columns : mapping
        Name of an Excel Table to headers that are added to the right; their cells are given under
        `cells` and `added`.
    """

    cells: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Sequence[Entry]]] = field(default_factory=dict)
    charts: Sequence[ChartRange] = ()
    added: Mapping[str, Sequence[Sequence[Entry]]] = field(default_factory=dict)
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def formatted(self) -> bool:
        """Whether a date or a number format is among the entries; they need styles to show."""
        entries = (
            *(entry for cells in self.cells.values() for entry in cells.values()),
            *(
                entry
                for tables in (self.rows, self.added)
                for rows in tables.values()
                for row in rows
                for entry in row
            ),
        )
        return any(
            bool(entry.code) or isinstance(entry.value, date)
            if isinstance(entry, Styled)
            else isinstance(entry, date)
            for entry in entries
        )
