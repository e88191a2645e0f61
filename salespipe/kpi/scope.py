"""Which deals and which months a review speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.survival import Survival, survive
from salespipe.periods import quarter
from salespipe.pipeline import Pipeline

__all__ = [
    "AGES",
    "CYCLE",
    "MONTHS",
    "ONE_DAY",
    "Beginning",
    "Lives",
    "Scope",
    "Window",
    "days_in",
    "follow",
    "full_months",
    "month_of",
]

MONTHS: Final = 12
"""Full months that the review looks back on."""

CYCLE: Final = "cycle"
"""Column: days from creation to close, missing while open."""

AGES: Final = (30, 60, 90, 180, 365)
"""Ages in days at which cohorts are compared."""

RIPE_SHARE: Final = 0.8
"""A cohort is ripe at the age by which this share of its wins has come."""

SILENCE: Final = 5.0
"""Closings that should have come before the first one, from which on they were not recorded.

If they were recorded, the number due before the first is exponential with mean 1: chance 0.7 %.
"""

ONE_DAY = timedelta(days=1)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Window:
    """A span of days, mostly whole months.

    Attributes
    ----------
    start, end : Timestamp
        First day, and the day after the last one.
    months : tuple of str
        Full months in it, such as ``2026-10``.
    text : str
        For people.
    fiscal_year_start : int
        Month in which the fiscal year begins, for quarters.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    months: tuple[str, ...]
    text: str
    fiscal_year_start: int = 1

    @cached_property
    def quarters(self) -> dict[str, tuple[str, ...]]:
        """The fiscal quarters of its full months, such as ``2026Q4``, each with those months."""
        found: dict[str, list[str]] = {}
        for label in self.months:
            day = date.fromisoformat(f"{label}-01")
            span = quarter(day, fiscal_year_start=self.fiscal_year_start)
            found.setdefault(span.label, []).append(label)
        return {label: tuple(months) for label, months in found.items()}

    @property
    def full_quarters(self) -> dict[str, tuple[str, ...]]:
        """Those quarters of which all three months are in it."""
        return {label: months for label, months in self.quarters.items() if len(months) == 3}

    def holds(self, days: pd.Series) -> pd.Series:
        """Tell which days lie in the window; a missing one does not."""
        return (days >= self.start) & (days < self.end)


@dataclass(frozen=True)
class Beginning:
    """When the data begins.

    Attributes
    ----------
    day : Timestamp or None
        First day of which it is known what closed; None if there is no dated deal.
    reason : str
    """

    day: pd.Timestamp | None
    reason: str = ""


class Lives(NamedTuple):
    """Deals followed through a window, as :func:`~salespipe.kpi.survival.survive` takes them.

    Attributes
    ----------
    days : array, shape (n,)
        Age when closed or when last seen; NaN without a creation date, less than 0 where the deal
        came after the window. Both are passed over.
    ended, hits : array of bool, shape (n,)
        Closed, and won.
    entered : array, shape (n,)
        Age when the window began, 0 if created later.
    """

    days: Floats
    ended: Flags
    hits: Flags
    entered: Floats


def follow(deals: pd.DataFrame, window: Window) -> Lives:
    """Follow deals through a window: from creation, or their age when it begins, to their close.

    Parameters
    ----------
    deals : DataFrame
        created_on, closed_on, outcome. Those still open when the window ends have not ended.
    """
    closed = deals[n.CLOSED_ON] < window.end
    last = deals[n.CLOSED_ON].where(closed, window.end - ONE_DAY)
    return Lives(
        days=days_in(last - deals[n.CREATED_ON]),
        ended=closed.to_numpy(bool),
        hits=(deals[n.OUTCOME] == n.WON).to_numpy(bool),
        entered=np.maximum(days_in(window.start - deals[n.CREATED_ON]), 0.0),
    )


def days_in(spans: "pd.Series[pd.Timedelta]") -> npt.NDArray[np.float64]:
    """Give spans of time in days; NaN where missing."""
    return np.asarray(spans.dt.days, dtype=np.float64)


def month_of(days: pd.Series) -> pd.Series:
    """Give the months of days as labels such as ``2026-10``, missing where the day is."""
    labels: pd.Series = days.dt.strftime("%Y-%m")
    return labels


def full_months(
    as_of: date,
    *,
    begin: Beginning,
    months: int = MONTHS,
    running: bool = False,
    fiscal_year_start: int = 1,
) -> Window:
    """Give the last full months up to a day, as far back as the data goes.

    Parameters
    ----------
    as_of : date
        At a month's end that month is full.
    begin : Beginning
    months : int
    running : bool
        Fall back on the days since the data began where there is no full month yet; otherwise the
        window is empty then.
    fiscal_year_start : int
    """
    end = pd.Timestamp(as_of + ONE_DAY).to_period("M").start_time
    start = end - pd.DateOffset(months=months)
    first = begin.day.to_period("M").start_time if begin.day is not None else start
    if first >= end:
        if running and begin.day is not None and begin.day <= pd.Timestamp(as_of):
            until = pd.Timestamp(as_of + ONE_DAY)
            text = f"the days {begin.day:%Y-%m-%d} to {as_of} (no full month yet)"
            return Window(begin.day, until, (), text)
        return Window(end, end, (), f"no full month up to {as_of} ({begin.reason})")
    labels = pd.period_range(max(start, first), end - ONE_DAY, freq="M").strftime("%Y-%m")
    count = f"{len(labels)} full months" if len(labels) > 1 else "one full month"
    text = f"the {count} {' to '.join(dict.fromkeys((labels[0], labels[-1])))}"
    short = f" ({begin.reason})" if first > start else ""
    return Window(max(start, first), end, tuple(labels), text + short, fiscal_year_start)


