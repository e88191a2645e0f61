"""Simulated paths against closed forms, by numerical integration where there is none."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from salespipe.bands import AGE_CUTS, DUE_BANDS
from salespipe.simulation import walk as walk_module
from salespipe.simulation.paths import LONG_RUN_DAYS, Calendar
from salespipe.simulation.walk import walk as walk_with_slips
from salespipe.slips import Slips

SEED = (3, 1)
COUNT = 100_000
DAYS = np.array([1.0, 5.0, 20.0, 40.0, 90.0, 300.0])


def close_to(share: np.ndarray, truth: np.ndarray) -> bool:
    """Whether shares of COUNT independent paths lie within four standard errors."""
    error = np.sqrt(np.maximum(truth * (1 - truth), 1e-9) / COUNT)
    return bool((np.abs(share - truth) < 4 * error).all())


@pytest.fixture(scope="module")
def walk(no_slips, november):
    """Give the function with no slips, in one month of November unless told otherwise."""
    return partial(walk_with_slips, slips=no_slips, calendar=november, seed=SEED)


def due_rates(**rates: float) -> np.ndarray:
    """Give the log rates by due band of a one-stage company; 1 where nothing is said."""
    words = [rates.get(band.replace(" ", "_"), 1.0) for band in DUE_BANDS]
    return np.log(words)[None, None, :]


def won_by(wins, days=DAYS):
    return np.array([(wins.won & (wins.day < day)).mean() for day in days])


def test_first_day_of_the_calendar(november):
    assert pd.Timestamp(0) + pd.Timedelta(days=november.first) == pd.Timestamp("2026-11-01")


@pytest.mark.parametrize(("rate", "p"), [(0.05, 0.3), (0.004, 0.7), (2.0, 0.9)])
def test_one_stage_is_exponential(walk, posterior_of, paths_of, rate, p):
    posterior = posterior_of(rates=[rate], chances=[p])
    wins = walk(paths_of(COUNT), posterior=posterior)
    assert close_to(won_by(wins), p * -np.expm1(-rate * DAYS))
    closes = -np.expm1(-rate * LONG_RUN_DAYS)
    assert close_to(np.isfinite(wins.day).mean(), closes)
    np.testing.assert_allclose(wins.chance[np.isfinite(wins.day)], p)


def test_the_age_that_a_deal_has_does_not_matter_at_constant_rates(
    walk, posterior_of, paths_of, november
):
    posterior = posterior_of(rates=[0.05], chances=[0.5])
    for age in (0.0, 29.5, 2000.0):
        wins = walk(paths_of(COUNT, age=age), posterior=posterior)
        assert close_to(won_by(wins), 0.5 * -np.expm1(-0.05 * DAYS))


def test_two_stages_are_hypoexponential_and_chances_multiply(walk, posterior_of, paths_of):
    a, b = 0.05, 0.02
    posterior = posterior_of(rates=[a, b], chances=[0.6, 0.5])
    wins = walk(paths_of(COUNT), posterior=posterior)
    truth = 1 - (b * np.exp(-a * DAYS) - a * np.exp(-b * DAYS)) / (b - a)
    assert close_to(won_by(wins), 0.3 * truth)
    np.testing.assert_allclose(wins.chance[np.isfinite(wins.day)], 0.3)


def test_later_stage_begins_where_it_is(walk, posterior_of, paths_of):
    posterior = posterior_of(rates=[0.001, 0.02], chances=[0.6, 0.5])
    wins = walk(paths_of(COUNT, stage=1), posterior=posterior)
    assert close_to(won_by(wins), 0.5 * -np.expm1(-0.02 * DAYS))


@pytest.mark.parametrize("age", [0.0, 10.0, 80.0])
def test_rates_that_change_with_age_and_month(walk, posterior_of, paths_of, age):
    band_effect = np.linspace(0.5, -1.5, len(AGE_CUTS) + 1)
    month_rate = np.array([-0.4, 0.8])
    calendar = Calendar(first=20758, month_ends=np.array([30.0, 61.0]))
    posterior = posterior_of(
        rates=[0.03], chances=[0.4], band_effect=band_effect, month_rate=month_rate
    )
    wins = walk(paths_of(COUNT, age=age), posterior=posterior, calendar=calendar)

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


def test_the_month_of_the_exit_decides_its_chance(walk, posterior_of, paths_of):
    calendar = Calendar(first=20758, month_ends=np.array([30.0, 61.0]))
    posterior = posterior_of(
        rates=[0.03],
        chances=[0.5],
        month_rate=[0.0, 0.0],
        month_logit=np.array([[1.0, -1.0, 0.0]]),
    )
    wins = walk(paths_of(COUNT), posterior=posterior, calendar=calendar)
    expected = 1 / (1 + np.exp(-np.array([1.0, -1.0, 0.0])))
    month = np.searchsorted(calendar.month_ends, wins.day, side="right")
    closes = np.isfinite(wins.day)
    np.testing.assert_allclose(wins.chance[closes], expected[month[closes]])


def test_overdue_begins_the_day_after_the_expected_close(walk, posterior_of, paths_of, november):
    """Due on 2026-11-11: at the rate of "this month" through that day, of "overdue" after it."""
    slow, fast = 1e-9, 0.5
    due_rate = due_rates(overdue=fast, today=slow, this_month=slow, next_month=slow, later=slow)
    posterior = posterior_of(rates=[1.0], chances=[0.5], due_rate=due_rate)
    paths = paths_of(COUNT, due=november.first + 10.0)
    wins = walk(paths, posterior=posterior)
    assert wins.day.min() >= 11.0
    days = np.array([12.0, 14.0, 20.0])
    assert close_to(won_by(wins, days), 0.5 * -np.expm1(-fast * (days - 11.0)))


def test_a_date_beyond_the_horizon_comes_nearer_all_the_same(
    walk, posterior_of, paths_of, november
):
    """Due on 2027-07-11 with one month simulated: "this month" from 2027-07-01 on."""
    slow, fast = 1e-9, 0.5
    due_rate = due_rates(overdue=slow, today=fast, this_month=fast, next_month=slow, later=slow)
    posterior = posterior_of(rates=[1.0], chances=[0.5], due_rate=due_rate)
    month = (pd.Timestamp("2027-07-01") - pd.Timestamp("2026-11-01")).days
    paths = paths_of(COUNT, due=november.first + month + 10.0)
    wins = walk(paths, posterior=posterior)
    days = month + np.array([1.0, 3.0, 10.0])
    assert close_to(won_by(wins, days), 0.5 * -np.expm1(-fast * (days - month)))


def test_skips_and_steps_back_land_with_their_chances(walk, posterior_of, paths_of):
    """From the first of two stages half go straight to won; from the second a fifth steps back."""
    landing = [[0.0, 0.5, 0.5], [0.2, 0.0, 0.8]]
    p, q = 0.6, 0.7
    posterior = posterior_of(rates=[1.0, 1.0], chances=[p, q], landing=landing)
    for stage in (0, 1):
        paths = paths_of(COUNT, stage=stage)
        wins = walk(paths, posterior=posterior)
        first = (0.5 * p + 0.5 * p * 0.8 * q) / (1 - 0.5 * p * 0.2 * q)
        second = q * (0.8 + 0.2 * first)
        truth = first if stage == 0 else second
        assert close_to(wins.won.mean(), truth)
        # The chance carried along has the same mean and less noise.
        assert abs(wins.chance.mean() - truth) < 4 * wins.chance.std() / np.sqrt(COUNT)
        assert wins.chance.std() < wins.won.std()


def test_no_paths(walk, posterior_of, paths_of):
    posterior = posterior_of(rates=[1.0], chances=[0.5])
    wins = walk(paths_of(0), posterior=posterior)
    assert len(wins.day) == len(wins.chance) == len(wins.won) == 0


def test_the_same_seed_gives_the_same_and_another_another(walk, posterior_of, paths_of):
    posterior = posterior_of(rates=[0.05, 0.05], chances=[0.5, 0.6])
    once, again, other = (
        walk(paths_of(500), posterior=posterior, seed=seed) for seed in (SEED, SEED, (4, 1))
    )
    np.testing.assert_array_equal(once.day, again.day)
    np.testing.assert_array_equal(once.won, again.won)
    assert not np.array_equal(once.day, other.day)


def test_how_paths_are_shared_out_changes_nothing(walk, rich, paths_of, monkeypatch):
    whole = walk(paths_of(2_000), posterior=rich)
    monkeypatch.setattr(walk_module, "CHUNK", 7)
    pieces = walk(paths_of(2_000), posterior=rich)

    np.testing.assert_array_equal(whole.day, pieces.day)
    np.testing.assert_array_equal(whole.won, pieces.won)


def test_a_path_s_luck_is_its_own(walk, rich, paths_of):
    few, many = (walk(paths_of(count), posterior=rich) for count in (100, 200))

    np.testing.assert_array_equal(few.day, many.day[:100])
    assert len(np.unique(many.day[np.isfinite(many.day)])) == np.isfinite(many.day).sum()


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


def test_a_better_chance_never_loses_a_deal(walk, rich, paths_of, november):
    paths = paths_of(20_000)
    base, lifted = (
        walk(one, posterior=rich) for one in (paths, replace(paths, merit=paths.merit + 0.3))
    )
    np.testing.assert_array_equal(base.day, lifted.day)
    assert (lifted.won >= base.won).all()
    assert lifted.won.sum() > base.won.sum()


def test_a_higher_rate_never_delays_a_win(walk, rich, posterior_of, paths_of, november):
    """Exactly so where the rate does not depend on the age in a stage that is entered sooner."""
    flat = replace(rich, log_rate=rich.log_rate[:, :, :1].repeat(len(AGE_CUTS) + 1, axis=2))
    one_stage = posterior_of(
        rates=[0.03],
        chances=[0.6],
        band_effect=np.linspace(1.0, -1.0, len(AGE_CUTS) + 1),
        month_rate=[0.3],
    )
    for posterior in (flat, one_stage):
        paths = paths_of(20_000)
        base, hurried = (
            walk(one, posterior=posterior) for one in (paths, replace(paths, pace=paths.pace + 0.2))
        )
        both = np.isfinite(base.day)
        assert np.isfinite(hurried.day[both]).all()
        # Cuts are overstepped by a millionth of a day.
        assert (hurried.day[both] <= base.day[both] + 1e-4).all()
        assert hurried.day[both].mean() < base.day[both].mean()


def slips_of(*ahead: float, band: str = "this month") -> Slips:
    """Give a record of changes in one due band to dates so many days ahead."""
    place = DUE_BANDS.index(band)
    changes = np.zeros(len(DUE_BANDS), dtype=np.int64)
    changes[place] = len(ahead)
    begins = np.append(0, np.cumsum(changes))
    return Slips(changes, np.full(len(DUE_BANDS), 100.0), np.asarray(ahead), begins)


def test_a_date_that_is_pushed_takes_the_deal_out_of_this_month(posterior_of, paths_of, november):
    """Due on 2026-11-30, closing at `fast` while due this month, pushed far away at `push`."""
    fast, push, slow = 0.05, 0.1, 1e-9
    posterior = posterior_of(
        rates=[1.0],
        chances=[0.5],
        due_rate=due_rates(this_month=fast, today=fast, next_month=slow, later=slow, overdue=slow),
        slip_rate=np.where(np.arange(len(DUE_BANDS)) == 3, push, 0.0)[None, :],
    )
    paths = paths_of(COUNT, due=november.first + 29.0)
    far = slips_of(5_000.0)
    wins = walk_with_slips(paths, posterior=posterior, slips=far, calendar=november, seed=SEED)
    days = np.array([1.0, 5.0, 20.0, 29.0])
    truth = 0.5 * fast / (fast + push) * -np.expm1(-(fast + push) * days)
    assert close_to(won_by(wins, days), truth)


def test_a_date_that_is_pulled_brings_the_deal_in(posterior_of, paths_of, november):
    """Due much later, pulled to "today" at `pull`, where it closes at once."""
    pull, slow, fast = 0.1, 1e-9, 50.0
    posterior = posterior_of(
        rates=[1.0],
        chances=[0.5],
        due_rate=due_rates(today=fast, this_month=slow, next_month=slow, later=slow, overdue=slow),
        slip_rate=np.where(np.arange(len(DUE_BANDS)) == 5, pull, 0.0)[None, :],
    )
    paths = paths_of(COUNT, due=november.first + 600.0)
    near = slips_of(1.0, band="later")
    wins = walk_with_slips(paths, posterior=posterior, slips=near, calendar=november, seed=SEED)
    days = np.array([6.0, 11.0, 21.0])
    # Pulled during a day, due on the next: closed within that one, so won by the end of it.
    assert close_to(won_by(wins, days), 0.5 * -np.expm1(-pull * (days - 1)))


def test_without_a_record_of_changes_none_are_simulated(walk, posterior_of, paths_of, november):
    posterior = posterior_of(rates=[0.05], chances=[0.5])
    paths = paths_of(1_000, due=november.first + 10.0)
    plain = walk(paths, posterior=posterior)
    moved = walk_with_slips(
        paths, posterior=posterior, slips=slips_of(30.0), calendar=november, seed=SEED
    )
    np.testing.assert_array_equal(plain.day, moved.day)
