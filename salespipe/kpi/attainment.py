"""Quota attainment: what was won over what was to be won, and the gap between them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import Scope
from salespipe.targets import owner_quotas, team_quotas

__all__ = ["attainments"]

NAME = "Quota attainment"
TRAP = "The team's is a quotient of sums, not the mean of its owners'; small quotas swing most."
GAP = "A gap at the end of a period is a fact; during it much is still to come."

COUNTED = "none: a count of what happened"


class _Months(NamedTuple):
    """Sum and number of won deals, and the quota where there is one, by month."""

    won: dict[str, float]
    counts: dict[str, int]
    quotas: dict[str, float]

    def among(self, labels: Iterable[str]) -> "_Months":
        """Give those of some months."""
        return self._replace(quotas={one: self.quotas[one] for one in labels if one in self.quotas})

    @property
    def sums(self) -> tuple[float, float, int]:
        """What was won, what was to be won, and the deals, in the months that have a quota."""
        return (
            sum(self.won.get(label, 0.0) for label in self.quotas),
            sum(self.quotas.values()),
            sum(self.counts.get(label, 0) for label in self.quotas),
        )


def attainments(scope: Scope) -> list[Row]:
    """Make the rows of the attainment and of the gap: team, owners, quarters, months."""
    targets = scope.pipeline.targets
    won = scope.closed[scope.closed[n.OUTCOME] == n.WON]
    where = f"full months with a quota in {scope.window.text}"
    rate = Measure(NAME, "won / quota", "share", where, TRAP)
    gap = Measure(NAME, "quota less won", "money", where, GAP)
    team = _by_month(won, team_quotas(targets), scope)
    if not team.quotas and targets.empty:
        return [rate.row(unknown("the Targets sheet has no quota"))]
    groups = [("total", "", team)]
    for owner in sorted(targets[n.OWNER].dropna().unique()):
        quotas = owner_quotas(targets, owner=owner)
        groups.append(("owner", owner, _by_month(won[won[n.OWNER] == owner], quotas, scope)))
    for label, months in scope.window.quarters.items():
        groups.append(("quarter", label, team.among(months)))
    groups += [("month", label, team.among([label])) for label in scope.window.months]
    return [
        measure.row(estimate(months), by=by, group=group)
        for measure, estimate in ((rate, _attained), (gap, _gap))
        for by, group, months in groups
    ]


def _by_month(won: pd.DataFrame, quotas: pd.Series, scope: Scope) -> _Months:
    """Set won deals beside the quotas of the window's full months."""
    by_month = won.groupby(n.MONTH)[n.AMOUNT].agg(["sum", "size"])
    labels = by_month.index.tolist()
    amounts = dict(zip(labels, by_month["sum"].tolist(), strict=True))
    counts = dict(zip(labels, by_month["size"].tolist(), strict=True))
    months = pd.DatetimeIndex(quotas.index).strftime("%Y-%m").tolist()
    known = _Months(amounts, counts, dict(zip(months, quotas.tolist(), strict=True)))
    return known.among(scope.window.months)


def _attained(months: _Months) -> Estimate:
    won, quota, count = months.sums
    if not quota > 0:
        return unknown("no quota")
    return Estimate(won / quota, np.nan, np.nan, count, COUNTED)


def _gap(months: _Months) -> Estimate:
    won, quota, count = months.sums
    if not months.quotas:
        return unknown("no quota")
    return Estimate(quota - won, np.nan, np.nan, count, COUNTED)
