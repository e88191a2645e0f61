"""Everything that a workbook or an export holds, as typed tables: what reading gives back."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.cards import card, line
from salespipe.settings import Settings
from salespipe.stages import DEFAULT_STAGES, Stage
from salespipe.wording import Words

__all__ = ["COLUMNS", "Kind", "Tables", "among", "conform", "empty", "look_up"]

Kind = Literal["text", "number", "money", "fraction", "date", "month"]
"""What a column holds; a month is the date of its first day, a fraction lies between 0 and 1."""

COLUMNS: Final[dict[str, dict[str, Kind]]] = {
    "deals": {
        n.DEAL_ID: "text",
        n.ACCOUNT: "text",
        n.DEAL_NAME: "text",
        n.OWNER: "text",
        n.SEGMENT: "text",
        n.SOURCE: "text",
        n.STAGE: "text",
        n.AMOUNT: "money",
        n.LISTED_AMOUNT: "money",
        n.CURRENCY: "text",
        n.CREATED_ON: "date",
        n.EXPECTED_CLOSE_ON: "date",
        n.CLOSED_ON: "date",
        n.FORECAST_CATEGORY: "text",
        n.CONFIDENCE: "fraction",
        n.NEXT_STEP: "text",
        n.NEXT_STEP_ON: "date",
        n.LOST_REASON: "text",
        n.EXIT_EVIDENCE: "text",
        n.NOTES: "text",
    },
    "stage_entries": {n.DEAL_ID: "text", n.STAGE: "text", n.ENTERED_ON: "date"},
    "accounts": {
        n.ACCOUNT: "text",
        n.INDUSTRY: "text",
        n.REGION: "text",
        n.COUNTRY: "text",
        n.EMPLOYEES: "number",
        n.OWNER: "text",
        n.NOTES: "text",
    },
    "contacts": {
        n.CONTACT: "text",
        n.ACCOUNT: "text",
        n.ROLE: "text",
        n.EMAIL: "text",
        n.PHONE: "text",
        n.NOTES: "text",
    },
    "activities": {
        n.ACTIVITY_ON: "date",
        n.OWNER: "text",
        n.DEAL_ID: "text",
        n.ACTIVITY_TYPE: "text",
        n.ACTIVITY_OUTCOME: "text",
        n.MINUTES: "number",
        n.SUBJECT: "text",
    },
    "targets": {n.MONTH: "month", n.OWNER: "text", n.QUOTA: "money"},
    "market": {
        n.MONTH: "month",
        n.INDEX: "text",
        n.VALUE: "number",
        n.WORST: "number",
        n.BEST: "number",
    },
    "rates": {n.MONTH: "month", n.CURRENCY: "text", n.RATE: "number"},
    "feedback": {
        n.REPORTED_ON: "date",
        n.OWNER: "text",
        n.TOPIC: "text",
        n.FEEDBACK: "text",
        n.ANSWER: "text",
        n.STATUS: "text",
    },
    "changes": {
        n.DEAL_ID: "text",
        n.CHANGED_ON: "date",
        n.STAGE: "text",
        n.AMOUNT: "money",
        n.EXPECTED_CLOSE_ON: "date",
        n.OWNER: "text",
        n.FORECAST_CATEGORY: "text",
        n.CONFIDENCE: "fraction",
        n.OBSERVED_ON: "date",
        n.ACCOUNT: "text",
        n.DEAL_NAME: "text",
        n.SEGMENT: "text",
        n.SOURCE: "text",
        n.CURRENCY: "text",
        n.LISTED_AMOUNT: "money",
        n.CREATED_ON: "date",
        n.CLOSED_ON: "date",
    },
}
"""Columns of each table by key, in the workbook's order.

`stage_entries` is the long form of the Deals sheet's one-column-per-stage dates. An owner left
blank in `targets` means the whole team. `changes` comes from the change log beside the workbook:
the state of a deal from that day on, in the order in which it was observed; `observed_on` is the
day of the snapshot that saw it, missing in a history that was imported. From `account` on a row
says what the deal was, for the day on which someone deletes it.
"""

_DTYPES: Final[dict[Kind, str]] = {
    "text": "str",
    "number": "float64",
    "money": "float64",
    "fraction": "float64",
    "date": "datetime64[us]",
    "month": "datetime64[us]",
}


def empty(table: str) -> pd.DataFrame:
    """Make an empty table with its columns and dtypes, indexed by sheet row."""
    index = pd.Index([], dtype="int64", name=n.ROW)
    return pd.DataFrame(
        {key: pd.Series(dtype=_DTYPES[kind]) for key, kind in COLUMNS[table].items()}
    ).set_index(index)


def conform(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame the columns and dtypes of a table; columns of its own are kept at the end.

    Parameters
    ----------
    table : str
        A key of :data:`COLUMNS`.
    frame : pandas.DataFrame
        Cleaned values; its integer index is taken for the sheet rows.
    """
    kinds = COLUMNS[table]
    extra = [column for column in frame.columns if column not in kinds]
    out = frame.reindex(columns=[*kinds, *extra])
    out = out.astype({key: _DTYPES[kind] for key, kind in kinds.items()})
    out.index.name = n.ROW
    return out


