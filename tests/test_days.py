import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.days import (
    days_since_epoch,
    epoch_day,
    month_label,
    month_number,
    month_of,
    month_start,
    month_starts,
    quarter_months,
)
from salespipe.periods import month_of_quarter

dates = st.dates(min_value=pd.Timestamp("1900-01-01").date()).map(pd.Timestamp)


@given(dates, st.integers(1, 12))
def test_a_day_and_its_number_agree(day, fiscal):
    number = float(epoch_day(day))
    assert days_since_epoch(pd.Series([day, pd.NaT])).tolist()[0] == number
    month = month_number(day)
    assert month_of(np.array([number, number + 0.99])).tolist() == [month, month]
    assert month_label(month) == f"{day.year:04d}-{day.month:02d}"
    place = month_of_quarter(day.month, fiscal_year_start=fiscal)
    assert quarter_months([month], fiscal).tolist() == [place]


def test_a_missing_day_has_no_number():
    assert np.isnan(days_since_epoch(pd.Series([pd.NaT], dtype="datetime64[us]"))[0])


def test_months_begin_from_that_of_the_first_day_to_the_one_after_the_last():
    first, last = (float(epoch_day(pd.Timestamp(day))) for day in ("2026-01-15", "2026-02-03"))
    starts = [
        pd.Timestamp("1970-01-01") + pd.Timedelta(days=day) for day in month_starts(first, last)
    ]
    assert starts == [pd.Timestamp(day) for day in ("2026-01-01", "2026-02-01", "2026-03-01")]


@pytest.mark.parametrize("number", [24_310, 23_999])
def test_labels_sort_as_months_do(number):
    assert month_label(number) < month_label(number + 1)


@pytest.mark.parametrize("day", ["2026-01-01", "2026-12-31", "1999-06-15"])
def test_a_month_begins_on_its_first_day(day):
    start = month_start(month_number(pd.Timestamp(day)))
    assert start == pd.Timestamp(day).replace(day=1)
