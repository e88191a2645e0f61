"""Rules on whether the sheets agree with each other: targets, rates, owners, names."""

from collections.abc import Iterator

import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each
from salespipe.periods import months_after
from salespipe.workbook.headers import fold

__all__ = ["AGREEMENT_CHECKS"]

_SPELLED = (n.OWNER, n.ACCOUNT, n.SEGMENT, n.SOURCE)


def target_owner_unknown(facts: Facts) -> Iterator[Finding]:
    """Find targets for somebody without deals: often a misspelt name."""
    targets = facts.tables.targets
    known = facts.tables.deals[n.OWNER].dropna()
    unknown = targets[n.OWNER].notna() & ~targets[n.OWNER].isin(known)
    yield from each(
        targets[unknown],
        n.OWNER,
        '"{owner}" has a target but no deal.',
        "Spell the name as on the Deals sheet; leave it empty for the whole team.",
        table="targets",
    )


def target_twice(facts: Facts) -> Iterator[Finding]:
    """Find second targets for the same month and owner."""
    targets = facts.tables.targets
    yield from each(
        targets[targets.duplicated([n.MONTH, n.OWNER])],
        n.QUOTA,
        "There is another target for the same owner in {month:%Y-%m} above.",
        "Delete one of the two.",
        table="targets",
    )


def target_missing(facts: Facts) -> Iterator[Finding]:
    """Find out whether the coming month has a target at all."""
    coming = months_after(facts.as_of, 1)[0]
    months = facts.tables.targets[n.MONTH]
    if not (months == pd.Timestamp(coming.start)).any():
        yield Finding(
            "targets",
            n.MONTH,
            None,
            f"There is no target for {coming.label}.",
            "Enter one on the Targets sheet to see how likely it is reached.",
        )


def rate_missing(facts: Facts) -> Iterator[Finding]:
    """Find amounts that cannot be added up: in another currency, without a rate."""
    home = facts.tables.settings.currency
    rates = facts.tables.rates
    known = {home, *rates.loc[rates[n.RATE] > 0, n.CURRENCY].dropna()}
    deals = facts.deals
    counted = deals[[n.AMOUNT, n.LISTED_AMOUNT]].notna().any(axis=1)
    yield from each(
        deals[counted & deals[n.CURRENCY].notna() & ~deals[n.CURRENCY].isin(known)],
        n.CURRENCY,
        f"The amount is in {{currency}}, for which there is no rate to {home}.",
        "Enter a rate on the Rates sheet, or correct the currency.",
    )


def activity_deal_unknown(facts: Facts) -> Iterator[Finding]:
    """Find activities that count for no deal."""
    activities = facts.activities
    known = facts.tables.deals[n.DEAL_ID]
    yield from each(
        activities[activities[n.DEAL_ID].notna() & ~activities[n.DEAL_ID].isin(known)],
        n.DEAL_ID,
        'There is no deal "{deal_id}".',
        "Write the id as on the Deals sheet, or leave it empty.",
        table="activities",
    )


def spelling(facts: Facts) -> Iterator[Finding]:
    """Find names that differ in case, spaces or punctuation only."""
    for key in _SPELLED:
        counts = facts.deals[key].value_counts()
        groups: dict[str, list[str]] = {}
        for name in map(str, counts.index):
            groups.setdefault(fold(name) or name, []).append(name)
        for usual, *others in groups.values():
            for other in others:
                rows = facts.deals[facts.deals[key] == other]
                yield Finding(
                    "deals",
                    key,
                    int(rows.index[0]),
                    f'"{other}" ({counts[other]:,} deals) may be the same as "{usual}" '
                    f"({counts[usual]:,} deals); they are counted apart.",
                    f'Write "{usual}" everywhere if they are the same.',
                    value=other,
                )


AGREEMENT_CHECKS = {
    "rate-missing": Check("error", rate_missing),
    "target-owner-unknown": Check("warning", target_owner_unknown),
    "target-twice": Check("warning", target_twice),
    "target-missing": Check("info", target_missing),
    "activity-deal-unknown": Check("warning", activity_deal_unknown),
    "spelling": Check("warning", spelling),
}
"""Rules on agreement between the sheets by name."""
