"""Survival curves: what has become of deals at each age, open ones censored."""

from typing import Final

import numpy as np
import pandas as pd

from salespipe.kpi.scope import Scope
from salespipe.pipeline import Pipeline

__all__ = ["CURVE_COLUMNS", "curves"]

CURVE_COLUMNS: Final = ("day", "won", "lost", "open", "at_risk")
"""Columns of :func:`curves`: age in days, shares of deals (they add up to 1), deals followed."""


def curves(pipeline: Pipeline) -> pd.DataFrame:
    """Give the shares of deals that are won, lost and still open at each age.

    All deals are followed through the window of the review; open ones count for as long as they
    have been seen (Aalen-Johansen for won and lost, Kaplan-Meier for open).

    Returns
    -------
    DataFrame
        Columns :data:`CURVE_COLUMNS`, one row per age at which a deal ended, after that of age 0;
        empty where nothing has ended.
    """
    seen = Scope(pipeline).survival
    if not len(seen.days):
        return pd.DataFrame(columns=list(CURVE_COLUMNS), dtype="float64")
    won, remaining = seen.incidence, seen.remaining
    cells = {
        "day": seen.days,
        "won": won,
        "lost": np.maximum(1 - remaining - won, 0.0),
        "open": remaining,
        "at_risk": seen.at_risk,
    }
    first = pd.DataFrame([(0.0, 0.0, 0.0, 1.0, float(seen.n))], columns=list(CURVE_COLUMNS))
    ended = pd.DataFrame(cells, columns=list(CURVE_COLUMNS))
    return pd.concat([first, ended[ended["day"] > 0]], ignore_index=True)
