"""Rules on how an open deal is looked after."""

from collections.abc import Iterator

import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each
from salespipe.stages import open_stages

__all__ = ["STALE_DAYS", "UPKEEP_CHECKS"]

STALE_DAYS = 60
"""Days without an activity or a change of stage after which an open deal is stale."""


def overdue(facts: Facts) -> Iterator[Finding]:
    """Find open deals expected for a day that is gone."""
    deals = facts.open
    yield from each(
        deals[deals[n.EXPECTED_CLOSE_ON] < facts.day],
        n.EXPECTED_CLOSE_ON,
        "The deal was expected to close by {expected_close_on:%Y-%m-%d} and is still open.",
        "Enter the day now expected, or close the deal.",
    )


def expected_close_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals without an expected date, which would sharpen the forecast of when."""
    deals = facts.open
    yield from _where_used(
        deals,
        n.EXPECTED_CLOSE_ON,
        deals[n.EXPECTED_CLOSE_ON].isna(),
        "The open deal has no expected closing date.",
        "Enter the day on which it is expected to close.",
    )


def next_step_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals with nothing planned."""
    deals = facts.open
    yield from _where_used(
        deals,
        n.NEXT_STEP,
        deals[n.NEXT_STEP].isna(),
        "The open deal has no next step.",
        "Enter what happens next, and when.",
    )


def next_step_overdue(facts: Facts) -> Iterator[Finding]:
    """Find next steps whose day is gone."""
    deals = facts.open
    yield from each(
        deals[deals[n.NEXT_STEP_ON] < facts.day],
        n.NEXT_STEP_ON,
        "The next step was due on {next_step_on:%Y-%m-%d}.",
        "Log what came of it and enter the next one.",
    )


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
    yield from each(
        deals.assign(quiet=quiet, last=last)[quiet >= STALE_DAYS],
        n.STAGE,
        "No activity and no change of stage for {quiet:.0f} days, since {last:%Y-%m-%d}.",
        "Get in touch and log it, or close the deal.",
    )


def owner_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals that are nobody's."""
    deals = facts.open
    yield from _where_used(
        deals,
        n.OWNER,
        deals[n.OWNER].isna(),
        "The open deal has no owner.",
        "Enter who works the deal.",
    )


def evidence_missing(facts: Facts) -> Iterator[Finding]:
    """Find deals moved on without evidence; only where evidence is kept at all."""
    later = [stage.name for stage in open_stages(facts.tables.stages)[1:]]
    deals = facts.open
    if deals[n.EXIT_EVIDENCE].isna().all():
        return
    yield from each(
        deals[deals[n.STAGE].isin(later) & deals[n.EXIT_EVIDENCE].isna()],
        n.EXIT_EVIDENCE,
        "The deal stands in {stage} without evidence that the stage before it was completed.",
        "Enter the evidence that the Stages sheet asks for, or move the deal back.",
    )


def _where_used(
    deals: pd.DataFrame, key: str, blank: "pd.Series[bool]", message: str, remedy: str
) -> Iterator[Finding]:
    """Name each blank cell, or say once that nobody fills in the column."""
    if blank.any() and blank.all() and len(deals) > 1:
        whole = f"None of the {len(deals):,} open deals has anything in this column."
        yield Finding("deals", key, None, whole, "Fill in the column for the open deals.")
    else:
        yield from each(deals[blank], key, message, remedy)


UPKEEP_CHECKS = {
    "overdue": Check("warning", overdue),
    "expected-close-missing": Check("info", expected_close_missing),
    "next-step-missing": Check("info", next_step_missing),
    "next-step-overdue": Check("info", next_step_overdue),
    "stale": Check("warning", stale),
    "owner-missing": Check("warning", owner_missing),
    "evidence-missing": Check("info", evidence_missing),
}
"""Rules on the upkeep of open deals by name."""
