from math import isnan

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.measure import tidy
from salespipe.kpi.sales_cycle import sales_cycles
from salespipe.kpi.scope import Scope
from salespipe.tables import conform
from tests.kpi.conftest import AS_OF


def cycles(pipeline):
    table = tidy(sales_cycles(Scope(pipeline)))
    return table[table["by"] == "total"].set_index("definition")


def test_won_and_lost_apart_by_hand(pipeline_of):
    won = [{n.STAGE: "won", n.CLOSED_ON: f"2026-05-{1 + d:02}"} for d in (2, 4, 6, 8, 10)]
    lost = [{n.STAGE: "lost", n.CLOSED_ON: "2026-05-21"}]
    rows = [{n.CREATED_ON: "2026-05-01"} | end for end in won + lost]
    table = cycles(pipeline_of(rows))
    row = table.loc["median of creation to close, won deals"]
    assert (row["value"], row["low"], row["high"], row["n"]) == (6, 2, 10, 5)
    assert table.loc["80th percentile of creation to close, won deals", "value"] == 8.4
    assert table.loc["median of creation to close, lost deals", "value"] == 20
    assert isnan(table.loc["median of creation to close, lost deals", "low"])


def test_open_deals_lengthen_the_cycle(firm, pipeline_of):
    deals = firm.deals
    recent = deals[deals[n.CREATED_ON] >= "2026-05-01"]
    table = cycles(pipeline_of(recent))
    closed = table.loc["median of creation to close, won deals", "value"]
    row = table.loc["median of creation to close, open deals censored (Kaplan-Meier)"]
    # A quarter at 40 and three at 110 days: half are left after 58 days, rounded up by the day.
    assert 0.25 * np.exp(-58 / 40) + 0.75 * np.exp(-58 / 110) == pytest.approx(0.5, abs=0.005)
    assert row["low"] <= 59 <= row["high"]
    assert closed < row["low"]


def test_nothing_closed_yet_is_said(pipeline_of):
    rows = [{n.CREATED_ON: "2026-05-01", n.STAGE: "Prospecting"}] * 6
    rows = [row | {n.DEAL_ID: f"X{i}"} for i, row in enumerate(rows)]
    table = cycles(pipeline_of(rows))
    assert table["value"].isna().all()
    row = table.loc["median of creation to close, open deals censored (Kaplan-Meier)"]
    assert row["n"] == 6
    assert "nothing has come to an end" in row["population"]


def test_a_deal_closed_without_a_creation_date_has_no_cycle(pipeline_of):
    dated = {n.CREATED_ON: "2026-05-01", n.CLOSED_ON: "2026-05-11", n.STAGE: "won"}
    bare = {n.CREATED_ON: None, n.CLOSED_ON: "2026-05-11", n.STAGE: "won"}
    table = cycles(pipeline_of([dated, bare]))
    assert table.loc["median of creation to close, won deals", "n"] == 1


def test_the_mean_by_hand(pipeline_of):
    # Closed after 10, 20 and 30 days, two open for 40: the curve is 1, 0.8, 0.6, 0.4, and its area
    # 10 + 8 + 6 + 0.4 x 10 = 28. Of the closed ones alone the mean is 20.
    ends = [{n.STAGE: "lost", n.CLOSED_ON: f"2026-10-{d}"} for d in ("02", "12", "22")]
    ends += [{n.STAGE: "Prospecting"}] * 2
    created = [{n.CREATED_ON: "2026-09-22"}] * 5
    table = cycles(pipeline_of([a | b for a, b in zip(created, ends, strict=True)]))
    row = table.loc["mean of creation to close, open deals censored (Kaplan-Meier)"]
    assert row["value"] == pytest.approx(10 + 8 + 6 + 0.4 * 9)
    assert "40% last longer than 39 days" in row["population"]
    assert table.loc["mean of creation to close, closed deals only", "value"] == 20


def test_the_mean_of_closed_deals_is_as_far_off_as_its_trap_says(pipeline_of):
    """A true mean of 89.7 days reads 63.5 for deals created in the last 180 days."""
    rng = np.random.default_rng(4)
    count = 20_000
    age = rng.integers(0, 730, count)
    days = np.ceil(rng.lognormal(np.log(89.7) - 0.18, 0.6, count))
    closed, young = days <= age, age < 180
    assert days[closed & young].mean() == pytest.approx(63.5, abs=1.5)
    day = pd.Timestamp(AS_OF)
    created = day - pd.to_timedelta(age, unit="D")
    deals = pd.DataFrame(
        {
            n.DEAL_ID: [f"D{i}" for i in range(count)],
            n.STAGE: np.where(closed, "lost", "Prospecting"),
            n.CREATED_ON: created,
            n.CLOSED_ON: pd.Series(created + pd.to_timedelta(days, unit="D")).where(closed),
        }
    )
    table = cycles(pipeline_of(conform("deals", deals)))
    row = table.loc["mean of creation to close, open deals censored (Kaplan-Meier)"]
    # Days are rounded up: half a day more.
    assert row["value"] == pytest.approx(90.2, abs=1.5)
    assert row["low"] <= 90.2 <= row["high"]
