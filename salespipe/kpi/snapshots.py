"""What the change log says stood in the sheet at the start of each past month."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from salespipe import names as n
from salespipe.kpi.scope import Scope
from salespipe.tables import look_up

__all__ = ["NO_LOG", "MonthStart", "month_starts", "pushes"]

NO_LOG = "no change log reaches back that far: the sheet has overwritten what stood there"

STATE = [n.STAGE, n.AMOUNT, n.EXPECTED_CLOSE_ON, n.OWNER]


class MonthStart(NamedTuple):
    """The deals open at the start of a month, as they stood in the log.

    Attributes
    ----------
    label : str
    start, end : Timestamp
        First day of the month and of the next one.
    deals : DataFrame
        deal_id, amount, expected_close_on, owner as then; outcome and closed_on as known now.
    """

    label: str
    start: pd.Timestamp
    end: pd.Timestamp
    deals: pd.DataFrame


def month_starts(scope: Scope) -> Iterator[MonthStart]:
    """Give the starts of the window's full months that the change log was watching."""
    changes = scope.pipeline.changes
    if changes.empty:
        return
    changes = changes.sort_values(n.CHANGED_ON, kind="stable")
    now = scope.deals.drop_duplicates(n.DEAL_ID).set_index(n.DEAL_ID)
    for label in scope.window.months:
        start = pd.Timestamp(f"{label}-01")
        past = changes[changes[n.CHANGED_ON] < start]
        if past.empty:
            continue
        state = past.groupby(n.DEAL_ID)[STATE].last().reset_index()
        deals = state[state[n.STAGE].notna() & ~state[n.STAGE].isin([n.WON, n.LOST])]
        closed_on = look_up(deals[n.DEAL_ID], now[n.CLOSED_ON])
        outcome = look_up(deals[n.DEAL_ID], now[n.OUTCOME])
        deals = deals.assign(**{n.CLOSED_ON: closed_on, n.OUTCOME: outcome})
        # Closed before the month though the log noticed only later: it was not open then.
        deals = deals[deals[n.OUTCOME].notna() & ~(deals[n.CLOSED_ON] < start)]
        yield MonthStart(label, start, start + pd.DateOffset(months=1), deals)


def pushes(changes: pd.DataFrame) -> pd.Series:
    """Count by deal how often its expected close was put off to a later day; 0 is counted too."""
    log = changes[changes[n.EXPECTED_CLOSE_ON].notna()].sort_values(n.CHANGED_ON, kind="stable")
    later = log[n.EXPECTED_CLOSE_ON] > log.groupby(n.DEAL_ID)[n.EXPECTED_CLOSE_ON].shift()
    counted: pd.Series = later.groupby(log[n.DEAL_ID]).sum()
    return counted
