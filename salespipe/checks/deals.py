"""Rules on what a deal says of itself: its dates, its stage, its money."""

from collections.abc import Iterator

import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each

__all__ = ["DEAL_CHECKS"]

_NEAR = pd.Timedelta(days=3)


def closed_before_created(facts: Facts) -> Iterator[Finding]:
    """Find deals that end before they begin."""
    deals = facts.closed
    yield from each(
        deals[deals[n.CLOSED_ON] < deals[n.CREATED_ON]],
        n.CLOSED_ON,
        "The deal was closed on {closed_on:%Y-%m-%d}, before it was created on "
        "{created_on:%Y-%m-%d}.",
        "Correct one of the two dates.",
    )


def closed_in_future(facts: Facts) -> Iterator[Finding]:
    """Find deals closed after the as-of date: they are open on it."""
    deals = facts.closed
    yield from each(
        deals[deals[n.CLOSED_ON] > facts.day],
        n.CLOSED_ON,
        f"The deal closes on {{closed_on:%Y-%m-%d}}, after {facts.as_of}; it is treated as open on "
        "that day.",
        "Nothing to do if the as-of date is meant; otherwise correct the date.",
    )


def closed_without_date(facts: Facts) -> Iterator[Finding]:
    """Find wins that count in no month and losses that count in no win rate."""
    deals = facts.closed
    yield from each(
        deals[deals[n.CLOSED_ON].isna()],
        n.CLOSED_ON,
        "The deal is {stage} but has no closing date.",
        "Enter the day on which it was {stage}.",
    )


def open_with_closed_date(facts: Facts) -> Iterator[Finding]:
    """Find open deals with the date of something that has not happened."""
    deals = facts.open
    yield from each(
        deals[deals[n.CLOSED_ON].notna()],
        n.CLOSED_ON,
        'The deal is open (stage "{stage}") but has a closing date, {closed_on:%Y-%m-%d}.',
        "Set the stage to won or lost, or clear the date (a planned one belongs in Expected "
        "close).",
    )


def created_missing(facts: Facts) -> Iterator[Finding]:
    """Find deals whose age cannot be known."""
    deals = facts.deals
    yield from each(
        deals[deals[n.CREATED_ON].isna()],
        n.CREATED_ON,
        "The deal has no date of creation; how long it has been open is not known.",
        "Enter the day on which it was created.",
    )


def amount_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals without any amount, listed or expected."""
    deals = facts.open
    yield from each(
        deals[deals[n.AMOUNT].isna() & deals[n.LISTED_AMOUNT].isna()],
        n.AMOUNT,
        "The open deal has no amount; amounts of similar deals stand in for it.",
        "Enter what the deal is expected to bring.",
    )


def won_without_amount(facts: Facts) -> Iterator[Finding]:
    """Find won deals that would add nothing to revenue."""
    deals = facts.deals[facts.deals[n.STAGE] == n.WON]
    yield from each(
        deals[deals[n.AMOUNT].isna()],
        n.AMOUNT,
        "The deal is won but has no amount; it adds nothing to revenue.",
        "Enter the amount for which it was closed.",
    )


def amount_not_positive(facts: Facts) -> Iterator[Finding]:
    """Find amounts of 0 and less, except of lost deals, where they do not matter."""
    deals = facts.deals[facts.deals[n.STAGE].notna() & (facts.deals[n.STAGE] != n.LOST)]
    yield from each(
        deals[deals[n.AMOUNT] <= 0],
        n.AMOUNT,
        "The amount is {amount:,.15g}; a deal brings more than 0.",
        "Enter the amount, or clear it if it is not known.",
    )


def confidence_out_of_range(facts: Facts) -> Iterator[Finding]:
    """Find confidences that are no probability; reading lets none through, other ways may."""
    deals = facts.deals
    yield from each(
        deals[(deals[n.CONFIDENCE] < 0) | (deals[n.CONFIDENCE] > 1)],
        n.CONFIDENCE,
        "The confidence is {confidence:.0%}; it must lie between 0 % and 100 %.",
        "Enter a percentage from 0 % to 100 %.",
    )


def stage_dates_out_of_order(facts: Facts) -> Iterator[Finding]:
    """Find stages entered before the one before, before creation or after closing."""
    order = {stage.name: place for place, stage in enumerate(facts.tables.stages)}
    known = [n.DEAL_ID, n.OWNER, n.CREATED_ON, n.CLOSED_ON]
    entries = facts.entries.reset_index(names=n.ROW).merge(
        facts.deals[known].drop_duplicates(n.DEAL_ID), on=n.DEAL_ID
    )
    entries = entries.assign(place=entries[n.STAGE].map(order)).sort_values([n.DEAL_ID, "place"])
    entries = entries.set_index(n.ROW)
    before = entries.groupby(n.DEAL_ID)[[n.ENTERED_ON, n.STAGE]].shift()
    entered = entries[n.ENTERED_ON]
    entries["other"] = "before it entered " + before[n.STAGE].astype("str").fillna("")
    early, late = entered < entries[n.CREATED_ON], entered > entries[n.CLOSED_ON]
    entries["other"] = entries["other"].mask(early, "before it was created")
    entries["other"] = entries["other"].mask(late, "after it was closed")
    wrong = entries[(entered < before[n.ENTERED_ON]) | early | late].sort_index()
    for stage, rows in wrong.groupby(n.STAGE, sort=False):
        yield from each(
            rows,
            str(stage),
            "The deal entered {stage} on {entered_on:%Y-%m-%d}, {other}.",
            "Correct the date; leave it empty if the stage was skipped.",
            table="stage_entries",
        )


def near_duplicate(facts: Facts) -> Iterator[Finding]:
    """Find deals that may have been entered twice."""
    keys = [n.ACCOUNT, n.AMOUNT]
    counted = facts.deals[(facts.deals[n.STAGE] != n.LOST) & (facts.deals[n.AMOUNT] > 0)]
    deals = counted.dropna(subset=[*keys, n.CREATED_ON]).sort_values([*keys, n.CREATED_ON])
    before = deals[[*keys, n.CREATED_ON, n.DEAL_ID]].shift()
    same = (deals[n.ACCOUNT] == before[n.ACCOUNT]) & (deals[n.AMOUNT] == before[n.AMOUNT])
    twice = same & (deals[n.CREATED_ON] - before[n.CREATED_ON] <= _NEAR)
    yield from each(
        deals.assign(other=before[n.DEAL_ID])[twice].sort_index(),
        n.DEAL_ID,
        "The deal looks like {other}: same account and amount, created within 3 days.",
        "Delete one of the two if they are the same deal.",
    )


DEAL_CHECKS = {
    "closed-before-created": Check("error", closed_before_created),
    "closed-without-date": Check("error", closed_without_date),
    "closed-in-future": Check("info", closed_in_future),
    "open-with-closed-date": Check("warning", open_with_closed_date),
    "created-missing": Check("warning", created_missing),
    "amount-missing": Check("warning", amount_missing),
    "won-without-amount": Check("warning", won_without_amount),
    "amount-not-positive": Check("warning", amount_not_positive),
    "confidence-out-of-range": Check("warning", confidence_out_of_range),
    "stage-dates-out-of-order": Check("warning", stage_dates_out_of_order),
    "near-duplicate": Check("info", near_duplicate),
}
"""Rules on deals by name."""
