"""Slippage: what became of the deals that were due in a month when it began."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, ratio, share, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import Scope
from salespipe.kpi.snapshots import NO_LOG, MonthStart, month_starts, pushes
from salespipe.tables import look_up

__all__ = ["slippages"]

NAME = "Slippage"
TRAP = "Known only from the change log: without snapshots the sheet has overwritten the evidence."
PUSHED = "A deal must live to be pushed: those never pushed are mostly early losses, not the best."

FATE = "fate"
SLIPPED, EARLY = "slipped", "early"

FATES = (
    (SLIPPED, "slipped: still open at the month's end"),
    (n.WON, "won in the month they were due"),
    (n.LOST, "lost in the month they were due"),
)

MOST_PUSHES = 3
"""Deals pushed so often or more are counted together."""


def slippages(scope: Scope) -> list[Row]:
    """Make the rows: due deals by their fate, by count and value; pushes per deal, and P(won)."""
    starts = list(month_starts(scope))
    population = "deals due in a month when it began"
    if not starts:
        first = Measure(NAME, f"{FATES[0][1]}, of deals due", "share", population, TRAP)
        return [first.row(unknown(NO_LOG))]
    seen = pd.concat([_of_month(scope, start) for start in starts], ignore_index=True)
    since = f"{population}, {starts[0].label} to {starts[-1].label}"
    due = seen[seen[FATE] != EARLY]
    rows: list[Row] = []
    for fate, words in FATES:
        by_count = Measure(NAME, f"{words}, of deals due", "share", since, TRAP)
        by_value = Measure(NAME, f"{words}, of the amount due", "share", since, TRAP)
        rows += tabulate(by_count, due, _share, [_became(due, fate)])
        rows.append(by_value.row(_of_value(due, fate)))
    early = Measure(NAME, "pulled in: won though due later, of deals won", "share", since, TRAP)
    won = seen[seen[FATE].isin([n.WON, EARLY])]
    return [*rows, early.row(_share(_became(won, EARLY))), *_pushed(scope)]


def _of_month(scope: Scope, month: MonthStart) -> pd.DataFrame:
    """Give the deals due in a month, and those due later that were won in it, with their fate."""
    deals = month.deals
    due_on = deals[n.EXPECTED_CLOSE_ON]
    shut = (deals[n.CLOSED_ON] >= month.start) & (deals[n.CLOSED_ON] < month.end)
    due = (due_on >= month.start) & (due_on < month.end)
    fate = deals[n.OUTCOME].where(shut, SLIPPED)
    early = (due_on >= month.end) & (fate == n.WON)
    known = scope.deals.drop_duplicates(n.DEAL_ID).set_index(n.DEAL_ID)
    groups = {key: look_up(deals[n.DEAL_ID], known[key]) for key in (n.SEGMENT, n.SOURCE)}
    owner = deals[n.OWNER].fillna(look_up(deals[n.DEAL_ID], known[n.OWNER]))
    told = deals.assign(**groups, **{n.OWNER: owner, FATE: fate.mask(early, EARLY)})
    return told[due | early]


def _became(deals: pd.DataFrame, fate: str) -> npt.NDArray[np.bool_]:
    return (deals[FATE] == fate).to_numpy(bool)


def _share(hits: npt.NDArray[np.bool_]) -> Estimate:
    return share(int(hits.sum()), len(hits)) if len(hits) else unknown("no deal was due")


def _of_value(deals: pd.DataFrame, fate: str) -> Estimate:
    known = deals[deals[n.AMOUNT] > 0]
    amounts = known[n.AMOUNT].to_numpy(np.float64)
    missing = len(deals) - len(known)
    note = f"{missing} without an amount left out" if missing else ""
    return ratio(amounts * _became(known, fate), amounts, note=note)


def _pushed(scope: Scope) -> list[Row]:
    """Make the rows on deals closed in the window that the log knows the expected close of."""
    counts = look_up(scope.closed[n.DEAL_ID], pushes(scope.pipeline.changes))
    deals = scope.closed.assign(pushes=counts)[counts.notna()]
    population = f"deals closed in {scope.window.text}, of which the log has an expected close"
    per_deal = Measure(NAME, "pushes per deal", "number", population, TRAP)
    rows = [per_deal.row(ratio(deals["pushes"].to_numpy(np.float64)))]
    for times in range(MOST_PUSHES + 1):
        last = times == MOST_PUSHES
        here = deals[(deals["pushes"] >= times) if last else (deals["pushes"] == times)]
        words = f"won, of deals pushed {times}{' or more' if last else ''} times"
        won = int((here[n.OUTCOME] == n.WON).sum())
        rows.append(Measure(NAME, words, "share", population, PUSHED).row(share(won, len(here))))
    return rows
