"""The revenue history of a pipeline, and its fit: the view from above."""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from salespipe import names as n
from salespipe.days import month_number
from salespipe.exposure import observed_from
from salespipe.inference.compiled import Compiled, compile_model
from salespipe.inference.gate import stop_if_bad
from salespipe.inference.sampler import sample_model
from salespipe.market import Market
from salespipe.models.revenue_history import (
    BLOCK,
    MIN_MONTHS,
    SEASON_MONTHS,
    RevenueHistoryData,
    RevenueHistoryPriors,
    build_revenue_history,
    layout,
)
from salespipe.pipeline import Pipeline

__all__ = ["MAX_MONTHS", "counting_variation", "fit_revenue_history", "revenue_history_data"]

type Floats = npt.NDArray[np.float64]

MAX_MONTHS: Final = 60
"""Months looked back on: a level that drifts has forgotten what was before, seasons have not."""

SPREAD_DEALS: Final = 5
"""Deals that the assumed spread of amounts (standard deviation = mean) is worth."""

FLOOR: Final = 0.25
"""Quantile of the amounts won that a month with a win is taken to bring at the least.

The very smallest amount would do for nobody: one deal of 1 would make a month without a win look
like a fall by a factor of thousands. At this one, the share of months without a win that a
log-normal month has is about what counting deals makes it, for 0.5 to 5 wins a month.
"""

RIPE: Final = 0.8
"""Share of the wins that has come by the age at which a file's first deals count as ripe."""

ONE_DAY: Final = pd.Timedelta(days=1)


def revenue_history_data(
    pipeline: Pipeline, *, market: Market | None = None
) -> RevenueHistoryData | None:
    """Sum the money won by full month.

    The history begins with the first full month from which closings could be seen, and where the
    file begins with its first deals, once they had the time to close: the months in which a
    pipeline fills say nothing of those in which it is full. The running month is not a full one.

    Parameters
    ----------
    pipeline : Pipeline
    market : Market, optional
        Indices; a month that is missing counts as an average one.

    Returns
    -------
    RevenueHistoryData or None
        None with fewer than :data:`salespipe.models.revenue_history.MIN_MONTHS` full months, or if
        nothing was won in them.
    """
    won = pipeline.deals[pipeline.deals[n.OUTCOME] == n.WON]
    won = won[won[n.CLOSED_ON].notna() & (won[n.AMOUNT] > 0)]
    if won.empty:
        return None
    end = (pipeline.day + ONE_DAY).to_period("M").start_time
    begin = _first_full_month(pipeline, won)
    last = month_number(end) - 1
    first = max(month_number(begin), last - MAX_MONTHS + 1)
    inside = won[(won[n.CLOSED_ON] >= begin) & (won[n.CLOSED_ON] < end)]
    number = inside[n.CLOSED_ON].dt.year * 12 + inside[n.CLOSED_ON].dt.month - 1
    inside = inside[number >= first]
    if last - first + 1 < MIN_MONTHS or inside.empty:
        return None
    months = range(first, last + 1)
    sums = inside.groupby(number)[n.AMOUNT].sum().reindex(months, fill_value=0.0)
    amounts = inside[n.AMOUNT].to_numpy("float64")
    at_running = pipeline.day >= end
    left = pipeline.day.days_in_month - pipeline.day.day if at_running else 0
    market = market or Market()
    return RevenueHistoryData(
        won=sums.to_numpy("float64"),
        first=first,
        fiscal_year_start=pipeline.settings.fiscal_year_start,
        floor=float(np.quantile(amounts, FLOOR)),
        counting=counting_variation(amounts, len(months)),
        market=market.of(months),
        indices=market.indices,
        running=last + 1 if at_running else None,
        rest=_rest(inside, number[inside.index], sums, left),
        days_left=left / pipeline.day.days_in_month,
    )


def _first_full_month(pipeline: Pipeline, won: pd.DataFrame) -> pd.Timestamp:
    """Find the first month whose closings could all be seen, of deals old enough to close."""
    created = pipeline.deals[n.CREATED_ON].dropna()
    begin: pd.Timestamp = pipeline.deals[n.CLOSED_ON].min()
    if not pipeline.stays.empty and not created.empty:
        begin = observed_from(pipeline.stays, pipeline.day)
        cycles = (won[n.CLOSED_ON] - won[n.CREATED_ON]).dropna()
        if not cycles.empty:
            # Bar the first of a hundred deals: one old one does not make a file complete.
            place = len(created) // 100
            first: pd.Timestamp = created.sort_values().iloc[place]
            ripe = float(np.quantile(cycles.dt.days.to_numpy("float64"), RIPE))
            begin = max(begin, first + pd.Timedelta(days=round(ripe)))
    month = begin.to_period("M")
    return month.start_time if begin == month.start_time else (month + 1).start_time


def counting_variation(amounts: Floats, months: int) -> float:
    """Give the squared coefficient of variation that counting deals of unlike size gives a month.

    That of a sum of :math:`N` amounts, :math:`N` Poisson, is :math:`(1 + cv^2) / E N`.
    """
    count = len(amounts)
    spread = float(amounts.var() / amounts.mean() ** 2)
    shrunk = (SPREAD_DEALS + count * spread) / (SPREAD_DEALS + count)
    return (1 + shrunk) * months / count


def _rest(won: pd.DataFrame, number: pd.Series, sums: pd.Series, left: int) -> Floats:
    """Share of each month's money that came in its last `left` days."""
    closed = won[n.CLOSED_ON]
    late = closed.dt.days_in_month - closed.dt.day < left
    rest = won[n.AMOUNT].where(late, 0.0).groupby(number).sum().reindex(sums.index, fill_value=0.0)
    return (rest / sums.where(sums > 0)).to_numpy("float64")


def fit_revenue_history(
    data: RevenueHistoryData,
    *,
    seed: int = 1,
    priors: RevenueHistoryPriors | None = None,
) -> xr.DataTree | None:
    """Fit the revenue history alone.

    Models are compiled once for all histories of about the same length (see
    :data:`salespipe.models.revenue_history.BLOCK`).

    Parameters
    ----------
    data : RevenueHistoryData
    seed : int
        The same seed gives identical draws on one machine.
    priors : RevenueHistoryPriors, optional

    Returns
    -------
    DataTree or None
        Posterior draws past the gate; None where there is too little history.

    Raises
    ------
    ConvergenceError
        It did not pass the gate however hard it was tried.
    """
    if len(data.won) < MIN_MONTHS or not (data.won >= data.floor).any():
        return None
    given = layout(data)
    seasonal = len(data.won) >= SEASON_MONTHS
    months = len(given["log_won"])
    compiled = _compiled(months, seasonal, data.indices, priors or RevenueHistoryPriors())
    sampled = sample_model(compiled, seed=seed, cores=2, data=given)
    stop_if_bad("revenue history", sampled.verdict)
    return sampled.tree


@cache
def _compiled(
    months: int, seasonal: bool, indices: tuple[str, ...], priors: RevenueHistoryPriors
) -> Compiled:
    """Compile the model for histories of some padded length; what it is given comes later."""
    count = max(months - BLOCK + 1, MIN_MONTHS, SEASON_MONTHS if seasonal else 0)
    any_history = RevenueHistoryData(
        np.ones(count), 0, market=np.zeros((count, len(indices))), indices=indices
    )
    model = build_revenue_history(any_history, priors=priors)
    assert model is not None  # noqa: S101 (there are months enough)
    return compile_model(model)
