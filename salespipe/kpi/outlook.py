"""Outlook: chances of reaching the quotas to come, and the open amount that would be needed."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from salespipe.kpi.attainment import NAME as ATTAINMENT
from salespipe.kpi.coverage import ASKED, NO_QUOTA
from salespipe.kpi.coverage import NAME as COVERAGE
from salespipe.kpi.intervals import Estimate, unknown
from salespipe.kpi.measure import Measure, Row, tidy

__all__ = ["outlook"]

CHANCE = "The team's is neither the product nor the mean of its owners'."
NEEDED = "More of the same: deals that are younger, or due later, bring less of it in time."

DRAWN = "none: a share of simulated futures"
NONE_DOES = "new business and what is won leave more to win than any such deals would bring"
ALREADY = "what is won and new business suffice"


def outlook(
    periods: pd.DataFrame, owners: pd.DataFrame, needed: pd.DataFrame, *, draws: int
) -> pd.DataFrame:
    """Put what a forecast says of the quotas to come into rows of the KPI review.

    Parameters
    ----------
    periods, owners : DataFrame
        Columns :data:`salespipe.results.PERIOD_COLUMNS` and
        :data:`salespipe.results.GROUP_COLUMNS`.
    needed : DataFrame
        ``by`` (total or owner), ``group``, ``deals`` that are open, and ``needed``: the open
        amount with which the quota of the whole horizon would be reached with a chance of
        :data:`salespipe.kpi.coverage.ASKED`; money, infinite where none would do.
    draws : int
        Simulated futures.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.KPI_COLUMNS`: the team's chance over the whole horizon,
        each owner's, and the team's by month and quarter; then the open amounts needed.
    """
    if periods.empty:
        return tidy([])
    every = periods.to_dict("records")
    whole = next(row for row in every if row["kind"] == "total")
    told = owners.to_dict("records")
    rows = [_chance(whole, draws)]
    rows += [_chance(row, draws, by="owner", group=str(row["group"])) for row in told]
    rows += [
        _chance(row, draws, by=str(row["kind"]), group=str(row["period"]))
        for row in every
        if row is not whole
    ]
    targets = {("owner", str(row["group"])): row["target"] for row in told}
    targets["total", ""] = whole["target"]
    for row in needed.to_dict("records"):
        by, group = str(row["by"]), str(row["group"])
        amount = _amount(row["needed"], targets.get((by, group), np.nan), row["deals"])
        rows.append(_needed(_span(whole)).row(amount, by=by, group=group))
    return tidy(rows)


def _span(row: Mapping[Hashable, Any]) -> str:
    return f"{row['start']:%Y-%m-%d} to {row['end'] - pd.Timedelta(days=1):%Y-%m-%d}"


def _chance(row: Mapping[Hashable, Any], draws: int, *, by: str = "total", group: str = "") -> Row:
    population = f"all deals, those yet to be created among them, {_span(row)}"
    measure = Measure(ATTAINMENT, "chance of reaching the quota", "share", population, CHANCE)
    chance = row["p_target"]
    if np.isnan(chance):
        return measure.row(unknown(NO_QUOTA), by=by, group=group)
    return measure.row(Estimate(chance, np.nan, np.nan, draws, DRAWN), by=by, group=group)


def _needed(span: str) -> Measure:
    return Measure(
        COVERAGE,
        f"open amount needed for a chance of {100 * ASKED:.0f} % of the quota, by the forecast",
        "money",
        f"open deals like those of today, and new business, {span}",
        NEEDED,
    )


def _amount(needed: float, target: float, deals: int) -> Estimate:
    if np.isnan(target):
        return unknown(NO_QUOTA, n=deals)
    if not np.isfinite(needed):
        return unknown(NONE_DOES, n=deals)
    note = "" if needed > 0 else ALREADY
    return Estimate(needed, np.nan, np.nan, deals, DRAWN, note)
