"""Forecast value added: what each step of forecasting takes off the error of the one before it."""

from typing import Final

import numpy as np
import pandas as pd

from salespipe.backtest.ladder import won_in
from salespipe.backtest.scores import wape
from salespipe.days import month_number
from salespipe.forecast_log import ABOVE, BELOW, COMMITTED, OWN
from salespipe.pipeline import Pipeline

__all__ = ["NAIVE", "STEPS", "VALUE_COLUMNS", "value_added"]

NAIVE: Final = "last month"
"""The month before, taken for the next one: what anything else has to beat."""

STEPS: Final = (NAIVE, ABOVE, BELOW, OWN, COMMITTED)
"""From what costs nothing to what people say."""

VALUE_COLUMNS: Final = ("method", "n", "bias", "wape", "added", "gain")
"""Columns of :func:`value_added`."""


def value_added(scored: pd.DataFrame, pipeline: Pipeline) -> pd.DataFrame:
    """Compare the steps of forecasting on the same months, one month ahead.

    (Gilliland, 2010, The Business Forecasting Deal: a step that does not take off more error than
    the one before costs work for nothing.)

    Parameters
    ----------
    scored : DataFrame
        Kept forecasts whose months are over (:func:`salespipe.backtest.accuracy.score`).
    pipeline : Pipeline
        As of now; of it the months before are known.

    Returns
    -------
    DataFrame
        :data:`VALUE_COLUMNS`: the steps that are there for any month, over the months that all of
        these have: their number, bias and WAPE (shares of what was won), the WAPE of the step
        before less the step's own, and that of :data:`NAIVE` less it.
    """
    near = (scored["kind"] == "month") & (scored["horizon"] == 1) & (scored["by"] == "total")
    months = scored[near].drop_duplicates(["start", "method"], keep="last")
    said = months.pivot_table(index="start", columns="method", values="likely", sort=False)
    said[NAIVE] = _month_before(said.index, pipeline)
    table = said.reindex(columns=[step for step in STEPS if step in said]).dropna()
    actual = months.groupby("start")["actual"].first().reindex(table.index).to_numpy("float64")
    total = float(np.abs(actual).sum())
    if total <= 0:
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    errors = np.array([wape(table[step], actual) for step in table])
    biases = [float((table[step].to_numpy() - actual).sum()) / total for step in table]
    return pd.DataFrame(
        {
            "method": list(table.columns),
            "n": len(table),
            "bias": biases,
            "wape": errors,
            "added": -np.diff(errors, prepend=np.nan),
            "gain": np.append(np.nan, errors[0] - errors[1:]),
        },
        columns=list(VALUE_COLUMNS),
    )


def _month_before(starts: pd.Index, pipeline: Pipeline) -> list[float]:
    """Give what was won in the month before each; NaN before anything was."""
    won = won_in(pipeline)
    months = [month_number(pd.Timestamp(start)) - 1 for start in starts]
    return [
        float(won.get(month, 0.0)) if len(won) and month >= won.index.min() else np.nan
        for month in months
    ]
