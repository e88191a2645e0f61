"""The win-rate model's likelihood and prior."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from salespipe.models.win_rate import (
    LEVELS,
    WinRateData,
    WinRatePriors,
    build_win_rate,
    expand_win_rate,
    prior_logits,
)
from salespipe.stages import DEFAULT_STAGES, open_stages

SEED = 8
STEPS = open_stages(DEFAULT_STAGES)
MONTHS = 7


def _data(cells: int, *, sized: bool = True) -> WinRateData:
    rng = np.random.default_rng(SEED)
    exits = rng.integers(1, 30, cells)
    return WinRateData(
        stage=rng.integers(5, size=cells),
        age=rng.integers(4, size=cells),
        due=rng.integers(6, size=cells),
        month=rng.integers(MONTHS, size=cells),
        quarter_of_month=np.arange(MONTHS) % 3,
        owner=rng.integers(3, size=cells),
        segment=rng.integers(2, size=cells),
        source=rng.integers(2, size=cells),
        size=rng.integers(6, size=cells),
        call=rng.integers(5, size=cells),
        exits=exits,
        onward=rng.binomial(exits, 0.6),
        steps=STEPS,
        owners=("Ana", "Bo", "Cem"),
        segments=("Large", "Small"),
        sources=("Fair", "Web"),
        sized=sized,
        months=tuple(f"2026-{month:02d}" for month in range(1, MONTHS + 1)),
    )


def _evaluator(model, names):
    shown = model.replace_rvs_by_values([model[name] for name in names])
    return model.compile_fn([model.logp(), *shown], mode="FAST_COMPILE")


def _points(model, count):
    rng = np.random.default_rng(SEED)
    start = model.initial_point()
    for _ in range(count):
        yield {name: rng.normal(0, 0.7, np.shape(value)) for name, value in start.items()}


NAMES = (
    "base", "age", "due_effect", "due_by_stage", "owner_effect", "segment_effect", "source_effect",
    "call_effect", "trust_effect", "shock", "quarter_effect", "size_effect",
)  # fmt: skip


def _logit(data, effects):
    """Write the linear predictor out as the docstring states it, not as it is sampled."""
    base, age, due, by_stage, owner, segment, source, call, trust, shock, quarter, *size = effects
    due = np.append(0.0, due)
    by_stage = np.vstack([np.zeros(len(STEPS)), by_stage])
    call, size = np.append(0.0, call), np.append(0.0, size[0] if size else np.zeros(5))
    return (
        base[data.stage]
        + age[data.age]
        + due[data.due]
        + by_stage[data.due, data.stage]
        + source[data.source]
        + call[data.call]
        + np.vstack([np.zeros(3), trust])[data.call, data.owner]
        + size[data.size]
        + owner[data.owner]
        + segment[data.segment]
        + shock[data.month]
        + quarter[data.quarter_of_month[data.month]]
    )


@pytest.mark.parametrize("sized", [True, False])
def test_likelihood_is_binomial_whatever_the_coordinates(sized):
    """With and without the data, the log density differs by the binomial's and a constant."""
    data = _data(60, sized=sized)
    model = build_win_rate(data, priors=WinRatePriors())
    evaluate = _evaluator(model, NAMES if sized else NAMES[:-1])
    observed = model.compile_fn(
        model.logp(vars=[model["onward"]]),
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    gaps = []
    for point in _points(model, 15):
        _, *effects = evaluate(point)
        chance = expit(_logit(data, effects))
        gaps.append(
            float(observed(point)) - stats.binom.logpmf(data.onward, data.exits, chance).sum()
        )
    assert np.ptp(gaps) < 1e-8, gaps


def test_short_histories_are_not_expanded():
    assert expand_win_rate(_data(60), priors=WinRatePriors()) is None


@pytest.mark.parametrize("sized", [True, False])
def test_levels_of_an_expansion_are_those_of_the_cells(sized):
    """The cells' log likelihood of the model's levels is the binomial of the docstring's logits."""
    data = _data(400, sized=sized)
    expansion = expand_win_rate(data, priors=WinRatePriors())
    model = build_win_rate(data, priors=WinRatePriors(), expansion=expansion)
    names = NAMES if sized else NAMES[:-1]
    evaluate = _evaluator(model, (LEVELS, *names))
    gaps = []
    for point in _points(model, 6):
        _, levels, *effects = evaluate(point)
        chance = expit(_logit(data, effects))
        told = float(expansion.cells.log_likelihood(levels[None, :])[0])
        gaps.append(told - stats.binom.logpmf(data.onward, data.exits, chance).sum())
    assert np.ptp(gaps) < 1e-8, gaps


def test_gradient_is_finite_far_out():
    model = build_win_rate(_data(60), priors=WinRatePriors())
    gradient = model.compile_dlogp(mode="FAST_COMPILE")
    for point in _points(model, 3):
        assert np.isfinite(gradient(point)).all()
        far = {name: 8 * value for name, value in point.items()}
        assert np.isfinite(gradient(far)).all()


def test_levels_keep_their_stated_prior_whatever_the_coordinates():
    """Raising every stage's level alone changes the density by N(mu, tau) and nothing else."""
    priors = WinRatePriors()
    model = build_win_rate(_data(0), priors=priors)
    evaluate = _evaluator(model, ("base",))
    mu, tau = prior_logits(STEPS, priors=priors)
    for point in _points(model, 3):
        low, base = evaluate(point)
        high, raised = evaluate({**point, "seen_base": point["seen_base"] + 1.0})
        np.testing.assert_allclose(raised - base, 1.0)
        normal = stats.norm(mu, tau).logpdf
        assert high - low == pytest.approx(float((normal(raised) - normal(base)).sum()))
