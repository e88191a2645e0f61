"""Stage conversion: what became of the deals that entered a stage."""

import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, share, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import Scope, days_in, month_of
from salespipe.kpi.survival import Survival, survive
from salespipe.stages import open_stages
from salespipe.tables import look_up

__all__ = ["conversions"]

NAME = "Stage conversion"
TRAP = (
    "The ratio of today's counts in neighbouring stages measures how long deals stay, and leaving "
    "lost deals out tends to 100 %; here every deal that entered counts."
)
EVENTUAL = "Assumes that those still there will go on as others of their age have gone."
YOUNG = "Entries still there have not decided yet: read it beside the rate with them censored."

FATE = "fate"
ON, BACK, STILL, GONE = "on", "back", "still", "gone"
FATES = (
    (ON, "went on (to a later stage or won)"),
    (n.LOST, "were lost"),
    (BACK, "went back"),
    (STILL, "are still there"),
)

STRAIGHT_SHARE = 0.5
"""Share of won deals without a second stage from which on stage dates are taken to be missing."""


def conversions(scope: Scope) -> list[Row]:
    """Make the rows of the stage conversion, one stage after the other.

    The share that went on is broken down by owner, segment and month of entry too; what follows
    each stage is listed as a from-to matrix, in which skipped stages and returns are seen.
    """
    stays = _entries(scope)
    reason = _not_recorded(scope)
    rows: list[Row] = []
    for stage in open_stages(scope.pipeline.stages):
        here = stays[stays[n.STAGE] == stage.name]
        if reason:
            measure = _measure(scope, f"went on from {stage.name}")
            rows.append(measure.row(unknown(reason, n=len(here)), by="stage", group=stage.name))
        else:
            rows += _of_stage(scope, stage.name, here)
    return rows


def _entries(scope: Scope) -> pd.DataFrame:
    """Give the stays begun in the window, with their fate and the deal's owner and segment."""
    steps = [stage.name for stage in open_stages(scope.pipeline.stages)]
    order = pd.Series(range(len(steps)), index=steps, dtype="float64")
    stays = scope.pipeline.stays
    stays = stays[scope.window.holds(stays[n.ENTERED_ON])]
    deals = scope.deals.drop_duplicates(n.DEAL_ID).set_index(n.DEAL_ID)
    here, there = look_up(stays[n.STAGE], order), look_up(stays[n.NEXT_STAGE], order)
    fate = pd.Series(GONE, index=stays.index, dtype="str")
    fate = fate.mask(there < here, BACK).mask(stays[n.NEXT_STAGE] == n.LOST, n.LOST)
    fate = fate.mask((there > here) | (stays[n.NEXT_STAGE] == n.WON), ON)
    fate = fate.mask(stays[n.LEFT_ON].isna(), STILL)
    return stays.assign(
        **{
            FATE: fate,
            n.OWNER: look_up(stays[n.DEAL_ID], deals[n.OWNER]).fillna(n.UNKNOWN),
            n.SEGMENT: look_up(stays[n.DEAL_ID], deals[n.SEGMENT]).fillna(n.UNKNOWN),
            n.MONTH: month_of(stays[n.ENTERED_ON]),
        }
    )


def _not_recorded(scope: Scope) -> str:
    """Say why stage dates cannot be relied on, or nothing.

    A closed deal without stage dates looks like one that went straight from the first stage to
    its end, which would read as a conversion.
    """
    steps = [stage.name for stage in open_stages(scope.pipeline.stages)]
    stays = scope.pipeline.stays
    if len(steps) == 1:
        return ""
    if not stays[n.NEXT_STAGE].isin(steps).any():
        return "stage dates are not recorded"
    recent = scope.deals[scope.deals[n.CREATED_ON] >= scope.window.start]
    won = recent.loc[recent[n.OUTCOME] == n.WON, n.DEAL_ID]
    visited = look_up(won, stays.groupby(n.DEAL_ID)[n.STAGE].nunique()).fillna(0)
    straight = int((visited < 2).sum())
    if straight > STRAIGHT_SHARE * len(won):
        return f"stage dates are missing for {straight} of {len(won)} won deals"
    return ""


def _measure(scope: Scope, definition: str, trap: str = TRAP) -> Measure:
    population = f"entries into the stage in {scope.window.text}"
    return Measure(NAME, definition, "share", population, trap)


def _of_stage(scope: Scope, stage: str, stays: pd.DataFrame) -> list[Row]:
    rows = [
        _measure(scope, words, YOUNG if fate == ON else TRAP).row(
            _fraction(stays, FATE, fate), by="stage", group=stage
        )
        for fate, words in FATES
    ]
    eventual = _measure(scope, "went on in the end, those still there censored", EVENTUAL)
    waits = _waits(scope, stays)
    last = waits.days[-1] if len(waits.days) else 0.0
    rows.append(eventual.row(waits.share_by(last), by="stage", group=stage))
    for target in sorted(stays[n.NEXT_STAGE].dropna().unique(), key=_order(scope).__getitem__):
        measure = _measure(scope, f"next is {target}")
        rows.append(measure.row(_fraction(stays, n.NEXT_STAGE, target), by="stage", group=stage))
    broken_down = tabulate(
        _measure(scope, f"went on from {stage}", YOUNG),
        stays,
        lambda part: _fraction(part, FATE, ON),
        months=scope.window.months,
        remarks=scope.unripe_after(waits.quantile(0.5).value, f"stay in {stage}"),
    )
    return rows + broken_down[1:]


def _fraction(stays: pd.DataFrame, key: str, value: str) -> Estimate:
    if stays.empty:
        return unknown("no deal entered")
    gone = int((stays[FATE] == GONE).sum())
    note = f"{gone} left for an unknown stage" if gone else ""
    return share(int((stays[key] == value).sum()), len(stays), note=note)


def _order(scope: Scope) -> dict[str, int]:
    steps = [stage.name for stage in open_stages(scope.pipeline.stages)]
    return {name: place for place, name in enumerate([*steps, n.WON, n.LOST])}


def _waits(scope: Scope, stays: pd.DataFrame) -> Survival:
    """Follow the entries until they left, or to the as-of date."""
    left = stays[n.LEFT_ON].fillna(pd.Timestamp(scope.pipeline.as_of))
    return survive(
        days_in(left - stays[n.ENTERED_ON]),
        ended=stays[n.LEFT_ON].notna().to_numpy(bool),
        hits=(stays[FATE] == ON).to_numpy(bool),
    )
