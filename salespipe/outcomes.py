"""What kept forecasts were to hit, and how their quantiles score against it."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.forecast_log import GRID
from salespipe.pipeline import Pipeline

__all__ = ["actuals", "quantile_score"]

type Floats = npt.NDArray[np.float64]


def actuals(log: pd.DataFrame, pipeline: Pipeline) -> pd.Series:
    """Give what each forecast of a log was to hit, as known now.

    Parameters
    ----------
    log : DataFrame
        Columns :data:`salespipe.forecast_log.LOG_COLUMNS`.
    pipeline : Pipeline

    Returns
    -------
    Series
        Money won in the period, by the owner that a row is about or by all; NaN while the period
        is not over, and for deals.
    """
    deals = pipeline.deals
    won = deals[(deals[n.OUTCOME] == n.WON) & deals[n.AMOUNT].notna() & deals[n.CLOSED_ON].notna()]
    day = won[n.CLOSED_ON].to_numpy()
    owner = won[n.OWNER].fillna(n.UNKNOWN).to_numpy()
    money = won[n.AMOUNT].to_numpy("float64")
    asked = log[["by", "group", "start", "end"]].drop_duplicates()
    found = {}
    for by, group, start, end in asked.itertuples(index=False):
        if by == "deal" or end > pipeline.day + pd.Timedelta(days=1):
            continue
        inside = (day >= start.to_datetime64()) & (day < end.to_datetime64())
        found[by, group, start, end] = money[inside & ((owner == group) | (by == "total"))].sum()
    keys = log[["by", "group", "start", "end"]].itertuples(index=False, name=None)
    return pd.Series([found.get(key, np.nan) for key in keys], index=log.index, dtype="float64")


def quantile_score(quantiles: Floats, actual: Floats) -> Floats:
    """Score kept quantiles: twice their mean quantile loss, which approximates the CRPS.

    (Gneiting and Ranjan, 2011, Journal of Business & Economic Statistics 29(3).)

    Parameters
    ----------
    quantiles : ndarray, shape (forecast, quantile)
        At the probabilities :data:`salespipe.forecast_log.GRID`.
    actual : ndarray, shape (forecast,)

    Returns
    -------
    ndarray, shape (forecast,)
        In the unit of what was forecast.
    """
    chances = np.array(GRID)
    gap = actual[:, None] - quantiles
    score: Floats = 2 * np.maximum(chances * gap, (chances - 1) * gap).mean(axis=1)
    return score