def look_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """Give the value of each key, missing where it has none; `values` is indexed by unique keys.

    Unlike ``Series.map`` it keeps the dtype when there is no value at all.
    """
    return values.reindex(keys).set_axis(keys.index)


def among(keys: pd.Series | pd.Index, values: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Tell for each key whether it is one of the values; a missing one never is.

    ``Series.isin`` turns all values into Python objects first, which takes most of the time where
    a column of ids is compared with another.
    """
    known = pd.Index(
        pd.Series(
            values if isinstance(values, pd.Series | pd.Index) else list(values), dtype="str"
        ).unique()
    )
    found: npt.NDArray[np.bool_] = known.get_indexer(pd.Index(keys)) >= 0
    return found & keys.notna()


@dataclass(frozen=True)
class Tables:
    """All tables of one workbook, as they stand there (not yet as of a date).

    Attributes
    ----------
    deals, stage_entries, changes : DataFrame
    accounts, contacts, activities, targets, market, rates, feedback : DataFrame
        Columns as in :data:`COLUMNS`, index = row in the sheet. A stage is a name of `stages` for
        an open deal and ``won`` or ``lost`` for a closed one. Missing text is NaN.
        Unknown columns of the sheet follow at the end under their header text.
    stages : tuple of Stage
    settings : Settings
    snapshots : tuple of date
        Days as of which the change log took a snapshot, in order.
    forecasts : DataFrame
        Past forecasts, columns as :data:`salespipe.forecast_log.LOG_COLUMNS`; without any column
        where no log was read.
    """

    deals: pd.DataFrame = field(default_factory=lambda: empty("deals"))
    stage_entries: pd.DataFrame = field(default_factory=lambda: empty("stage_entries"))
    accounts: pd.DataFrame = field(default_factory=lambda: empty("accounts"))
    contacts: pd.DataFrame = field(default_factory=lambda: empty("contacts"))
    activities: pd.DataFrame = field(default_factory=lambda: empty("activities"))
    targets: pd.DataFrame = field(default_factory=lambda: empty("targets"))
    market: pd.DataFrame = field(default_factory=lambda: empty("market"))
    rates: pd.DataFrame = field(default_factory=lambda: empty("rates"))
    feedback: pd.DataFrame = field(default_factory=lambda: empty("feedback"))
    changes: pd.DataFrame = field(default_factory=lambda: empty("changes"))
    stages: tuple[Stage, ...] = DEFAULT_STAGES
    settings: Settings = field(default_factory=Settings)
    snapshots: tuple[date, ...] = ()
    forecasts: pd.DataFrame = field(default_factory=pd.DataFrame)

    def last_recorded_day(self, *, today: date) -> date:
        """Give the last day, up to today, on which anything was recorded: the usual as-of date."""
        days = pd.concat(
            [
                self.deals[n.CREATED_ON],
                self.deals[n.CLOSED_ON],
                self.stage_entries[n.ENTERED_ON],
                self.activities[n.ACTIVITY_ON],
                self.changes[n.CHANGED_ON],
            ]
        )
        past = days[days < pd.Timestamp(today) + pd.Timedelta(days=1)]
        return today if past.dropna().empty else past.max().date()

    def __repr__(self) -> str:
        """Say in one line how many rows each table has."""
        return line("Tables", f"of {self.settings.company or 'no company'}", self._facts())

    def _repr_html_(self) -> str:
        """Say in a notebook how many rows each table has."""
        return card(self.settings.company or "Tables", self._facts())

    def _facts(self) -> dict[Words, object]:
        return {
            Words(one.name.replace("_", " "), one.name): len(getattr(self, one.name))
            for one in fields(self)
            if one.name != "settings" and len(getattr(self, one.name))
        }
