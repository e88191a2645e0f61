from datetime import date, datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
from xlsxwriter import Workbook

from salespipe.workbook.template.inputs import extra_fields, write_value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("=1+1", "=1+1"),
        ("001", "001"),
        ("", None),
        (None, None),
        (np.nan, None),
        (pd.NaT, None),
        (True, True),
        (np.float64(2.5), 2.5),
        (np.int64(7), 7),
        (pd.Timestamp("2026-10-31"), datetime(2026, 10, 31)),  # noqa: DTZ001
        (date(2026, 10, 31), datetime(2026, 10, 31)),  # noqa: DTZ001
        ("http://example.com", "http://example.com"),
    ],
)
def test_a_value_is_written_as_what_it_is(tmp_path, value, kept):
    path = tmp_path / "book.xlsx"
    with Workbook(path) as book:
        style = book.add_format({"num_format": "yyyy-mm-dd"} if isinstance(value, date) else {})
        write_value(book.add_worksheet(), 0, 0, value, style)
    cell = openpyxl.load_workbook(path).active["A1"]
    assert cell.value == kept
    assert cell.data_type != "f"
    assert cell.hyperlink is None


def test_own_columns_get_headers_that_mean_nothing_known():
    taken = {"owner", "负责人"}
    fields = extra_fields(["Owner", "Region\ncode", "OWNER", "", "Region code"], taken)
    headers = [field.header for field in fields]
    assert headers == ["Owner (2)", "Region code", "OWNER (3)", "-", "Region code (2)"]
    assert len({header.casefold() for header in headers}) == len(headers)
