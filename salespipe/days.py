"""Days and months as numbers: days since 1970-01-01, months since year 0."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "EPOCH",
    "days_since_epoch",
    "epoch_day",
    "month_label",
    "month_number",
    "month_of",
    "month_start",
    "month_starts",
    "quarter_months",
]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

EPOCH: Final = pd.Timestamp("1970-01-01")

EPOCH_MONTH: Final = 1970 * 12
"""Number of January 1970."""


def epoch_day(day: pd.Timestamp) -> int:
    """Count the days since 1970-01-01."""
    return int((day.normalize() - EPOCH).days)


def days_since_epoch(days: pd.Series) -> Floats:
    """Count the days since 1970-01-01; NaN where missing."""
    delta: Floats = ((days.dt.normalize() - EPOCH) / pd.Timedelta(days=1)).to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    return delta


def month_number(day: pd.Timestamp) -> int:
    """Give the number of a day's calendar month, counted from year 0."""
    return int(day.year * 12 + day.month - 1)


def month_start(number: int) -> pd.Timestamp:
    """Give the first day of a month."""
    return pd.Timestamp(year=number // 12, month=number % 12 + 1, day=1)


def month_label(number: int) -> str:
    """Give the label of a month, such as 2026-11."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(day: Floats) -> Ints:
    """Give the number of the calendar month of each day since 1970-01-01."""
    days = np.floor(day).astype(np.int64).astype("datetime64[D]")
    months: Ints = days.astype("datetime64[M]").astype(np.int64) + EPOCH_MONTH
    return months


def month_starts(first: float, last: float) -> Floats:
    """Give the first days of the months from that of `first` to the one after that of `last`."""
    span = np.arange(month_of(np.array([first]))[0], month_of(np.array([last]))[0] + 2)
    starts = (span - EPOCH_MONTH).astype("datetime64[M]").astype("datetime64[D]")
    return starts.astype(np.float64)


def quarter_months(months: npt.ArrayLike, fiscal_year_start: int) -> Ints:
    """Give the place in the fiscal quarter, 0 to 2, of month numbers."""
    place: Ints = (np.asarray(months, dtype=np.int64) % 12 + 1 - fiscal_year_start) % 3
    return place
