"""Rules on what may be there twice: deals, accounts, names in two spellings."""

from collections.abc import Iterator

import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Check, Facts, Finding, each
from salespipe.workbook.headers import fold

__all__ = ["DOUBLE_CHECKS"]

_NEAR = pd.Timedelta(days=3)
_SPELLED = (n.OWNER, n.ACCOUNT, n.SEGMENT, n.SOURCE)


def near_duplicate(facts: Facts) -> Iterator[Finding]:
    """Find deals that may have been entered twice."""
    keys = [n.ACCOUNT, n.AMOUNT]
    counted = facts.deals[(facts.deals[n.STAGE] != n.LOST) & (facts.deals[n.AMOUNT] > 0)]
    deals = counted.dropna(subset=[*keys, n.CREATED_ON]).sort_values([*keys, n.CREATED_ON])
    before = deals[[*keys, n.CREATED_ON, n.DEAL_ID]].shift()
    same = (deals[n.ACCOUNT] == before[n.ACCOUNT]) & (deals[n.AMOUNT] == before[n.AMOUNT])
    twice = same & (deals[n.CREATED_ON] - before[n.CREATED_ON] <= _NEAR)
    yield from each(deals.assign(other=before[n.DEAL_ID])[twice].sort_index(), n.DEAL_ID)


def account_twice(facts: Facts) -> Iterator[Finding]:
    """Find accounts that stand on their sheet twice, in whatever spelling."""
    accounts = facts.tables.accounts
    first: dict[str, int] = {}
    rows, above = [], []
    for row, account in accounts[n.ACCOUNT].dropna().items():
        other = first.setdefault(fold(str(account)) or str(account), int(str(row)))
        if other != row:
            rows.append(row)
            above.append(other)
    twice = accounts.loc[rows, [n.ACCOUNT]].assign(other=above)
    yield from each(twice, n.ACCOUNT, table="accounts")


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
                words = {
                    "other": other,
                    "count": counts[other],
                    "usual": usual,
                    "often": counts[usual],
                }
                yield Finding("deals", key, int(rows.index[0]), words, value=other)


DOUBLE_CHECKS = {
    "near-duplicate": Check("info", near_duplicate),
    "account-twice": Check("warning", account_twice),
    "spelling": Check("warning", spelling),
}
"""Rules on doubles by name."""
