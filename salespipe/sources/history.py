"""What the history of deals says about each deal; rows are in the order of observation."""

import pandas as pd

from salespipe import names as n
from salespipe.stages import Stage

__all__ = ["closing_days", "first_amounts", "first_days", "stage_entries"]


def first_days(changes: pd.DataFrame) -> pd.Series:
    """Give the day of each deal's first row, by deal id."""
    days: pd.Series = changes.groupby(n.DEAL_ID)[n.CHANGED_ON].first()
    return days


def first_amounts(changes: pd.DataFrame) -> pd.Series:
    """Give the first amount known of each deal, by deal id."""
    amounts: pd.Series = changes.groupby(n.DEAL_ID)[n.AMOUNT].first()
    return amounts


def closing_days(changes: pd.DataFrame) -> pd.Series:
    """Give the day on which each closed deal came to its final state, by deal id.

    Reopened deals have only their last closing; edits made after it do not move it.
    """
    before = changes.groupby(n.DEAL_ID)[n.STAGE].shift()
    turns = changes[changes[n.STAGE] != before].drop_duplicates(n.DEAL_ID, keep="last")
    closed = turns[turns[n.STAGE].isin([n.WON, n.LOST])]
    days: pd.Series = closed.set_index(n.DEAL_ID)[n.CHANGED_ON]
    return days


def stage_entries(changes: pd.DataFrame, steps: tuple[Stage, ...]) -> pd.DataFrame:
    """Give each deal's first day in each open stage.

    Returns
    -------
    DataFrame
        deal_id, stage, entered_on.
    """
    opened = changes[changes[n.STAGE].isin([stage.name for stage in steps])]
    first = opened.drop_duplicates([n.DEAL_ID, n.STAGE])
    return first[[n.DEAL_ID, n.STAGE, n.CHANGED_ON]].rename(columns={n.CHANGED_ON: n.ENTERED_ON})
