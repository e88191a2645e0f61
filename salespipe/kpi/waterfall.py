r"""The waterfall: how the open pipeline of one day became that of another.

.. math::

    open_1 = open_0 &+ new + pulled\ in + pushed\ in + owner\ in + reopened + grown \\
                    &- won - lost - pushed\ out - pulled\ out - owner\ out - shrunk - removed

for a period (deals expected to close in it) and any group, to the cent. Where deals are grouped by
something other than their owner, those that change group move in and out besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.periods import Period
from salespipe.pipeline import Pipeline

__all__ = ["MOVED_COLUMNS", "MOVEMENTS", "Waterfall", "waterfall"]

type Flags = npt.NDArray[np.bool_]
type Floats = npt.NDArray[np.float64]

MOVEMENTS: Final[dict[str, int]] = {
    "new": 1,
    "pulled_in": 1,
    "pushed_in": 1,
    "owner_in": 1,
    "moved_in": 1,
    "reopened": 1,
    "grown": 1,
    "won": -1,
    "lost": -1,
    "pushed_out": -1,
    "pulled_out": -1,
    "owner_out": -1,
    "moved_out": -1,
    "shrunk": -1,
    "removed": -1,
}
"""Each with its sign in the sum. *Pulled* is to an earlier expected close, *pushed* to a later one;
*moved* is from or to another stage or segment, where deals are grouped by those."""

MOVED_COLUMNS: Final = (n.DEAL_ID, n.ACCOUNT, n.DEAL_NAME, n.OWNER, n.SEGMENT, n.STAGE)
"""What is told of a deal beside its movement and amount."""


@dataclass(frozen=True)
class Waterfall:
    """How the open pipeline changed.

    Attributes
    ----------
    since, until : date
        At the ends of these days it is compared.
    by : tuple of str
        Columns that deals are grouped by, none for the whole.
    deals : DataFrame
        One row per deal and movement: :data:`MOVED_COLUMNS`, ``movement``, ``amount`` (money, above
        0 for a growth of any kind and for an exit alike; see :data:`MOVEMENTS` for the sign). A
        deal won at another amount than it had has two: the difference, and the amount it closed at.
    steps : DataFrame
        Columns `by`, ``movement``, ``amount``, ``count``: sums of `deals` in the order of
        :data:`MOVEMENTS`, without those of which there is none.
    opens : DataFrame
        Columns `by`, ``start``, ``end``: open amounts of each group at both ends, money.
    idle : DataFrame
        :data:`MOVED_COLUMNS` and ``amount`` of open deals in which nothing changed.
    """

    since: date
    until: date
    by: tuple[str, ...]
    deals: pd.DataFrame
    steps: pd.DataFrame
    opens: pd.DataFrame
    idle: pd.DataFrame

    @property
    def start(self) -> float:
        """Open amount at the beginning, money."""
        return float(self.opens["start"].sum())

    @property
    def end(self) -> float:
        """Open amount at the end, money."""
        return float(self.opens["end"].sum())

    def amounts(self) -> dict[str, float]:
        """Give the amount of every movement, 0 where there was none; money, not below 0."""
        sums = self.deals.groupby("movement")["amount"].sum()
        return {movement: float(sums.get(movement, 0.0)) for movement in MOVEMENTS}


def waterfall(
    start: Pipeline, end: Pipeline, *, period: Period | None = None, by: Sequence[str] = ()
) -> Waterfall:
    """Tell how the open pipeline changed from one day to another.

    One movement a deal: won or lost first, start removed, its owner, its period, its group, its
    amount. A deal leaves at its old amount and comes in at its new one; one that is won leaves at
    the amount it closed at, the difference being grown or shrunk before. A deal that came and
    closed in between comes in as new and leaves at once. Blank amounts count as 0.

    Parameters
    ----------
    start, end : Pipeline
        Of one workbook, as of two days.
    period : Period, optional
        Only deals expected to close in it; a closed one belongs to it by the day it closed.
    by : sequence of str
        Of ``owner``, ``segment``, ``stage``.

    Returns
    -------
    Waterfall
    """
    both = _Both.of(start, end, period, tuple(by))
    parts = [*both.stayed(), *both.left(), *both.entered(), *both.passed(pd.Timestamp(start.as_of))]
    deals = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    deals["movement"] = pd.Categorical(deals["movement"], list(MOVEMENTS), ordered=True)
    deals = deals.sort_values(
        ["movement", "amount"], ascending=[True, False], kind="stable", ignore_index=True
    ).astype({"movement": "str"})
    return Waterfall(
        since=start.as_of,
        until=end.as_of,
        by=tuple(by),
        deals=deals,
        steps=_steps(deals, list(by)),
        opens=both.opens(),
        idle=both.idle(),
    )


@dataclass(frozen=True)
class _Side:
    """The deals as they were at one end, in one common order."""

    there: Flags
    open: Flags
    won: Flags
    lost: Flags
    amount: Floats
    inside: Flags
    before: Flags
    closed_inside: Flags
    closed_on: "pd.Series[pd.Timestamp]"
    owner: "pd.Series[str]"
    group: pd.DataFrame
    told: pd.DataFrame


def _side(pipeline: Pipeline, ids: pd.Index, period: Period | None, by: tuple[str, ...]) -> _Side:
    deals = pipeline.deals.set_index(n.DEAL_ID).reindex(ids)
    outcome = deals[n.OUTCOME]
    due, closed = deals[n.EXPECTED_CLOSE_ON], deals[n.CLOSED_ON]
    everywhere = np.ones(len(ids), dtype=bool)
    if period is None:
        inside, before, closed_inside = everywhere, ~everywhere, everywhere
    else:
        begin, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
        inside = ((due >= begin) & (due < end)).to_numpy()
        before = (due < begin).to_numpy()
        closed_inside = ((closed >= begin) & (closed < end)).to_numpy()
    named = deals[list(dict.fromkeys([n.OWNER, *by]))].fillna(n.UNKNOWN)
    return _Side(
        there=outcome.notna().to_numpy(),
        open=(outcome == n.OPEN).to_numpy(),
        won=(outcome == n.WON).to_numpy(),
        lost=(outcome == n.LOST).to_numpy(),
        amount=deals[n.AMOUNT].fillna(0.0).to_numpy("float64"),
        inside=inside,
        before=before,
        closed_inside=closed_inside,
        closed_on=closed,
        owner=named[n.OWNER],
        group=named[list(by)],
        told=deals.reset_index()[list(MOVED_COLUMNS)].fillna({n.OWNER: n.UNKNOWN}),
    )


@dataclass(frozen=True)
class _Both:
    """The deals at both ends, and which of them moved how."""

    first: _Side
    last: _Side
    by: tuple[str, ...]
    was: Flags
    is_: Flags
    same: Flags
    handed: Flags

    @classmethod
    def of(
        cls, start: Pipeline, end: Pipeline, period: Period | None, by: tuple[str, ...]
    ) -> "_Both":
        ids = pd.Index(start.deals[n.DEAL_ID]).union(pd.Index(end.deals[n.DEAL_ID]))
        first, last = (_side(one, ids, period, by) for one in (start, end))
        owners = (first.owner != last.owner).to_numpy() & (n.OWNER in by)
        return cls(
            first,
            last,
            by,
            was=first.open & first.inside,
            is_=last.open & last.inside,
            same=(first.group == last.group).all(axis=1).to_numpy(),
            handed=owners & first.there & last.there,
        )

    def opens(self) -> pd.DataFrame:
        """Sum the open amounts of each group at both ends."""
        ends = [
            side.group.assign(amount=side.amount)[here].groupby(list(self.by))["amount"].sum()
            if self.by
            else pd.Series([side.amount[here].sum()])
            for side, here in ((self.first, self.was), (self.last, self.is_))
        ]
        table = pd.concat(ends, axis=1, keys=["start", "end"]).fillna(0.0)
        return pd.DataFrame(table.sort_index().reset_index(drop=not self.by))

    def idle(self) -> pd.DataFrame:
        here = self.was & self.is_ & self.same & (self.first.amount == self.last.amount)
        rows: pd.DataFrame = self.last.told.assign(amount=self.last.amount)[here]
        return rows.reset_index(drop=True)

    def stayed(self) -> list[pd.DataFrame]:
        """Of deals that were in and are: their change of amount."""
        return self._changed(self.first, self.was & self.is_ & self.same)

    def left(self) -> list[pd.DataFrame]:
        """Of deals that were in and are not: why."""
        gone = self.was & ~(self.is_ & self.same)
        first, last = self.first, self.last
        why = np.select(
            [last.won, last.lost, ~last.there, self.handed, last.before, ~last.inside],
            ["won", "lost", "removed", "owner_out", "pulled_out", "pushed_out"],
            default="moved_out",
        )
        amount = np.where(last.won, last.amount, first.amount)
        return [
            *self._changed(first, gone & last.won),
            self._rows(first, gone, why, amount),
        ]

    def entered(self) -> list[pd.DataFrame]:
        """Of deals that are in and were not: why."""
        came = self.is_ & ~(self.was & self.same)
        first, last = self.first, self.last
        why = np.select(
            [~first.there, ~first.open, self.handed, first.before, ~first.inside],
            ["new", "reopened", "owner_in", "pushed_in", "pulled_in"],
            default="moved_in",
        )
        return [self._rows(last, came, why, last.amount)]

    def passed(self, since: pd.Timestamp) -> list[pd.DataFrame]:
        """Of deals that came in and closed in between: both, at the amount they closed at."""
        first, last = self.first, self.last
        closed = (last.won | last.lost) & last.closed_inside & ~self.was
        again = first.there & ~first.open & (last.closed_on > since).to_numpy()
        due_elsewhere = first.open & ~first.inside & last.won
        came = closed & (~first.there | again | due_elsewhere)
        why = np.select(
            [~first.there, ~first.open, first.before], ["new", "reopened", "pushed_in"], "pulled_in"
        )
        out = np.where(last.won, "won", "lost")
        return [self._rows(last, came, way, last.amount) for way in (why, out)]

    def _changed(self, side: _Side, here: Flags) -> list[pd.DataFrame]:
        more = self.last.amount - self.first.amount
        return [
            self._rows(side, here & (more > 0), np.full(len(more), "grown"), more),
            self._rows(side, here & (more < 0), np.full(len(more), "shrunk"), -more),
        ]

    def _rows(
        self, side: _Side, here: Flags, why: npt.NDArray[np.str_], amount: Floats
    ) -> pd.DataFrame:
        rows = side.told.assign(movement=why, amount=amount)
        for key in self.by:  # blanks have a name there
            rows[key] = side.group[key].to_numpy()
        return rows[here]


def _steps(deals: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    sums = deals.assign(place=deals["movement"].map({key: at for at, key in enumerate(MOVEMENTS)}))
    steps = sums.groupby([*by, "place", "movement"], as_index=False).agg(
        amount=("amount", "sum"), count=("amount", "size")
    )
    return steps.drop(columns="place").astype({"amount": "float64", "count": "int64"})
