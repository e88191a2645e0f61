"""Day numbers: what a cell that shows a date holds."""

from datetime import date, datetime, timedelta
from typing import Final

__all__ = ["from_day_number", "to_day_number"]

_EPOCHS: Final = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001
"""Day 0, by whether the workbook counts from 1904."""

_NEVER_WAS: Final = 60
"""29 February 1900, which the calendar from 1900 counts (ECMA-376 part 1, 18.17.4.1)."""

_MILLISECONDS: Final = 86_400_000
"""Of a day."""


def to_day_number(day: date, *, date1904: bool) -> float:
    """Give the number that stands for a date, in days.

    Raises
    ------
    ValueError
        The workbook's calendar begins later, or the time has a zone.
    """
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
    if moment.tzinfo is not None:
        raise ValueError("carries a time zone; give local time without one")
    number = (moment - _EPOCHS[date1904]) / timedelta(days=1)
    if not date1904 and number < _NEVER_WAS + 1:
        number -= 1
    if number < (0 if date1904 else 1):
        raise ValueError("lies before the workbook's calendar begins")
    return number


def from_day_number(number: float, *, date1904: bool = False) -> datetime | None:
    """Give the date that a number stands for, to the millisecond.

    None where it stands for none: below 1 it is a time of day, or beyond the year 9999.
    """
    if not number >= 1:
        return None
    if not date1904 and number < _NEVER_WAS:
        number += 1
    day, part = divmod(number, 1)
    try:
        return _EPOCHS[date1904] + timedelta(days=day, milliseconds=round(part * _MILLISECONDS))
    except (OverflowError, ValueError):
        return None
