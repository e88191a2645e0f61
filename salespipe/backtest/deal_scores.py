"""Chances of single deals, scored on what became of them."""

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.backtest.scores import brier
from salespipe.pipeline import Pipeline
from salespipe.tables import look_up

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = ["DEAL_SCORE_COLUMNS", "score_deals", "won_before"]

type Floats = npt.NDArray[np.float64]

DEAL_SCORE_COLUMNS: Final = (
    "as_of", "end", "n", "won", "expected", "brier", "brier_stages", "brier_share",
)  # fmt: skip
"""Columns of the scores of deals: one row per date whose period is over."""


def won_before(end: pd.Timestamp, ids: pd.Series, known: Pipeline) -> Floats:
    """Tell of deals whether they were won before a day: 1 or 0, as far as a pipeline knows."""
    later = known.deals.set_index(n.DEAL_ID)
    won = (look_up(ids, later[n.OUTCOME]) == n.WON) & (look_up(ids, later[n.CLOSED_ON]) < end)
    return np.asarray(won, dtype=np.float64)


def score_deals(
    forecast: "Forecast", known: Pipeline, *, over: pd.Timestamp
) -> tuple[object, ...] | None:
    """Score the chances that open deals are won by the end of the months forecast.

    Beside them stand two that are easily had: each stage's default probability, as if all that is
    ever won were won in time, and for every deal the share that was won, which nobody knew then.

    Parameters
    ----------
    forecast : Forecast
        As of a past date.
    known : Pipeline
        As of now.
    over : Timestamp
        Everything before this day is known.

    Returns
    -------
    tuple or None
        One row of :data:`DEAL_SCORE_COLUMNS`; None where the months are not over yet, or no deal
        was open.
    """
    end = pd.Timestamp(forecast.months[-1].end)
    deals = forecast.deals
    if end > over or deals.empty:
        return None
    hit = won_before(end, deals[n.DEAL_ID], known)
    usual = {stage.name: stage.probability for stage in known.stages}
    stages = deals[n.STAGE].map(usual).fillna(0.0).to_numpy("float64")
    chance = deals["p_won_by_end"].to_numpy("float64")
    return (
        forecast.fit.pipeline.as_of,
        (end - pd.Timedelta(days=1)).date(),
        len(hit),
        int(hit.sum()),
        float(chance.sum()),
        brier(chance, hit),
        brier(stages, hit),
        brier(hit * 0 + hit.mean(), hit),
    )
