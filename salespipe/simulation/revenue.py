"""Simulated revenue: what followed deals bring, summed draw by draw."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salespipe import names as n
from salespipe.simulation.followed import Followed
from salespipe.simulation.setting import Setting

__all__ = ["DealDraws", "Revenue", "by_deal", "collect"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Revenue:
    """Revenue won in each simulated month.

    Attributes
    ----------
    by_owner : ndarray, shape (draw, month, owner)
        Money.
    by_segment : ndarray, shape (draw, month, segment)
        Money; both sum to the same total in every draw.
    """

    by_owner: Floats
    by_segment: Floats

    @property
    def total(self) -> Floats:
        """Money by draw and month."""
        total: Floats = self.by_owner.sum(axis=2)
        return total


@dataclass(frozen=True)
class DealDraws:
    """What the draws say of each open deal, one entry per deal.

    Attributes
    ----------
    deal_id : tuple of str
    p_won, p_won_by_end : ndarray
        Chance of winning within the long run and within the horizon.
    value : ndarray
        Money: mean of what it brings in the long run.
    worst, best : ndarray
        Money: quantiles of what it brings within the horizon.
    days : ndarray
        Median days to winning, given that it is won; infinite beyond the long run.
    by_month : ndarray, shape (deal, month)
        Money: mean of what it brings in each month of the horizon.
    """

    deal_id: tuple[str, ...]
    p_won: Floats
    p_won_by_end: Floats
    value: Floats
    worst: Floats
    best: Floats
    days: Floats
    by_month: Floats


def collect(setting: Setting, followed: Followed) -> Revenue:
    """Sum what is won within the horizon by draw, month and group."""
    paths, wins, money = followed.paths, followed.wins, followed.money
    ends, draws = setting.calendar.month_ends, setting.posterior.draws
    months = len(ends)
    month = np.searchsorted(ends, wins.day, side="right")
    hit = np.flatnonzero(wins.won & (month < months))
    cell = paths.draw[hit] * months + month[hit]

    def sums(group: Ints, size: int) -> Floats:
        flat = np.bincount(cell * size + group[hit], money[hit], minlength=draws * months * size)
        return flat.reshape(draws, months, size)

    exposure = setting.exposure
    return Revenue(
        sums(paths.owner, len(exposure.owners)), sums(paths.segment, len(exposure.segments))
    )


def by_deal(setting: Setting, followed: Followed) -> DealDraws:
    """Say what the draws say of each open deal."""
    deals, wins = followed.deals, followed.wins
    ends, count = setting.calendar.month_ends, len(deals)
    worst, _, best = setting.pipeline.settings.quantiles
    day, chance = wins.day.reshape(count, -1), wins.chance.reshape(count, -1)
    won, paid = wins.won.reshape(count, -1), followed.money.reshape(count, -1)
    closes = np.isfinite(day)
    inside = day < ends[-1]
    brings = np.where(won & inside, paid, 0.0)
    low, high = np.quantile(brings, (worst, best), axis=1) if count else (np.zeros(0),) * 2
    month = np.searchsorted(ends, day, side="right")
    expected = chance * np.where(closes, paid, 0.0)
    by_month = [np.where(month == place, expected, 0.0).mean(axis=1) for place in range(len(ends))]
    return DealDraws(
        deal_id=tuple(deals[n.DEAL_ID]),
        p_won=(chance * closes).mean(axis=1),
        p_won_by_end=(chance * inside).mean(axis=1),
        value=expected.mean(axis=1),
        worst=low,
        best=high,
        days=np.array(
            [
                np.median(row[hit]) if hit.any() else np.inf
                for row, hit in zip(day, closes, strict=True)
            ]
        ),
        by_month=np.stack(by_month, axis=1),
    )
