"""Activity volume: touches per owner and working week, per open deal and per won deal."""

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import FEWEST, Estimate, quantile, ratio, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import Scope, month_of
from salespipe.tables import look_up

__all__ = ["activity_volumes"]

NAME = "Activity volume"
PER_WEEK = "An empty log is not idleness: what is not logged counts as not done."
PER_DEAL = "More touches on better deals is selection, not cause."

Floats = npt.NDArray[np.float64]

WEEK = "week"
NOT_LOGGED = "activities are not logged"

TYPES = 8
"""Most frequent types of activity that have a row of their own; the rest share one."""


def activity_volumes(scope: Scope) -> list[Row]:
    """Make the rows of the activity volume.

    Weeks are whole weeks, Monday to Sunday, inside the window and since the log began. An owner's
    weeks run from the first to the last day on which a deal or an activity of theirs is known, and
    those without a touch count as 0.
    """
    log = _log(scope)
    return [
        *_per_week(scope, log),
        *_per_deal(scope, log, n.OPEN),
        *_per_deal(scope, log, n.WON),
        *_since_last(scope, log),
    ]


def _log(scope: Scope) -> pd.DataFrame:
    """Give the activities, each with an owner: its own or else its deal's."""
    activities = scope.pipeline.activities
    activities = activities[activities[n.ACTIVITY_ON].notna()]
    owners = scope.deals.drop_duplicates(n.DEAL_ID).set_index(n.DEAL_ID)[n.OWNER]
    own = activities[n.OWNER].fillna(look_up(activities[n.DEAL_ID], owners)).fillna(n.UNKNOWN)
    return activities.assign(
        **{n.OWNER: own, WEEK: activities[n.ACTIVITY_ON].dt.to_period("W-SUN").dt.start_time}
    )


def _per_week(scope: Scope, log: pd.DataFrame) -> list[Row]:
    weeks = _weeks(scope, log)
    population = f"whole weeks in {scope.window.text}, weeks without a touch kept"
    measure = Measure(NAME, "touches per owner and working week", "number", population, PER_WEEK)
    reason = NOT_LOGGED if log.empty else "no whole week of logged activities yet"
    if not len(weeks):
        return [measure.row(unknown(reason))]
    in_weeks = log[log[WEEK].isin(weeks)]
    if in_weeks.empty:
        return [measure.row(unknown("activities are not logged in the window"))]
    if weeks[0] > scope.window.start + pd.Timedelta(days=6):
        measure = replace(measure, population=f"{population}; logged since {weeks[0]:%Y-%m-%d}")
    grid = _grid(scope, log, weeks)
    nobody = int((in_weeks[n.OWNER] == n.UNKNOWN).sum())
    note = f"touches without an owner left out: {nobody}" if nobody else ""
    if grid.empty:
        return [measure.row(unknown(note or "no owner is named"))]
    months = [month for month in scope.window.months if month in set(grid[n.MONTH])]
    # Where each touch stands in the grid; nowhere if its owner is not named.
    cells = pd.MultiIndex.from_frame(grid[[n.OWNER, WEEK]])
    place = cells.get_indexer(pd.MultiIndex.from_frame(in_weeks[[n.OWNER, WEEK]]))
    starts = grid[WEEK].to_numpy().astype(np.int64)
    rows = tabulate(
        measure,
        grid,
        partial(_weekly, note=note),
        [_count(place, grid), starts],
        window=replace(scope.window, months=tuple(months)),
        groups=(n.OWNER,),
    )
    kinds = in_weeks[n.ACTIVITY_TYPE].fillna(n.UNKNOWN)
    top = kinds.value_counts().index[:TYPES]
    kinds = kinds.where(kinds.isin(top), "other types")
    for kind in sorted(kinds.unique()):
        typed = replace(measure, definition=f"{kind}: {measure.definition}")
        here = place[(kinds == kind).to_numpy(bool)]
        rows.append(typed.row(_weekly(_count(here, grid), starts)))
    return rows


def _weeks(scope: Scope, log: pd.DataFrame) -> pd.DatetimeIndex:
    """List the Mondays of the whole weeks in the window since the log began."""
    if log.empty:
        return pd.DatetimeIndex([])
    first = max(scope.window.start, log[WEEK].min())
    return pd.date_range(first, scope.window.end - pd.Timedelta(days=7), freq="W-MON", unit="us")