class Scope:
    """A pipeline, prepared for counting.

    Parameters
    ----------
    pipeline : Pipeline

    Attributes
    ----------
    pipeline : Pipeline
    deals : DataFrame
        The pipeline's, with blank owners, segments and sources named, and ``cycle`` in days.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        """Prepare the deals."""
        self.pipeline = pipeline
        deals = pipeline.deals.copy()
        for key in (n.OWNER, n.SEGMENT, n.SOURCE):
            deals[key] = deals[key].fillna(n.UNKNOWN)
        spans = (deals[n.CLOSED_ON] - deals[n.CREATED_ON]).dt.days
        deals[CYCLE] = spans.where(spans >= 0).astype("float64")
        self.deals = deals

    @cached_property
    def begin(self) -> Beginning:
        """When the data begins: with the first deal, or later if closings are recorded later."""
        dates = pd.concat([self.deals[n.CREATED_ON], self.deals[n.CLOSED_ON]])
        first = dates.min()
        if pd.isna(first):
            return Beginning(None, "no deal has a date")
        since = self._closings_recorded_from()
        if since is not None:
            return Beginning(since, f"closings are recorded only from {since:%Y-%m-%d}")
        return Beginning(first, f"the data begins on {first:%Y-%m-%d}")

    def _closings_recorded_from(self) -> pd.Timestamp | None:
        """Find a day before which deals existed but could not have been seen to close."""
        closings = self.deals.loc[self.deals[CYCLE].notna(), n.CLOSED_ON]
        if closings.empty:
            return None
        first: pd.Timestamp = closings.min()
        end = pd.Timestamp(self.pipeline.as_of + ONE_DAY)
        seen = survive(*follow(self.deals, Window(first, end, (), "")))
        waited = days_in(first - self.deals.loc[self.deals[n.CREATED_ON] < first, n.CREATED_ON])
        hazard = np.concatenate([[0.0], seen.hazard])
        due = hazard[np.searchsorted(seen.days, waited, side="left")].sum()
        return first if due > SILENCE else None

    @cached_property
    def window(self) -> Window:
        """The last twelve full months, or what there is of them."""
        return self._full_months(self.pipeline.as_of, running=True)

    def cohorts(self, age: int) -> Window:
        """Give the last twelve full months whose youngest deal is `age` days old."""
        return self._full_months(self.pipeline.as_of - age * ONE_DAY)

    def _full_months(self, day: date, *, running: bool = False) -> Window:
        first = self.pipeline.settings.fiscal_year_start
        return full_months(day, begin=self.begin, running=running, fiscal_year_start=first)

    @cached_property
    def lives(self) -> Lives:
        """All deals, followed through the window."""
        return follow(self.deals, self.window)

    @cached_property
    def survival(self) -> Survival:
        """How many of them were at risk, closed and won at each age."""
        return survive(*self.lives)

    @cached_property
    def ripe_age(self) -> int:
        """Age in days at which cohorts are compared: most wins have come, and there are some."""
        ages = [age for age in AGES if self.cohorts(age).months] or [AGES[0]]
        # Compared with NaN, no age is ripe: the greatest is taken.
        return next((age for age in ages if age >= self.won_by), ages[-1])

    @cached_property
    def won_by(self) -> float:
        """Age in days by which :data:`RIPE_SHARE` of the wins have come; NaN without a win."""
        if not self.survival.hits.any():
            return float("nan")
        incidence = self.survival.incidence
        return float(self.survival.days[incidence >= RIPE_SHARE * incidence[-1]][0])

    @cached_property
    def closed(self) -> pd.DataFrame:
        """Deals closed in the window, with the month of closing."""
        deals = self.deals
        shut = deals[self.window.holds(deals[n.CLOSED_ON]) & (deals[n.OUTCOME] != n.OPEN)]
        return shut.assign(**{n.MONTH: month_of(shut[n.CLOSED_ON])})

    @cached_property
    def unripe(self) -> Mapping[str, str]:
        """Remarks on the months of the window that are younger than the median cycle."""
        return self.unripe_after(self.survival.quantile(0.5).value, "cycle")

    @cached_property
    def unripe_wins(self) -> Mapping[str, str]:
        """Remarks on the months of the window whose wins have not come yet, most of them."""
        if np.isnan(self.won_by):
            return dict.fromkeys(self.window.months, "unripe: nothing has been won yet")
        share = f"{RIPE_SHARE:.0%} of wins come"
        remark = f"unripe: younger than the {self.won_by:.0f} days in which {share}"
        return self._younger(self.won_by, remark)

    def unripe_after(self, median: float, what: str) -> Mapping[str, str]:
        """Make remarks on the months of the window that are younger than a median, in days."""
        if np.isnan(median):
            remark = f"unripe: the median {what} is not known yet"
            return dict.fromkeys(self.window.months, remark)
        return self._younger(median, f"unripe: younger than the median {what} of {median:.0f} days")

    def _younger(self, age: float, remark: str) -> Mapping[str, str]:
        return {label: remark for label, past in self._days_past.items() if past < age}

    @cached_property
    def _days_past(self) -> dict[str, int]:
        """Days since the end of each month of the window."""
        day = pd.Timestamp(self.pipeline.as_of)
        ends = {label: pd.Period(label, freq="M").end_time for label in self.window.months}
        return {label: (day - end.normalize()).days for label, end in ends.items()}
