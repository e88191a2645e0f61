"""Workbooks of other formats (.xls, .xlsb, .ods) and CSV files, as sheets of cells; read only."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from salespipe.errors import WorkbookError
from salespipe.wording import brief
from salespipe.workbook.archive import locked
from salespipe.workbook.areas import Area
from salespipe.workbook.calamine_rows import REFUSED
from salespipe.workbook.csv_text import parse_csv
from salespipe.workbook.grid import Cell, Grid
from salespipe.workbook.money import MoneyFormat

__all__ = ["csv_grid", "foreign_grids"]

_SECONDS: Final = 5.0
_SECONDS_PER_MB: Final = 2.0


def csv_grid(path: Path, data: bytes) -> Grid:
    """Give a CSV file as a sheet of texts.

    Raises
    ------
    WorkbookError
        It is not CSV.
    """
    rows = {
        number: cells
        for number, record in enumerate(parse_csv(data, name=path.name).rows, start=1)
        if (
            cells := {
                column: Cell(number, column, "text", value)
                for column, value in enumerate(record, start=1)
                if value.strip()
            }
        )
    }
    return Grid(path.stem, rows, typed=False)


def foreign_grids(path: Path, data: bytes) -> list[Grid]:
    """Read the sheets of an .xls, .xlsb or .ods file in a program of its own.

    Parameters
    ----------
    path : Path
        Names the file in messages.
    data : bytes
        The file, or what a password opened; their number measures the patience.

    Raises
    ------
    WorkbookEncryptedError
        It is protected by a password.
    WorkbookError
        It is damaged, too large, or takes too long.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "salespipe.workbook.calamine_rows"],
            input=data,
            capture_output=True,
            timeout=_SECONDS + _SECONDS_PER_MB * len(data) / 2**20,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WorkbookError(
            f'"{path.name}" takes too long to read; open it in Excel or LibreOffice and save it as '
            ".xlsx."
        ) from None
    if done.returncode == REFUSED["password"]:
        raise locked(path.name)
    if done.returncode == REFUSED["damaged"]:
        said = done.stderr.decode("utf-8", "replace").rpartition("\n")[2] or "no sheet is found"
        raise WorkbookError(
            f'"{path.name}" is damaged ({brief(said)}); open it in Excel or LibreOffice, let it '
            "repair it, and save it as .xlsx."
        )
    if done.returncode:
        raise WorkbookError(
            f'"{path.name}" needs more memory to read than any real workbook of its size; open it '
            "in Excel or LibreOffice and save it as .xlsx if you trust it."
        )
    return [_grid(sheet) for sheet in json.loads(done.stdout)]


def _grid(sheet: dict[str, Any]) -> Grid:
    rows = {
        number: cells
        for number, values in enumerate(sheet["rows"], start=sheet["top"])
        if (cells := dict(_cells(values, number, sheet["left"])))
    }
    errors = sheet["errors"]
    for row, column, code in errors or ():
        cells = rows.get(row, {})
        rows[row] = dict(sorted({**cells, column: Cell(row, column, "error", code)}.items()))
    merged = tuple(
        Area(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet["merged"]
    )
    money = {(row, column): MoneyFormat(*said) for row, column, *said in sheet["money"]}
    blind = errors is None
    return Grid(sheet["name"], dict(sorted(rows.items())), merged, blind=blind, money=money)


def _cells(values: list[Any], row: int, left: int) -> Iterator[tuple[int, Cell]]:
    for column, value in enumerate(values, start=left):
        if isinstance(value, bool):
            yield column, Cell(row, column, "bool", value)
        elif isinstance(value, int | float):
            yield column, Cell(row, column, "number", float(value))
        elif isinstance(value, list):
            moment = datetime.fromisoformat(value[0]).replace(tzinfo=None)
            yield column, Cell(row, column, "date", moment)
        elif value.strip():
            yield column, Cell(row, column, "text", value)
