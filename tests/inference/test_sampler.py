"""Sampling one model: tried harder when it fails, the same on however many cores."""

from itertools import pairwise

import numpy as np
import pymc as pm
import pytest

from salespipe.inference import sampler
from salespipe.inference.compiled import compile_model
from salespipe.inference.gate import Verdict
from salespipe.inference.sampler import LONGER_TRIES, TRIES, WHITE_TRIES, fit_model, sample_model
from salespipe.results import Diagnostics

BAD = Verdict(Diagnostics(1.37, 55.0, 2, ok=False), "mu")
GOOD = Verdict(Diagnostics(1.001, 2000.0, 0, ok=True), "mu")
SEEN = np.array([1.0, 2.0, 4.0])


def _model():
    """Normal with known variance: the posterior of mu is N(7 / 3.01, 1 / sqrt 3.01)."""
    with pm.Model(coords={"place": range(3)}, check_bounds=False) as model:
        mu = pm.Normal("mu", 0, 10)
        pm.Deterministic("twice", 2 * mu)
        pm.Normal("seen", mu, 1, observed=SEEN, dims="place")
    return model


@pytest.mark.parametrize("white", [None, WHITE_TRIES, LONGER_TRIES])
@pytest.mark.parametrize("bad", range(len(TRIES) + 1))
def test_a_model_that_fails_is_tried_harder_and_not_for_ever(monkeypatch, bad, white):
    verdicts = iter([BAD] * bad + [GOOD])
    monkeypatch.setattr(sampler, "judge", lambda _: next(verdicts))
    options = []
    sampled = sample_model(
        "compiled", seed=5, white=white, run=lambda _, **given: options.append(given)
    )
    assert sampled.tries == len(options) == min(bad + 1, len(TRIES))
    assert sampled.verdict == (GOOD if bad < len(TRIES) else BAD)
    for easier, harder in pairwise(options):
        assert easier["target_accept"] < harder["target_accept"]
        assert (
            easier["draws"] * 2 ** easier["maxdepth"] <= harder["draws"] * 2 ** harder["maxdepth"]
        )
    assert {given["seed"] for given in options} == {5}


@pytest.mark.parametrize(("ess", "times"), [(5.0, 3), (170.0, 3), (260.0, 2), (399.0, 2), (900, 1)])
def test_a_second_try_draws_as_much_more_as_was_missing(monkeypatch, ess, times):
    verdicts = iter([Verdict(Diagnostics(1.02, ess, 3, ok=False), "mu"), GOOD])
    monkeypatch.setattr(sampler, "judge", lambda _: next(verdicts))
    options = []
    sample_model("compiled", seed=5, run=lambda _, **given: options.append(given))
    first, second = options
    assert second["draws"] == times * first["draws"]
    assert second["tune"] == times * first["tune"]


@pytest.mark.slow
def test_a_fit_finds_the_closed_form_and_what_derives_from_it():
    sampled = fit_model(_model(), seed=1)
    assert sampled.verdict.diagnostics.ok
    posterior = sampled.tree["posterior"]
    mu = posterior["mu"].to_numpy()
    assert mu.mean() == pytest.approx(7 / 3.01, abs=0.05)
    assert mu.std() == pytest.approx(1 / np.sqrt(3.01), rel=0.06)
    np.testing.assert_allclose(posterior["twice"].to_numpy(), 2 * mu)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws_on_one_core_and_on_two():
    compiled = compile_model(_model())
    one, two = (sample_model(compiled, seed=3, cores=cores).tree for cores in (1, 2))
    np.testing.assert_array_equal(one["posterior"]["mu"], two["posterior"]["mu"])
    other = sample_model(compiled, seed=4).tree
    assert not np.array_equal(one["posterior"]["mu"], other["posterior"]["mu"])
