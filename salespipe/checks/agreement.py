"""Rules on whether the sheets agree with each other: targets, rates, owners, names."""

from collections.abc import Iterator

import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each
from salespipe.periods import months_after

__all__ = ["AGREEMENT_CHECKS"]

_LISTED_SHARE = 0.5
"""Share of the deals' accounts on the accounts sheet from which on the others are missing there."""


def target_owner_unknown(facts: Facts) -> Iterator[Finding]:
    """Find targets for somebody without deals: often a misspelt name."""
    targets = facts.tables.targets
    known = facts.tables.deals[n.OWNER].dropna()
    unknown = targets[n.OWNER].notna() & ~targets[n.OWNER].isin(known)
    yield from each(targets[unknown], n.OWNER, table="targets")


def owner_unknown(facts: Facts) -> Iterator[Finding]:
    """Find owners of open deals who have no target where most have one."""
    deals = facts.open[facts.open[n.OWNER].notna()]
    known = deals[n.OWNER].isin(facts.tables.targets[n.OWNER].dropna())
    if known.mean() > _LISTED_SHARE:
        yield from each(deals[~known].drop_duplicates(n.OWNER), n.OWNER)


def target_twice(facts: Facts) -> Iterator[Finding]:
    """Find second targets for the same month and owner."""
    targets = facts.tables.targets
    yield from each(targets[targets.duplicated([n.MONTH, n.OWNER])], n.QUOTA, table="targets")


def target_missing(facts: Facts) -> Iterator[Finding]:
    """Find out whether the coming month has a target at all."""
    coming = months_after(facts.as_of, 1)[0]
    months = facts.tables.targets[n.MONTH]
    if not (months == pd.Timestamp(coming.start)).any():
        yield Finding("targets", n.MONTH, None, {"wanted": coming.label})


def rate_missing(facts: Facts) -> Iterator[Finding]:
    """Find amounts that cannot be added up: in another currency, without a rate."""
    found = facts.rates
    without = found[n.RATE].isna()
    shown = facts.deals[without].assign(
        wanted=found[without]["wanted"].dt.strftime("%Y-%m"), home=facts.tables.settings.currency
    )
    yield from each(shown, n.CURRENCY)


def rate_carried(facts: Facts) -> Iterator[Finding]:
    """Say where the last known rate stands in for one that is not there yet."""
    found = facts.rates
    old = found[found["used"].notna() & (found["used"] < found["wanted"]) & found[n.RATE].notna()]
    for row in old.drop_duplicates(n.CURRENCY).to_dict("records"):
        words = {
            n.CURRENCY: row[n.CURRENCY],
            "wanted": f"{row['wanted']:%Y-%m}",
            "used": f"{row['used']:%Y-%m}",
        }
        yield Finding("rates", n.RATE, None, words)


def rate_not_positive(facts: Facts) -> Iterator[Finding]:
    """Find rates of 0 and less."""
    rates = facts.tables.rates
    yield from each(rates[rates[n.RATE] <= 0], n.RATE, table="rates")


def rate_twice(facts: Facts) -> Iterator[Finding]:
    """Find second rates for the same month and currency."""
    rates = facts.tables.rates
    yield from each(rates[rates.duplicated([n.MONTH, n.CURRENCY])], n.RATE, table="rates")


def account_unknown(facts: Facts) -> Iterator[Finding]:
    """Find accounts of open deals that are not on their sheet, where most are."""
    deals = facts.open[facts.open[n.ACCOUNT].notna()]
    known = deals[n.ACCOUNT].isin(facts.tables.accounts[n.ACCOUNT].dropna())
    if known.mean() > _LISTED_SHARE:
        yield from each(deals[~known].drop_duplicates(n.ACCOUNT), n.ACCOUNT)


def activity_deal_unknown(facts: Facts) -> Iterator[Finding]:
    """Find activities that count for no deal."""
    activities = facts.activities
    known = facts.tables.deals[n.DEAL_ID]
    unknown = activities[n.DEAL_ID].notna() & ~activities[n.DEAL_ID].isin(known)
    yield from each(activities[unknown], n.DEAL_ID, table="activities")


AGREEMENT_CHECKS = {
    "rate-missing": Check("error", rate_missing),
    "rate-carried": Check("info", rate_carried),
    "rate-not-positive": Check("warning", rate_not_positive),
    "rate-twice": Check("warning", rate_twice),
    "target-owner-unknown": Check("warning", target_owner_unknown),
    "owner-unknown": Check("warning", owner_unknown),
    "target-twice": Check("warning", target_twice),
    "target-missing": Check("info", target_missing),
    "account-unknown": Check("info", account_unknown),
    "activity-deal-unknown": Check("warning", activity_deal_unknown),
}
"""Rules on agreement between the sheets by name."""
