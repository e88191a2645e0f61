"""Market indices: what the Market sheet says of months gone by, and assumes of those to come."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.days import month_label, month_number, month_start
from salespipe.tables import Tables

__all__ = ["LEAST_MONTHS", "Market", "as_known", "read_market"]

type Floats = npt.NDArray[np.float64]

LEAST_MONTHS: Final = 12
"""Past months of an index below which nothing can be learned from it."""


@dataclass(frozen=True)
class Market:
    """Indices that models may use: those with a past to learn from and a path to follow.

    Values are standardised: 0 is an index' mean over the history, 1 one standard deviation more.

    Attributes
    ----------
    indices : tuple of str
        Names.
    first : int
        Number of the history's first month.
    history : ndarray, shape (month, index)
        Up to the month of the as-of date; 0 where nothing is known.
    ahead : ndarray, shape (3, month, index)
        Worst, likely and best of the months from the day after the as-of date on.
    chances : tuple of float
        What worst and best stand for: their probabilities.
    left_out : tuple of str
        Why others are not used, a sentence each.
    """

    indices: tuple[str, ...] = ()
    first: int = 0
    history: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    ahead: Floats = field(default_factory=lambda: np.zeros((3, 1, 0)))
    chances: tuple[float, float] = (0.1, 0.9)
    left_out: tuple[str, ...] = ()

    def of(self, months: Sequence[int]) -> Floats:
        """Give the indices of past months by number; 0 where the history does not reach.

        Returns
        -------
        ndarray, shape (month, index)
        """
        out = np.zeros((len(months), len(self.indices)))
        for row, month in enumerate(months):
            if 0 <= month - self.first < len(self.history):
                out[row] = self.history[month - self.first]
        return out

    def draw(self, draws: int, months: int, *, seed: int) -> Floats:
        """Draw paths: each index goes its likely way, or toward its worst or best all along.

        An index' month is drawn from two halves of a normal distribution that meet at the likely
        value and have worst and best where the Settings sheet's probabilities put them. After the
        last month of the sheet it stays where it is.

        Returns
        -------
        ndarray, shape (draw, month, index)
        """
        from scipy.special import ndtri  # noqa: PLC0415 (`check` draws nothing, and need not wait)

        rng = np.random.default_rng([seed, 11])
        luck = rng.standard_normal((draws, 1, len(self.indices)))
        worst, likely, best = self.path(0, months), self.path(1, months), self.path(2, months)
        low, high = ndtri(self.chances[0]), ndtri(self.chances[1])
        return np.asarray(
            likely
            + np.maximum(luck, 0) / high * (best - likely)
            + np.minimum(luck, 0) / low * (worst - likely)
        )

    def path(self, which: int, months: int) -> Floats:
        """Give the worst (0), likely (1) or best (2) path, shape (month, index)."""
        known = self.ahead[which]
        out: Floats = known[np.minimum(np.arange(months), len(known) - 1)]
        return out


def read_market(
    table: pd.DataFrame,
    *,
    first: int,
    as_of: date,
    horizon: int,
    chances: tuple[float, float] = (0.1, 0.9),
) -> Market:
    """Take from a Market table what may be used as of a day.

    A month that is not over by then counts as assumed, and only if worst, likely and best are all
    there: a single value would be one that was measured later. An index is used if it is known of
    :data:`LEAST_MONTHS` past months, has not been the same in all of them, and is assumed for
    every month to be forecast.

    Parameters
    ----------
    table : DataFrame
        month, index, value, worst, best. Several rows of a month and index count with their mean.
    first : int
        Number of the history's first month.
    as_of : date
    horizon : int
        Months to be forecast.
    chances : tuple of float
        Probabilities of worst and best.
    """
    rows = table.dropna(subset=[n.MONTH, n.INDEX, n.VALUE])
    month = rows[n.MONTH].dt.year * 12 + rows[n.MONTH].dt.month - 1
    rows = rows.assign(month=month).groupby([n.INDEX, "month"])[[n.WORST, n.VALUE, n.BEST]].mean()
    now = pd.Timestamp(as_of)
    over = month_number(now + pd.Timedelta(days=1))
    ahead = list(range(over, over + horizon))
    used, left_out = {}, []
    for index in rows.index.unique(level=0):
        mine = rows.loc[index]
        past = mine.loc[(mine.index >= first) & (mine.index < over), n.VALUE]
        assumed = mine.reindex(ahead)
        unknown = assumed.index[assumed.isna().any(axis=1)]
        if len(past) < LEAST_MONTHS:
            left_out.append(
                f"{index} is not used: its values of {len(past)} past months are too few to learn "
                f"from, it takes {LEAST_MONTHS}."
            )
        elif past.max() - past.min() <= 0:
            left_out.append(f"{index} is not used: it was the same in all past months.")
        elif len(unknown):
            left_out.append(
                f"{index} is not used: the Market sheet lacks its worst, likely or best value for "
                f"{month_label(int(unknown[0]))}."
            )
        else:
            history = mine[n.VALUE].reindex(range(first, month_number(now) + 1))
            used[str(index)] = (past, history, assumed)
    centre = np.array([past.mean() for past, _, _ in used.values()])
    scale = np.array([past.std(ddof=0) for past, _, _ in used.values()])
    months = month_number(now) + 1 - first
    history = _columns([history for _, history, _ in used.values()], months)
    paths = [
        _columns([assumed[column] for _, _, assumed in used.values()], horizon)
        for column in (n.WORST, n.VALUE, n.BEST)
    ]
    return Market(
        indices=tuple(used),
        first=first,
        history=np.nan_to_num((history - centre) / scale),
        ahead=(np.stack(paths) - centre) / scale,
        chances=chances,
        left_out=tuple(left_out),
    )


def as_known(tables: Tables, *, as_of: date) -> Tables:
    """Drop what the Market sheet says of months that were not over on a past day.

    What was assumed then is not known: the sheet has since been filled with what came.
    """
    over = month_start(month_number(pd.Timestamp(as_of) + pd.Timedelta(days=1)))
    return replace(tables, market=tables.market[tables.market[n.MONTH] < over])


def _columns(columns: Sequence[pd.Series], length: int) -> Floats:
    if not columns:
        return np.zeros((length, 0))
    return np.column_stack([column.to_numpy("float64") for column in columns])
