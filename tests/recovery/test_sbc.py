"""Simulation-based calibration in short; benchmarks/sbc.py has all models and a hundred fits each.

With so few fits only a gross fault shows: a prior stated otherwise than it is sampled, a likelihood
that forgets a factor. The quickest models are asked for here.
"""

import numpy as np
import pytest
import sbc
from scipy import stats

FITS = 16

pytestmark = [pytest.mark.slow, pytest.mark.recovery, pytest.mark.timeout(1200)]


def test_uniform_ranks_pass_and_others_do_not():
    even = list(range(sbc.RANKS + 1))
    assert sbc.uniformity(even) > 0.99
    assert sbc.uniformity([rank // 2 for rank in even]) < 0.001
    assert sbc.uniformity([50 + (rank - 50) // 3 for rank in even]) < 0.001


@pytest.mark.parametrize("model", ["amount", "arrivals"])
def test_ranks_of_the_truth_are_uniform(model):
    found = [sbc.ranks(model, number) for number in range(FITS)]

    shares = {key: np.array([one[key] for one in found]) / sbc.RANKS for key in found[0]}
    for key, share in shares.items():
        # Uniform on 0 to 1: mean 1/2, standard deviation 0.289.
        assert abs(share.mean() - 0.5) < 4 * 0.289 / np.sqrt(FITS), key
        assert stats.kstest(share, "uniform").pvalue > 0.0005, key
