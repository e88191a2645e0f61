"""The view from above: its likelihood, its walk, its calendar."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from salespipe.models.revenue_history import (
    BLOCK,
    MIN_MONTHS,
    SEASON_MONTHS,
    TAIL_SCALE,
    TAILS,
    RevenueHistoryData,
    RevenueHistoryPriors,
    build_revenue_history,
    layout,
    places,
)
from salespipe.periods import month_of_quarter

SEED = 5


def history(months, *, zeros=(), **more):
    won = np.exp(np.random.default_rng(SEED).normal(12, 0.4, months))
    won[list(zeros)] = 0.0
    return RevenueHistoryData(won, 2020 * 12 + 4, floor=20_000.0, counting=0.03, **more)


def build(data, *, reusable=True):
    return build_revenue_history(data, priors=RevenueHistoryPriors(), reusable=reusable)


@pytest.mark.parametrize("reusable", [True, False])
@pytest.mark.parametrize(
    ("months", "zeros", "indices"),
    [(3, [], ()), (6, [1, 4], ()), (SEASON_MONTHS - 1, [], ()), (SEASON_MONTHS + 7, [9], ("gdp",))],
)
def test_likelihood_is_a_censored_student_t_and_padding_adds_nothing(
    months, zeros, indices, reusable
):
    market = np.random.default_rng(1).normal(size=(months, len(indices)))
    data = history(months, zeros=zeros, market=market, indices=indices, fiscal_year_start=3)
    model = build(data, reusable=reusable)
    seasonal = months >= SEASON_MONTHS
    assert ("year_effect" in model.named_vars) == seasonal
    assert ("market_effect" in model.named_vars) == bool(indices)
    names = ["level", "quarter_effect", "shock_sd"]
    names += ["year_effect"] * seasonal + ["market_effect"] * len(indices)
    evaluate = model.compile_fn(
        [
            model.logp(vars=[model["won"]]),
            *model.replace_rvs_by_values([model[name] for name in names]),
        ],
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    place, season = places(data.first + np.arange(months), 3)
    rng = np.random.default_rng(SEED)
    for _ in range(5):
        point = {
            name: value + rng.normal(0, 0.3, np.shape(value))
            for name, value in model.initial_point().items()
        }
        observed, level, quarter, shock, *rest = evaluate(point)
        eta = level[:months] + quarter[place]
        if seasonal:
            eta = eta + rest.pop(0)[place, season]
        counting = np.log(1 + 0.03 * data.won.mean() / np.exp(eta))
        if indices:
            eta = eta + market @ rest.pop(0)
        noise = stats.t(TAILS, eta, TAIL_SCALE * np.sqrt(counting + shock**2))
        none = data.won < data.floor
        direct = noise.logcdf(np.log(data.floor))[none].sum()
        direct += noise.logpdf(np.log(np.maximum(data.won, 1)))[~none].sum()
        assert float(observed) == pytest.approx(direct)


@pytest.mark.parametrize("months", [3, 7, 12, 40])
def test_the_waves_are_a_random_walk_about_its_mean(months):
    waves = layout(history(months))["waves"][:months]
    walk = np.tril(np.ones((months, months)))[:, 1:]  # unit steps after the first month
    walk = np.c_[walk, np.zeros(months)]
    about_mean = walk - walk.mean(axis=0)
    np.testing.assert_allclose(waves @ waves.T, about_mean @ about_mean.T, atol=1e-9)


def test_the_mean_of_the_level_is_the_usual_level():
    data = history(8)
    given = layout(data)
    np.testing.assert_allclose(given["time"][:8].sum(), 0, atol=1e-12)
    np.testing.assert_allclose(given["waves"][:8].sum(axis=0), 0, atol=1e-9)


@given(st.integers(0, 40_000), st.integers(1, 12))
def test_places_agree_with_the_calendar(month, fiscal_year_start):
    place, season = places([month], fiscal_year_start)
    calendar = month % 12 + 1
    assert place[0] == month_of_quarter(calendar, fiscal_year_start=fiscal_year_start)
    assert season[0] == ((calendar - fiscal_year_start) % 12) // 3


def test_a_year_effect_sums_to_zero_within_each_place_of_the_quarter():
    model = build(history(SEASON_MONTHS))
    drawn = model.compile_fn(model["year_effect"], inputs=[], mode="FAST_COMPILE", point_fn=False)()
    np.testing.assert_allclose(drawn.sum(axis=1), 0, atol=1e-9)
    # Quarters may differ as a whole: the month of the quarter says nothing of them.
    assert np.abs(drawn.sum(axis=0)).max() > 0.01


def test_too_little_history_has_no_model():
    assert build(history(MIN_MONTHS - 1)) is None
    assert build(history(5, zeros=range(5))) is None
    assert build(history(MIN_MONTHS)) is not None


def test_histories_of_one_block_have_the_same_layout():
    short, long = layout(history(MIN_MONTHS)), layout(history(BLOCK))
    assert {name: value.shape for name, value in short.items()} == {
        name: value.shape for name, value in long.items()
    }


def test_a_month_without_a_win_can_be_reached_from_any_level():
    """No history, however odd, starts the sampler where the density is zero or not a number."""
    for won in ([0, 0, 9e9, 0, 0], [1e-3, 9e12, 5], [7, 7, 7]):
        data = RevenueHistoryData(np.array(won, dtype=float), 24_000, floor=1e-3)
        model = build(data)
        assert np.isfinite(model.compile_logp(mode="FAST_COMPILE")(model.initial_point()))
