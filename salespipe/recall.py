"""What the change log remembers of a day that the sheet has overwritten since."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.tables import COLUMNS, Tables, among, look_up

__all__ = ["STATE", "Remembered", "last_states", "recall", "remember", "revived"]

STATE: Final = tuple(
    key for key in COLUMNS["changes"] if key not in (n.DEAL_ID, n.CHANGED_ON, n.OBSERVED_ON)
)
"""What a row of the log says of a deal."""

_LOGGED: Final = (n.AMOUNT, n.EXPECTED_CLOSE_ON, n.OWNER, n.FORECAST_CATEGORY, n.CONFIDENCE)
"""What changes, beside the stage."""


@dataclass(frozen=True)
class Remembered:
    """The change log as of a night.

    Attributes
    ----------
    seen : DataFrame
        Rows that were known by then.
    hidden : set of str
        Deals of which the log has rows that came later, or were observed later.
    absent : set of str
        Deals of today's sheet that were not on it then: deleted and back since, or typed in
        afterwards, since an earlier snapshot would have seen them.
    """

    seen: pd.DataFrame
    hidden: set[str]
    absent: set[str]


def remember(tables: Tables, night: pd.Timestamp) -> Remembered:
    """Part the change log into what was known by a night and what was not."""
    log = tables.changes
    unknown = (log[n.CHANGED_ON] >= night) | (log[n.OBSERVED_ON] >= night)
    taken = [day for day in map(pd.Timestamp, tables.snapshots) if day < night]
    first = log.drop_duplicates(n.DEAL_ID)
    missed = (first[n.OBSERVED_ON] >= night) & bool(taken)
    if taken:
        missed &= first[n.CREATED_ON] <= taken[-1]
    seen, hidden = log[~unknown], set(log.loc[unknown, n.DEAL_ID])
    last = seen.drop_duplicates(n.DEAL_ID, keep="last")
    away = set(last.loc[last[n.STAGE] == n.REMOVED, n.DEAL_ID])
    if len(taken) == len(tables.snapshots):  # the sheet itself says who has come back
        away &= hidden
    return Remembered(seen, hidden, away | set(first.loc[missed, n.DEAL_ID]))


def last_states(changes: pd.DataFrame) -> pd.DataFrame:
    """Give what the change log last saw of each deal.

    Parameters
    ----------
    changes : DataFrame
        In the order of observation.

    Returns
    -------
    DataFrame
        Columns of the log, index = deal id. A blank in a snapshot is one; in a history that was
        imported it leaves what was said before.
    """
    last = changes.drop_duplicates(n.DEAL_ID, keep="last").set_index(n.DEAL_ID)
    imported = last[n.OBSERVED_ON].isna()
    if imported.any():
        said = changes.groupby(n.DEAL_ID)[list(STATE)].last().reindex(last.index)
        for key in STATE:
            last[key] = last[key].where(~imported, said[key])
    return last


def revived(tables: Tables, log: Remembered, *, as_of: date) -> pd.DataFrame:
    """Give the deals that stood on the sheet on a day and have been deleted since.

    They come back with what the log says of them, under row numbers below 0.
    """
    last = last_states(log.seen)
    last = last[(last[n.STAGE] != n.REMOVED) & ~among(last.index, tables.deals[n.DEAL_ID])]
    # The log shows that they were there: it saw them later, or took its last snapshot later.
    watched = bool(tables.snapshots) and as_of <= tables.snapshots[-1]
    last = last if watched else last[among(last.index, log.hidden)]
    back = last.reset_index().reindex(columns=list(COLUMNS["deals"]))
    return back.astype(tables.deals[list(COLUMNS["deals"])].dtypes).set_axis(
        pd.RangeIndex(-1, -1 - len(back), -1, name=n.ROW)
    )


def recall(deals: pd.DataFrame, changes: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Let the change log say what stood there, for deals that have moved on since.

    Parameters
    ----------
    deals : DataFrame
        As the sheet has them.
    changes : DataFrame
        Rows of the log of those deals, as known on the day.
    seen : DataFrame
        deal_id, changed_on, stage: what log and sheet saw of their stages.
    """
    if changes.empty:
        return deals
    state = last_states(changes)
    here = among(deals[n.DEAL_ID], state.index)
    ids = deals.loc[here, n.DEAL_ID]
    # A snapshot saw blanks as well; in an imported history a blank says nothing.
    whole = look_up(ids, state[n.OBSERVED_ON]).notna()
    for key in _LOGGED:
        told = look_up(ids, state[key])
        deals.loc[here, key] = told.where(whole | told.notna(), deals.loc[here, key])
    stage = look_up(ids, seen.groupby(n.DEAL_ID)[n.STAGE].last())
    deals.loc[here, n.STAGE] = stage.fillna(deals.loc[here, n.STAGE])
    closed_on = look_up(ids, state[n.CLOSED_ON]).fillna(look_up(ids, _closings(seen)))
    deals.loc[here, n.CLOSED_ON] = deals.loc[here, n.CLOSED_ON].fillna(closed_on)
    deals.loc[here & ~deals[n.STAGE].isin([n.WON, n.LOST]), n.CLOSED_ON] = pd.NaT
    return deals


def _closings(seen: pd.DataFrame) -> pd.Series:
    """Day on which each deal last became won or lost, by deal id."""
    same = seen.groupby(n.DEAL_ID)[n.STAGE].shift() == seen[n.STAGE]
    closed = seen[seen[n.STAGE].isin([n.WON, n.LOST]) & ~same]
    days: pd.Series = closed.groupby(n.DEAL_ID)[n.CHANGED_ON].last().dt.normalize()
    return days
