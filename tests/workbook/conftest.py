"""Workbooks made in the test itself."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from salespipe.workbook.read import Book, read_workbook

HEADERS = ["Deal ID", "Account", "Owner", "Stage", "Amount", "Created", "Closed"]


@pytest.fixture
def write_book(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets of rows; `tables` names the sheets whose first rows become an Excel Table."""

    def write(
        sheets: dict[str, Sequence[Sequence[object]]],
        *,
        tables: Sequence[str] = (),
        options: dict[str, object] | None = None,
    ) -> Path:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False} | (options or {})) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    for column, value in enumerate(row):
                        if isinstance(value, (date, datetime)):
                            sheet.write_datetime(number, column, value, day)
                        elif value is not None:
                            sheet.write(number, column, value)
                if title in tables:
                    columns = [{"header": str(header)} for header in rows[0]]
                    sheet.add_table(
                        0, 0, len(rows) - 1, len(columns) - 1, {"columns": columns, "name": title}
                    )
        return path

    return write


@pytest.fixture
def read_deals_of(write_book: Callable[..., Path]) -> Callable[..., Book]:
    """Read a workbook whose Deals sheet holds some rows under HEADERS or other headers."""

    def read(*rows: Sequence[object], headers: Sequence[str] = HEADERS, **options: object) -> Book:
        return read_workbook(write_book({"Deals": [headers, *rows]}, **options))

    return read
