"""Time in stage: days that deals stay in each stage, by the calendar and by business days."""

from functools import partial

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.kpi.entries import entries, unrecorded, waits
from salespipe.kpi.intervals import Estimate, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import Scope
from salespipe.kpi.survival import survive
from salespipe.stages import open_stages

__all__ = ["business_days", "stage_times"]

NAME = "Time in stage"
TRAP = "Averages over stages do not add up to the cycle: few deals pass through all of them."
WORKING = "Weekends are left out, public holidays are not."

QUANTILES = ((0.5, "median"), (0.8, "80th percentile"))


def stage_times(scope: Scope) -> list[Row]:
    """Make the rows of the time in stage; a stay not over yet lasts at least so long."""
    reason = unrecorded(scope)
    stays = entries(scope)
    population = f"stays begun in {scope.window.text}, those not over censored"
    rows: list[Row] = []
    for stage in open_stages(scope.pipeline.stages):
        here = stays[stays[n.STAGE] == stage.name]
        for q, word in QUANTILES:
            for kind, trap, of in (
                ("calendar days", TRAP, partial(_calendar, scope, q=q)),
                ("business days", WORKING, partial(_working, scope, q=q)),
            ):
                measure = Measure(
                    NAME, f"{word} of {kind} (Kaplan-Meier)", "days", population, trap
                )
                found = unknown(reason, n=len(here)) if reason else of(here)
                rows.append(measure.row(found, by="stage", group=stage.name))
    return rows


def business_days(first: pd.Series, last: pd.Series) -> np.ndarray:
    """Count the days from Monday to Friday from a day up to, not with, another; both known."""
    return np.busday_count(first.to_numpy("datetime64[D]"), last.to_numpy("datetime64[D]")).astype(
        np.float64
    )


def _calendar(scope: Scope, stays: pd.DataFrame, *, q: float) -> Estimate:
    return waits(scope, stays).quantile(q)


def _working(scope: Scope, stays: pd.DataFrame, *, q: float) -> Estimate:
    left = stays[n.LEFT_ON].fillna(pd.Timestamp(scope.pipeline.as_of))
    days = business_days(stays[n.ENTERED_ON], left)
    return survive(days, ended=stays[n.LEFT_ON].notna().to_numpy(bool)).quantile(q)
