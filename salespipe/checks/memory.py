"""Rules on whether the sheet agrees with what the change log has seen of it."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each
from salespipe.recall import last_states, remember
from salespipe.tables import among, look_up

__all__ = ["LOGGED", "MEMORY_CHECKS"]

LOGGED: Final = "logged"
"""Word of the sentences: the stage in which the change log saw a deal."""

_DAY = pd.Timedelta(days=1)


def stage_dates_disagree(facts: Facts) -> Iterator[Finding]:
    """Find stage dates on days for which the change log knows better.

    It saw the deal in another stage then, or in this one since earlier. Where a move came between
    two looks at the sheet, the log does not know its day, and the sheet is free to say it.
    """
    stands = _stands(facts)
    entries = facts.entries.reset_index(names=n.ROW)
    entries = entries[among(entries[n.DEAL_ID], stands[n.DEAL_ID])]
    if entries.empty:
        return
    at = pd.merge_asof(
        entries.sort_values(n.ENTERED_ON, kind="stable"),
        stands,
        left_on=n.ENTERED_ON,
        right_on="since",
        by=n.DEAL_ID,
    )
    # On the day of a move a deal may have passed through other stages.
    known = (at["since"] < at[n.ENTERED_ON]) & (at[n.ENTERED_ON] <= at["until"])
    owners = facts.deals.drop_duplicates(n.DEAL_ID).set_index(n.DEAL_ID)[n.OWNER]
    wrong = at[known & (at[LOGGED] != n.REMOVED)].assign(
        **{n.OWNER: look_up(at[n.DEAL_ID], owners)}
    )
    wrong = wrong.set_index(n.ROW).sort_index()
    for stage, rows in wrong.groupby(n.STAGE, sort=False):
        shown = rows.assign(**{str(stage): rows[n.ENTERED_ON]})
        yield from each(shown, str(stage), table="stage_entries")


def deal_gone(facts: Facts) -> Iterator[Finding]:
    """Find open deals of the last look at the sheet that are no longer on it."""
    taken = facts.tables.snapshots
    if not taken or taken[-1] > facts.as_of:
        return
    states = last_states(remember(facts.tables, facts.day + _DAY).seen)
    states = states[~states[n.STAGE].isin([n.WON, n.LOST, n.REMOVED])]
    gone = states[~among(states.index, facts.tables.deals[n.DEAL_ID])].reset_index()
    for finding in each(gone.assign(taken=pd.Timestamp(taken[-1])), n.DEAL_ID):
        yield finding._replace(row=None)


def _stands(facts: Facts) -> pd.DataFrame:
    """Give from when until when the change log knows that a deal stood in a stage.

    Returns
    -------
    DataFrame
        deal_id, logged (the stage), since, until (the last day on which that is known); by since.
    """
    night = facts.day + _DAY
    log = remember(facts.tables, night).seen
    log = log[log[n.STAGE].notna()].sort_values(n.CHANGED_ON, kind="stable")
    log = log[log.groupby(n.DEAL_ID)[n.STAGE].shift() != log[n.STAGE]]
    since = log[n.CHANGED_ON].dt.normalize()
    looks = pd.DatetimeIndex(list(facts.tables.snapshots))
    looks = looks[looks < night]
    # A move without a day of its own has that of the look that saw it; it came since the last look.
    dated = log[n.OBSERVED_ON].isna() | (since < log[n.OBSERVED_ON].dt.normalize())
    before = since - _DAY
    if len(looks):
        earlier = looks.searchsorted(log[n.OBSERVED_ON].dt.normalize()) - 1
        last = pd.Series(looks[earlier.clip(0)], index=log.index).where(earlier >= 0)
        before = before.where(dated, last)
    until = before.groupby(log[n.DEAL_ID]).shift(-1)
    ends = ~log.duplicated(n.DEAL_ID, keep="last")
    until = until.where(~ends, looks[-1] if len(looks) else since)
    stands = pd.DataFrame(
        {
            n.DEAL_ID: log[n.DEAL_ID],
            LOGGED: log[n.STAGE],
            "since": since,
            "until": until.where(until >= since, since),
        }
    )
    return stands.sort_values("since", kind="stable", ignore_index=True)


MEMORY_CHECKS = {
    "stage-dates-disagree": Check("info", stage_dates_disagree),
    "deal-gone": Check("warning", deal_gone),
}
