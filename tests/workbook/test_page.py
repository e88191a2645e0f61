from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe.workbook.page import plain, records, status_line, table_rows
from salespipe.workbook.template.tables import TABLES
from tests.workbook.made_up import make_results


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.nan, None),
        (float("inf"), None),
        (np.float64("nan"), None),
        (None, None),
        (pd.NaT, None),
        (pd.Timestamp("2026-10-31"), date(2026, 10, 31)),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.float64(0.25), 0.25),
        ("text", "text"),
        (pd.Period("2026-10", "M"), "2026-10"),
    ],
)
def test_plain_values(value, kept):
    found = plain(value)
    assert found == kept
    assert type(found) is type(kept)


def test_records_keep_every_row_and_column():
    frame = pd.DataFrame({"a": ["x", None], "b": [1.5, np.nan]})
    assert records(frame) == [{"a": "x", "b": 1.5}, {"a": None, "b": None}]


def test_rows_follow_the_tables_columns():
    rows = table_rows(TABLES["StageFunnel"], [{"value": 2.0, "stage": "Proposal", "other": 1}])
    assert rows == [["Proposal", None, 2.0, None]]


def test_the_status_names_day_currency_and_quantiles():
    line = status_line(make_results(), "en")
    assert "2026-10-31" in line
    assert "USD" in line
    assert "10%, 50% and 90%" in line
