"""Stays of deals in stages, from the sheet's stage dates or from the change log."""

from collections.abc import Sequence

import pandas as pd

from salespipe import names as n
from salespipe.tables import look_up

__all__ = ["STAY_COLUMNS", "stays_from_changes", "stays_from_entries"]

STAY_COLUMNS = [n.DEAL_ID, n.STAGE, n.ENTERED_ON, n.LEFT_ON, n.NEXT_STAGE]


def stays_from_entries(
    deals: pd.DataFrame, entries: pd.DataFrame, steps: Sequence[str]
) -> pd.DataFrame:
    """Read the stays off the one-column-per-stage dates.

    A deal whose first stage date lies after its creation was in the first stage until then. A
    deal without any stage date has one stay from creation on, in its present stage if it is open
    and in the first one if it is closed.

    Parameters
    ----------
    deals : DataFrame
        deal_id, stage, outcome, created_on, closed_on.
    entries : DataFrame
        deal_id, stage, entered_on.
    steps : sequence of str
        Open stages in order.

    Returns
    -------
    DataFrame
        Columns :data:`STAY_COLUMNS`, in time order within each deal.
    """
    dated = deals[deals[n.CREATED_ON].notna()]
    own = entries[entries[n.DEAL_ID].isin(deals[n.DEAL_ID])]
    first = look_up(dated[n.DEAL_ID], own.groupby(n.DEAL_ID)[n.ENTERED_ON].min())
    start = dated[first.isna() | (first > dated[n.CREATED_ON])]
    bare = first.reindex(start.index).isna() & (start[n.OUTCOME] == n.OPEN)
    created = pd.DataFrame(
        {
            n.DEAL_ID: start[n.DEAL_ID],
            n.STAGE: start[n.STAGE].where(bare, steps[0]),
            n.ENTERED_ON: start[n.CREATED_ON],
        }
    )
    closed = deals[deals[n.CLOSED_ON].notna() & (deals[n.OUTCOME] != n.OPEN)]
    ended = pd.DataFrame(
        {
            n.DEAL_ID: closed[n.DEAL_ID],
            n.STAGE: closed[n.STAGE],
            n.ENTERED_ON: closed[n.CLOSED_ON],
        }
    )
    order = {stage: place for place, stage in enumerate([*steps, n.WON, n.LOST])}
    events = pd.concat([created, own[ended.columns], ended], ignore_index=True)
    events = events.assign(place=events[n.STAGE].map(order)).sort_values(
        [n.DEAL_ID, n.ENTERED_ON, "place"], kind="stable"
    )
    return _pair(events, steps)


def stays_from_changes(changes: pd.DataFrame, steps: Sequence[str]) -> pd.DataFrame:
    """Read the stays off the change log, in the order in which it was observed.

    Parameters
    ----------
    changes : DataFrame
        deal_id, changed_on, stage; rows without a stage are passed over.
    steps : sequence of str
        Open stages in order.

    Returns
    -------
    DataFrame
        Columns :data:`STAY_COLUMNS`. Stays in ``won`` and ``lost`` are left out; a reopened deal
        begins a new stay.
    """
    events = changes[changes[n.STAGE].notna()]
    events = events[events.groupby(n.DEAL_ID)[n.STAGE].shift() != events[n.STAGE]]
    days = events[n.CHANGED_ON].dt.normalize()
    return _pair(events.assign(**{n.ENTERED_ON: days}), steps)


def _pair(events: pd.DataFrame, steps: Sequence[str]) -> pd.DataFrame:
    """Pair each event with the next one of the same deal."""
    by_deal = events.groupby(n.DEAL_ID, sort=False)
    stays = events.assign(
        **{n.LEFT_ON: by_deal[n.ENTERED_ON].shift(-1), n.NEXT_STAGE: by_deal[n.STAGE].shift(-1)}
    )
    return stays.loc[stays[n.STAGE].isin(steps), STAY_COLUMNS].reset_index(drop=True)
