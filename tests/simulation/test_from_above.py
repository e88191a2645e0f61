"""Revenue drawn from above: closed forms with a posterior that is known."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from salespipe.models.revenue_history import TAIL_SCALE, TAILS, RevenueHistoryData
from salespipe.simulation.from_above import draw_from_above

DRAWS = 20_000
WON = np.array([100.0, 120.0, 90.0, 110.0])
FIRST = 2026 * 12  # January
LAST = FIRST + len(WON) - 1


def posterior(*, level=5.0, trend=0.0, step=1e-12, shock=1e-12, quarter=(0, 0, 0), draws=DRAWS):
    """Give draws of one chain that are all alike."""

    def alike(value, dim=None):
        value = np.asarray(value, dtype=float)
        return (
            ("chain", "draw", *([dim] if dim else [])),
            np.broadcast_to(value, (1, draws, *value.shape)),
        )

    return xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(
                {
                    "level": alike([0, 0, 0, level, 0, 0], "month"),
                    "trend": alike(trend),
                    "step_sd": alike(step),
                    "shock_sd": alike(shock),
                    "quarter_effect": alike(quarter, "quarter_month"),
                    "market_effect": alike([0.5], "index"),
                }
            )
        }
    )


def draw(tree, data=None, *, months=3, seed=1, **more):
    data = data or RevenueHistoryData(WON, FIRST)
    ahead = range(LAST + 1, LAST + 1 + months)
    return draw_from_above(tree, data, months=ahead, rng=np.random.default_rng(seed), **more)


def test_without_noise_it_is_the_level_the_trend_and_the_quarter():
    drawn = draw(posterior(trend=0.1, quarter=(0.2, -0.3, 0.1)), months=4)
    # May is the second month of its quarter.
    expected = np.exp(5 + 0.1 * np.arange(1, 5) + [-0.3, 0.1, 0.2, -0.3])
    np.testing.assert_allclose(drawn, np.tile(expected, (DRAWS, 1)), rtol=1e-6)


def test_a_fiscal_year_moves_the_quarter():
    data = RevenueHistoryData(WON, FIRST, fiscal_year_start=3)
    drawn = draw(posterior(quarter=(0.2, -0.3, 0.1)), data, months=1)
    np.testing.assert_allclose(drawn, np.exp(5.1), rtol=1e-6)  # the quarter ends in May


@pytest.mark.parametrize(("mean", "explained"), [(5.0, 0.16), (4.0, 0.0618), (6.0, 0.3869)])
def test_noise_is_a_student_t_with_what_counting_explains(mean, explained):
    """Squared, the spread of a month that brings e times less than the mean is e times as large."""
    data = RevenueHistoryData(np.full(len(WON), np.exp(mean)), FIRST, counting=np.expm1(0.16))
    noise = np.log(draw(posterior(shock=0.3), data, months=1)[:, 0]) - 5
    scale = TAIL_SCALE * np.sqrt(explained + 0.3**2)
    assert stats.kstest(noise / scale, stats.t(TAILS).cdf).pvalue > 1e-3
    # 80 % as a normal of the same standard deviation would have it.
    low, high = np.quantile(noise, [0.1, 0.9])
    assert high - low == pytest.approx(2 * 1.2816 * np.sqrt(explained + 0.09), rel=0.03)


def test_the_level_walks_on():
    logs = np.log(draw(posterior(step=0.1), months=9))
    np.testing.assert_allclose(logs.var(axis=0), 0.01 * np.arange(1, 10), rtol=0.1)
    assert np.corrcoef(logs[:, 0], logs[:, 8])[0, 1] == pytest.approx(1 / 3, abs=0.03)


def test_a_month_below_the_floor_brings_nothing():
    data = RevenueHistoryData(WON, FIRST, floor=float(np.exp(5)))
    drawn = draw(posterior(shock=0.4), data)
    assert np.mean(drawn == 0) == pytest.approx(0.5, abs=0.01)
    assert drawn[drawn > 0].min() >= np.exp(5)


def test_of_the_running_month_comes_its_usual_rest():
    data = RevenueHistoryData(
        WON, FIRST, running=LAST + 1, rest=np.array([0.5, 0.6, np.nan, 0.7]), days_left=0.2
    )
    share = draw(posterior(), data)[:, 0] / np.exp(5)
    # Three months, and one in which money comes evenly over the days.
    assert share.mean() == pytest.approx((0.2 + 0.5 + 0.6 + 0.7) / 4, abs=0.01)
    spread = (0.2 * 0.8 / 6 + 0.0 + 0.1**2 + 0.2**2) / 4
    assert share.var() == pytest.approx(spread, rel=0.05)
    assert ((share > 0) & (share < 1)).all()
    np.testing.assert_allclose(draw(posterior(), data)[:, 1:], np.exp(5), rtol=1e-6)


def test_without_days_left_nothing_is_to_come():
    data = RevenueHistoryData(WON, FIRST, running=LAST + 1, rest=np.ones(4), days_left=0.0)
    assert (draw(posterior(), data)[:, 0] == 0).all()


@given(
    st.lists(st.sampled_from([0.0, 0.3, 1.0]), min_size=1, max_size=9),
    st.floats(0.01, 0.99),
)
@settings(max_examples=40, deadline=None)
def test_the_rest_is_a_share_whatever_the_history(rest, days_left):
    data = RevenueHistoryData(
        WON, FIRST, running=LAST + 1, rest=np.array(rest), days_left=days_left
    )
    share = draw(posterior(draws=200), data)[:, 0] / np.exp(5)
    assert np.isfinite(share).all()
    assert ((share >= 0) & (share < 1 + 1e-9)).all()


def test_an_index_moves_the_months_it_is_given_for():
    data = RevenueHistoryData(WON, FIRST, market=np.zeros((4, 1)), indices=("gdp",))
    path = np.array([[0.0], [1.0], [-2.0]])
    drawn = draw(posterior(), data, market=path)
    np.testing.assert_allclose(drawn[0], np.exp([5, 5.5, 4]), rtol=1e-6)
    by_draw = np.broadcast_to(path, (DRAWS, 3, 1))
    np.testing.assert_array_equal(draw(posterior(), data, market=by_draw), drawn)
    np.testing.assert_allclose(draw(posterior(), data)[0], np.exp(5), rtol=1e-6)


def test_the_same_seed_gives_the_same_draws():
    tree = posterior(shock=0.3, step=0.1)
    np.testing.assert_array_equal(draw(tree), draw(tree))
    assert (draw(tree) != draw(tree, seed=2)).any()


@pytest.mark.parametrize("draws", [50, DRAWS, 3 * DRAWS])
def test_as_many_draws_as_asked_for(draws):
    assert draw(posterior(shock=0.3), draws=draws).shape == (draws, 3)


def test_months_may_be_skipped():
    tree, data = posterior(step=0.1, shock=0.2), RevenueHistoryData(WON, FIRST)
    some = draw_from_above(tree, data, months=[LAST + 2, LAST + 5], rng=np.random.default_rng(1))
    assert np.log(some).var(axis=0)[1] > np.log(some).var(axis=0)[0]
