"""The ladder of methods that a forecast has to beat, each from what was known on the day.

A method takes a pipeline as of a date and gives draws of the money won in each of the months to
come (of the running month, all of it), or one row where it gives a single number: how sure that
number is, its errors at earlier dates tell (see :mod:`salespipe.backtest.spread`).
"""

import warnings
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.backtest.spread import DRAWS, spread_point
from salespipe.days import month_number
from salespipe.exposure import observed_from
from salespipe.periods import months_after
from salespipe.pipeline import Pipeline

__all__ = [
    "BENCHMARKS",
    "LADDER",
    "Method",
    "ladder",
    "last_month",
    "mean_of_three",
    "monthly_won",
    "seasonal_naive",
    "stage_weighted",
    "won_in",
]

type Floats = npt.NDArray[np.float64]

SEASON: Final = 3
"""Months of a quarter: the season of the naive and of the benchmark methods."""

NORMAL_80: Final = 1.2816
"""Standard deviations from the middle of a normal to the end of its central 80 %."""


class Method(Protocol):
    """A way to forecast."""

    def __call__(self, pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
        """Forecast.

        Parameters
        ----------
        pipeline : Pipeline
            As of a date; nothing later is known.
        months : int
            How many, the first being the month of the day after the date.
        seed : int

        Returns
        -------
        ndarray, shape (draw, month), or None
            Money won in each month, what is won by the date included; one draw is a single
            number. None where there is too little to say anything.
        """


def won_in(pipeline: Pipeline) -> "pd.Series[float]":
    """Sum the money won by month number, whole and running months alike."""
    deals = pipeline.deals
    won = deals[(deals[n.OUTCOME] == n.WON) & deals[n.CLOSED_ON].notna() & deals[n.AMOUNT].notna()]
    number = won[n.CLOSED_ON].dt.year * 12 + won[n.CLOSED_ON].dt.month - 1
    sums: pd.Series[float] = won[n.AMOUNT].groupby(number).sum()
    return sums


def monthly_won(pipeline: Pipeline) -> Floats:
    """Give the money won by full month, from the first whose closings could be seen on."""
    won = won_in(pipeline)
    if won.empty:
        return np.zeros(0)
    begin = observed_from(pipeline.stays, pipeline.day) if len(pipeline.stays) else None
    first = month_number(begin) + (begin.day > 1) if begin is not None else int(won.index.min()) + 1
    last = month_number(pipeline.day + pd.Timedelta(days=1)) - 1
    months = won.reindex(range(first, last + 1), fill_value=0.0)
    return np.asarray(months, dtype=np.float64)


def last_month(pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
    """Every month brings what the last full one brought."""
    return _naive(pipeline, lambda past, _: float(past[-1]), months, seed)


def mean_of_three(pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
    """Every month brings the mean of the last three full ones."""
    return _naive(pipeline, lambda past, _: float(past[-SEASON:].mean()), months, seed)


def seasonal_naive(pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
    """Every month brings what the month in its place of the last quarter brought."""
    return _naive(
        pipeline, lambda past, ahead: float(past[-SEASON:][(ahead - 1) % SEASON]), months, seed
    )


def stage_weighted(pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:  # noqa: ARG001
    """Amount times the stage's default probability, in the month of the expected close.

    Deals that are overdue or have no date come in equal parts over the months. A single number.
    """
    deals = pipeline.open_deals
    chance = deals[n.STAGE].map({stage.name: stage.probability for stage in pipeline.stages})
    money = deals[n.AMOUNT].fillna(deals[n.LISTED_AMOUNT]).fillna(0.0).clip(lower=0)
    worth = (money * chance.astype("float64")).to_numpy("float64")
    due = deals[n.EXPECTED_CLOSE_ON].to_numpy()
    edges = pd.DatetimeIndex([period.start for period in months_after(pipeline.as_of, months + 1)])
    place = np.searchsorted(edges.to_numpy(), due, side="right") - 1
    undated = np.isnat(due) | (due <= pipeline.day.to_datetime64())
    dated = ~undated & (place < months)
    total = np.bincount(place[dated], weights=worth[dated], minlength=months)
    return _won_so_far(pipeline, (total + worth[undated].sum() / months)[None, :])


def _naive(pipeline: Pipeline, rule: Any, months: int, seed: int) -> Floats | None:  # noqa: ANN401
    """Carry a rule on, as unsure as it was wrong at every earlier month of the same history."""
    won = monthly_won(pipeline)
    if len(won) < SEASON:
        return None
    rng = np.random.default_rng(seed)
    least = 0.05 * max(float(won.mean()), 1.0)
    draws = np.empty((DRAWS, months))
    for ahead in range(1, months + 1):
        errors = [
            np.log(max(won[at + ahead - 1], least) / max(rule(won[:at], ahead), least))
            for at in range(SEASON, len(won) - ahead + 1)
        ]
        draws[:, ahead - 1] = spread_point(rule(won, ahead), errors, rng=rng, least=least)
    return _won_so_far(pipeline, draws)


def auto_ets(pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
    """Exponential smoothing, its form chosen by information criterion (statsforecast)."""
    from statsforecast.models import AutoETS  # noqa: PLC0415 (an optional extra)

    return _benchmark(pipeline, AutoETS, months, seed)


def auto_arima(pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
    """ARIMA, its orders chosen by information criterion (statsforecast)."""
    from statsforecast.models import AutoARIMA  # noqa: PLC0415 (an optional extra)

    return _benchmark(pipeline, AutoARIMA, months, seed)


def _benchmark(pipeline: Pipeline, model: Any, months: int, seed: int) -> Floats | None:  # noqa: ANN401
    """Draw from a benchmark model's normal forecast, a quarter being its season.

    Without a season, and then not at all, where the history is too short for it.
    """
    won = monthly_won(pipeline)
    for season in (SEASON, 1):
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                made = model(season_length=season).forecast(y=won, h=months, level=[80])
        except (NotImplementedError, ValueError, IndexError, ZeroDivisionError):
            continue
        mean, low, high = (
            np.asarray(made[key], dtype=np.float64) for key in ("mean", "lo-80", "hi-80")
        )
        sd = (high - low) / 2 / NORMAL_80
        if np.isfinite(mean).all() and np.isfinite(sd).all():
            noise = np.random.default_rng(seed).standard_normal((DRAWS, months))
            return _won_so_far(pipeline, np.maximum(mean + sd * noise, 0.0))
    return None


def _won_so_far(pipeline: Pipeline, draws: Floats) -> Floats:
    """Let the running month bring at least what it has brought."""
    running = month_number(pipeline.day + pd.Timedelta(days=1))
    least = np.zeros(draws.shape[1])
    least[0] = float(won_in(pipeline).get(running, 0.0))
    return np.maximum(draws, least)


LADDER: Final[Mapping[str, Method]] = {
    "last month": last_month,
    "mean of 3 months": mean_of_three,
    "seasonal naive": seasonal_naive,
    "stage-weighted": stage_weighted,
}
"""Methods that need nothing but the pipeline, simplest first."""

BENCHMARKS: Final[Mapping[str, Method]] = {"AutoETS": auto_ets, "AutoARIMA": auto_arima}
"""Methods of the optional package statsforecast."""


def ladder() -> tuple[dict[str, Method], tuple[str, ...]]:
    """Give the methods that can be run here, and sentences on those that cannot."""
    if find_spec("statsforecast") is not None:
        return {**LADDER, **BENCHMARKS}, ()
    missing = " and ".join(BENCHMARKS)
    return dict(LADDER), (
        f"{missing} are left out: they need the package statsforecast "
        '(install the extra "benchmarks").',
    )
