"""What a rule is given and what it gives back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, cast

import pandas as pd

from salespipe import names as n
from salespipe.currencies import deal_rates
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
    words : mapping
        What fills the braces of the rule's sentences.
    value : str
        What stands there.
    deal_id, owner : str
    phrase : str
        Key of the sentences in :mod:`salespipe.checks.words`, ``""`` for the rule's own.
    """

    table: str
    key: str
    row: int | None
    words: Mapping[str, object]
    value: str = ""
    deal_id: str = ""
    owner: str = ""
    phrase: str = ""


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
    def rates(self) -> pd.DataFrame:
        """The exchange rate of each deal that has an amount, 1 in the workbook's own currency."""
        deals = self.deals
        found = deal_rates(
            deals,
            self.tables.rates,
            home=self.tables.settings.currency,
            as_of=self.as_of,
        )
        counted = deals[[n.AMOUNT, n.LISTED_AMOUNT]].notna().any(axis=1)
        return found.assign(**{n.RATE: found[n.RATE].where(counted, 1.0)})

    @cached_property
    def activities(self) -> pd.DataFrame:
        """Activities logged by the date."""
        return self.tables.activities[self.tables.activities[n.ACTIVITY_ON] <= self.day]


def each(frame: pd.DataFrame, key: str, *, table: str = "deals") -> Iterator[Finding]:
    """Make one finding of every row of a frame.

    Parameters
    ----------
    frame : DataFrame
        The rows that break the rule, indexed by sheet row; its columns fill the sentences.
    key : str
        Column that the finding points at.
    table : str
    """
    records = cast("list[dict[str, object]]", frame.to_dict("records"))
    for row, record in zip(frame.index, records, strict=True):
        yield Finding(
            table=table,
            key=key,
            row=int(row),
            words=record,
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
