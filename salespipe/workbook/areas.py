"""A1 addresses and rectangles of cells."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from salespipe.errors import WorkbookUnsafeError

__all__ = [
    "MAX_COLUMN",
    "MAX_ROW",
    "Area",
    "cell_address",
    "column_letters",
    "column_number",
    "parse_cell",
    "quote_sheet",
]

MAX_ROW: Final = 1_048_576
MAX_COLUMN: Final = 16_384

CELL: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
LETTERS: Final = re.compile(r"[A-Za-z]{1,3}")
COLUMNS: Final = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
ROWS: Final = re.compile(r"\$?([1-9]\d{0,6}):\$?([1-9]\d{0,6})")


@cache
def column_letters(column: int) -> str:
    """Give the letters of a column, counted from 1.

    Here rather than from a library, as is :func:`column_number`: those that have it load a hundred
    modules and 20 MB, which every command would pay for letters.
    """
    letters = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """Give the number of a column, counted from 1.

    Raises
    ------
    ValueError
        No column is called so.
    """
    if not LETTERS.fullmatch(letters):
        raise ValueError(f'"{letters}" are not the letters of a column')
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_address(row: int, column: int) -> str:
    """Give the A1 address of a cell, counted from 1."""
    return f"{column_letters(column)}{row}"


def parse_cell(address: str) -> tuple[int, int]:
    """Give row and column of an A1 address, counted from 1.

    Raises
    ------
    WorkbookUnsafeError
        The address is not one, or lies beyond the sheet's edge.
    """
    match = CELL.fullmatch(address) if isinstance(address, str) else None
    row, column = (int(match[2]), column_number(match[1])) if match else (0, 0)
    if not match or row > MAX_ROW or column > MAX_COLUMN:
        raise WorkbookUnsafeError(f'"{address}" is not the address of a cell; write it as B7.')
    return row, column


def quote_sheet(name: str) -> str:
    """Give a sheet's name as it may stand in a reference: quoted, which is always right."""
    return "'" + name.replace("'", "''") + "'"


@dataclass(frozen=True, order=True)
class Area:
    """A rectangle of cells.

    Attributes
    ----------
    top, left, bottom, right : int
        Rows and columns counted from 1; all are inside.
    """

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str) -> "Area | None":
        """Read ``A1``, ``A1:B2``, ``A:C`` or ``2:5``, with or without ``$``.

        None if it is none, or reaches beyond the sheet's edge.
        """
        first, colon, last = text.partition(":")
        one, other = CELL.fullmatch(first), CELL.fullmatch(last if colon else first)
        if one and other:
            rows = sorted((int(one[2]), int(other[2])))
            columns = sorted((column_number(one[1]), column_number(other[1])))
        elif match := COLUMNS.fullmatch(text):
            rows = [1, MAX_ROW]
            columns = sorted(column_number(name) for name in match.groups())
        elif match := ROWS.fullmatch(text):
            rows = sorted(int(number) for number in match.groups())
            columns = [1, MAX_COLUMN]
        else:
            return None
        if rows[1] > MAX_ROW or columns[1] > MAX_COLUMN:
            return None
        return cls(rows[0], columns[0], rows[1], columns[1])

    def __str__(self) -> str:
        """Give the area as ``A1:B2``, a single cell as ``A1``."""
        first = cell_address(self.top, self.left)
        last = cell_address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def below(self, rows: int) -> "Area":
        """Give the area of some rows right below, in the same columns."""
        return Area(self.bottom + 1, self.left, self.bottom + rows, self.right)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self.right - self.left + 1

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: "Area") -> bool:
        """Whether two areas share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def covers(self, other: "Area") -> bool:
        """Whether the other area lies wholly inside."""
        return self.holds(other.top, other.left) and self.holds(other.bottom, other.right)
