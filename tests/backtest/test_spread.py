"""A single number, spread as widely as its method was wrong before."""

import numpy as np
import pytest

from salespipe.backtest.spread import ASSUMED, WORTH, spread_point


def spread(point, errors, **more):
    return spread_point(point, errors, rng=np.random.default_rng(1), **more)


@pytest.mark.parametrize("errors", [[], [0.1, -0.2], [0.3] * 50])
def test_the_point_is_the_median_and_errors_the_spread(errors):
    draws = spread(1_000.0, errors)
    assert np.median(draws) == pytest.approx(1_000, rel=1e-3)
    expected = (WORTH * ASSUMED**2 + np.sum(np.square(errors))) / (WORTH + len(errors))
    assert np.log(draws).var() == pytest.approx(expected, rel=0.1)


def test_nothing_is_never_certain():
    draws = spread(0.0, [], least=50.0)
    assert (draws > 0).all()
    assert np.median(draws) == pytest.approx(50, rel=1e-3)
