"""Whitened coordinates: the same posterior, all but round, and its parameters given back."""

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy import stats

from salespipe.inference.compiled import compile_model
from salespipe.inference.sampler import fit_model
from salespipe.inference.whitening import WIDE, Whitening, is_wide, whitened
from salespipe.models.given import exchangeable, given

SIZE, SEEN = 90, 100
RNG = np.random.default_rng(7)
DESIGN = RNG.normal(0, 1, (SEEN, SIZE)) + 2 * RNG.normal(0, 1, (SEEN, 1))
ANSWER = RNG.normal(0, 1, SEEN)


def _regression(design=DESIGN, answer=ANSWER, *, scale=None):
    """A regression on inputs that go together: its posterior is normal, in closed form."""
    with pm.Model(coords={"input": range(SIZE)}, check_bounds=False) as model:
        # A scale beside it, as all models here have.
        free = pm.LogNormal("scale", np.log(0.5), 0.3) if scale is None else scale
        slope = pm.Normal("slope", 0, 1, dims="input")
        mean = pm.math.dot(given(design), slope)
        pm.Potential("seen", pm.math.sum(-((given(answer) - mean) ** 2) / (2 * free**2)))
        if scale is None:
            pm.Potential("constant", -len(answer) * pm.math.log(free))
        pm.Deterministic("total", pm.math.sum(slope))
    return model


def _posterior(design=DESIGN, answer=ANSWER, scale=0.5):
    covariance = np.linalg.inv(design.T @ design / scale**2 + np.eye(SIZE))
    return covariance @ design.T @ answer / scale**2, covariance


def _whitening(model):
    start = model.initial_point()
    return Whitening.of(model, start, compile_model(whitened(model, start)))


@pytest.fixture(scope="module")
def fixed():
    """A model without a scale of its own, and its approximation: exact, since it is normal."""
    model = _regression(scale=0.5)
    return model, _whitening(model)


def test_a_normal_posterior_is_found_as_it_is(fixed):
    _, whitening = fixed
    mean, covariance = _posterior()
    deviation = np.sqrt(np.diag(covariance))

    assert np.abs((whitening.centre - mean) / deviation).max() < 2e-3
    correlation = whitening.factor @ whitening.factor.T / np.outer(deviation, deviation)
    np.testing.assert_allclose(correlation, covariance / np.outer(deviation, deviation), atol=5e-3)


def test_density_is_the_models_own_at_the_same_parameters(fixed):
    model, whitening = fixed
    white = whitened(model, model.initial_point())
    white["centre"].set_value(whitening.centre)
    white["factor"].set_value(whitening.factor)
    ours, theirs = (one.compile_logp(mode="FAST_COMPILE") for one in (white, model))
    gaps = []
    for z in RNG.normal(0, 1, (4, SIZE)):
        slope = whitening.centre + whitening.factor @ z
        gaps.append(float(ours({"white": z})) - float(theirs({"slope": slope})))

    assert np.ptp(gaps) < 1e-8, gaps


def test_parameters_come_back_by_name_as_pymc_transforms_them():
    model = _regression()
    size = SIZE + 1
    factor = np.tril(RNG.normal(0, 0.1, (size, size)))
    whitening = Whitening(RNG.normal(0, 1, size), factor, model.initial_point())
    z = RNG.normal(0, 1, (2, 3, size))
    drawn = xr.Dataset(
        {"white": (("chain", "draw", "place"), z)}, {"chain": range(2), "draw": range(3)}
    )

    found = whitening.parameters(model, drawn)

    whole = z @ factor.T + whitening.centre
    np.testing.assert_allclose(found["scale"].to_numpy(), np.exp(whole[..., 0]))
    np.testing.assert_allclose(found["slope"].to_numpy(), whole[..., 1:])
    assert found["slope"].dims == ("chain", "draw", "input")


def test_with_a_scale_the_others_move():
    """Along the factor's column of the scale the slopes go where their mode goes."""
    model = _regression()
    whitening = _whitening(model)
    step = 0.2
    moved = whitening.factor[:, 0] * step / whitening.factor[0, 0]
    before, after = (_posterior(scale=0.5 * np.exp(apart))[0] for apart in (-step, step))

    truth = (after - before) / 2

    assert np.corrcoef(moved[1:], truth)[0, 1] > 0.99
    assert moved[1:] @ truth / (truth @ truth) == pytest.approx(1, abs=0.1)


def test_only_wide_models_are_whitened():
    with pm.Model() as narrow:
        pm.Normal("slope", 0, 1, shape=WIDE - 1)

    assert is_wide(_regression().initial_point())
    assert not is_wide(narrow.initial_point())


@pytest.mark.slow
def test_a_fit_finds_the_closed_form_and_serves_other_data():
    """Data that are exchanged after compiling are whitened by themselves."""
    other = RNG.normal(1, 1, SEEN)
    with exchangeable():
        models = [_regression(answer=one, scale=0.5) for one in (ANSWER, other)]
    for model, answer in zip(models, (ANSWER, other), strict=True):
        sampled = fit_model(model, seed=2)
        assert sampled.verdict.diagnostics.ok
        assert sampled.tries == 1
        mean, covariance = _posterior(answer=answer)
        drawn = sampled.tree["posterior"]["slope"]
        total = sampled.tree["posterior"]["total"].to_numpy()
        np.testing.assert_allclose(total, drawn.sum("input").to_numpy())
        error = (drawn.mean(("chain", "draw")) - mean) / np.sqrt(np.diag(covariance))
        # Effective draws are thousands: an error of 0.1 deviations is 5 standard errors or more.
        assert np.abs(error).max() < 0.1
        assert (
            stats.kstest(
                (total[:, ::10].ravel() - mean.sum()) / np.sqrt(covariance.sum()), "norm"
            ).pvalue
            > 1e-3
        )
