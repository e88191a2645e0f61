"""Rules on what a deal says of itself: its dates, its stage, its money."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each
from salespipe.stages import open_stages
from salespipe.wording import Words

__all__ = ["DEAL_CHECKS"]

_ENOUGH = 20
"""Amounts from which on it can be said what is usual."""
_FAR = 5.0
_TIMES = 20.0
"""An outlier is both: so many spreads (of the logarithm) and so many times from the median."""
_LEAST_SPREAD = 0.2
_KEPT_SHARE = 0.5
"""Share of filled cells from which on the empty ones were forgotten."""


_BEFORE_CREATION = Words("before it was created", "早于创建日期")
_AFTER_CLOSE = Words("after it was closed", "晚于关闭日期")


def closed_before_created(facts: Facts) -> Iterator[Finding]:
    """Find deals that end before they begin."""
    deals = facts.closed
    yield from each(deals[deals[n.CLOSED_ON] < deals[n.CREATED_ON]], n.CLOSED_ON)


def closed_in_future(facts: Facts) -> Iterator[Finding]:
    """Find deals closed after the as-of date: they are open on it."""
    deals = facts.closed
    yield from each(deals[deals[n.CLOSED_ON] > facts.day].assign(as_of=facts.as_of), n.CLOSED_ON)


def closed_without_date(facts: Facts) -> Iterator[Finding]:
    """Find wins that count in no month and losses that count in no win rate."""
    deals = facts.closed
    yield from each(deals[deals[n.CLOSED_ON].isna()], n.CLOSED_ON)


def open_with_closed_date(facts: Facts) -> Iterator[Finding]:
    """Find open deals with the date of something that has not happened."""
    deals = facts.open
    yield from each(deals[deals[n.CLOSED_ON].notna()], n.CLOSED_ON)


def created_missing(facts: Facts) -> Iterator[Finding]:
    """Find deals whose age cannot be known."""
    deals = facts.deals
    yield from each(deals[deals[n.CREATED_ON].isna()], n.CREATED_ON)


def amount_missing(facts: Facts) -> Iterator[Finding]:
    """Find open deals without any amount, listed or expected."""
    deals = facts.open
    yield from each(deals[deals[n.AMOUNT].isna() & deals[n.LISTED_AMOUNT].isna()], n.AMOUNT)


def won_without_amount(facts: Facts) -> Iterator[Finding]:
    """Find won deals that would add nothing to revenue."""
    deals = facts.deals[facts.deals[n.STAGE] == n.WON]
    yield from each(deals[deals[n.AMOUNT].isna()], n.AMOUNT)


def amount_not_positive(facts: Facts) -> Iterator[Finding]:
    """Find amounts of 0 and less, except of lost deals, where they do not matter."""
    deals = facts.deals[facts.deals[n.STAGE].notna() & (facts.deals[n.STAGE] != n.LOST)]
    yield from each(deals[deals[n.AMOUNT] <= 0], n.AMOUNT)


def confidence_out_of_range(facts: Facts) -> Iterator[Finding]:
    """Find confidences that are no probability; reading lets none through, other ways may."""
    deals = facts.deals
    yield from each(deals[(deals[n.CONFIDENCE] < 0) | (deals[n.CONFIDENCE] > 1)], n.CONFIDENCE)


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
    early, late = entered < entries[n.CREATED_ON], entered > entries[n.CLOSED_ON]
    labels = {stage.name: stage.name_zh or stage.name for stage in facts.tables.stages}
    entries["other"] = [
        _AFTER_CLOSE
        if closed
        else _BEFORE_CREATION
        if created
        else Words(f"before it entered {stage}", f"早于进入“{labels.get(stage, stage)}”的日期")
        for stage, created, closed in zip(before[n.STAGE], early, late, strict=True)
    ]
    wrong = entries[(entered < before[n.ENTERED_ON]) | early | late].sort_index()
    for stage, rows in wrong.groupby(n.STAGE, sort=False):
        yield from each(rows, str(stage), table="stage_entries")


def amount_outlier(facts: Facts) -> Iterator[Finding]:
    """Find amounts so far from the usual ones that a digit or a unit may have slipped in."""
    deals = facts.deals[facts.deals[n.AMOUNT] > 0]
    if len(deals) < _ENOUGH:
        return
    sizes = np.log(deals[n.AMOUNT])
    usual = sizes.median()
    spread = max(1.4826 * (sizes - usual).abs().median(), _LEAST_SPREAD)
    odd = (sizes - usual).abs() > np.maximum(_FAR * spread, np.log(_TIMES))
    shown = deals[odd & ~deals[n.STAGE].isin([n.LOST])]
    yield from each(
        shown.assign(usual=np.exp(usual), times=np.exp((sizes - usual).abs())[shown.index]),
        n.AMOUNT,
    )


def stage_undated(facts: Facts) -> Iterator[Finding]:
    """Find open deals without the day on which they entered their stage, where it is kept."""
    names = [stage.name for stage in open_stages(facts.tables.stages)]
    deals = facts.open[facts.open[n.STAGE].isin(names)]
    dated = pd.MultiIndex.from_frame(facts.tables.stage_entries[[n.DEAL_ID, n.STAGE]])
    known = pd.MultiIndex.from_frame(deals[[n.DEAL_ID, n.STAGE]]).isin(dated)
    if not len(known) or known.mean() <= _KEPT_SHARE:
        return
    undated = deals[~known]
    for stage, rows in undated.groupby(n.STAGE, sort=False):
        for finding in each(rows, str(stage), table="stage_entries"):
            yield finding._replace(value="")


def lost_reason_missing(facts: Facts) -> Iterator[Finding]:
    """Find lost deals without a reason, where most have one."""
    lost = facts.deals[facts.deals[n.STAGE] == n.LOST]
    known = lost[n.LOST_REASON].notna()
    if known.mean() > _KEPT_SHARE:
        yield from each(lost[~known], n.LOST_REASON)


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
    "amount-outlier": Check("warning", amount_outlier),
    "stage-undated": Check("info", stage_undated),
    "lost-reason-missing": Check("info", lost_reason_missing),
}
"""Rules on deals by name."""
