"""The view from above: revenue to come, drawn from the history of won revenue alone."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from salespipe.inference.fit import Fit
from salespipe.models.revenue_history import (
    SEASON_MONTHS,
    TAIL_SCALE,
    TAILS,
    RevenueHistoryData,
    places,
)

__all__ = ["draw_from_above", "view_from_above"]

type Floats = npt.NDArray[np.float64]

FARTHEST: Final = 6.0
"""Scales of noise beyond which no month is drawn (0.2 % of them).

The exponential of a Student t has no mean; a handful of draws would make up the average.
"""

ASSUMED_MONTHS: Final = 1.0
"""Months that the assumption "money comes evenly over the days" is worth beside the history."""

ASSUMED_DAYS: Final = 5.0
"""How scattered it takes the share of the days left to be: as of so many wins a month."""

RARE: Final = 1e-3
"""How near to none or all of a month the expected share of its rest may come."""


def draw_from_above(
    posterior: xr.DataTree,
    data: RevenueHistoryData,
    *,
    months: Sequence[int],
    rng: np.random.Generator,
    draws: int | None = None,
    market: Floats | None = None,
) -> Floats:
    """Draw the money won from the day after the as-of date on.

    Parameters
    ----------
    posterior : DataTree
        Of :func:`salespipe.models.revenue_history.build_revenue_history`.
    data : RevenueHistoryData
        What it was fitted to.
    months : sequence of int
        Numbers of the months to come, counted from year 0, rising. Of the running month
        (``data.running``) only the rest is drawn: all of it times the share of a month that came
        when as many days were left, which is Beta distributed as in the history.
    rng : Generator
        The same state gives the same draws.
    draws : int, optional
        So many of the posterior's draws, by default all.
    market : ndarray, shape (month, index) or (draw, month, index), optional
        Standardised indices of the months to come; by default as on average.

    Returns
    -------
    ndarray, shape (draw, month)
        Money; 0 for a month in which nothing is won.
    """
    flat = posterior["posterior"].dataset.stack(sample=("chain", "draw"))
    size = flat.sizes["sample"]
    chosen = (
        np.arange(size) if draws is None else rng.permutation(np.resize(np.arange(size), draws))
    )
    ahead = np.asarray(months, dtype=np.int64) - data.last

    def of(name: str, *dims: str) -> Floats:
        values = flat[name].transpose("sample", *dims).to_numpy()
        return np.asarray(values[chosen], dtype=np.float64)

    place, season = places(np.asarray(months), data.fiscal_year_start)
    eta = _level(of("level", "month")[:, len(data.won) - 1], of("trend"), of("step_sd"), ahead, rng)
    eta += of("quarter_effect", "quarter_month")[:, place]
    if len(data.won) >= SEASON_MONTHS:
        eta += of("year_effect", "quarter_month", "quarter")[:, place, season]
    # As the model has it: the less is expected of a month, the fewer deals make it up.
    counting: Floats = np.log1p(data.counting * np.exp(data.centre - eta))
    if data.indices and market is not None:
        path = np.broadcast_to(market, (len(chosen), len(ahead), len(data.indices)))
        eta += np.einsum("dmi,di->dm", path, of("market_effect", "index"))
    scale = TAIL_SCALE * np.sqrt(counting + of("shock_sd")[:, None] ** 2)
    noise = np.clip(rng.standard_t(TAILS, eta.shape), -FARTHEST, FARTHEST)
    revenue = np.exp(eta + scale * noise)
    revenue[revenue < data.floor] = 0.0
    if data.running in set(months):
        revenue[:, list(months).index(data.running)] *= _rest_share(data, len(chosen), rng)
    return revenue


def view_from_above(fit: Fit, months: npt.NDArray[np.int64], market: Floats) -> Floats | None:
    """Draw the months from above, the same for the same path of the market.

    Parameters
    ----------
    fit : Fit
    months : ndarray of int
        Numbers of the months to come.
    market : ndarray, shape (draw, month, index)
        Standardised indices of these months; as many draws are made.

    Returns
    -------
    ndarray, shape (draw, month), or None
        None where there was too little history to look from above.
    """
    if fit.history is None or "revenue history" not in fit.trees:
        return None
    return draw_from_above(
        fit.trees["revenue history"],
        fit.history,
        months=[int(month) for month in months],
        rng=np.random.default_rng([fit.seed, 7]),
        draws=len(market),
        market=market,
    )


def _level(
    now: Floats, trend: Floats, step: Floats, ahead: npt.NDArray[np.int64], rng: np.random.Generator
) -> Floats:
    """Walk on from the last full month, shape (draw, month)."""
    steps = rng.standard_normal((len(now), int(ahead.max())))
    walk = now[:, None] + np.cumsum(trend[:, None] + step[:, None] * steps, axis=1)
    return np.asarray(walk[:, ahead - 1], dtype=np.float64)


def _rest_share(data: RevenueHistoryData, draws: int, rng: np.random.Generator) -> Floats:
    """Draw the share of the running month's money that is still to come.

    A Beta distribution with the mean and variance of the past months' shares, to which one month
    is added that brings money evenly over its days.
    """
    if data.days_left <= 0:
        return np.zeros(draws)
    seen = data.rest[np.isfinite(data.rest)]
    weight = ASSUMED_MONTHS + len(seen)
    expected = (ASSUMED_MONTHS * data.days_left + float(seen.sum())) / weight
    mean = min(max(expected, RARE), 1 - RARE)
    scatter = data.days_left * (1 - data.days_left) / (1 + ASSUMED_DAYS)
    variance = (ASSUMED_MONTHS * scatter + ((seen - mean) ** 2).sum()) / weight
    # A variance of mean (1 - mean) is that of all or nothing; a Beta cannot reach it.
    precision = max(mean * (1 - mean) / variance - 1, RARE)
    return rng.beta(mean * precision, (1 - mean) * precision, size=draws)
