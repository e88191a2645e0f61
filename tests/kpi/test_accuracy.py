"""Worked by hand: two months one ahead, likely 110 and 80 where 100 came each time."""

import numpy as np
import pandas as pd
import pytest

from salespipe.forecast_log import OWN
from salespipe.kpi.accuracy import NOTHING, accuracy
from salespipe.results import KPI_COLUMNS
from salespipe.workbook.chinese import in_language
from tests.kpi.picking import pick


def scored(*rows):
    keys = ("method", "horizon", "likely", "actual", "crps", "p_target", "target", "hits")
    frame = pd.DataFrame([dict(zip(keys, row, strict=True)) for row in rows], columns=[*keys])
    frame = frame.assign(by="total", kind="month", error=frame["likely"] - frame["actual"])
    frame = frame.assign(worst=frame["likely"] - 1, best=frame["likely"] + 1)
    return frame.assign(**{f"inside_{level}": frame["hits"] for level in (50, 80, 90)})


@pytest.fixture
def rows():
    made = scored(
        (OWN, 1, 110.0, 100.0, 6.0, 0.7, 90.0, True),
        (OWN, 1, 80.0, 100.0, 10.0, 0.4, 120.0, False),
        (OWN, 2, 50.0, 100.0, 30.0, np.nan, np.nan, False),
        ("from the deals", 1, 100.0, 100.0, 4.0, np.nan, np.nan, True),
    )
    single = made.iloc[[0]].assign(method="owners' commit", worst=5.0, best=5.0)
    other = made.iloc[[0]].assign(by="owner"), made.iloc[[0]].assign(kind="quarter")
    return accuracy(pd.concat([made, single, *other], ignore_index=True))


@pytest.mark.parametrize(
    ("definition", "value", "n"),
    [
        ("bias", (10 - 20) / 200, 2),
        ("WAPE", (10 + 20) / 200, 2),
        ("MAPE", (0.1 + 0.2) / 2, 2),
        ("CRPS", (6 + 10) / 200, 2),
        # 0.7 was said and reached, 0.4 and not.
        ("Brier", (0.3**2 + 0.4**2) / 2, 2),
        ("ranges of 80", 1 / 2, 2),
    ],
)
def test_the_total_is_our_own_forecast_one_month_ahead(rows, definition, value, n):
    row = pick(rows, definition)
    assert row["value"] == pytest.approx(value)
    assert row["n"] == n


def test_months_ahead_and_methods_stand_apart(rows):
    assert tuple(rows.columns) == KPI_COLUMNS
    assert pick(rows, "WAPE", "horizon", "2")["value"] == 0.5
    both = rows[rows["definition"].str.startswith("CRPS") & (rows["group"] == "1")]
    assert len(both) == 3
    assert pick(rows, "CRPS / mean actual, 0 is perfect; from", "horizon", "1")["value"] == 0.04
    # A single number has no ranges; a month without a quota no Brier score.
    assert not rows["definition"].str.contains("held; owners'").any()
    blank = pick(rows, "Brier score of the chance of the quota", "horizon", "2")
    assert np.isnan(blank["value"])


def test_nothing_that_is_over_says_so():
    rows = accuracy(scored())
    assert len(rows) == 1
    assert rows["population"].iloc[0].endswith(NOTHING)


def test_it_is_said_in_chinese(rows):
    allowed = ("Brier", "Jeffreys")
    for column in ("name", "definition", "population", "interval", "trap"):
        for text in pd.concat([rows, accuracy(scored())])[column]:
            said = in_language(text, "zh")
            for name in allowed:
                said = said.replace(name, "")
            assert not any(letter in said for letter in "aeiou"), text
