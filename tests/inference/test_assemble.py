"""From the exposure table to each model's data: nothing lost, nothing made up."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.bands import AGE_GROUPS, DUE_BANDS
from salespipe.days import month_number, quarter_months
from salespipe.exposure import build_exposure
from salespipe.inference.assemble import (
    MIN_ARRIVALS,
    amount_data,
    arrivals_data,
    timing_data,
    win_rate_data,
)
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables


@pytest.fixture(scope="module")
def exposure(small_pipeline):
    return build_exposure(small_pipeline)


def test_timing_cells_sum_to_the_exposure_table(small_pipeline, exposure):
    data = timing_data(small_pipeline, exposure)
    cells = exposure.cells
    today = cells["due"] == DUE_BANDS.index("today")
    gone = (cells["onward"] + cells["lost"])[today].sum()
    # On the day itself, deals that left are counted for less than the half day of others.
    assert cells["days"].sum() - 0.5 * gone <= data.days.sum() <= cells["days"].sum()
    assert data.exits_of_owner.sum() == data.exits.sum()
    assert data.exits.sum() == (cells["onward"] + cells["lost"]).sum()
    for stage, owner in ((0, 0), (1, 2)):
        own = cells[(cells["stage"] == stage) & (cells["owner"] == owner) & ~today]
        kept = (data.stage == stage) & (data.due != DUE_BANDS.index("today"))
        assert data.days[kept, owner].sum() == pytest.approx(own["days"].sum())
    assert data.month.min() == 0
    assert data.months[data.month.max()] == "2025-02"


def test_win_rate_cells_keep_every_exit_and_no_empty_cell(small_pipeline, exposure):
    data = win_rate_data(small_pipeline, exposure)
    cells = exposure.cells.assign(exits=exposure.cells["onward"] + exposure.cells["lost"])
    assert (data.exits > 0).all()
    assert (data.onward <= data.exits).all()
    assert data.exits.sum() == cells["exits"].sum()
    assert data.onward.sum() == cells["onward"].sum()
    for owner, exits in cells.groupby("owner")["exits"].sum().items():
        assert data.exits[data.owner == owner].sum() == exits
    by_age = cells.groupby(AGE_GROUPS[cells["band"]])["exits"].sum()
    for age, exits in by_age.items():
        assert data.exits[data.age == age].sum() == exits


def test_amount_pairs_are_those_of_won_deals_with_both_amounts(small_pipeline, exposure):
    deals = small_pipeline.deals.copy()
    won = deals.index[deals[n.OUTCOME] == n.WON]
    deals.loc[won[0], n.LISTED_AMOUNT] = np.nan
    deals.loc[won[1], n.AMOUNT] = 0.0
    data = amount_data(replace(small_pipeline, deals=deals), exposure)
    assert len(data.log_ratio) == len(won) - 2
    kept = deals.loc[won[2:]]
    np.testing.assert_allclose(data.log_ratio, np.log(kept[n.AMOUNT] / kept[n.LISTED_AMOUNT]))
    assert [data.segments[code] for code in data.segment] == list(kept[n.SEGMENT])


def test_arrivals_count_the_running_month_by_the_days_that_passed(small_pipeline, exposure):
    data = arrivals_data(small_pipeline, exposure)
    created = small_pipeline.deals[n.CREATED_ON]
    assert data.created.sum() == created.notna().sum()
    assert data.months[0] == "2024-05"
    assert data.months[-1] == "2025-02"
    assert data.share[-1] == pytest.approx(17 / 28)
    assert (data.share[1:-1] == 1).all()
    assert data.created[-1] == (created >= pd.Timestamp("2025-02-01")).sum()
    assert data.year_month[-1] == 1
    assert data.quarter_month[-1] == 1


@pytest.mark.parametrize(
    ("count", "days", "enough"),
    [(MIN_ARRIVALS, 80, True), (MIN_ARRIVALS - 1, 80, False), (50, 20, False)],
)
def test_without_enough_arrivals_there_is_no_new_business(dated_deals, count, days, enough):
    as_of = pd.Timestamp("2026-10-31")
    created = as_of - pd.to_timedelta(np.linspace(0, days, count).astype(int), unit="D")
    rows = [{n.STAGE: "Qualification", n.AMOUNT: 1.0, n.CREATED_ON: day} for day in created]
    pipeline = build_pipeline(Tables(deals=dated_deals(rows)), as_of=as_of.date())
    found = arrivals_data(pipeline, build_exposure(pipeline))
    assert (found is not None) == enough


@pytest.mark.parametrize("begins", range(1, 13))
def test_place_in_the_fiscal_quarter(begins):
    months = [month_number(pd.Timestamp(date(2026, month, 5))) for month in range(1, 13)]
    places = quarter_months(months, begins)
    assert places[begins - 1] == 0
    assert places[begins % 12] == 1
    assert places[(begins + 1) % 12] == 2


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_on_the_expected_day_the_rate_gives_back_the_share_that_closes(small_pipeline, share):
    """Known to the day only, time at risk is that of an exponential that ends within it."""
    deals = 10_000
    gone = round(share * deals)
    cell = {"stage": 0, "band": 0, "month": month_number(small_pipeline.day), "owner": 0}
    cell |= {"due": DUE_BANDS.index("today"), "onward": gone, "lost": 0}
    cells = pd.DataFrame([cell | {"days": 0.5 * gone + 1.0 * (deals - gone)}])
    exposure = replace(build_exposure(small_pipeline), cells=cells)
    data = timing_data(small_pipeline, exposure)
    assert -np.expm1(-gone / data.days.sum()) == pytest.approx(share, abs=1e-3)
