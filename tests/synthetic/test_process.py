"""The process against closed forms, at fixed seeds: bounds are 3.5 standard errors or p > 0.001."""

from datetime import date

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from salespipe.stages import Stage
from salespipe.synthetic.company import AGE_CUTS, Company
from salespipe.synthetic.process import STILL_THERE, World, simulate_world
from salespipe.synthetic.truth import Truth, draw_truth

SEED = 5
ENDS = (Stage("Closed Won", kind="won"), Stage("Closed Lost", kind="lost"))
PLAIN = {
    "stages": (Stage("Only", probability=0.4, typical_days=20), *ENDS),
    "win_lift": 1.0, "age_effect": (0.0,) * 11, "moq_timing": (0, 0, 0), "moq_win": (0, 0, 0),
    "moq_arrivals": (0, 0, 0), "owner_spread": 0, "owner_timing_spread": 0, "segment_spread": 0,
    "shock_scale": 0, "timing_shock_scale": 0, "market_win": 0, "market_arrivals": 0, "season": 0,
    "deals": 20_000, "future_months": 24,
}  # fmt: skip
"""One stage and no effect at all."""


def world_of(**knobs: object) -> tuple[World, Truth]:
    company = Company(**(PLAIN | knobs))
    truth = draw_truth(company, seed=SEED)
    return simulate_world(company, truth, seed=SEED), truth


def early(world: World) -> np.ndarray:
    """Stays begun so long before the end that all but e^-30 of them end in time."""
    return (world.stays["entered"] < world.days - 600).to_numpy()


def test_time_in_stage_is_exponential() -> None:
    world, _ = world_of()
    stays = world.stays[early(world)]
    days = stays["left"] - stays["entered"]
    assert stats.kstest(days, stats.expon(scale=20).cdf).pvalue > 0.001


def test_survival_to_each_age_cut_is_that_of_the_banded_rate() -> None:
    world, truth = world_of(age_effect=(-1.0, 0.5, 1.0, 0.0, -1.0, 0, 0, 0, 0, 0, 0))
    stays = world.stays[early(world)]
    days = (stays["left"] - stays["entered"]).to_numpy()
    rates = np.exp(truth.log_rate.iloc[0] + truth.age_effect.to_numpy()[:-1])
    survival = np.exp(-(rates * np.diff([0, *AGE_CUTS])).cumsum())
    seen = (days[:, None] > np.array(AGE_CUTS)).mean(axis=0)
    error = np.sqrt(survival * (1 - survival) / days.size)
    assert (np.abs(seen - survival) < 3.5 * error + 1e-4).all()
    assert days.mean() == pytest.approx(20, abs=3.5 * days.std() / np.sqrt(days.size))


def test_rate_follows_the_month_of_the_quarter() -> None:
    world, truth = world_of(moq_timing=(-0.5, 0.0, 0.5), stages=(
        Stage("Only", probability=0.4, typical_days=60), *ENDS))  # fmt: skip
    stays, months = world.stays, world.months
    edges = (months - months[0]).days.to_numpy().astype(float)
    edges = np.append(edges, world.days)
    entered, left = stays["entered"].to_numpy(), stays["left"].to_numpy()
    place = (months.month.to_numpy() - 1) % 3
    for quarter_month in range(3):
        at_risk, exits = 0.0, 0
        for month in np.flatnonzero(place == quarter_month):
            begin, end = edges[month], edges[month + 1]
            at_risk += np.clip(np.minimum(left, end) - np.maximum(entered, begin), 0, None).sum()
            exits += ((left >= begin) & (left < end)).sum()
        expected = at_risk * np.exp(truth.log_rate.iloc[0] + truth.moq_timing[quarter_month])
        assert abs(exits - expected) < 3.5 * np.sqrt(expected)


def test_share_that_goes_on_is_the_stage_probability() -> None:
    world, _ = world_of()
    ended = world.stays[np.isfinite(world.stays["left"])]
    wins = int((ended["next_stage"] == 1).sum())
    assert stats.binomtest(wins, len(ended), 0.4).pvalue > 0.001


