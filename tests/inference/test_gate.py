"""Nothing that a sampler got wrong goes through the gate."""

import numpy as np
import pytest
import xarray as xr

from salespipe.inference.gate import judge, worst_of
from salespipe.results import Diagnostics

SEED = 13
CHAINS, DRAWS = 4, 1000


def _tree(*, divergences=0, **values):
    stats = np.zeros((CHAINS, DRAWS), dtype=bool)
    stats.flat[:divergences] = True
    data = {
        name: (("chain", "draw", *(f"{name}_{i}" for i in range(value.ndim - 2))), value)
        for name, value in values.items()
    }
    return xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(data),
            "sample_stats": xr.Dataset({"diverging": (("chain", "draw"), stats)}),
        }
    )


@pytest.fixture
def good():
    return np.random.default_rng(SEED).standard_normal((CHAINS, DRAWS, 3))


def test_good_draws_pass(good):
    seen = judge(_tree(good=good)).diagnostics
    assert seen.ok
    assert seen.max_rhat < 1.01
    assert seen.min_ess > 3000
    assert seen.divergences == 0


def test_one_divergence_is_one_too_many(good):
    seen = judge(_tree(good=good, divergences=1)).diagnostics
    assert seen.divergences == 1
    assert not seen.ok


def test_a_chain_elsewhere_is_named(good):
    away = good.copy()
    away[2, :, 1] += 3.0
    verdict = judge(_tree(good=good, away=away))
    assert verdict.diagnostics.max_rhat > 1.1
    assert verdict.parameter == "away[1]"
    assert not verdict.diagnostics.ok


def test_slow_mixing_is_named_even_where_r_hat_is_fine(good):
    """An autocorrelation of 0.95 leaves about 100 of 4,000 draws."""
    rng = np.random.default_rng(SEED)
    slow = rng.standard_normal((CHAINS, 20 * DRAWS))
    for draw in range(1, slow.shape[1]):
        slow[:, draw] = 0.95 * slow[:, draw - 1] + np.sqrt(1 - 0.95**2) * slow[:, draw]
    verdict = judge(_tree(good=good, slow=slow[:, :DRAWS]))
    assert verdict.diagnostics.min_ess < 400
    assert verdict.parameter == "slow"
    assert not verdict.diagnostics.ok


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
@pytest.mark.parametrize("chains", [slice(0, 1), slice(None)])
def test_stuck_chains_do_not_pass(good, chains):
    stuck = good[:, :, 0].copy()
    stuck[chains] = 1.0
    verdict = judge(_tree(good=good, stuck=stuck))
    assert not verdict.diagnostics.ok
    assert verdict.parameter == "stuck"


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_a_parameter_that_never_moved_has_infinite_r_hat(good):
    verdict = judge(_tree(good=good, stuck=np.ones((CHAINS, DRAWS))))
    assert verdict.diagnostics.max_rhat == np.inf


def test_missing_draws_do_not_pass(good):
    broken = good.copy()
    broken[0, 5, 0] = np.nan
    assert not judge(_tree(good=good, broken=broken)).diagnostics.ok


def test_worst_of_takes_the_worst_of_each():
    one, other = Diagnostics(1.001, 900.0, 0, True), Diagnostics(1.02, 1500.0, 3, False)
    assert worst_of([one, other]) == Diagnostics(1.02, 900.0, 3, False)
    assert worst_of([one, one]).ok
