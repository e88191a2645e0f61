"""What a rule is given and what it gives back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from salespipe import names as n
from salespipe.problems import Severity
from salespipe.tables import Tables

__all__ = ["Check", "Facts", "Finding", "each"]


class Finding(NamedTuple):
    """One place where a rule is broken.

    Attributes
    ----------
    table, key : str
        Table and column; in ``stage_entries`` the key is the stage's name.
    row : int or None
        Row in the sheet, None where the whole column is meant.
    message, remedy : str
    value : str
        What stands there.
    deal_id, owner : str
    """

    table: str
    key: str
    row: int | None
    message: str
    remedy: str
    value: str = ""
    deal_id: str = ""
    owner: str = ""


class Check(NamedTuple):
    """A rule: how bad it is to break it, and what finds the places."""

    severity: Severity
    find: "Callable[[Facts], Iterator[Finding]]"


@dataclass(frozen=True)
class Facts:
    """The tables as far as they were known on a date.

    Attributes
    ----------
    tables : Tables
        As they stand.
    as_of : date
        Deals created, stages entered and activities logged later are not known.
    """

    tables: Tables
    as_of: date

    @cached_property
    def day(self) -> pd.Timestamp:
        """The as-of date, for comparing with columns."""
        return pd.Timestamp(self.as_of)

    @cached_property
    def deals(self) -> pd.DataFrame:
        """Deals created by the date, or without a date of creation."""
        deals = self.tables.deals
        return deals[~(deals[n.CREATED_ON] > self.day)]

    @cached_property
    def open(self) -> pd.DataFrame:
        """Deals that stand in an open stage of the sheet."""
        stage = self.deals[n.STAGE]
        return self.deals[stage.notna() & ~stage.isin([n.WON, n.LOST])]

    @cached_property
    def closed(self) -> pd.DataFrame:
        """Deals that the sheet calls won or lost."""
        return self.deals[self.deals[n.STAGE].isin([n.WON, n.LOST])]

    @cached_property
    def entries(self) -> pd.DataFrame:
        """Stages entered by the date, the first time each, of the deals known then."""
        entries = self.tables.stage_entries
        known = (entries[n.ENTERED_ON] <= self.day) & entries[n.DEAL_ID].isin(self.deals[n.DEAL_ID])
        ordered = entries[known].sort_values(n.ENTERED_ON, kind="stable")
        return ordered.drop_duplicates([n.DEAL_ID, n.STAGE])

    @cached_property
    def activities(self) -> pd.DataFrame:
        """Activities logged by the date."""
        return self.tables.activities[self.tables.activities[n.ACTIVITY_ON] <= self.day]


def each(
    frame: pd.DataFrame, key: str, message: str, remedy: str, *, table: str = "deals"
) -> Iterator[Finding]:
    """Make one finding of every row of a frame.

    Parameters
    ----------
    frame : DataFrame
        The rows that break the rule, indexed by sheet row.
    key : str
        Column that the finding points at.
    message, remedy : str
        Sentences; a column in braces, such as ``{closed_on:%Y-%m-%d}``, is filled in.
    table : str
    """
    for row, record in zip(frame.index, frame.to_dict("records"), strict=True):
        yield Finding(
            table=table,
            key=key,
            row=int(row),
            message=message.format_map(record),
            remedy=remedy.format_map(record),
            value=_shown(record.get(key)),
            deal_id=_shown(record.get(n.DEAL_ID)),
            owner=_shown(record.get(n.OWNER)),
        )


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.15g}"
    return "" if value is None or value is pd.NaT else str(value)
