"""The timing model's likelihood and prior."""

import numpy as np
import pytest
from scipy import stats

from salespipe.bands import AGE_CUTS, AGE_GROUPS
from salespipe.models import timing as timing_module
from salespipe.models.expansion import LEVELS
from salespipe.models.timing import TimingData, TimingPriors, build_timing, expand_timing
from salespipe.stages import DEFAULT_STAGES, open_stages

SEED = 9
STEPS = open_stages(DEFAULT_STAGES)
BANDS, MONTHS, OWNERS = len(AGE_CUTS) + 1, 5, 3


def _data(cells, *, steps=STEPS):
    rng = np.random.default_rng(SEED)
    by_owner = rng.poisson(1.5, (cells, OWNERS))
    return TimingData(
        stage=rng.integers(len(steps), size=cells),
        band=rng.integers(BANDS, size=cells),
        due=rng.integers(6, size=cells),
        month=rng.integers(MONTHS, size=cells),
        quarter_of_month=np.arange(MONTHS) % 3,
        days=rng.uniform(0.25, 200, (cells, OWNERS)),
        exits=by_owner.sum(axis=1),
        exits_of_owner=by_owner.sum(axis=0),
        steps=steps,
        bands=BANDS,
        owners=("Ana", "Bo", "Cem"),
        months=tuple(f"2026-{month:02d}" for month in range(1, MONTHS + 1)),
    )


def _points(model, count):
    rng = np.random.default_rng(SEED)
    start = model.initial_point()
    for _ in range(count):
        yield {name: value + rng.normal(0, 0.5, np.shape(value)) for name, value in start.items()}


def _by_owner(cells):
    """Give the same exits as in `_data`, owner by owner."""
    return np.random.default_rng(SEED).poisson(1.5, (cells, OWNERS))


def _rates(data, *effects):
    """Give the docstring's rate of each cell and owner."""
    log_rate, due, by_age, owner, shock, quarter, *by_stage = effects
    place, stages = data.quarter_of_month[data.month], len(data.steps)
    apart = np.vstack([np.zeros(stages), *by_stage]) if by_stage else np.zeros((6, 1))
    eta = (
        log_rate[data.stage, data.band]
        + np.append(0.0, due)[data.due]
        + apart[data.due, data.stage]
        + by_age[place, AGE_GROUPS[data.band]]
        + shock[data.month]
        + quarter[place]
    )
    return np.exp(eta[:, None] + owner)


@pytest.mark.parametrize("steps", [STEPS, STEPS[:1]])
def test_likelihood_is_poisson_of_the_docstrings_rate(steps):
    """Up to a constant, though neither the cells' nor the owners' rates are evaluated singly."""
    data, exits = _data(80, steps=steps), _by_owner(80)
    model = build_timing(data, priors=TimingPriors())
    names = ["log_rate", "due_effect", "quarter_by_age", "owner_effect", "shock", "quarter_effect"]
    names += ["due_by_stage"] if len(steps) > 1 else []
    (potential,) = [one for one in model.potentials if one.name == "exits"]
    evaluate = model.compile_fn(
        model.replace_rvs_by_values([potential, *(model[name] for name in names)]),
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    gaps = []
    for point in _points(model, 10):
        observed, *effects = evaluate(point)
        rates = _rates(data, *effects)
        gaps.append(float(observed) - stats.poisson.logpmf(exits, data.days * rates).sum())
    assert np.ptp(gaps) < 1e-6, gaps


@pytest.mark.parametrize("steps", [STEPS, STEPS[:1]])
def test_levels_of_an_expansion_are_those_of_the_cells(monkeypatch, steps):
    """The cells' log likelihood of the model's levels is what the model itself says of the data."""
    monkeypatch.setattr(timing_module, "TALL", 1)
    data, priors = _data(80, steps=steps), TimingPriors()
    expansion = expand_timing(data, priors=priors)
    # Sampled otherwise, so the whole densities are compared at the same effects.
    quick = build_timing(data, priors=priors, expansion=expansion)
    names = ["log_rate", "due_effect", "quarter_by_age", "owner_effect", "shock", "quarter_effect"]
    names += ["due_by_stage"] if len(steps) > 1 else []
    evaluate = quick.compile_fn(
        quick.replace_rvs_by_values([quick[name] for name in (LEVELS, *names)]),
        inputs=quick.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    exits, gaps = _by_owner(80), []
    for point in _points(quick, 6):
        levels, *effects = evaluate(point)
        rates = _rates(data, *effects)
        told = float(expansion.cells.log_likelihood(levels[None, :])[0])
        gaps.append(told - stats.poisson.logpmf(exits, data.days * rates).sum())
    assert np.ptp(gaps) < 1e-6, gaps


def test_short_histories_are_not_expanded():
    assert expand_timing(_data(80), priors=TimingPriors()) is None


def test_rates_keep_their_stated_prior():
    """Each stage's first rate around 1 / typical days; logistic steps between the age bands."""
    priors = TimingPriors()
    model = build_timing(_data(0), priors=priors)
    evaluate = model.compile_fn(
        [model.logp(), *model.replace_rvs_by_values([model["log_rate"]])], mode="FAST_COMPILE"
    )
    centre = -np.log([step.typical_days for step in STEPS])

    def direct(log_rate):
        first = stats.norm.logpdf(log_rate[:, 0], centre, priors.base).sum()
        return first + stats.logistic.logpdf(np.diff(log_rate, axis=1), 0, priors.band).sum()

    rng = np.random.default_rng(SEED)
    for point in _points(model, 3):
        low, before = evaluate(point)
        change = rng.normal(0, 0.5, before.shape)
        high, after = evaluate({**point, "path": point["path"] + change.ravel()})
        # A band without exits is sampled as its step from the band before: none has any here.
        first, steps = change[:, :1], change[:, 1:]
        walked = np.hstack([first, first + np.cumsum(steps, axis=1)])
        np.testing.assert_allclose(after - before, walked, atol=1e-9)
        assert high - low == pytest.approx(direct(after) - direct(before))


def test_prior_lets_nearly_every_deal_close_within_two_years():
    """With no history "in the end" must not cost what the Stages sheet promises: 2 % at most."""
    priors, rng = TimingPriors(), np.random.default_rng(SEED)
    draws = 20_000
    for age in (5.0, 60.0, 120.0):
        first = rng.normal(-np.log(30.0), priors.base, (draws, 1))
        steps = np.cumsum(rng.logistic(0, priors.band, (draws, BANDS - 1)), axis=1)
        rate = np.exp(np.hstack([first, first + steps]))
        begins, ends = np.append(0, AGE_CUTS), np.append(AGE_CUTS, np.inf)
        days = np.clip(np.minimum(ends, age + 730) - np.maximum(begins, age), 0, None)
        assert np.exp(-(rate * days).sum(axis=1)).mean() < 0.02
