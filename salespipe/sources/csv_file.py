"""A file of an export as text, each row under its number in the file: CSV or a spreadsheet."""

from pathlib import Path

import pandas as pd

from salespipe.errors import ImportMapError, WorkbookError, WorkbookNotFoundError
from salespipe.workbook.book_file import open_book
from salespipe.workbook.csv_text import read_csv_text
from salespipe.workbook.grid import Cell, Grid
from salespipe.workbook.readings import show

__all__ = ["SPREADSHEETS", "read_csv", "require"]

SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


def read_csv(path: Path, *, separator: str = "auto", encoding: str = "auto") -> pd.DataFrame:
    """Read every cell as trimmed text; a blank cell is ``""``.

    Parameters
    ----------
    path : Path
        A CSV file, or a spreadsheet whose first filled sheet holds the rows.
    separator, encoding : str
        ``auto`` finds them out; see :mod:`salespipe.workbook.csv_text`.

    Returns
    -------
    DataFrame
        Index = row number in the file (the header is row 1); blank lines are left out.

    Raises
    ------
    ImportMapError
        There is no such file, it cannot be read, or a row is longer than the header.
    """
    try:
        if path.suffix.lower() in SPREADSHEETS:
            rows = _sheet_rows(path)
        else:
            text = read_csv_text(path, encoding=encoding, separator=separator)
            rows = dict(enumerate(text.rows, start=1))
    except WorkbookNotFoundError:
        raise ImportMapError(f"There is no file {path}; check the name and the folder.") from None
    except WorkbookError as error:
        raise ImportMapError(
            f'{error} In a map, encoding = "gb18030" and separator = ";" state them.'
            if path.suffix.lower() not in SPREADSHEETS
            else str(error)
        ) from None
    filled = {row: values for row, values in rows.items() if any(v.strip() for v in values)}
    if not filled:
        raise ImportMapError(f"{path.name} is empty; export it again.")
    first = next(iter(filled))
    headers = [header.strip() for header in filled.pop(first)]
    while headers and not headers[-1]:
        headers.pop()
    headers = _unique(headers)
    width = len(headers)
    for row, values in filled.items():
        if len(values) > width and any(value.strip() for value in values[width:]):
            raise ImportMapError(
                f"{path.name} is not a regular CSV file (row {row} is longer than the header); "
                'export it again, or state its separator in the map, such as separator = ";".'
            )
    records = [[*(v.strip() for v in r[:width]), *[""] * (width - len(r))] for r in filled.values()]
    index = pd.Index(list(filled), dtype="int64", name="row")
    columns = pd.Index(headers, dtype="str")
    return pd.DataFrame(records, index=index, columns=columns, dtype="str")


def _unique(headers: list[str]) -> list[str]:
    """Put a number to headers that stand there more than once."""
    seen: dict[str, int] = {}
    unique = []
    for header in headers:
        again = seen.get(header, 0)
        seen[header] = again + 1
        unique.append(f"{header}.{again}" if again else header)
    return unique


def _sheet_rows(path: Path) -> dict[int, list[str]]:
    """Give the rows of the first sheet that has a header and something below it."""
    book = open_book(path)
    for sheet in book.sheets:
        grid = book.grid(sheet)
        wide = [row for row, cells in grid.rows.items() if len(cells) > 1]
        if len(wide) > 1:
            return _texts(grid, wide[0])
    raise WorkbookError(f'"{path.name}" has no sheet with a table; export it again.')


def _texts(grid: Grid, top: int) -> dict[int, list[str]]:
    """Give the rows from the header on, begun at its first column."""
    left = min(grid.rows[top])
    return {
        row: [
            _shown(grid, cells[column]) if column in cells else ""
            for column in range(left, max(cells) + 1)
        ]
        for row, cells in grid.rows.items()
        if row >= top
    }


def _shown(grid: Grid, cell: Cell) -> str:
    """Give a cell as text, with the currency that only its number format shows."""
    money = grid.money.get((cell.row, cell.column))
    return f"{money.word} {_text(cell)}" if money and not money.local else _text(cell)


def _text(cell: Cell) -> str:
    # A fraction gets four digits at least: three could be taken for thousands.
    if isinstance(cell.value, float) and not cell.value.is_integer():
        shown = show(cell)
        whole, point, rest = shown.partition(".")
        return f"{whole}.{rest:0<4}" if point and rest.isdecimal() else shown
    return show(cell)


def require(frame: pd.DataFrame, headers: tuple[str, ...], *, file: str) -> None:
    """Check that a file has the columns that the map names.

    Raises
    ------
    ImportMapError
        One is missing; the sentence names those found.
    """
    missing = [header for header in headers if header not in frame.columns]
    if missing:
        found = ", ".join(f'"{header}"' for header in frame.columns)
        raise ImportMapError(
            f'{file} has no column "{missing[0]}"; it has {found}: mend the map or the export.'
        )
