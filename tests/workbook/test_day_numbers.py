from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, to_excel

from salespipe.workbook.day_numbers import from_day_number, to_day_number

LAST = 2_957_003
"""31 December 9999, counted from 1904."""


@given(st.dates(date(1904, 1, 2), date(9999, 12, 31)), st.booleans())
def test_dates_get_the_numbers_that_another_implementation_gives(day, date1904):
    epoch = MAC_EPOCH if date1904 else WINDOWS_EPOCH
    assert to_day_number(day, date1904=date1904) == to_excel(day, epoch)


@given(st.one_of(st.integers(1, LAST), st.floats(1, LAST)), st.booleans())
def test_numbers_give_the_dates_that_another_implementation_gives(number, date1904):
    epoch = MAC_EPOCH if date1904 else WINDOWS_EPOCH
    assert from_day_number(number, date1904=date1904) == from_excel(number, epoch)


@given(st.datetimes(datetime(1904, 1, 2), datetime(9999, 12, 31)), st.booleans())  # noqa: DTZ001
def test_times_come_back_to_the_millisecond(moment, date1904):
    back = from_day_number(to_day_number(moment, date1904=date1904), date1904=date1904)
    assert abs(back - moment) <= timedelta(milliseconds=1)


def test_a_day_that_never_was_is_counted():
    numbers = {1: date(1900, 1, 1), 59: date(1900, 2, 28), 61: date(1900, 3, 1)}
    assert {to_day_number(day, date1904=False): day for day in numbers.values()} == numbers
    assert {number: from_day_number(number).date() for number in numbers} == numbers


def test_a_calendar_may_begin_in_1904():
    assert from_day_number(45_000, date1904=True) == datetime(2027, 3, 16)  # noqa: DTZ001


@pytest.mark.parametrize("number", [0.5, -1, 1e9, float("inf"), float("nan")])
def test_what_lies_outside_the_calendar_is_no_date(number):
    assert from_day_number(number) is None


@pytest.mark.parametrize(
    ("day", "match"),
    [
        (date(1899, 12, 31), "before the workbook's calendar"),
        (datetime(2026, 1, 5, tzinfo=UTC), "time zone"),
    ],
)
def test_what_no_cell_can_hold_is_refused(day, match):
    with pytest.raises(ValueError, match=match):
        to_day_number(day, date1904=False)
