"""Quotas: of the team and of each owner, by month."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.periods import Period

__all__ = ["owner_quotas", "quota_of", "team_quotas"]


def team_quotas(targets: pd.DataFrame) -> pd.Series:
    """Give the team's quota by month (first day).

    A month's own team row (owner left blank) goes before the sum of its owners' quotas.

    Parameters
    ----------
    targets : DataFrame
        month, owner, quota.
    """
    known, first = _known(targets)
    team = known[n.OWNER].isna()
    teams = known[team].groupby(first[team])[n.QUOTA].sum()
    owners = known[~team].groupby(first[~team])[n.QUOTA].sum()
    return teams.combine_first(owners)


def owner_quotas(targets: pd.DataFrame, *, owner: str) -> pd.Series:
    """Give one owner's quota by month (first day)."""
    known, first = _known(targets)
    own = known[n.OWNER] == owner
    quotas: pd.Series = known[own].groupby(first[own])[n.QUOTA].sum()
    return quotas


def quota_of(quotas: pd.Series, months: Sequence[Period]) -> float:
    """Sum the quotas of some months; NaN if one of them has none."""
    if not months:
        return float("nan")
    values = quotas.reindex([pd.Timestamp(month.start) for month in months])
    return float(np.sum(values.to_numpy("float64")))


def _known(targets: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    known = targets[targets[n.QUOTA].notna() & targets[n.MONTH].notna()]
    return known, known[n.MONTH].dt.to_period("M").dt.start_time
