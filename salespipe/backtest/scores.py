"""Scores of forecasts against what happened."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

__all__ = [
    "BIN_COLUMNS",
    "LEVELS",
    "Difference",
    "binomial_band",
    "brier",
    "calibration_line",
    "central",
    "crps",
    "paired",
    "pit",
    "reliability",
    "wape",
]

type Floats = npt.NDArray[np.float64]

LEVELS: Final = (50, 80, 90)
"""Central ranges, in percent, of which it is counted how often they hold what happened."""

NEWTON: Final = 25
"""Steps of Newton's method for a line; it converges in a handful."""

SINGULAR: Final = 1e12
"""Condition from which on the data hold no line."""

BIN_COLUMNS: Final = ("low", "high", "n", "stated", "happened", "band_low", "band_high")
"""Columns of a reliability table."""


@dataclass(frozen=True)
class Difference:
    """Mean difference of two methods' scores on the same outcomes.

    Attributes
    ----------
    mean : float
        First less second; below 0 the first is better.
    error : float
        Standard error, as if outcomes were independent; NaN with one.
    better : int
        Outcomes on which the first scores lower.
    n : int
    """

    mean: float
    error: float
    better: int
    n: int


def crps(draws: npt.ArrayLike, actual: npt.ArrayLike, *, fair: bool = True) -> Floats:
    r"""Continuous ranked probability score of draws, in the unit of what was forecast.

    .. math:: \frac1K \sum_i |x_i - y| - \frac{1}{2 M} \sum_{i,j} |x_i - x_j|

    With :math:`M = K (K - 1)` it is the fair estimator, whose expectation does not depend on the
    number of draws; with :math:`M = K^2` the score of the draws as they are (Zamo and Naveau, 2018,
    Mathematical Geosciences 50). For one draw both are the absolute error.

    Parameters
    ----------
    draws : array_like, shape (draw, ...)
    actual : array_like, shape (...)
    fair : bool

    Returns
    -------
    ndarray, shape (...)
        NaN where the actual is.
    """
    ordered = np.sort(np.asarray(draws, dtype=np.float64), axis=0)
    count = len(ordered)
    error = np.abs(ordered - np.asarray(actual, dtype=np.float64)).mean(axis=0)
    if count == 1:
        return np.asarray(error)
    # The sum over all pairs, from the order of the draws: each is larger than those before it.
    rank = 2 * np.arange(1, count + 1) - count - 1
    pairs = np.tensordot(rank, ordered, axes=1) * 2
    return np.asarray(error - pairs / (2 * count * (count - 1 if fair else count)))


def central(draws: npt.ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Give the ends of the central range that holds `level` percent of the draws."""
    tail = (1 - level / 100) / 2
    low, high = np.quantile(np.asarray(draws, dtype=np.float64), [tail, 1 - tail], axis=0)
    return np.asarray(low), np.asarray(high)


def pit(draws: npt.ArrayLike, actual: npt.ArrayLike) -> Floats:
    """Probability integral transform: the share of draws below the actual, ties counted half.

    Over many outcomes of an honest forecast it is uniform between 0 and 1.
    """
    values, truth = np.asarray(draws, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    share = ((values < truth).mean(axis=0) + (values <= truth).mean(axis=0)) / 2
    return np.where(np.isnan(truth), np.nan, share)


def wape(point: npt.ArrayLike, actual: npt.ArrayLike) -> float:
    """Weighted absolute percentage error: the sum of absolute errors over that of the actuals."""
    truth = np.asarray(actual, dtype=np.float64)
    total = np.abs(truth).sum()
    error = np.abs(np.asarray(point, dtype=np.float64) - truth).sum()
    return float(error / total) if total > 0 else float("nan")


def binomial_band(n: int, level: float, *, prob: float = 0.95) -> tuple[float, float]:
    """Give the shares of hits that `n` outcomes of an honest `level` percent range may show.

    The central `prob` of the binomial distribution: with ten outcomes an 80 % range may hold
    half of them or all.
    """
    if n == 0:
        return 0.0, 1.0
    # The quantiles of scipy.stats, which takes a second to load, in each command.
    reached = special.bdtr(np.arange(n + 1), n, level / 100)
    low, high = np.searchsorted(reached, [(1 - prob) / 2, (1 + prob) / 2])
    return float(low / n), float(high / n)


def brier(probability: npt.ArrayLike, happened: npt.ArrayLike) -> float:
    """Mean squared difference of stated probabilities and what happened (0 or 1)."""
    stated = np.asarray(probability, dtype=np.float64)
    if stated.size == 0:
        return float("nan")
    return float(((stated - np.asarray(happened, dtype=np.float64)) ** 2).mean())


def reliability(
    probability: npt.ArrayLike, happened: npt.ArrayLike, *, bins: int = 10, prob: float = 0.95
) -> pd.DataFrame:
    """Compare stated probabilities with how often it happened, in bins of equal width.

    Returns
    -------
    DataFrame
        Columns :data:`BIN_COLUMNS`, one row per bin that holds anything: ends of the bin, number,
        mean stated probability, share that happened, and the band in which that share lies with
        `prob` if the stated mean is true.
    """
    stated = np.asarray(probability, dtype=np.float64)
    truth = np.asarray(happened, dtype=np.float64)
    place = np.minimum((stated * bins).astype(np.int64), bins - 1)
    rows = []
    for one in np.unique(place):
        inside = place == one
        mean, count = float(stated[inside].mean()), int(inside.sum())
        band = binomial_band(count, 100 * mean, prob=prob)
        rows.append((one / bins, (one + 1) / bins, count, mean, truth[inside].mean(), *band))
    return pd.DataFrame(rows, columns=list(BIN_COLUMNS))


def calibration_line(
    probability: npt.ArrayLike, happened: npt.ArrayLike, trials: npt.ArrayLike = 1.0
) -> tuple[float, float]:
    """Fit the logit of what happened on the logit of what was stated (Cox, 1958, Biometrika 45).

    Parameters
    ----------
    probability : array_like, shape (case,)
        Stated; strictly between 0 and 1.
    happened : array_like, shape (case,)
        How often it happened.
    trials : array_like, shape (case,)
        Out of so many.

    Returns
    -------
    slope, level : float
        1 and 0 for an honest forecast. Below 1 the chances are too far apart: what is said to be
        sure is not. NaN where there is no slope to be found.
    """
    stated, came, count = np.broadcast_arrays(
        np.asarray(probability, dtype=np.float64),
        np.asarray(happened, dtype=np.float64),
        np.asarray(trials, dtype=np.float64),
    )
    design = np.column_stack([special.logit(stated), np.ones(len(stated))])
    line = np.array([1.0, 0.0])
    for _ in range(NEWTON):
        expected = special.expit(design @ line)
        weight = count * expected * (1 - expected)
        matrix = design.T @ (weight[:, None] * design)
        if np.linalg.cond(matrix) > SINGULAR:
            return float("nan"), float("nan")
        line = line + np.linalg.solve(matrix, design.T @ (came - count * expected))
    return float(line[0]), float(line[1])


def paired(first: npt.ArrayLike, second: npt.ArrayLike) -> Difference:
    """Compare two methods' scores on the same outcomes; those that either lacks are left out."""
    gap = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    gap = gap[np.isfinite(gap)]
    count = len(gap)
    mean = float(gap.mean()) if count else float("nan")
    error = float(gap.std(ddof=1) / np.sqrt(count)) if count > 1 else float("nan")
    return Difference(mean, error, int((gap < 0).sum()), count)
