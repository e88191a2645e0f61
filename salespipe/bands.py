"""Bands: the few levels into which ages, due dates, sizes and owners' calls are sorted."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.days import month_of

__all__ = [
    "AGE_CUTS",
    "AGE_GROUPS",
    "AGE_NAMES",
    "CALLS",
    "CALL_SCORES",
    "DUE_BANDS",
    "SIZES",
    "age_band",
    "call_band",
    "due_band",
    "first_amount",
    "size_band",
    "size_cuts",
]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

AGE_CUTS: Final[Floats] = np.array([3, 7, 14, 30, 45, 60, 90, 120, 180, 365], dtype=np.float64)
"""Days in a stage at which one age band ends and the next begins."""

AGE_GROUPS: Final[Ints] = np.array([0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3], dtype=np.int64)
"""Coarser group of each age band: under 14, 14 to 45, 45 to 90, over 90 days."""

AGE_NAMES: Final = ("under 14 days", "14 to 45 days", "45 to 90 days", "over 90 days")
"""Names of the age groups."""

DUE_BANDS: Final = ("none", "overdue", "today", "this month", "next month", "later")
"""Where the expected close date lies, seen from a day."""

SIZES: Final = 5
"""Number of size bands: fifths of the deals by amount."""

KNOWN_SHARE: Final = 0.8
"""Share of won and of lost deals whose amount must be known before size may say anything: where
amounts are filled in only when a deal is won, a blank would "predict" the loss."""

CALLS: Final = ("none", n.OMITTED, n.PIPELINE, n.BEST_CASE, n.COMMIT)
"""The owner's call: a stated confidence, else the forecast category, else nothing."""

CALL_SCORES: Final = (0.0, -1.0, -1 / 3, 1 / 3, 1.0)
"""How much each of :data:`CALLS` claims, evenly spaced; no call claims nothing."""

CONFIDENCE_CUTS: Final = (0.1, 0.4, 0.7)
"""Confidence from which on it is a call of pipeline, best case, commit."""


def age_band(days: Floats) -> Ints:
    """Give the age band of each number of days in a stage."""
    return np.searchsorted(AGE_CUTS, days, side="right").astype(np.int64)


def due_band(day: Floats, expected: Floats) -> Ints:
    """Give the due band of each pair of days.

    Parameters
    ----------
    day, expected : ndarray
        Days since 1970-01-01; `expected` is NaN where no close date is known.

    Returns
    -------
    ndarray of int
        Index into :data:`DUE_BANDS`.
    """
    known = np.isfinite(expected)
    date = np.where(known, expected, day)
    today = np.floor(day)
    ahead = month_of(date) - month_of(day)
    band = np.select(
        [today > date, today == np.floor(date), ahead <= 0, ahead == 1], [1, 2, 3, 4], 5
    )
    return np.where(known, band, 0).astype(np.int64)


def size_cuts(deals: pd.DataFrame) -> tuple[float, ...]:
    """Give the amounts at which one size band ends and the next begins.

    Parameters
    ----------
    deals : DataFrame
        listed_amount, amount, outcome.

    Returns
    -------
    tuple of float
        Fifths of the deals by first known amount; empty where amounts are not known of enough
        won and lost deals alike, or hardly differ.
    """
    worth = first_amount(deals)
    known = worth > 0
    for outcome in (n.WON, n.LOST):
        closed = (deals[n.OUTCOME] == outcome).to_numpy()
        if not closed.any() or known[closed].mean() < KNOWN_SHARE:
            return ()
    cuts = np.unique(np.quantile(worth[known], np.arange(1, SIZES) / SIZES))
    return tuple(float(cut) for cut in cuts) if len(cuts) == SIZES - 1 else ()


def first_amount(deals: pd.DataFrame) -> Floats:
    """Give the amount that was known first: as listed, else as it stands; NaN where neither is."""
    worth: Floats = deals[n.LISTED_AMOUNT].fillna(deals[n.AMOUNT]).to_numpy("float64")
    return worth


def size_band(worth: Floats, cuts: tuple[float, ...]) -> Ints:
    """Give the size band of each amount, 1 to 5; 0 where it is not known or size does not count."""
    if not cuts:
        return np.zeros(len(worth), dtype=np.int64)
    band = np.searchsorted(np.asarray(cuts), worth, side="right") + 1
    return np.where(worth > 0, band, 0).astype(np.int64)


def call_band(category: pd.Series, confidence: pd.Series) -> Ints:
    """Give the owner's call as an index into :data:`CALLS`; a stated confidence goes first."""
    said = category.map({name: code for code, name in enumerate(CALLS)}).fillna(0)
    share = confidence.to_numpy("float64")
    band = np.searchsorted(CONFIDENCE_CUTS, np.nan_to_num(share), side="right") + 1
    return np.where(np.isfinite(share), band, said.to_numpy("int64")).astype(np.int64)
