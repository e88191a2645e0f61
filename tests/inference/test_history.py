"""The revenue history of a pipeline: its months, and a fit of it that passes the gate."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe import names as n
from salespipe.inference.gate import judge
from salespipe.inference.history import (
    MAX_MONTHS,
    counting_variation,
    fit_revenue_history,
    revenue_history_data,
)
from salespipe.market import Market
from salespipe.models.revenue_history import (
    MIN_MONTHS,
    TAIL_SCALE,
    TAILS,
    RevenueHistoryData,
    RevenueHistoryPriors,
)
from salespipe.pipeline import build_pipeline
from salespipe.simulation.from_above import draw_from_above
from tests.public_data import data_file, public_tables
from tests.small_tables import as_of, deal, tables

SEED = 11


def company(*won, amount=100.0):
    """Give a company whose deals take a day, some closing each day of `won`, from January on."""
    wins = [
        deal(f"w{i}", "won", str((pd.Timestamp(day) - pd.Timedelta(days=1)).date()), day)
        | {n.AMOUNT: amount}
        for i, day in enumerate(won)
    ]
    return tables(deal("first", "lost", "2025-12-30", "2025-12-31"), *wins)


DAYS = [
    "2026-01-20",
    "2026-01-30",
    "2026-02-10",
    "2026-04-01",
    "2026-04-30",
    "2026-05-02",
    "2026-05-20",
]


def test_months_are_full_and_begin_where_closings_could_be_seen():
    data = revenue_history_data(build_pipeline(company(*DAYS), as_of=as_of("04-30")))
    assert data.first == 2026 * 12
    np.testing.assert_allclose(data.won, [200, 100, 0, 200])
    assert (data.running, data.days_left) == (None, 0)
    assert data.floor == 100


def test_of_the_running_month_only_the_rest_is_to_come():
    data = revenue_history_data(build_pipeline(company(*DAYS), as_of=as_of("05-21")))
    np.testing.assert_allclose(data.won, [200, 100, 0, 200])
    assert data.running == 2026 * 12 + 4
    assert data.days_left == pytest.approx(10 / 31)
    # Ten days were left on 21 January, 18 February and 20 April.
    np.testing.assert_allclose(data.rest, [0.5, 0.0, np.nan, 0.5])


def test_nothing_after_the_date_is_seen():
    early = revenue_history_data(build_pipeline(company(*DAYS[:5]), as_of=as_of("04-30")))
    late = revenue_history_data(build_pipeline(company(*DAYS), as_of=as_of("04-30")))
    np.testing.assert_array_equal(early.won, late.won)
    assert (early.floor, early.counting) == (late.floor, late.counting)


@pytest.mark.parametrize(("day", "months"), [("03-30", None), ("03-31", 3), ("04-01", 3)])
def test_fewer_than_three_full_months_give_nothing(day, months):
    data = revenue_history_data(build_pipeline(company(*DAYS), as_of=as_of(day)))
    assert (None if data is None else len(data.won)) == months


def test_nothing_won_gives_nothing():
    lost = tables(*(deal(f"l{m}", "lost", f"2026-0{m}-01", f"2026-0{m}-09") for m in range(1, 6)))
    assert revenue_history_data(build_pipeline(lost, as_of=as_of("06-30"))) is None


def test_deals_without_an_amount_or_a_date_bring_nothing():
    odd = [
        deal("x", "won", "2026-02-01", "2026-02-20") | {n.AMOUNT: None},
        deal("y", "won", "2026-02-01", "2026-02-20") | {n.AMOUNT: -50.0},
        deal("z", "won", "2026-02-01"),
    ]
    plain = company(*DAYS)
    more = tables(*[*plain.deals.to_dict("records"), *odd])
    data = revenue_history_data(build_pipeline(more, as_of=as_of("04-30")))
    np.testing.assert_allclose(data.won, [200, 100, 0, 200])


def test_months_in_which_a_pipeline_fills_do_not_count():
    """Deals take about 60 days, and none was created before the file begins in January."""
    created = pd.date_range("2025-01-01", "2025-12-31")
    wins = [
        deal(f"d{i}", "won", str(day.date()), str((day + pd.Timedelta(days=60)).date()))
        for i, day in enumerate(created)
    ]
    data = revenue_history_data(build_pipeline(tables(*wins), as_of=as_of("02-28")))
    # The first deals close in the first days of March, which is therefore not a full month.
    assert data.first == 2025 * 12 + 3
    assert (data.won > 2_700).all()


def test_a_long_history_is_cut():
    days = pd.date_range("2017-01-15", "2026-06-30", freq="MS") + pd.Timedelta(days=9)
    data = revenue_history_data(
        build_pipeline(company(*(str(day.date()) for day in days)), as_of=as_of("06-30"))
    )
    assert len(data.won) == MAX_MONTHS
    assert data.last == 2026 * 12 + 5


def test_market_is_lined_up_by_month():
    market = Market(("gdp",), first=24_312, history=np.array([[1.0], [2.0]]))
    data = revenue_history_data(build_pipeline(company(*DAYS), as_of=as_of("04-30")), market=market)
    np.testing.assert_array_equal(data.market, [[1], [2], [0], [0]])
    assert data.indices == ("gdp",)


@given(st.floats(0.3, 3), st.integers(30, 400), st.integers(1, 30), st.floats(1e-3, 1e9))
def test_counting_variation_is_that_of_a_compound_poisson(spread, count, months, unit):
    amounts = np.random.default_rng(SEED).lognormal(0, spread, count) * unit
    found = counting_variation(amounts, months)
    cv2 = amounts.var() / amounts.mean() ** 2
    exact = (1 + cv2) / (count / months)
    assert found == pytest.approx(exact, rel=5 / 35)


def test_counting_variation_of_one_deal_leans_on_the_assumption():
    assert counting_variation(np.array([500.0]), 4) == pytest.approx(4 * (1 + 5 / 6))


# -- Fits ------------------------------------------------------------------------------------------


def ahead_of(data, tree, *, months=3, seed=1):
    """Draw the months after a history."""
    span = range(data.last + 1, data.last + 1 + months)
    return draw_from_above(tree, data, months=span, rng=np.random.default_rng(seed))


def simulate(rng, months, *, ahead=3, wins=None):
    """Draw a company from the priors: its history, and what follows it.

    With `wins` a month it wins a Poisson number of deals of log-normal size, which the model only
    knows of as noise.
    """
    priors, total = RevenueHistoryPriors(), months + ahead
    step = priors.step_median * np.exp(priors.step_spread * rng.normal())
    shock = priors.shock_median * np.exp(priors.shock_spread * rng.normal())
    quarter = rng.normal(0, priors.quarter_month, 3)
    level = np.cumsum(rng.normal(priors.trend * rng.normal(), step, total))
    level += np.resize(quarter - quarter.mean(), total)
    if wins is None:
        won = np.exp(11 + level + TAIL_SCALE * shock * rng.standard_t(TAILS, total))
        return won[months:], RevenueHistoryData(won[:months], 24_000)
    count = rng.poisson(wins * np.exp(level + shock * rng.normal(size=total)))
    sizes = [rng.lognormal(9, 0.8, k) for k in count]
    won = np.array([size.sum() for size in sizes])
    seen = np.concatenate(sizes[:months])
    data = RevenueHistoryData(
        won[:months],
        24_000,
        floor=float(np.quantile(seen, 0.25)) if len(seen) else 1.0,
        counting=counting_variation(seen, months) if len(seen) else np.expm1(1.0),
    )
    return won[months:], data


@pytest.mark.slow
@pytest.mark.parametrize("wins", [None, 1, 30])
@pytest.mark.parametrize("months", [3, 4, 6, 30])
def test_every_length_of_history_passes_the_gate_at_once(months, wins):
    _, data = simulate(np.random.default_rng(SEED + months), months, wins=wins)
    seen = judge(fit_revenue_history(data, seed=1)).diagnostics
    assert seen.ok
    assert seen.divergences == 0


@pytest.mark.slow
def test_one_compiled_model_serves_many_lengths(monkeypatch):
    rng = np.random.default_rng(SEED)
    fit_revenue_history(simulate(rng, 5)[1])
    monkeypatch.setattr("salespipe.inference.history.compile_model", lambda _: pytest.fail("again"))
    for months in (3, 8, 12):
        tree = fit_revenue_history(simulate(rng, months)[1])
        assert np.isfinite(tree["posterior"]["level"].to_numpy()).all()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws():
    _, data = simulate(np.random.default_rng(SEED), 7)
    once, again = (fit_revenue_history(data, seed=4)["posterior"]["level"] for _ in range(2))
    np.testing.assert_array_equal(once, again)


@pytest.mark.slow
def test_what_was_put_in_is_found():
    """Four years with a strong quarter end, a season, growth and an index that matters."""
    rng = np.random.default_rng(SEED)
    months = np.arange(48)
    index = rng.normal(size=(48, 1))
    quarter = np.array([-0.3, -0.1, 0.4])
    season = np.array([0.3, -0.1, -0.2, 0.0])
    eta = 10 + 0.015 * months + quarter[months % 3] + season[months // 3 % 4] + 0.2 * index[:, 0]
    won = np.exp(eta + rng.normal(0, 0.08, 48))
    data = RevenueHistoryData(won, 24_000, market=index, indices=("gdp",))
    posterior = fit_revenue_history(data)["posterior"]
    means = {
        name: posterior[name].mean(("chain", "draw")).to_numpy()
        for name in ("quarter_effect", "year_effect", "market_effect", "trend", "level")
    }
    np.testing.assert_allclose(means["quarter_effect"], quarter, atol=0.08)
    np.testing.assert_allclose(means["year_effect"], np.tile(season, (3, 1)), atol=0.15)
    np.testing.assert_allclose(means["market_effect"], [0.2], atol=0.04)
    assert 0.005 < means["trend"] < 0.025
    assert means["level"][47] == pytest.approx(10 + 0.015 * 47, abs=0.12)


@pytest.mark.slow
@pytest.mark.recovery
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("months", "wins"), [(4, None), (10, None), (5, 1), (10, 2), (10, 30)])
def test_80_percent_ranges_hold_about_80_percent(months, wins):
    """Forty companies, three months each: 120 outcomes, of which those of a company are alike."""
    held = []
    for company_seed in range(40):
        actual, data = simulate(np.random.default_rng((3, company_seed)), months, wins=wins)
        tree = fit_revenue_history(data)
        if tree is not None:
            drawn = ahead_of(data, tree, months=3, seed=company_seed)
            low, high = np.quantile(drawn, [0.1, 0.9], axis=0)
            held.append((low <= actual) & (actual <= high))
    assert len(held) >= 35
    # Two standard errors of the mean over 40 companies are about 0.1.
    assert 0.7 <= np.mean(held) <= 0.9


@pytest.mark.slow
def test_three_months_with_a_strong_one_show_the_quarter():
    """As of the end of May 2017 the data holds March to May; June must come out like March."""
    pipeline = build_pipeline(
        public_tables("crm_opportunities/sales_pipeline.csv"),
        as_of=pd.Timestamp("2017-05-31").date(),
    )
    data = revenue_history_data(pipeline)
    march, april, _ = data.won
    june, july, _ = np.median(ahead_of(data, fit_revenue_history(data)), axis=0)
    assert june == pytest.approx(march, rel=0.08)
    assert july == pytest.approx(april, rel=0.08)


@pytest.mark.slow
def test_monthly_totals_alone_are_enough():
    """A shop's year: up to August the ranges hold most of what came.

    From September on it sells for Christmas, which nothing in its first nine months tells.
    """
    monthly = pd.read_csv(data_file("online_retail/monthly.csv"))["rev"].to_numpy("float64")[:9]
    held = []
    for months in range(MIN_MONTHS, len(monthly)):
        data = RevenueHistoryData(monthly[:months], 2010 * 12 + 11)
        drawn = ahead_of(data, fit_revenue_history(data))
        low, high = np.quantile(drawn, [0.1, 0.9], axis=0)
        actual = monthly[months : months + 3]
        held.extend((low[: len(actual)] <= actual) & (actual <= high[: len(actual)]))
        # Wide, but not so wide as to say nothing.
        assert (high < 3 * low).all()
    assert len(held) == 15
    assert np.mean(held) >= 0.6
