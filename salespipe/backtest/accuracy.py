"""Accuracy: forecasts that were kept, beside what happened."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe.backtest.scores import LEVELS, binomial_band, wape
from salespipe.forecast_log import GRID, OWN
from salespipe.outcomes import actuals, quantile_score
from salespipe.pipeline import Pipeline
from salespipe.results import SCORE_COLUMNS

__all__ = ["ENOUGH", "Verdict", "coverage", "score", "summarise_scores", "verdict"]

type Floats = npt.NDArray[np.float64]

ENOUGH: Final = 24
"""Outcomes from which on a share of hits may be called good: with fewer, ranges that hold half of
what they promise could still pass."""


@dataclass(frozen=True)
class Verdict:
    """How often 80 % ranges held, and what so many of them allow to say.

    Attributes
    ----------
    n, hits : int
    least, most : int
        Hits that honest ranges show with 90 %.
    word : {"none", "few", "well", "narrow", "wide"}
        Nothing to score; too few to say more than the counts; well calibrated; too narrow; too
        wide.
    """

    n: int
    hits: int
    least: int
    most: int
    word: str


def score(log: pd.DataFrame, pipeline: Pipeline) -> pd.DataFrame:
    """Score the forecasts of a log whose periods are over.

    Parameters
    ----------
    log : DataFrame
        Columns :data:`salespipe.forecast_log.LOG_COLUMNS`.
    pipeline : Pipeline
        As of now.

    Returns
    -------
    DataFrame
        The log's rows with ``actual``, ``error`` (likely less actual), ``crps`` (money; from the
        kept quantiles, twice their mean quantile loss) and whether the central ranges held it
        (``inside_50``, ``inside_80``, ``inside_90``) and the stated one (``inside``).
    """
    actual = actuals(log, pipeline)
    over = log[actual.notna() & log["quantiles"].notna()]
    truth = actual[over.index].to_numpy()
    grid = np.stack(over["quantiles"].to_list()) if len(over) else np.zeros((0, len(GRID)))
    chances = np.array(GRID)
    out = over.assign(
        actual=truth,
        error=over["likely"] - truth,
        crps=quantile_score(grid, truth),
        inside=(over["worst"] <= truth) & (truth <= over["best"]),
    )
    for level in LEVELS:
        low, high = (np.interp(at, chances, np.arange(len(GRID))) for at in _ends(level))
        ends = [grid[:, round(place)] for place in (low, high)]
        out[f"inside_{level}"] = (ends[0] <= truth) & (truth <= ends[1])
    return out


def summarise_scores(scored: pd.DataFrame) -> pd.DataFrame:
    """Give mean scores by owner, method and month ahead.

    Parameters
    ----------
    scored : DataFrame
        See :func:`score`; months only are summed, since quarters and totals hold the same money.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.SCORE_COLUMNS`. Bias is the sum of errors over the sum of
        actuals, WAPE the sum of absolute errors over it, CRPS its mean over the mean actual. A
        single number is no range: how often it held what came is not counted.
    """
    rows = []
    months = scored[scored["kind"] == "month"]
    for keys, part in months.groupby(["by", "group", "method", "horizon"], sort=False):
        truth = part["actual"].to_numpy()
        total = np.abs(truth).sum()
        ranged = part[part["worst"] < part["best"]]
        low, high = binomial_band(len(ranged), 80) if len(ranged) else (np.nan, np.nan)
        rows.append(
            (
                *keys,
                len(part),
                part["error"].sum() / total if total > 0 else np.nan,
                wape(part["likely"], truth),
                part["crps"].sum() / total if total > 0 else np.nan,
                *(ranged[f"inside_{level}"].mean() for level in LEVELS),
                low,
                high,
            )
        )
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def coverage(scored: pd.DataFrame) -> pd.DataFrame:
    """Count how often the product's ranges one month ahead held, by what they promise.

    Parameters
    ----------
    scored : DataFrame
        See :func:`score`.

    Returns
    -------
    DataFrame
        ``level`` (percent), ``n`` months, ``share`` of them within the central range, ``low`` and
        ``high``: shares that honest ranges show on so many months (95 %). No row without a month.
    """
    own = _one_ahead(scored)
    levels = LEVELS if len(own) else ()
    rows = [
        (level, len(own), own[f"inside_{level}"].mean(), *binomial_band(len(own), level))
        for level in levels
    ]
    return pd.DataFrame(rows, columns=["level", "n", "share", "low", "high"])


def verdict(scored: pd.DataFrame) -> Verdict:
    """Say what the months forecast for the whole, one ahead, allow to say of the ranges.

    Only those: a month that was forecast from further away as well would count twice.
    """
    own = _one_ahead(scored)
    count, hits = len(own), int(own["inside_80"].sum())
    if not count:
        return Verdict(0, 0, 0, 0, "none")
    low, high = (round(share * count) for share in binomial_band(count, 80, prob=0.9))
    if hits < low:
        word = "narrow"
    elif count < ENOUGH:
        word = "few"
    else:
        word = "wide" if hits > high else "well"
    return Verdict(count, hits, low, high, word)


def _one_ahead(scored: pd.DataFrame) -> pd.DataFrame:
    near = (scored["kind"] == "month") & (scored["horizon"] == 1)
    chosen: pd.DataFrame = scored[near & (scored["method"] == OWN) & (scored["by"] == "total")]
    return chosen


def _ends(level: int) -> tuple[float, float]:
    tail = (100 - level) / 200
    return tail, 1 - tail
