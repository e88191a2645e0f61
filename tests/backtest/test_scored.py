"""What one method said on one date, scored: by hand, month by month and the three together."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.backtest.scored import ROW_COLUMNS, Scored
from salespipe.days import month_number
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables, conform

THEN, NOW = date(2026, 1, 31), date(2026, 4, 30)


def pipeline(as_of):
    """Won: 100 in each month from October to March, nothing in April."""
    rows = [
        {
            n.DEAL_ID: f"D{k}",
            n.STAGE: n.WON,
            n.AMOUNT: 100.0,
            n.CREATED_ON: pd.Timestamp("2025-09-01"),
            n.CLOSED_ON: pd.Timestamp(day),
        }
        for k, day in enumerate(pd.date_range("2025-10-10", periods=6, freq="30D"))
    ]
    frame = pd.DataFrame(rows, index=range(2, len(rows) + 2))
    return build_pipeline(Tables(deals=conform("deals", frame)), as_of=as_of)


def scored(months, *, over):
    return Scored(pipeline(NOW), over=month_number(pd.Timestamp(over)), months=months, seed=1)


def rows_of(made):
    return pd.DataFrame(made.rows, columns=list(ROW_COLUMNS))


def test_draws_are_scored_by_month_and_together():
    made = scored(3, over="2026-04-01")
    draws = np.column_stack([np.full(50, 90.0), np.full(50, 120.0), np.full(50, 40.0)])
    made.add("mine", pipeline(THEN), draws)
    rows = rows_of(made)
    assert rows["period"].tolist() == ["2026-02", "2026-03", "2026-04"]
    assert rows["actual"].tolist() == [100.0, 100.0, 0.0]
    # Draws that are all alike: the CRPS is the distance.
    assert rows["crps"].tolist() == pytest.approx([10.0, 20.0, 40.0])
    (together,) = made.quarters
    assert together[2:4] == ("2026-02 to 2026-04", 200.0)
    assert made.seen == {"mine"}


def test_months_that_are_not_over_are_left_out():
    made = scored(3, over="2026-03-01")
    made.add("mine", pipeline(THEN), np.full((20, 3), 100.0))
    assert rows_of(made)["period"].tolist() == ["2026-02", "2026-03"]
    assert made.quarters == []


def test_a_method_without_history_says_nothing():
    made = scored(2, over="2026-04-01")
    made.add("mine", pipeline(THEN), None)
    assert (made.rows, made.seen) == ([], set())


def test_a_single_number_is_spread_and_kept_for_later_dates():
    made = scored(1, over="2026-04-01")
    made.add("naive", pipeline(THEN), np.array([[80.0]]))
    assert made.points == [("naive", 0, month_number(pd.Timestamp("2026-02-01")), 80.0)]
    row = rows_of(made).iloc[0]
    assert row["low_80"] < 80.0 < row["high_80"]
