"""Forecast accuracy: how right the forecasts were that were kept, by month ahead and method."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from salespipe.forecast_log import OWN
from salespipe.kpi.intervals import Estimate, ratio, share, unknown
from salespipe.kpi.measure import Measure, Row, tidy

__all__ = ["accuracy"]

NAME = "Forecast accuracy"
TRAP = (
    "Of 12 honest 80 % ranges 7 to 12 are hit, of 24 16 to 22, of 36 25 to 33: a few months prove "
    "little."
)
RELATIVE = "A month that brought little counts as much as any other; one that brought nothing not."
NOTHING = "no kept forecast of a month that is over"

LEVELS: Final = (50, 80, 90)


def accuracy(scored: pd.DataFrame) -> pd.DataFrame:
    """Put the scores of kept forecasts into rows of the KPI review.

    Parameters
    ----------
    scored : DataFrame
        Forecasts whose periods are over, as :func:`salespipe.backtest.accuracy.score` gives them:
        ``by``, ``kind``, ``method``, ``horizon``, ``actual``, ``error``, ``crps``, ``p_target``,
        ``target`` and ``inside_50`` to ``inside_90``.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.KPI_COLUMNS`. The total speaks of months one ahead, by
        the product's own forecast; ``horizon`` has one row for every month ahead and each method.
    """
    months = scored[(scored["kind"] == "month") & (scored["by"] == "total")]
    own = months[months["method"] == OWN]
    rows = _rows(own[own["horizon"] == 1], "one month ahead")
    if months.empty:
        return tidy(rows[:1])
    for (method, ahead), part in months.groupby(["method", "horizon"], sort=False):
        other = "" if method == OWN else f"; {method}"
        rows += _rows(part, f"months ahead: {ahead}", by="horizon", group=str(ahead), other=other)
    return tidy(rows)


def _rows(
    part: pd.DataFrame, where: str, *, by: str = "total", group: str = "", other: str = ""
) -> list[Row]:
    """Make the rows of one method some months ahead; `other` names it where it is not our own."""
    population = f"kept forecasts of months that are over, {where}"
    single = bool(len(part)) and part["worst"].eq(part["best"]).all()
    rows = []
    for definition, estimate, trap in _MEASURES:
        if single and estimate in _RANGES:
            continue
        found = estimate(part) if len(part) else unknown(NOTHING)
        measure = Measure(NAME, definition + other, "share", population, trap)
        rows.append(measure.row(found, by=by, group=group))
    return rows


def _relative(column: str) -> Callable[[pd.DataFrame], Estimate]:
    def estimate(part: pd.DataFrame) -> Estimate:
        actual = part["actual"].abs().to_numpy("float64")
        return ratio(part[column].to_numpy("float64"), actual)

    return estimate


def _absolute(part: pd.DataFrame) -> Estimate:
    return _relative("size")(part.assign(size=part["error"].abs()))


def _percentage(part: pd.DataFrame) -> Estimate:
    known = part[part["actual"] > 0]
    return ratio((known["error"].abs() / known["actual"]).to_numpy("float64"))


def _brier(part: pd.DataFrame) -> Estimate:
    known = part[part["p_target"].notna()]
    if known.empty:
        return unknown("no quota", n=0)
    reached = (known["actual"] >= known["target"]).astype("float64")
    return ratio(np.square(known["p_target"] - reached).to_numpy("float64"))


def _held(level: int) -> Callable[[pd.DataFrame], Estimate]:
    def estimate(part: pd.DataFrame) -> Estimate:
        return share(int(part[f"inside_{level}"].sum()), len(part))

    return estimate


_RANGES: Final = tuple(_held(level) for level in LEVELS)
"""A method that gives a single number has none."""

_MEASURES: Final = (
    ("bias: sum of (likely - actual) / sum of actual", _relative("error"), TRAP),
    ("WAPE: sum of |likely - actual| / sum of actual", _absolute, TRAP),
    ("MAPE: mean of |likely - actual| / actual", _percentage, RELATIVE),
    ("CRPS / mean actual, 0 is perfect", _relative("crps"), TRAP),
    ("Brier score of the chance of the quota, 0 is perfect", _brier, TRAP),
    *(
        (f"ranges of {level} % that held", held, TRAP)
        for level, held in zip(LEVELS, _RANGES, strict=True)
    ),
)
