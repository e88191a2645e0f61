"""Totals, parts and periods of a forecast, draw by draw."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.errors import AsOfError
from salespipe.results import DEAL_COLUMNS, GROUP_COLUMNS, PERIOD_COLUMNS
from salespipe.simulation.forecast import forecast

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def made(small_fit):
    return forecast(small_fit)


def test_columns_are_the_public_ones(made):
    assert list(made.summary().columns) == list(PERIOD_COLUMNS)
    assert list(made.deals.columns) == list(DEAL_COLUMNS)
    for groups in (made.by_owner(), made.by_segment()):
        assert list(groups.columns) == list(GROUP_COLUMNS)


def test_owners_and_segments_add_up_to_the_total_in_every_draw(made):
    for part in (made.open, made.new):
        np.testing.assert_allclose(part.by_owner.sum(axis=2), part.by_segment.sum(axis=2))
        np.testing.assert_allclose(part.total, part.by_segment.sum(axis=2))
    np.testing.assert_allclose(made.won.by_owner.sum(axis=1), made.won.by_segment.sum(axis=1))
    total = made.summary().set_index("kind").loc["total"]
    for groups in (made.by_owner(), made.by_segment()):
        for column in ("mean", "from_open", "from_new", "won_so_far", "weighted_pipeline"):
            assert groups[column].sum() == pytest.approx(total[column]), column


def test_quantiles_are_of_the_total_and_not_sums_of_quantiles(made):
    table = made.summary()
    total = table.set_index("kind").loc["total"]
    direct = np.quantile(made.draws[:, : made.horizon].sum(axis=1), [0.1, 0.5, 0.9])
    np.testing.assert_allclose(total[["worst", "likely", "best"]].astype(float), direct)
    months = table[table["kind"] == "month"]
    assert total["mean"] == pytest.approx(months["mean"].sum())
    assert total["worst"] > months["worst"].sum()
    assert total["best"] < months["best"].sum()
    assert (table["worst"] <= table["likely"]).all()
    assert (table["likely"] <= table["best"]).all()


def test_mean_is_what_is_won_and_what_is_to_come(made):
    table = made.summary()
    parts = table["won_so_far"] + table["from_open"] + table["from_new"]
    np.testing.assert_allclose(table["mean"], parts)


def test_the_running_month_is_what_is_won_so_far_plus_the_rest(made):
    """As of 2025-02-17: the rest of February comes on top of what February has brought."""
    deals = made.fit.pipeline.deals
    won = deals[deals[n.OUTCOME] == n.WON]
    closed = won[n.CLOSED_ON]
    february = won.loc[closed >= pd.Timestamp("2025-02-01"), n.AMOUNT].sum()
    january = won.loc[closed >= pd.Timestamp("2025-01-01"), n.AMOUNT].sum() - february
    table = made.summary().set_index("period")
    assert table.loc["2025-02", "won_so_far"] == pytest.approx(february)
    assert february > 0
    assert table.loc["2025-02", "worst"] >= february
    assert table.loc["2025-03", "won_so_far"] == 0
    assert table.loc["2025Q1", "won_so_far"] == pytest.approx(january + february)
    assert table.loc["total", "won_so_far"] == pytest.approx(february)


def test_only_quarters_that_the_months_complete_are_told(made):
    table = made.summary()
    assert list(table["period"]) == ["2025-02", "2025-03", "2025-04", "2025Q1", "total"]
    assert list(table["kind"]) == ["month"] * 3 + ["quarter", "total"]


def _with_settings(made, **settings):
    pipeline = made.fit.pipeline
    changed = replace(pipeline, settings=replace(pipeline.settings, **settings))
    return replace(made.fit, pipeline=changed)


def test_a_fiscal_year_from_march_has_other_quarters(made):
    """Its last quarter runs from December to February, named by the year in which it ends."""
    table = forecast(_with_settings(made, fiscal_year_start=3)).summary()
    quarters = table[table["kind"] == "quarter"].set_index("period")
    assert list(quarters["start"]) == [pd.Timestamp("2024-12-01")]
    assert list(quarters["end"]) == [pd.Timestamp("2025-03-01")]


def test_one_month_still_completes_the_running_quarter(made):
    short = forecast(made.fit, months=1)
    table = short.summary()
    assert list(table["period"]) == ["2025-02", "2025Q1", "total"]
    total, month = table.iloc[-1], table.iloc[0]
    assert total["mean"] == pytest.approx(month["mean"])
    quarter = made.summary().set_index("period").loc["2025Q1"]
    assert table.iloc[1]["from_open"] == pytest.approx(quarter["from_open"], rel=0.1)


@pytest.mark.parametrize("months", [-1, 25])
def test_a_horizon_out_of_range_is_refused(made, months):
    with pytest.raises(AsOfError, match="ask for 1 to 24"):
        forecast(made.fit, months=months)


def test_p_target_is_the_share_of_draws_that_reach_it(made):
    months = pd.date_range("2025-01-01", periods=4, freq="MS", unit="us")
    quota = made.draws[:, :3].sum(axis=1).mean() / 3
    targets = made.fit.pipeline.targets.iloc[:0].reindex(range(2, 6))
    targets[n.MONTH], targets[n.QUOTA] = months, quota
    aimed = replace(
        made, fit=replace(made.fit, pipeline=replace(made.fit.pipeline, targets=targets))
    )
    table = aimed.summary().set_index("period")
    total = made.draws[:, :3].sum(axis=1)
    assert table.loc["total", "target"] == pytest.approx(3 * quota)
    assert table.loc["total", "p_target"] == pytest.approx((total >= 3 * quota).mean())
    assert 0.2 < table.loc["total", "p_target"] < 0.8
    assert table.loc["2025Q1", "target"] == pytest.approx(3 * quota)


def test_a_month_without_a_quota_has_no_target(made):
    none = made.fit.pipeline.targets.iloc[:0]
    bare = replace(made, fit=replace(made.fit, pipeline=replace(made.fit.pipeline, targets=none)))
    table = bare.summary()
    assert table["target"].isna().all()
    assert table["p_target"].isna().all()


def test_every_open_deal_is_described_once_highest_value_first(made):
    pipeline = made.fit.pipeline
    deals = made.deals
    assert sorted(deals["deal_id"]) == sorted(pipeline.open_deals[n.DEAL_ID])
    assert deals["expected_value"].is_monotonic_decreasing
    assert deals["p_won"].between(0, 1).all()
    assert (deals["p_won_by_end"] <= deals["p_won"]).all()
    assert (deals["worst"] <= deals["best"]).all()
    assert (deals["expected_close_on"].dropna() > pd.Timestamp(pipeline.as_of)).all()
    # What the deals bring within the months simulated is what the total says of them.
    value = (deals["p_won_by_end"] * deals["amount"]).sum()
    assert made.open.total.sum(axis=1).mean() == pytest.approx(value, rel=0.1)


def test_what_really_happened_lies_in_a_wide_range(made, small_company):
    """The made-up company's true quarter: a smoke alarm, not a proof of calibration."""
    future = small_company.future
    rest = future[(future[n.OUTCOME] == n.WON) & (future[n.CLOSED_ON] < pd.Timestamp("2025-05-01"))]
    low, high = np.quantile(
        made.open.total.sum(axis=1) + made.new.total.sum(axis=1), [0.005, 0.995]
    )
    assert low <= rest[n.AMOUNT].sum() <= high


def test_same_seed_same_forecast(made):
    pd.testing.assert_frame_equal(forecast(made.fit).summary(), made.summary(), check_exact=True)
    other = forecast(replace(made.fit, seed=made.fit.seed + 1)).summary()
    assert not np.allclose(other["mean"], made.summary()["mean"], rtol=1e-9)
    np.testing.assert_allclose(other["mean"], made.summary()["mean"], rtol=0.1)
    assert made.fit.pipeline.as_of == date(2025, 2, 17)


def test_the_deals_shares_of_the_variance_add_up_to_that_of_the_open_deals(made):
    asked = slice(0, made.horizon)
    total = made.draws[:, asked].sum(axis=1)
    opened = made.open.total[:, asked].sum(axis=1)
    together = np.cov(opened, total)[0, 1] / total.var(ddof=1)
    assert made.deals["share_of_variance"].sum() == pytest.approx(together)
    swing = made.deals["target_swing"]
    known = np.isfinite(made.summary()["target"].iloc[-1])
    assert swing.between(0, 1).all() if known else swing.isna().all()
    assert made.deals["alike"].str.contains(r"\b(?:won|lost): ").mean() > 0.9
