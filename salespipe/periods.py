"""Calendar months and fiscal quarters as half-open spans of days."""

from calendar import month_abbr
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pandas as pd

from salespipe.errors import AsOfError

__all__ = ["Kind", "Period", "month", "month_of_quarter", "months_after", "parse_date", "quarter"]

Kind = Literal["month", "quarter", "total"]


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole days.

    Attributes
    ----------
    start : date
        First day.
    end : date
        Day after the last one.
    label : str
        ``2026-11`` for a month, ``2026Q4`` for a fiscal quarter (named by the year it ends in).
    kind : {"month", "quarter", "total"}
    """

    start: date
    end: date
    label: str
    kind: Kind

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.start <= day < self.end


def parse_date(text: str) -> date:
    """Read an ISO date given by a person.

    Raises
    ------
    AsOfError
        The text is not YYYY-MM-DD.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise AsOfError(f'"{text}" is not a date; write it as 2026-10-31.') from None


def month(day: date) -> Period:
    """Give the calendar month that holds a day."""
    span = pd.Period(day, freq="M")
    return Period(
        span.start_time.date(), (span + 1).start_time.date(), span.strftime("%Y-%m"), "month"
    )


def months_after(as_of: date, n: int) -> list[Period]:
    """List `n` months, the first of which holds the day after `as_of`.

    At a month's end that is the next month; on any other day it is the running month, of which
    only the rest is still to come.
    """
    first = pd.Period(as_of + timedelta(days=1), freq="M")
    return [month((first + k).start_time.date()) for k in range(n)]


def quarter(day: date, *, fiscal_year_start: int = 1) -> Period:
    """Give the fiscal quarter that holds a day.

    Parameters
    ----------
    day : date
    fiscal_year_start : int
        Month (1-12) in which the fiscal year begins.
    """
    last = month_abbr[(fiscal_year_start - 2) % 12 + 1].upper()
    span = pd.Period(day, freq=f"Q-{last}")
    return Period(
        span.start_time.date(),
        (span + 1).start_time.date(),
        f"{span.qyear}Q{span.quarter}",
        "quarter",
    )


def month_of_quarter(month_number: int, *, fiscal_year_start: int = 1) -> int:
    """Give the place of a calendar month (1-12) in its fiscal quarter: 0, 1 or 2."""
    return (month_number - fiscal_year_start) % 3
