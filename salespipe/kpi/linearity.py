"""Linearity: how much of a quarter's revenue comes at its end."""

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, ratio, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import Scope

__all__ = ["linearities"]

NAME = "Linearity"
TRAP = "Revenue spread evenly would give {even}; one large deal at the end can be all of it."

LAST_DAYS = 7


def linearities(scope: Scope) -> list[Row]:
    """Make the rows: the share of a full quarter's revenue in its last month and last week."""
    quarters = scope.window.full_quarters
    won = scope.closed[(scope.closed[n.OUTCOME] == n.WON) & (scope.closed[n.AMOUNT] > 0)]
    won = won[won[n.MONTH].isin([label for months in quarters.values() for label in months])]
    last_month = won[n.MONTH].isin([months[-1] for months in quarters.values()])
    ends = won[n.CLOSED_ON].dt.to_period("M").dt.end_time.dt.normalize()
    last_week = last_month & ((ends - won[n.CLOSED_ON].dt.normalize()).dt.days < LAST_DAYS)
    population = f"deals won in the full quarters of {scope.window.text}"
    rows: list[Row] = []
    for what, late, even in (
        ("month", last_month, "33 %"),
        ("week", last_week, "8 %"),
    ):
        definition = f"revenue of the last {what} of the quarter / revenue of the quarter"
        measure = Measure(NAME, definition, "share", population, TRAP.format(even=even))
        counted = won.assign(late=late.to_numpy(bool))
        rows.append(measure.row(_late(counted)))
        rows += [
            measure.row(_late(counted[counted[n.MONTH].isin(months)]), by="quarter", group=label)
            for label, months in quarters.items()
        ]
    return rows


def _late(won: pd.DataFrame) -> Estimate:
    if won.empty:
        return unknown("no deal was won in a full quarter")
    amounts = won[n.AMOUNT].to_numpy(np.float64)
    return ratio(amounts * won["late"].to_numpy(bool), amounts)
