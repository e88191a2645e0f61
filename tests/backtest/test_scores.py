"""Scores: closed forms, and what they must never do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from scipy.special import expit, logit

from salespipe.backtest.scores import (
    binomial_band,
    brier,
    calibration_line,
    central,
    crps,
    paired,
    pit,
    reliability,
    wape,
)

VALUES = st.floats(-1e6, 1e6)
DRAWS = hnp.arrays(np.float64, st.integers(2, 30), elements=VALUES)


def crps_of_normal(mean, sd, actual):
    """Gneiting and Raftery (2007), Journal of the American Statistical Association 102, eq. 5."""
    z = (actual - mean) / sd
    return sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))


@pytest.mark.parametrize("actual", [-3.0, 0.0, 2.5, 11.0])
def test_crps_is_that_of_the_normal(actual):
    middle = (np.arange(20_000) + 0.5) / 20_000
    draws = stats.norm.ppf(middle, 2.0, 3.0)
    for fair in (True, False):
        assert crps(draws, actual, fair=fair) == pytest.approx(
            crps_of_normal(2.0, 3.0, actual), rel=2e-3
        )


@given(DRAWS, VALUES)
def test_crps_from_the_order_is_that_of_all_pairs(draws, actual):
    count = len(draws)
    pairs = np.abs(draws[:, None] - draws[None, :]).sum()
    error = np.abs(draws - actual).mean()
    scale = np.abs(draws).max() + abs(actual) + 1
    plain, fair = crps(draws, actual, fair=False), crps(draws, actual)
    assert plain == pytest.approx(error - pairs / (2 * count**2), abs=1e-9 * scale)
    assert fair == pytest.approx(error - pairs / (2 * count * (count - 1)), abs=1e-9 * scale)
    assert fair <= plain + 1e-9 * scale
    assert plain >= -1e-9 * scale


def test_few_draws_score_as_many_do_on_average():
    rng = np.random.default_rng(1)
    few = crps(rng.normal(size=(5, 40_000)), np.zeros(40_000))
    plain = crps(rng.normal(size=(5, 40_000)), np.zeros(40_000), fair=False)
    assert few.mean() == pytest.approx(crps_of_normal(0, 1, 0), abs=0.01)
    assert plain.mean() > crps_of_normal(0, 1, 0) + 0.1


def test_one_draw_scores_its_error_and_months_stay_apart():
    np.testing.assert_allclose(crps([[1.0, 5.0]], [4.0, 5.0]), [3.0, 0.0])
    both = crps(np.arange(12.0).reshape(6, 2), [3.0, np.nan])
    assert both[0] == pytest.approx(float(crps(np.arange(0.0, 12, 2), 3.0)))
    assert np.isnan(both[1])


def test_an_honest_forecast_scores_best():
    rng = np.random.default_rng(2)
    truth = rng.normal(size=4_000)
    z = stats.norm.ppf((np.arange(400) + 0.5) / 400)[:, None]
    honest, narrow, wide, off = (
        crps(np.broadcast_to(mean + sd * z, (400, 4_000)), truth).mean()
        for mean, sd in ((0, 1), (0, 0.4), (0, 2.5), (0.8, 1))
    )
    assert honest < min(narrow, wide, off)


def test_ranges_hold_what_they_say():
    low, high = central(np.arange(101.0), 80)
    assert (float(low), float(high)) == pytest.approx((10, 90))


def test_pit_is_uniform_for_an_honest_forecast():
    rng = np.random.default_rng(3)
    shared = rng.normal(size=2_000)
    found = pit(rng.normal(size=(500, 2_000)), shared)
    assert stats.kstest(found, "uniform").pvalue > 1e-3
    np.testing.assert_allclose(pit([[0.0], [1.0], [1.0], [2.0]], [1.0]), [0.5])
    assert np.isnan(pit([1.0, 2.0], np.nan))


def test_wape():
    assert wape([1, 5], [2, 2]) == pytest.approx(1.0)
    assert np.isnan(wape([1.0], [0.0]))


@pytest.mark.parametrize("n", [1, 7, 10, 100, 1000])
@pytest.mark.parametrize("level", [50, 80, 90, 100])
def test_the_band_is_that_of_scipy(n, level):
    low, high = stats.binom.interval(0.95, n, level / 100)
    assert binomial_band(n, level) == (low / n, high / n)


def test_the_band_is_what_chance_allows():
    assert binomial_band(10, 80) == (0.5, 1.0)
    low, high = binomial_band(1_000, 80)
    assert (low, high) == pytest.approx((0.775, 0.824), abs=0.002)
    assert binomial_band(0, 80) == (0.0, 1.0)


def test_brier_and_reliability():
    assert brier([0.5, 1.0, 0.0], [1, 1, 1]) == pytest.approx((0.25 + 0 + 1) / 3)
    assert np.isnan(brier([], []))
    rng = np.random.default_rng(4)
    stated = rng.random(20_000)
    table = reliability(stated, rng.random(20_000) < stated)
    assert table["n"].sum() == 20_000
    assert len(table) == 10
    inside = (table["band_low"] <= table["happened"]) & (table["happened"] <= table["band_high"])
    assert inside.sum() >= 8
    sure = reliability([1.0, 1.0, 0.05], [1, 0, 0])
    pd.testing.assert_series_equal(sure["n"], pd.Series([1, 2], name="n"))
    assert sure["happened"].to_list() == [0, 0.5]


def test_paired_leaves_out_what_one_lacks():
    found = paired([1.0, 2.0, np.nan, 3.0], [2.0, 2.5, 1.0, 1.5])
    assert (found.n, found.better) == (3, 2)
    assert found.mean == pytest.approx(0.0)
    assert found.error == pytest.approx(np.std([-1, -0.5, 1.5], ddof=1) / np.sqrt(3))
    assert np.isnan(paired([], []).mean)


def test_an_honest_forecast_has_slope_one_and_an_overconfident_one_less():
    rng = np.random.default_rng(4)
    true = rng.beta(1, 2, 40_000)
    came = rng.random(len(true)) < true
    slope, level = calibration_line(true, came)
    assert slope == pytest.approx(1, abs=0.03)
    assert level == pytest.approx(0, abs=0.03)
    stated = expit(2 * logit(true) + 1)
    slope, level = calibration_line(stated, came)
    assert slope == pytest.approx(0.5, abs=0.02)
    assert level == pytest.approx(-0.5, abs=0.03)


def test_cases_may_be_counted_together():
    stated, came, trials = np.array([0.2, 0.5, 0.8]), np.array([3, 4, 9]), np.array([10, 10, 10])
    single = np.repeat(stated, 10)
    each = np.concatenate([np.arange(10) < count for count in came])
    together = calibration_line(stated, came, trials)
    assert together == pytest.approx(calibration_line(single, each))


def test_one_chance_alone_has_no_slope():
    assert np.isnan(calibration_line([0.3, 0.3], [0, 1])).all()
