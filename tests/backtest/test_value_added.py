"""Forecast value added, by hand: three months, of which one lacks a step."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.backtest.value_added import NAIVE, VALUE_COLUMNS, value_added
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables, conform

NOW = date(2026, 4, 30)
WON = {"2026-01": 100.0, "2026-02": 80.0, "2026-03": 120.0, "2026-04": 100.0}


@pytest.fixture
def pipeline():
    rows = [
        {
            n.DEAL_ID: f"D{month}",
            n.STAGE: n.WON,
            n.AMOUNT: money,
            n.CREATED_ON: pd.Timestamp("2025-12-01"),
            n.CLOSED_ON: pd.Timestamp(f"{month}-10"),
        }
        for month, money in WON.items()
    ]
    frame = pd.DataFrame(rows, index=range(2, len(rows) + 2))
    return build_pipeline(Tables(deals=conform("deals", frame)), as_of=NOW)


def scored(said):
    rows = [
        {"kind": "month", "horizon": 1, "by": "total", "method": method, "likely": money}
        | {"start": pd.Timestamp(f"{month}-01"), "actual": WON[month]}
        for method, by_month in said.items()
        for month, money in by_month.items()
    ]
    return pd.DataFrame(
        rows, columns=["kind", "horizon", "by", "method", "likely", "start", "actual"]
    )


def test_each_step_against_the_one_before(pipeline):
    """Of February to April (300 won): last month misses 20, 40 and 20, the deals 10, 10 and 0.

    The product misses 5 each month, twice below: bias -5 of 300.
    """
    table = value_added(
        scored(
            {
                "salespipe": {"2026-02": 75.0, "2026-03": 115.0, "2026-04": 105.0},
                "from the deals": {"2026-02": 90.0, "2026-03": 110.0, "2026-04": 100.0},
            }
        ),
        pipeline,
    )
    assert tuple(table.columns) == VALUE_COLUMNS
    assert table["method"].tolist() == [NAIVE, "from the deals", "salespipe"]
    assert table["n"].tolist() == [3, 3, 3]
    assert table["wape"].tolist() == pytest.approx([80 / 300, 20 / 300, 15 / 300])
    assert table["added"].tolist()[1:] == pytest.approx([60 / 300, 5 / 300])
    assert table["gain"].tolist()[1:] == pytest.approx([60 / 300, 65 / 300])
    assert np.isnan(table.loc[0, ["added", "gain"]].to_numpy("float64")).all()
    assert table["bias"].tolist()[2] == pytest.approx(-5 / 300)


def test_only_months_that_all_steps_have_count(pipeline):
    """Nothing was won before January, so last month says nothing of it; April has no commit."""
    table = value_added(
        scored(
            {
                "salespipe": dict.fromkeys(WON, 100.0),
                "owners' commit": {"2026-01": 50.0, "2026-02": 40.0, "2026-03": 60.0},
            }
        ),
        pipeline,
    )
    assert table["method"].tolist() == [NAIVE, "salespipe", "owners' commit"]
    assert set(table["n"]) == {2}
    assert table["wape"].tolist() == pytest.approx([60 / 200, 40 / 200, 100 / 200])
    assert table["added"].iloc[-1] == pytest.approx(-60 / 200)  # what people said made it worse


def test_without_a_month_that_is_over_there_is_nothing_to_add(pipeline):
    assert value_added(scored({}), pipeline).empty