def _grid(scope: Scope, log: pd.DataFrame, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """Pair every owner with the weeks between the first and the last trace of them."""
    deals = scope.deals
    last = deals[n.CLOSED_ON].fillna(pd.Timestamp(scope.pipeline.as_of))
    traces = pd.concat(
        [
            pd.DataFrame({n.OWNER: deals[n.OWNER], "day": deals[n.CREATED_ON]}),
            pd.DataFrame({n.OWNER: deals[n.OWNER], "day": last}),
            pd.DataFrame({n.OWNER: log[n.OWNER], "day": log[n.ACTIVITY_ON]}),
        ]
    )
    spans = traces[traces[n.OWNER] != n.UNKNOWN].groupby(n.OWNER)["day"].agg(["min", "max"])
    grid = spans.reset_index().merge(pd.DataFrame({WEEK: weeks}), how="cross")
    grid = grid[(grid[WEEK] + pd.Timedelta(days=6) >= grid["min"]) & (grid[WEEK] <= grid["max"])]
    return grid[[n.OWNER, WEEK]].assign(**{n.MONTH: month_of(grid[WEEK])})


def _count(place: npt.NDArray[np.intp], grid: pd.DataFrame) -> Floats:
    return np.bincount(place[place >= 0], minlength=len(grid)).astype(np.float64)


def _weekly(touches: Floats, weeks: npt.NDArray[np.int64], *, note: str = "") -> Estimate:
    """Estimate touches per owner-week.

    Whole weeks are resampled, since owners share holidays; a month has too few of them, so that
    there owner-weeks are.
    """
    found, here, owners = np.unique(weeks, return_inverse=True, return_counts=True)
    if len(found) >= FEWEST:
        by_week = np.bincount(here, touches)
        estimate, what = ratio(by_week, owners.astype(np.float64), note=note), "weeks"
    else:
        estimate, what = ratio(touches, note=note), "owner-weeks"
    return replace(estimate, n=len(touches), interval=f"{estimate.interval} over {what}")


def _per_deal(scope: Scope, log: pd.DataFrame, outcome: str) -> list[Row]:
    deals = scope.closed if outcome == n.WON else scope.deals
    deals = deals[deals[n.OUTCOME] == outcome]
    where = f"in {scope.window.text}" if outcome == n.WON else f"on {scope.pipeline.as_of}"
    population = f"deals {outcome} {where}, created since the log began"
    measure = Measure(NAME, f"touches per {outcome} deal", "number", population, PER_DEAL)
    named = log[log[n.DEAL_ID].notna()]
    if named.empty:
        return [measure.row(unknown(_silent(log)))]
    deals = deals[deals[n.CREATED_ON] >= log[n.ACTIVITY_ON].min()]
    touches = named[[n.DEAL_ID, n.ACTIVITY_ON]].merge(deals[[n.DEAL_ID, n.CLOSED_ON]], on=n.DEAL_ID)
    before = touches[~(touches[n.ACTIVITY_ON] > touches[n.CLOSED_ON])]
    counts = look_up(deals[n.DEAL_ID], before.groupby(n.DEAL_ID).size()).fillna(0)
    return tabulate(
        measure,
        deals,
        _touches,
        [counts.to_numpy("float64")],
        window=scope.window if outcome == n.WON else None,
    )


def _touches(touches: Floats) -> Estimate:
    return ratio(touches) if len(touches) else unknown("no such deal")


def _since_last(scope: Scope, log: pd.DataFrame) -> list[Row]:
    """Make the rows of the days since the last touch; before the first one, since creation."""
    deals = scope.deals[scope.deals[n.OUTCOME] == n.OPEN]
    population = f"deals open on {scope.pipeline.as_of}, one never touched since its creation"
    measure = Measure(NAME, "median days since the last touch", "days", population, PER_WEEK)
    named = log[log[n.DEAL_ID].notna()]
    if named.empty:
        return [measure.row(unknown(_silent(log)))]
    last = look_up(deals[n.DEAL_ID], named.groupby(n.DEAL_ID)[n.ACTIVITY_ON].max())
    days = (pd.Timestamp(scope.pipeline.as_of) - last.fillna(deals[n.CREATED_ON])).dt.days

    def estimate(days: Floats) -> Estimate:
        return quantile(days[~np.isnan(days)], 0.5)

    return tabulate(measure, deals, estimate, [days.to_numpy("float64", na_value=np.nan)])


def _silent(log: pd.DataFrame) -> str:
    """Say why touches cannot be told by deal."""
    return NOT_LOGGED if log.empty else "activities do not name their deal"
