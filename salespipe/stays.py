"""Stays of deals in stages, from the sheet's stage dates or from the change log."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.tables import among, look_up

__all__ = ["STAY_COLUMNS", "merge_witnesses", "stays_from_changes", "stays_from_entries"]

STAY_COLUMNS = [n.DEAL_ID, n.STAGE, n.ENTERED_ON, n.LEFT_ON, n.NEXT_STAGE]

_SEEN = [n.DEAL_ID, n.CHANGED_ON, n.STAGE]


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
    own = entries[among(entries[n.DEAL_ID], deals[n.DEAL_ID])]
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


def merge_witnesses(
    changes: pd.DataFrame,
    deals: pd.DataFrame,
    entries: pd.DataFrame,
    *,
    steps: Sequence[str],
    watched: set[str],
) -> pd.DataFrame:
    """Add to the change log what the sheet saw before its first row of a deal and since its last.

    In between the log is the better witness: it keeps steps back and reopenings, which a sheet
    with one date per stage cannot show. Before the first date that either of them has, a deal was
    in the first stage, as in :func:`stays_from_entries`; where the sheet has no stage date, it was
    in the stage in which the log found it.

    Parameters
    ----------
    changes : DataFrame
        deal_id, changed_on, stage; in the order of observation.
    deals : DataFrame
        deal_id, stage, created_on, closed_on.
    entries : DataFrame
        deal_id, stage, entered_on.
    steps : sequence of str
        Open stages in order.
    watched : set of str
        Deals of which the log has rows still to come: they did not change since the last one.

    Returns
    -------
    DataFrame
        deal_id, changed_on, stage of the deals in the log, in time order.
    """
    log = changes.loc[changes[n.STAGE].notna(), _SEEN].sort_values(n.CHANGED_ON, kind="stable")
    by_deal = log.groupby(n.DEAL_ID)
    deals = deals[among(deals[n.DEAL_ID], log[n.DEAL_ID])]
    closed = deals[deals[n.CLOSED_ON].notna() & deals[n.STAGE].isin([n.WON, n.LOST])]
    own = entries[among(entries[n.DEAL_ID], deals[n.DEAL_ID])].rename(
        columns={n.ENTERED_ON: n.CHANGED_ON}
    )
    sheet = pd.concat([own, closed.rename(columns={n.CLOSED_ON: n.CHANGED_ON})])[_SEEN]
    sheet = sheet.sort_values(n.CHANGED_ON, kind="stable")
    first = look_up(sheet[n.DEAL_ID], by_deal[n.CHANGED_ON].min().dt.normalize())
    last = look_up(sheet[n.DEAL_ID], by_deal[n.CHANGED_ON].max().dt.normalize())
    before = sheet[sheet[n.CHANGED_ON] < first]
    # A closing on the day of the log's last row came after it, or is that row.
    final = sheet[n.STAGE].isin([n.WON, n.LOST]) & (sheet[n.CHANGED_ON] == last)
    since = sheet[((sheet[n.CHANGED_ON] > last) | final) & ~among(sheet[n.DEAL_ID], watched)]
    known = pd.concat([before, log])
    bare = ~among(deals[n.DEAL_ID], before[n.DEAL_ID])
    created = _created(deals, known, bare=bare, steps=steps)
    seen = pd.concat([created, known, since], ignore_index=True)
    return seen.sort_values(n.CHANGED_ON, kind="stable", ignore_index=True)


def _created(
    deals: pd.DataFrame, known: pd.DataFrame, *, bare: npt.NDArray[np.bool_], steps: Sequence[str]
) -> pd.DataFrame:
    """Give the entry at creation of deals of which nothing is known until later."""
    by_deal = known.groupby(n.DEAL_ID)
    start = look_up(deals[n.DEAL_ID], by_deal[n.CHANGED_ON].min().dt.normalize())
    found = look_up(deals[n.DEAL_ID], by_deal[n.STAGE].first())
    stage = found.where(bare & found.isin(steps), steps[0])
    created = deals.assign(**{n.STAGE: stage})[deals[n.CREATED_ON] < start]
    return created.rename(columns={n.CREATED_ON: n.CHANGED_ON})[_SEEN]


def _pair(events: pd.DataFrame, steps: Sequence[str]) -> pd.DataFrame:
    """Pair each event with the next one of the same deal."""
    by_deal = events.groupby(n.DEAL_ID, sort=False)
    stays = events.assign(
        **{n.LEFT_ON: by_deal[n.ENTERED_ON].shift(-1), n.NEXT_STAGE: by_deal[n.STAGE].shift(-1)}
    )
    return stays.loc[stays[n.STAGE].isin(steps), STAY_COLUMNS].reset_index(drop=True)
