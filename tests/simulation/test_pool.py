"""Pooling two views: the weights they deserve, and parts that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe.simulation.pool import ALIKE, LEAST, STATED_WORTH, Record, Views, pool, weights
from salespipe.simulation.revenue import Revenue

SEED = 12
DRAWS = 4_000


def _revenue(rng, *, months=2, owners=3, segments=2, chance=0.5):
    """Draw deals that are won or not; each has an owner and a segment."""
    size = (DRAWS, months, owners, segments)
    cells = rng.lognormal(8, 1, size) * (rng.random(size) < chance)
    return Revenue(cells.sum(axis=3), cells.sum(axis=2))


def _views(open_, new, above, weight):
    return Views(open_.total + new.total, above, np.asarray(weight, dtype=float))


@pytest.fixture
def rng():
    return np.random.default_rng(SEED)


def _pair(rng, low, high, count):
    """Draw errors of two forecasts with standard deviations and the assumed correlation."""
    cov = [[low**2, ALIKE * low * high], [ALIKE * low * high, high**2]]
    return rng.multivariate_normal([0, 0], cov, count).T


@pytest.mark.parametrize(("low", "high"), [(10.0, 10.0), (10.0, 15.0), (15.0, 10.0)])
def test_weights_make_the_best_average(rng, low, high):
    """No weight near by errs less."""
    errors = _pair(rng, low, high, 200_000)
    below, above = rng.normal(500, low, (DRAWS, 1)), rng.normal(500, high, (DRAWS, 1))
    weight = weights(below, above)[0]

    def loss(w):
        return (w * errors[0] + (1 - w) * errors[1]).std()

    assert loss(weight) <= min(loss(max(weight - 0.1, 0)), loss(min(weight + 0.1, 1))) + 1e-2


def test_views_as_sure_as_each_other_count_alike(rng):
    below, above = rng.normal(100, 10, (200_000, 1)), rng.normal(300, 10, (200_000, 1))
    assert weights(below, above)[0] == pytest.approx(0.5, abs=0.01)


def test_scores_of_the_past_move_the_weights_as_they_mount_up(rng):
    below, above = rng.normal(100, 10, (DRAWS, 2)), rng.normal(100, 10, (DRAWS, 2))
    start = weights(below, above)
    np.testing.assert_allclose(start, 0.5, atol=0.05)
    moved = [
        weights(below, above, record=Record(np.full((n, 2), 5.0), np.full((n, 2), 15.0)))[0]
        for n in (1, 4, 40)
    ]
    assert start[0] < moved[0] < moved[1] < moved[2]
    # After as many dates as the stated precision is worth: half of the way, in logarithms.
    assert STATED_WORTH == 4
    ratio = np.sqrt(3.0)
    half = (ratio**2 - ALIKE * ratio) / (1 + ratio**2 - 2 * ALIKE * ratio)
    assert moved[1] == pytest.approx(half, abs=0.03)


def test_a_month_whose_outcome_is_not_known_moves_nothing(rng):
    below, above = rng.normal(100, 10, (DRAWS, 2)), rng.normal(100, 10, (DRAWS, 2))
    record = Record(np.array([[5.0, np.nan]]), np.array([[15.0, np.nan]]))
    plain, moved = weights(below, above), weights(below, above, record=record)
    assert moved[0] > plain[0]
    assert moved[1] == plain[1]


def test_no_view_is_silenced(rng):
    sure, vague = rng.normal(100, 0.01, (DRAWS, 1)), rng.normal(100, 500, (DRAWS, 1))
    assert weights(sure, vague)[0] == 1 - LEAST
    assert weights(vague, sure)[0] == LEAST
    nothing = np.zeros((DRAWS, 1))
    assert LEAST <= weights(nothing, nothing)[0] <= 1 - LEAST


@settings(max_examples=20, deadline=None)
@given(
    weight=st.floats(LEAST, 1 - LEAST),
    chance=st.sampled_from([0.0, 0.02, 0.5]),
    new_chance=st.sampled_from([0.0, 0.5]),
    level=st.sampled_from([1e3, 2e4, 1e6]),
)
def test_parts_add_up_in_every_draw_whatever_the_views(weight, chance, new_chance, level):
    rng = np.random.default_rng(SEED)
    open_, new = _revenue(rng, chance=chance), _revenue(rng, chance=new_chance)
    above = level * rng.lognormal(0, 0.2, (DRAWS, 2))
    pooled = pool(open_, new, _views(open_, new, above, [weight, weight]))
    for part in pooled:
        assert (part.by_owner >= 0).all()
        np.testing.assert_allclose(part.by_segment.sum(axis=2), part.total, rtol=1e-9, atol=1e-6)
    total = pooled[0].total + pooled[1].total
    below = open_.total + new.total
    for month in range(2):
        mixed = weight * np.sort(below[:, month]) + (1 - weight) * np.sort(above[:, month])
        np.testing.assert_allclose(np.sort(total[:, month]), mixed, rtol=1e-9, atol=1e-6)


def test_draws_keep_the_order_of_those_from_below(rng):
    open_, new = _revenue(rng), _revenue(rng)
    above = 2e4 * rng.lognormal(0, 0.2, (DRAWS, 2))
    pooled = pool(open_, new, _views(open_, new, above, [0.3, 0.3]))
    total, below = pooled[0].total + pooled[1].total, open_.total + new.total
    for month in range(2):
        order = np.argsort(below[:, month], kind="stable")
        assert (np.diff(total[order, month]) >= -1e-6).all()


def test_without_a_view_from_above_nothing_changes(rng):
    open_, new = _revenue(rng), _revenue(rng)
    pooled = pool(open_, new, _views(open_, new, None, [1.0, 1.0]))
    assert pooled == (open_, new)


def test_views_that_agree_are_left_as_they_are(rng):
    open_, new = _revenue(rng), _revenue(rng)
    below = open_.total + new.total
    pooled = pool(open_, new, Views(below, below[::-1].copy(), np.array([0.4, 0.4])))
    np.testing.assert_allclose(pooled[0].by_owner, open_.by_owner, atol=1e-6)
    np.testing.assert_allclose(pooled[1].by_segment, new.by_segment, atol=1e-6)
