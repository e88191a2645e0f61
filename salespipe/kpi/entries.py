"""Entries into stages: when a deal came, when it left, and what became of it."""

from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.kpi.scope import Scope, days_in, month_of
from salespipe.kpi.survival import Survival, survive
from salespipe.stages import open_stages
from salespipe.tables import look_up

__all__ = ["BACK", "FATE", "GONE", "ON", "STILL", "entries", "unrecorded", "waits"]

FATE: Final = "fate"
"""Column: what became of the entry, one of the words below or ``lost``."""

ON: Final = "on"
"""To a later stage, or won."""
BACK: Final = "back"
STILL: Final = "still"
"""Still there on the as-of date."""
GONE: Final = "gone"
"""Left for a stage that is not known."""

STRAIGHT_SHARE: Final = 0.5
"""Share of won deals without a second stage from which on stage dates are taken to be missing."""


def entries(scope: Scope) -> pd.DataFrame:
    """Give the stays begun in the window, with their fate and what groups the deal belongs to."""
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
            n.SOURCE: look_up(stays[n.DEAL_ID], deals[n.SOURCE]).fillna(n.UNKNOWN),
            n.MONTH: month_of(stays[n.ENTERED_ON]),
        }
    )


def unrecorded(scope: Scope) -> str:
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


def waits(scope: Scope, stays: pd.DataFrame) -> Survival:
    """Follow entries until they left, or to the as-of date; going on is what is counted."""
    left = stays[n.LEFT_ON].fillna(pd.Timestamp(scope.pipeline.as_of))
    return survive(
        days_in(left - stays[n.ENTERED_ON]),
        ended=stays[n.LEFT_ON].notna().to_numpy(bool),
        hits=(stays[FATE] == ON).to_numpy(bool),
    )
