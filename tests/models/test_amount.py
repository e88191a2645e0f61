"""The amount model: likelihood, prior, and what a few odd deals do to it."""

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from salespipe.models.amount import NU, AmountData, AmountPriors, build_amount

SEED = 10
SEGMENTS = ("Large", "Small")


def _data(count):
    rng = np.random.default_rng(SEED)
    return AmountData(
        log_ratio=np.round(rng.normal(-0.05, 0.1, count), 2),
        segment=rng.integers(2, size=count),
        segments=SEGMENTS,
    )


def test_likelihood_is_student_t():
    """Deals that are alike are counted, and a constant is left out."""
    data = _data(80)
    assert len(np.unique(data.log_ratio)) < 60
    model = build_amount(data, priors=AmountPriors())
    evaluate = model.compile_fn(
        [
            model.logp(vars=[model["log_ratio"]]),
            *model.replace_rvs_by_values([model["location"], model["scale"]]),
        ],
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    point = model.initial_point()
    gaps = []
    for shift in (-0.3, 0.0, 0.4):
        moved = {name: np.asarray(value + shift) for name, value in point.items()}
        observed, location, scale = evaluate(moved)
        direct = stats.t.logpdf(data.log_ratio, NU, location[data.segment], scale).sum()
        gaps.append(float(observed) - direct)
    assert np.ptp(gaps) < 1e-8, gaps


def test_many_deals_take_few_cells():
    model = build_amount(_data(20_000), priors=AmountPriors())
    (seen,) = model.observed_RVs
    assert len(model.rvs_to_values[seen].data) < 300


def test_prior_is_about_ten_percent_around_the_listed_amount():
    model = build_amount(_data(0), priors=AmountPriors())
    assert not model.observed_RVs
    location, scale = pm.draw(
        [model["location"], model["scale"]], draws=4000, random_seed=SEED, mode="FAST_COMPILE"
    )
    assert location.mean() == pytest.approx(0.0, abs=0.01)
    # Mean square of the log-normal scale, less what summing to zero takes away.
    apart = (0.03 * np.exp(0.6**2)) ** 2 * (1 - 1 / location.shape[1])
    assert location.std() == pytest.approx(np.sqrt(0.05**2 + apart), rel=0.1)
    assert np.median(scale) == pytest.approx(0.1, rel=0.05)
