"""Coverage: the open amount over what is still to be won, and what coverage this firm needs."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import FEWEST, Estimate, quantile, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import ONE_DAY, Scope
from salespipe.kpi.snapshots import NO_LOG, MonthStart, month_starts
from salespipe.periods import Period, months_after, quarter
from salespipe.targets import owner_quotas, quota_of, team_quotas

__all__ = ["coverages"]

NAME = "Coverage"
TRAP = "The open amount counts in full whatever its chances; compare it with the coverage needed."
NEEDED = "Not 1 / win rate: what is pulled in, created and slips within the month enters as well."

LEVELS = (0.5, 0.8, 0.9)
"""Chances of reaching the target for which the needed coverage is told."""

ASKED = 0.8
"""The one of them for which the open amount needed is told as money."""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

REACHED = "the quota is reached"
NO_QUOTA = "no quota"


class _Due(NamedTuple):
    """What deals have to do with a period.

    Attributes
    ----------
    won : array, shape (n,)
        Amount won in it; 0 of all others.
    amounts : array, shape (n,)
        Amount of those open and due in it; NaN of all others, and where it is not known.
    overdue : array of bool, shape (n,)
        Those open that were due before.
    """

    won: Floats
    amounts: Floats
    overdue: Flags

    def of(self, own: Flags) -> "_Due":
        """Give one owner's."""
        return _Due(self.won[own], self.amounts[own], self.overdue[own])


def coverages(scope: Scope) -> list[Row]:
    """Make the rows: coverage of the month and the quarter to come, and the coverage needed."""
    rows: list[Row] = []
    targets = scope.pipeline.targets
    team_has = team_quotas(targets)
    each_has = {
        owner: (owner_quotas(targets, owner=owner), (scope.deals[n.OWNER] == owner).to_numpy(bool))
        for owner in sorted(targets[n.OWNER].dropna().unique())
    }
    for period in _periods(scope):
        measure = Measure(
            NAME,
            f"open amount due in the {period.kind} / (quota less won so far)",
            "number",
            f"open deals expected to close by the end of {period.label}",
            TRAP,
        )
        due = _due(period, scope.deals)
        rows.append(measure.row(_covered(due, _left(period, team_has, due))))
        for owner, (quotas, own) in each_has.items():
            of_owner = due.of(own)
            found = _covered(of_owner, _left(period, quotas, of_owner))
            rows.append(measure.row(found, by="owner", group=owner))
    return [*rows, *_needed(scope, team_has)]


def _periods(scope: Scope) -> tuple[Period, Period]:
    """Give the month that holds the day after the as-of date, and its quarter."""
    month = months_after(scope.pipeline.as_of, 1)[0]
    first = scope.pipeline.settings.fiscal_year_start
    return month, quarter(month.start, fiscal_year_start=first)


def _due(period: Period, deals: pd.DataFrame) -> _Due:
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    closed, expected, amounts = deals[n.CLOSED_ON], deals[n.EXPECTED_CLOSE_ON], deals[n.AMOUNT]
    won = (deals[n.OUTCOME] == n.WON) & (closed >= start) & (closed < end)
    pending = deals[n.OUTCOME] == n.OPEN
    # What is overdue may still close: it is due in the period that runs.
    return _Due(
        won=amounts.where(won).to_numpy("float64", na_value=0.0),
        amounts=amounts.where(pending & (expected < end)).to_numpy("float64", na_value=np.nan),
        overdue=(pending & (expected < start)).to_numpy(bool),
    )


def _left(period: Period, quotas: pd.Series, due: _Due) -> float:
    """Give what is still to be won in a period; NaN without a quota."""
    count = 3 if period.kind == "quarter" else 1
    quota = quota_of(quotas, months_after(period.start - ONE_DAY, count))
    return quota - float(due.won.sum())


def _covered(due: _Due, left: float) -> Estimate:
    amounts = due.amounts[due.amounts > 0]
    if not left > 0:
        return unknown(NO_QUOTA if np.isnan(left) else REACHED, n=len(amounts))
    note = f"{due.overdue.sum()} overdue ones among them" if due.overdue.any() else ""
    value = float(amounts.sum()) / left
    return Estimate(value, np.nan, np.nan, len(amounts), "none: a sum, not an estimate", note)


def _needed(scope: Scope, quotas: pd.Series) -> list[Row]:
    """Make the rows of the coverage needed, and of the open amount that it asks for.

    A month that began with an open amount D due in it and brought W would have reached any target
    up to W; so a target of D / c is reached with probability p where 1 / c is the quantile 1 - p
    of W / D.
    """
    brought = np.array([_brought(scope, month) for month in month_starts(scope)], dtype=np.float64)
    brought = brought[np.isfinite(brought)]
    population = "past months that the change log saw begin"
    month = _periods(scope)[0]
    left = _left(month, quotas, _due(month, scope.deals))
    rows: list[Row] = []
    for level in LEVELS:
        chance = f"for a chance of {100 * level:.0f} % of the"
        words = f"coverage needed at a month's start {chance} target"
        needed = _quantile(brought, level)
        rows.append(Measure(NAME, words, "number", population, NEEDED).row(needed))
        if level == ASKED:
            words = f"open amount needed {chance} quota"
            where = f"{population}; the quota of {month.label}, less won so far"
            rows.append(Measure(NAME, words, "money", where, NEEDED).row(_times(needed, left)))
    return rows


def _brought(scope: Scope, month: MonthStart) -> float:
    """Give what a month brought in all over the open amount that was due in it at its start."""
    deals = month.deals
    due = deals.loc[deals[n.EXPECTED_CLOSE_ON] < month.end, n.AMOUNT].sum()
    won = scope.deals[scope.deals[n.OUTCOME] == n.WON]
    inside = (won[n.CLOSED_ON] >= month.start) & (won[n.CLOSED_ON] < month.end)
    return float(won.loc[inside, n.AMOUNT].sum() / due) if due > 0 else float("nan")


def _quantile(brought: npt.NDArray[np.float64], level: float) -> Estimate:
    if not len(brought):
        return unknown(NO_LOG)
    if len(brought) < FEWEST:
        return unknown(f"only {len(brought)} months are known", n=len(brought))
    found = quantile(brought, 1 - level)
    value, low, high = (1 / x if x > 0 else np.nan for x in (found.value, found.high, found.low))
    if np.isnan(value):
        return unknown("a month brought nothing", n=len(brought))
    return Estimate(value, low, high, found.n, found.interval, found.note)


def _times(needed: Estimate, left: float) -> Estimate:
    if np.isnan(needed.value):
        return needed
    if not left > 0:
        return unknown(NO_QUOTA if np.isnan(left) else REACHED, n=needed.n)
    low, high = needed.low * left, needed.high * left
    return Estimate(needed.value * left, low, high, needed.n, needed.interval, needed.note)
