"""Point estimates with 90 % intervals: shares, ratios, quantiles and means of logarithms."""

from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt
from scipy import special  # its quantiles: scipy.stats has the same, and takes a second to load

__all__ = [
    "FEWEST",
    "LEVEL",
    "Estimate",
    "difference",
    "log_mean",
    "quantile",
    "ratio",
    "share",
    "unknown",
]

LEVEL = 0.9
"""Probability of every interval in the review."""

TAIL = (1 - LEVEL) / 2
RESAMPLES = 1000
FEWEST = 5
"""Fewest observations from which a spread or a curve is read off."""
MANY = 400
"""From here on the normal interval of a ratio agrees with the bootstrap and costs nothing."""
SEED = 1
DRAWS = 4000

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A number and how well it is known.

    Attributes
    ----------
    value : float
        NaN where nothing can be said.
    low, high : float
        Interval of probability :data:`LEVEL`; NaN where it cannot be given.
    n : int
        Observations behind it.
    interval : str
        How the interval is made.
    note : str
        What a reader must know beside the population: a reason for NaN, a count left out.
    """

    value: float
    low: float
    high: float
    n: int
    interval: str
    note: str = ""


def unknown(reason: str, *, n: int = 0) -> Estimate:
    """Say why a number cannot be given."""
    return Estimate(nan, nan, nan, n, "none", reason)


def share(hits: int, n: int, *, note: str = "") -> Estimate:
    """Estimate a share with the Jeffreys interval.

    The interval holds the central 90 % of Beta(hits + 1/2, n - hits + 1/2), with the end set to 0
    or 1 where no or every observation is a hit (Brown, Cai and DasGupta 2001, Statistical Science
    16, section 4.1.2).
    """
    if n == 0:
        return unknown(note or "nothing to count")
    shape = (hits + 0.5, n - hits + 0.5)
    return Estimate(
        value=hits / n,
        low=0.0 if hits == 0 else float(special.betaincinv(*shape, TAIL)),
        high=1.0 if hits == n else float(special.betaincinv(*shape, 1 - TAIL)),
        n=n,
        interval="Jeffreys 90 %",
        note=note,
    )


def difference(here: Bools, there: Bools, *, note: str = "") -> Estimate:
    """Estimate a share less another one: draws of both, each with Jeffreys' prior.

    Parameters
    ----------
    here, there : array of bool
        The observations of each, none in both; at least one.
    note : str
        Passed on.
    """
    rng = np.random.default_rng(SEED)
    first, second = (
        rng.beta(hits.sum() + 0.5, len(hits) - hits.sum() + 0.5, DRAWS) for hits in (here, there)
    )
    value = float(here.mean() - there.mean())
    low, high = np.quantile(first - second, [TAIL, 1 - TAIL])
    return Estimate(
        value,
        min(float(low), value),
        max(float(high), value),
        len(here) + len(there),
        "Jeffreys, difference 90 %",
        note,
    )


def ratio(numerator: Floats, denominator: Floats | None = None, *, note: str = "") -> Estimate:
    """Estimate sum(numerator) / sum(denominator) over exchangeable observations.

    Percentile bootstrap with a fixed seed; from 400 observations on the normal interval of the
    linearised ratio (Cochran 1977, Sampling Techniques, section 6.4), within the range of the
    observed ratios.

    Parameters
    ----------
    numerator : array, shape (n,)
    denominator : array, shape (n,), optional
        Not negative; ones if left out, which gives the mean.
    note : str
        Passed on.
    """
    n = len(numerator)
    total = n if denominator is None else denominator.sum()
    if n == 0 or total == 0:
        return unknown(note or "nothing to count", n=n)
    value = float(numerator.sum() / total)
    if n < FEWEST:
        return Estimate(value, nan, nan, n, f"none: fewer than {FEWEST}", note)
    if n < MANY:
        low, high = _bootstrap(numerator, denominator)
        kind = "bootstrap 90 %"
    else:
        weights = np.ones(n) if denominator is None else denominator
        low, high = _linearised(numerator, weights, value)
        kind = "normal 90 %"
    return Estimate(value, min(low, value), max(high, value), n, kind, note)


def _bootstrap(numerator: Floats, weights: Floats | None) -> tuple[float, float]:
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(0, len(numerator), (RESAMPLES, len(numerator)))
    means = numerator[drawn].mean(axis=1)
    if weights is not None:
        below = weights[drawn].mean(axis=1)
        means = means[below > 0] / below[below > 0]
    low, high = np.quantile(means, [TAIL, 1 - TAIL])
    return float(low), float(high)


def _linearised(numerator: Floats, weights: Floats, value: float) -> tuple[float, float]:
    error = np.sqrt(np.sum((numerator - value * weights) ** 2)) / weights.sum()
    half = special.ndtri(1 - TAIL) * error
    seen = numerator[weights > 0] / weights[weights > 0]
    return max(value - half, float(seen.min())), min(value + half, float(seen.max()))


def quantile(values: Floats, q: float, *, note: str = "") -> Estimate:
    """Estimate a quantile with the interval between two order statistics.

    The ranks hold the quantile with at least 90 % probability whatever the distribution, since the
    number of observations below it is binomial (David and Nagaraja 2003, Order Statistics, 7.1).
    """
    n = len(values)
    if n == 0:
        return unknown(note or "nothing to count")
    value = float(np.quantile(values, q))
    lower = _binomial_quantile(TAIL, n, q)
    upper = _binomial_quantile(1 - TAIL, n, q) + 1
    if lower < 1 or upper > n:
        return Estimate(value, nan, nan, n, "none: too few", note)
    ordered = np.sort(values)
    return Estimate(
        value=value,
        low=min(float(ordered[lower - 1]), value),
        high=max(float(ordered[upper - 1]), value),
        n=n,
        interval="order statistics 90 %",
        note=note,
    )


def _binomial_quantile(tail: float, n: int, q: float) -> int:
    """Give the smallest count that as much as `tail` of Binomial(n, q) does not exceed."""
    count = max(int(np.ceil(special.bdtrik(tail, n, q))), 0)
    return count - 1 if count and special.bdtr(count - 1, n, q) >= tail else count


def log_mean(values: Floats, *, note: str = "") -> Estimate:
    """Estimate exp(mean(log(values))), the typical value, with Student's t on the logarithms.

    Parameters
    ----------
    values : array, shape (n,)
        More than 0.
    note : str
        Passed on.
    """
    n = len(values)
    if n == 0:
        return unknown(note or "nothing to count")
    logs = np.log(values)
    centre = float(logs.mean())
    value = float(np.exp(centre))
    if n < FEWEST:
        return Estimate(value, nan, nan, n, f"none: fewer than {FEWEST}", note)
    half = float(special.stdtrit(n - 1, 1 - TAIL) * logs.std(ddof=1) / np.sqrt(n))
    low, high = float(np.exp(centre - half)), float(np.exp(centre + half))
    return Estimate(value, low, high, n, "Student t on logs 90 %", note)
