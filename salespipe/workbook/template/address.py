"""Addresses of cells."""

from xlsxwriter.utility import xl_rowcol_to_cell

__all__ = ["a1"]


def a1(row: int, column: int) -> str:
    """Give the A1 address of a zero-based row and column."""
    return str(xl_rowcol_to_cell(row, column))