def test_share_that_goes_on_follows_owner_month_shock_and_market() -> None:
    world, truth = world_of(
        owner_spread=0.5,
        segment_spread=0.5,
        moq_win=(-0.5, 0, 0.5),
        shock_scale=0.5,
        market_win=0.5,
    )
    ended = world.stays[np.isfinite(world.stays["left"])]
    month = np.searchsorted((world.months - world.months[0]).days, ended["left"], side="right") - 1
    deals = world.deals.iloc[ended["deal"]]
    chance = expit(
        truth.logit_continue.iloc[0]
        + truth.owner_win.to_numpy()[deals["owner"]]
        + truth.segment_win.to_numpy()[deals["segment"]]
        + truth.moq_win.to_numpy()[(world.months.month.to_numpy()[month] - 1) % 3]
        + truth.market_beta * truth.market.to_numpy()[month]
        + truth.shock_win.to_numpy()[month]
    )
    went_on = (ended["next_stage"] == 1).to_numpy()
    for group in (deals["owner"].to_numpy(), deals["segment"].to_numpy(), month):
        for level in np.unique(group):
            here = group == level
            error = np.sqrt((chance[here] * (1 - chance[here])).sum())
            assert abs(went_on[here].sum() - chance[here].sum()) < 4 * error


def test_going_on_lands_in_the_next_stage_or_skips_it() -> None:
    steps = [Stage(f"S{k}", probability=0.9, typical_days=5) for k in range(3)]
    world, _ = world_of(stages=(*steps, *ENDS), skip=0.25)
    moved = world.stays[(world.stays["next_stage"] <= 3) & (world.stays["next_stage"] > 0)]
    for stage in (0, 1):
        onward = moved.loc[moved["stage"] == stage, "next_stage"]
        assert set(onward) == {stage + 1, stage + 2}
        skipped = int((onward == stage + 2).sum())
        assert stats.binomtest(skipped, len(onward), 0.25).pvalue > 0.001
    assert set(moved.loc[moved["stage"] == 2, "next_stage"]) == {3}


def test_stays_of_a_deal_join_end_to_end() -> None:
    company = Company(deals=500)
    world = simulate_world(company, draw_truth(company, seed=SEED), seed=SEED)
    stays = world.stays
    same = stays["deal"].to_numpy()[1:] == stays["deal"].to_numpy()[:-1]
    np.testing.assert_array_equal(
        stays["left"].to_numpy()[:-1][same], stays["entered"].to_numpy()[1:][same]
    )
    np.testing.assert_array_equal(
        stays["next_stage"].to_numpy()[:-1][same], stays["stage"].to_numpy()[1:][same]
    )
    assert (stays["left"] > stays["entered"]).all()
    first = stays.drop_duplicates("deal")
    assert (first["stage"] == 0).all()
    np.testing.assert_array_equal(first["entered"], world.deals["created"])
    unended = stays["next_stage"] == STILL_THERE
    np.testing.assert_array_equal(unended, np.isinf(stays["left"]))
    assert stays.loc[~unended, "left"].max() < world.days


@pytest.mark.parametrize("dispersion", [4.0, np.inf])
def test_arrivals_have_the_mean_and_the_dispersion(dispersion: float) -> None:
    months = 2000
    world, truth = world_of(
        start=date(1900, 1, 1), deals=10 * months, months=months, future_months=0,
        arrivals_dispersion=dispersion,
    )  # fmt: skip
    edges = np.append((world.months - world.months[0]).days, world.days)
    counts, _ = np.histogram(world.deals["created"], edges)
    variance = 10 + 100 / dispersion
    assert truth.arrivals_mean.eq(10).all()
    assert counts.mean() == pytest.approx(10, abs=3.5 * np.sqrt(variance / months))
    assert counts.var() == pytest.approx(variance, rel=0.2)


def test_amounts_are_log_normal_by_segment_and_end_near_the_list() -> None:
    world, truth = world_of(amount_log_sd=0.6)
    deals = world.deals
    logs = np.log(deals["listed_amount"])
    for segment, centre in enumerate(truth.amount_log_mean):
        own = logs[deals["segment"] == segment]
        assert own.mean() == pytest.approx(centre, abs=3.5 * 0.6 / np.sqrt(own.size))
        assert own.std() == pytest.approx(0.6, rel=0.05)
    change = np.log(deals["final_amount"] / deals["listed_amount"])
    assert change.median() == pytest.approx(-0.05, abs=0.005)
    big = change[deals["listed_amount"] > 5000]
    assert stats.kstest((big + 0.05) / 0.10, stats.t(5).cdf).pvalue > 0.001
    for column in ("listed_amount", "final_amount"):
        assert (deals[column] % 1 == 0).all()
        assert (deals[column] >= 1).all()


def test_dates_round_down_and_infinity_is_missing() -> None:
    world, _ = world_of(deals=10, start=date(2024, 5, 1))
    dates = world.dates([0.0, 0.99, 31.2, np.inf])
    assert dates[:3].strftime("%Y-%m-%d").tolist() == ["2024-05-01", "2024-05-01", "2024-06-01"]
    assert dates.isna().tolist() == [False, False, False, True]
    assert world.day(date(2024, 6, 1)) == 31
