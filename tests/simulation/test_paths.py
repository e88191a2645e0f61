"""Simulated paths against closed forms, by numerical integration where there is none."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from salespipe.exposure import AGE_CUTS
from salespipe.simulation import paths as paths_module
from salespipe.simulation.paths import LONG_RUN_DAYS, Calendar, walk

SEED = (3, 1)
COUNT = 100_000
DAYS = np.array([1.0, 5.0, 20.0, 40.0, 90.0, 300.0])


def close_to(share: np.ndarray, truth: np.ndarray) -> bool:
    """Whether shares of COUNT independent paths lie within four standard errors."""
    error = np.sqrt(np.maximum(truth * (1 - truth), 1e-9) / COUNT)
    return bool((np.abs(share - truth) < 4 * error).all())


def won_by(wins, days=DAYS):
    return np.array([(wins.won & (wins.day < day)).mean() for day in days])


def test_first_day_of_the_calendar(november):
    assert pd.Timestamp(0) + pd.Timedelta(days=november.first) == pd.Timestamp("2026-11-01")


@pytest.mark.parametrize(("rate", "p"), [(0.05, 0.3), (0.004, 0.7), (2.0, 0.9)])
def test_one_stage_is_exponential(posterior_of, paths_of, november, rate, p):
    posterior = posterior_of(rates=[rate], chances=[p])
    wins = walk(paths_of(COUNT), posterior=posterior, calendar=november, seed=SEED)
    assert close_to(won_by(wins), p * -np.expm1(-rate * DAYS))
    closes = -np.expm1(-rate * LONG_RUN_DAYS)
    assert close_to(np.isfinite(wins.day).mean(), closes)
    np.testing.assert_allclose(wins.chance[np.isfinite(wins.day)], p)


def test_the_age_that_a_deal_has_does_not_matter_at_constant_rates(
    posterior_of, paths_of, november
):
    posterior = posterior_of(rates=[0.05], chances=[0.5])
    for age in (0.0, 29.5, 2000.0):
        wins = walk(paths_of(COUNT, age=age), posterior=posterior, calendar=november, seed=SEED)
        assert close_to(won_by(wins), 0.5 * -np.expm1(-0.05 * DAYS))


def test_two_stages_are_hypoexponential_and_chances_multiply(posterior_of, paths_of, november):
    a, b = 0.05, 0.02
    posterior = posterior_of(rates=[a, b], chances=[0.6, 0.5])
    wins = walk(paths_of(COUNT), posterior=posterior, calendar=november, seed=SEED)
    truth = 1 - (b * np.exp(-a * DAYS) - a * np.exp(-b * DAYS)) / (b - a)
    assert close_to(won_by(wins), 0.3 * truth)
    np.testing.assert_allclose(wins.chance[np.isfinite(wins.day)], 0.3)


def test_later_stage_begins_where_it_is(posterior_of, paths_of, november):
    posterior = posterior_of(rates=[0.001, 0.02], chances=[0.6, 0.5])
    wins = walk(paths_of(COUNT, stage=1), posterior=posterior, calendar=november, seed=SEED)
    assert close_to(won_by(wins), 0.5 * -np.expm1(-0.02 * DAYS))


@pytest.mark.parametrize("age", [0.0, 10.0, 80.0])
def test_rates_that_change_with_age_and_month(posterior_of, paths_of, age):
    band_effect = np.linspace(0.5, -1.5, len(AGE_CUTS) + 1)
    month_rate = np.array([-0.4, 0.8])
    calendar = Calendar(first=20758, month_ends=np.array([30.0, 61.0]))
    posterior = posterior_of(
        rates=[0.03], chances=[0.4], band_effect=band_effect, month_rate=month_rate
    )
    wins = walk(paths_of(COUNT, age=age), posterior=posterior, calendar=calendar, seed=SEED)

    def rate(day):
        band = np.searchsorted(AGE_CUTS, age + day, side="right")
        month = np.searchsorted(calendar.month_ends, day, side="right")
        return 0.03 * np.exp(band_effect[band] + np.append(month_rate, 0.0)[month])

    def survival(day):
        cuts = [*(AGE_CUTS - age), 30.0, 61.0]
        inside = sorted(cut for cut in cuts if 0 < cut < day)
        edges = [0.0, *inside, day]
        hazard = sum(quad(rate, *edge)[0] for edge in pairwise(edges))
        return np.exp(-hazard)

    truth = np.array([0.4 * (1 - survival(day)) for day in DAYS])
    assert close_to(won_by(wins), truth)


def test_the_month_of_the_exit_decides_its_chance(posterior_of, paths_of):
    calendar = Calendar(first=20758, month_ends=np.array([30.0, 61.0]))
    posterior = posterior_of(
        rates=[0.03],
        chances=[0.5],
        month_rate=[0.0, 0.0],
        month_logit=np.array([[1.0, -1.0, 0.0]]),
    )
    wins = walk(paths_of(COUNT), posterior=posterior, calendar=calendar, seed=SEED)
    expected = 1 / (1 + np.exp(-np.array([1.0, -1.0, 0.0])))
    month = np.searchsorted(calendar.month_ends, wins.day, side="right")
    closes = np.isfinite(wins.day)
    np.testing.assert_allclose(wins.chance[closes], expected[month[closes]])


def test_overdue_begins_the_day_after_the_expected_close(posterior_of, paths_of, november):
    """Due on 2026-11-11: at the rate of "this month" through that day, of "overdue" after it."""
    slow, fast = 1e-9, 0.5
    due_rate = np.log([[1.0, fast, slow, slow, slow]])
    posterior = posterior_of(rates=[1.0], chances=[0.5], due_rate=due_rate)
    paths = paths_of(COUNT, due=november.first + 10.0)
    wins = walk(paths, posterior=posterior, calendar=november, seed=SEED)
    assert wins.day.min() >= 11.0
    days = np.array([12.0, 14.0, 20.0])
    assert close_to(won_by(wins, days), 0.5 * -np.expm1(-fast * (days - 11.0)))


def test_a_date_beyond_the_horizon_comes_nearer_all_the_same(posterior_of, paths_of, november):
    """Due on 2027-07-11 with one month simulated: "this month" from 2027-07-01 on."""
    slow, fast = 1e-9, 0.5
    due_rate = np.log([[1.0, slow, fast, slow, slow]])
    posterior = posterior_of(rates=[1.0], chances=[0.5], due_rate=due_rate)
    month = (pd.Timestamp("2027-07-01") - pd.Timestamp("2026-11-01")).days
    paths = paths_of(COUNT, due=november.first + month + 10.0)
    wins = walk(paths, posterior=posterior, calendar=november, seed=SEED)
    days = month + np.array([1.0, 3.0, 10.0])
    assert close_to(won_by(wins, days), 0.5 * -np.expm1(-fast * (days - month)))


def test_skips_and_steps_back_land_with_their_chances(posterior_of, paths_of, november):
    """From the first of two stages half go straight to won; from the second a fifth steps back."""
    landing = [[0.0, 0.5, 0.5], [0.2, 0.0, 0.8]]
    p, q = 0.6, 0.7
    posterior = posterior_of(rates=[1.0, 1.0], chances=[p, q], landing=landing)
    for stage in (0, 1):
        paths = paths_of(COUNT, stage=stage)
        wins = walk(paths, posterior=posterior, calendar=november, seed=SEED)
        first = (0.5 * p + 0.5 * p * 0.8 * q) / (1 - 0.5 * p * 0.2 * q)
        second = q * (0.8 + 0.2 * first)
        truth = first if stage == 0 else second
        assert close_to(wins.won.mean(), truth)
        # The chance carried along has the same mean and less noise.
        assert abs(wins.chance.mean() - truth) < 4 * wins.chance.std() / np.sqrt(COUNT)
        assert wins.chance.std() < wins.won.std()


def test_no_paths(posterior_of, paths_of, november):
    posterior = posterior_of(rates=[1.0], chances=[0.5])
    wins = walk(paths_of(0), posterior=posterior, calendar=november, seed=SEED)
    assert len(wins.day) == len(wins.chance) == len(wins.won) == 0


def test_the_same_seed_gives_the_same_and_another_another(posterior_of, paths_of, november):
    posterior = posterior_of(rates=[0.05, 0.05], chances=[0.5, 0.6])
    once, again, other = (
        walk(paths_of(500), posterior=posterior, calendar=november, seed=seed)
        for seed in (SEED, SEED, (4, 1))
    )
    np.testing.assert_array_equal(once.day, again.day)
    np.testing.assert_array_equal(once.won, again.won)
    assert not np.array_equal(once.day, other.day)


def test_the_chunks_change_the_numbers_but_not_what_they_say(
    posterior_of, paths_of, november, monkeypatch
):
    """Chunks bound memory; each has a stream of its own, so they are part of the seed."""
    posterior = posterior_of(rates=[0.05], chances=[0.5])
    monkeypatch.setattr(paths_module, "CHUNK", 7_000)
    wins = walk(paths_of(COUNT), posterior=posterior, calendar=november, seed=SEED)
    assert close_to(won_by(wins), 0.5 * -np.expm1(-0.05 * DAYS))
    # No two chunks share their random numbers.
    assert not np.array_equal(wins.day[:7_000], wins.day[7_000:14_000])


@pytest.fixture
def rich(posterior_of):
    """Give two stages, skips, and effects of age and month."""
    return posterior_of(
        rates=[0.03, 0.06],
        chances=[0.6, 0.5],
        band_effect=np.linspace(-0.5, 0.5, len(AGE_CUTS) + 1),
        month_rate=[0.3],
        landing=[[0.0, 0.8, 0.2], [0.1, 0.0, 0.9]],
    )


def test_a_better_chance_never_loses_a_deal(rich, paths_of, november):
    better = replace(rich, owner=rich.owner + 0.3)
    base, lifted = (
        walk(paths_of(20_000), posterior=one, calendar=november, seed=SEED)
        for one in (rich, better)
    )
    np.testing.assert_array_equal(base.day, lifted.day)
    assert (lifted.won >= base.won).all()
    assert lifted.won.sum() > base.won.sum()


def test_a_higher_rate_never_delays_a_win(rich, posterior_of, paths_of, november):
    """Exactly so where the rate does not depend on the age in a stage that is entered sooner."""
    flat = replace(rich, log_rate=rich.log_rate[:, :, :1].repeat(len(AGE_CUTS) + 1, axis=2))
    one_stage = posterior_of(
        rates=[0.03],
        chances=[0.6],
        band_effect=np.linspace(1.0, -1.0, len(AGE_CUTS) + 1),
        month_rate=[0.3],
    )
    for posterior in (flat, one_stage):
        faster = replace(posterior, due_rate=posterior.due_rate + 0.2)
        base, hurried = (
            walk(paths_of(20_000), posterior=one, calendar=november, seed=SEED)
            for one in (posterior, faster)
        )
        both = np.isfinite(base.day)
        assert np.isfinite(hurried.day[both]).all()
        # Cuts are overstepped by a millionth of a day.
        assert (hurried.day[both] <= base.day[both] + 1e-4).all()
        assert hurried.day[both].mean() < base.day[both].mean()
