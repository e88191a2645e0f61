"""Rules on how an open deal is looked after."""

from collections.abc import Iterator

import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each
from salespipe.stages import open_stages
from salespipe.tables import look_up
from salespipe.wording import Words

__all__ = ["DUE_DAYS", "PUSHED_TIMES", "REMINDERS", "STALE_DAYS", "UPKEEP_CHECKS"]

DUE_DAYS = 7
"""Days ahead within which a next step is due."""

PUSHED_TIMES = 3
"""Times an expected close is put off from which on the deal is pushed often."""

STALE_DAYS = 60
"""Days without an activity or a change of stage after which an open deal is stale."""


def overdue(facts: Facts) -> Iterator[Finding]:
    """Find open deals expected for a day that is gone."""
    deals = facts.open
    yield from each(deals[deals[n.EXPECTED_CLOSE_ON] < facts.day], n.EXPECTED_CLOSE_ON)


def expected_close_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals without an expected date, which would sharpen the forecast of when."""
    deals = facts.open
    yield from _where_used(deals, n.EXPECTED_CLOSE_ON)


def next_step_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals with nothing planned."""
    deals = facts.open
    yield from _where_used(deals, n.NEXT_STEP)


def next_step_overdue(facts: Facts) -> Iterator[Finding]:
    """Find next steps whose day is gone."""
    deals = facts.open
    yield from each(deals[deals[n.NEXT_STEP_ON] < facts.day], n.NEXT_STEP_ON)


def next_step_due(facts: Facts) -> Iterator[Finding]:
    """Find next steps planned for the week to come: nothing is wrong with them."""
    deals = facts.open
    ahead = (deals[n.NEXT_STEP_ON] - facts.day).dt.days
    due = deals[ahead.between(0, DUE_DAYS)]
    steps = due[n.NEXT_STEP].str.rstrip(".。").fillna("")
    said = [Words(f": {step}", f"：{step}") if step else "" for step in steps]
    planned = pd.Series(said, index=due.index, dtype="object")
    yield from each(due.assign(planned=planned), n.NEXT_STEP_ON)


def stale(facts: Facts) -> Iterator[Finding]:
    """Find open deals left alone for long; only where activities are logged at all."""
    deals = facts.open
    if facts.activities.empty or deals.empty:
        return
    touched = pd.concat(
        [
            facts.activities.set_index(n.DEAL_ID)[n.ACTIVITY_ON],
            facts.entries.set_index(n.DEAL_ID)[n.ENTERED_ON],
            deals.set_index(n.DEAL_ID)[n.CREATED_ON],
        ]
    )
    last = deals[n.DEAL_ID].map(touched.groupby(level=0).max())
    quiet = (facts.day - last).dt.days
    yield from each(deals.assign(quiet=quiet, last=last)[quiet >= STALE_DAYS], n.STAGE)


def owner_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals that are nobody's."""
    deals = facts.open
    yield from _where_used(deals, n.OWNER)


def evidence_missing(facts: Facts) -> Iterator[Finding]:
    """Find deals moved on without evidence; only where evidence is kept at all."""
    later = [stage.name for stage in open_stages(facts.tables.stages)[1:]]
    deals = facts.open
    if deals[n.EXIT_EVIDENCE].isna().all():
        return
    yield from each(
        deals[deals[n.STAGE].isin(later) & deals[n.EXIT_EVIDENCE].isna()], n.EXIT_EVIDENCE
    )


def pushed_often(facts: Facts) -> Iterator[Finding]:
    """Find open deals whose expected close was put off again and again, by the change log."""
    log = facts.tables.changes
    log = log[(log[n.CHANGED_ON] <= facts.day) & log[n.EXPECTED_CLOSE_ON].notna()]
    before = log.groupby(n.DEAL_ID)[n.EXPECTED_CLOSE_ON].shift()
    pushes = (log[n.EXPECTED_CLOSE_ON] > before).groupby(log[n.DEAL_ID]).sum()
    often = pushes[pushes >= PUSHED_TIMES]
    deals = facts.open[facts.open[n.DEAL_ID].isin(often.index)]
    deals = deals[deals[n.EXPECTED_CLOSE_ON].notna()]
    first = log.groupby(n.DEAL_ID)[n.EXPECTED_CLOSE_ON].first()
    yield from each(
        deals.assign(
            times=look_up(deals[n.DEAL_ID], often), first=look_up(deals[n.DEAL_ID], first)
        ),
        n.EXPECTED_CLOSE_ON,
    )


def _where_used(deals: pd.DataFrame, key: str) -> Iterator[Finding]:
    """Name each blank cell, or say once that nobody fills in the column."""
    blank = deals[key].isna()
    if blank.any() and blank.all() and len(deals) > 1:
        yield Finding("deals", key, None, {"count": len(deals)}, phrase="nobody-fills")
    else:
        yield from each(deals[blank], key)


UPKEEP_CHECKS = {
    "overdue": Check("warning", overdue),
    "pushed-often": Check("warning", pushed_often),
    "expected-close-missing": Check("info", expected_close_missing),
    "next-step-missing": Check("info", next_step_missing),
    "next-step-overdue": Check("info", next_step_overdue),
    "stale": Check("warning", stale),
    "owner-missing": Check("warning", owner_missing),
    "evidence-missing": Check("info", evidence_missing),
}
"""Rules on the upkeep of open deals by name."""

REMINDERS = {"next-step-due": Check("info", next_step_due)}
"""What is to be done though nothing is wrong, by name."""
