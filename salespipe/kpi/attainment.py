"""Quota attainment: what was won over what was to be won, and the gap between them."""

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


def attainments(scope: Scope) -> list[Row]:
    """Make the rows of the attainment and of the gap: team, owners, quarters, months."""
    targets = scope.pipeline.targets
    won = scope.closed[scope.closed[n.OUTCOME] == n.WON]
    where = f"full months with a quota in {scope.window.text}"
    rate = Measure(NAME, "won / quota", "share", where, TRAP)
    gap = Measure(NAME, "quota less won", "money", where, GAP)
    team = _by_label(team_quotas(targets), scope)
    if team.empty and targets.empty:
        return [rate.row(unknown("the Targets sheet has no quota"))]
    groups = [("total", "", won, team)]
    for owner in sorted(targets[n.OWNER].dropna().unique()):
        quotas = _by_label(owner_quotas(targets, owner=owner), scope)
        groups.append(("owner", owner, won[won[n.OWNER] == owner], quotas))
    for label, months in scope.window.quarters.items():
        groups.append(("quarter", label, won, team[team.index.isin(months)]))
    groups += [("month", label, won, team[team.index == label]) for label in scope.window.months]
    return [
        measure.row(estimate(deals, quotas), by=by, group=group)
        for measure, estimate in ((rate, _attained), (gap, _gap))
        for by, group, deals, quotas in groups
    ]


def _by_label(quotas: pd.Series, scope: Scope) -> pd.Series:
    """Give the quotas of the window's full months by their labels."""
    labelled = quotas.set_axis(pd.DatetimeIndex(quotas.index).strftime("%Y-%m"))
    return labelled[labelled.index.isin(scope.window.months)]


def _sums(deals: pd.DataFrame, quotas: pd.Series) -> tuple[float, float, int]:
    counted = deals[deals[n.MONTH].isin(quotas.index)]
    return float(counted[n.AMOUNT].sum()), float(quotas.sum()), len(counted)


def _attained(deals: pd.DataFrame, quotas: pd.Series) -> Estimate:
    won, quota, count = _sums(deals, quotas)
    if not quota > 0:
        return unknown("no quota")
    return Estimate(won / quota, np.nan, np.nan, count, COUNTED)


def _gap(deals: pd.DataFrame, quotas: pd.Series) -> Estimate:
    won, quota, count = _sums(deals, quotas)
    if quotas.empty:
        return unknown("no quota")
    return Estimate(quota - won, np.nan, np.nan, count, COUNTED)
