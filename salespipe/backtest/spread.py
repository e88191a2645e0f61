"""How sure a single number is, learned from how wrong its method was before."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

__all__ = ["DRAWS", "spread_point"]

type Floats = npt.NDArray[np.float64]

DRAWS: Final = 2_000
"""Draws of a method that gives a single number."""

ASSUMED: Final = 0.5
"""Standard deviation of the error's logarithm that is assumed before any was seen: a factor 1.6."""

WORTH: Final = 3.0
"""Errors that the assumption is worth."""


def spread_point(
    point: float, errors: Sequence[float], *, rng: np.random.Generator, least: float = 1.0
) -> Floats:
    """Draw around a single number.

    The error's logarithm is normal about 0 with the standard deviation of the errors seen, to which
    :data:`WORTH` errors of :data:`ASSUMED` are added: the median of the draws is the point.

    Parameters
    ----------
    point : float
        Money.
    errors : sequence of float
        Logarithms of actual over forecast at earlier dates, at the same distance.
    rng : Generator
    least : float
        Money that stands in for a forecast of less, so that nothing is never taken for certain.

    Returns
    -------
    ndarray, shape (draw,)
    """
    seen = np.asarray(errors, dtype=np.float64)
    worth = WORTH + len(seen)
    sd = np.sqrt((WORTH * ASSUMED**2 + (seen**2).sum()) / worth)
    # The normal's own quantiles in random order: the median is the point to the last digit.
    noise = rng.permutation(stats.norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS))
    return np.asarray(max(point, least) * np.exp(sd * noise))
