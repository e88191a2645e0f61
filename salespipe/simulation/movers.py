"""Which open deals move the number: their part of its variance, and of the chance of its target."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from salespipe.simulation.followed import Followed
from salespipe.simulation.paths import Calendar

__all__ = ["Movers", "find_movers"]

type Floats = npt.NDArray[np.float64]

AT_ONCE: Final = 1_000_000
"""Deals times draws looked at together, so that a large pipeline needs no more memory."""


@dataclass(frozen=True)
class Movers:
    """What each open deal does to the total of the months asked for, one entry per deal.

    Attributes
    ----------
    share : ndarray
        Of the total's variance. Shares of all deals and of what else is to come add up to 1; a
        deal that tends to bring more where the others bring less has one below 0.
    swing : ndarray
        Chance of reaching the target if the deal is won in time less that if it is not, all else
        as in the draw; NaN without a target.
    """

    share: Floats
    swing: Floats


def find_movers(
    followed: Followed, calendar: Calendar, *, total: Floats, kept: Floats, target: float
) -> Movers:
    r"""Tell from the joint draws how each open deal moves the total.

    With :math:`X_i` what deal `i` brings within the months and :math:`T` the total, its share is
    :math:`\operatorname{Cov}(X_i, T) / \operatorname{Var}(T)`, the only split of a variance that
    adds up however the deals hang together (Tasche, 1999, on risk contributions). The swing is the
    share of draws in which the deal decides: :math:`T - X_i` misses the target and reaches it with
    the deal's money on top.

    Parameters
    ----------
    followed : Followed
        The open deals, whose paths are neighbours.
    calendar : Calendar
    total : ndarray, shape (draw,)
        Money of the months asked for, with all that is in them.
    kept : ndarray, shape (draw, month)
        What the pooled forecast keeps of each unit that open deals bring; as many months as asked
        for.
    target : float
        Money; NaN without one.
    """
    count, (draws, months) = len(followed.deals), kept.shape
    share, swing = np.zeros(count), np.full(count, np.nan)
    spread = total - total.mean()
    variance = float(spread @ spread)
    step = max(AT_ONCE // draws, 1)
    for begin in range(0, count, step):
        some = slice(begin * draws, (begin + step) * draws)
        wins, paid = followed.wins, followed.money[some].reshape(-1, draws)
        month = np.searchsorted(calendar.month_ends, wins.day[some], side="right")
        brought = (wins.won[some] & (month < months)).reshape(-1, draws)
        factor = kept[np.arange(draws), np.minimum(month, months - 1).reshape(-1, draws)]
        brings = np.where(brought, paid * factor, 0.0)
        deals = slice(begin, begin + step)
        if variance > 0:
            share[deals] = brings @ spread / variance
        if np.isfinite(target):
            rest = total - brings
            swing[deals] = ((rest < target) & (rest + paid >= target)).mean(axis=1)
    return Movers(share, swing)
