from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.errors import AsOfError
from salespipe.periods import (
    Period,
    month,
    month_of_quarter,
    months_after,
    parse_date,
    quarter,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
STARTS = st.integers(1, 12)


@given(DAYS)
def test_a_month_holds_the_days_that_share_its_number(day):
    span = month(day)
    assert span.start == day.replace(day=1)
    assert (span.end - timedelta(days=1)).month == day.month
    assert span.end.day == 1
    assert day in span
    assert span.start in span
    assert span.end not in span
    assert (span.label, span.kind) == (f"{day:%Y-%m}", "month")


def test_the_days_of_a_month_are_counted():
    assert [month(date(2024, m, 1)).days for m in (1, 2, 4, 12)] == [31, 29, 30, 31]


@pytest.mark.parametrize(
    ("as_of", "first"),
    [
        (date(2026, 10, 31), "2026-11"),
        (date(2026, 10, 30), "2026-10"),
        (date(2026, 10, 1), "2026-10"),
        (date(2025, 12, 31), "2026-01"),
        (date(2024, 2, 28), "2024-02"),
        (date(2024, 2, 29), "2024-03"),
    ],
)
def test_the_first_month_to_come_holds_tomorrow(as_of, first):
    assert months_after(as_of, 1)[0].label == first


def test_months_to_come_follow_each_other():
    months = months_after(date(2026, 11, 15), 4)
    assert [span.label for span in months] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert [span.end for span in months[:-1]] == [span.start for span in months[1:]]
    assert months == sorted(months)
    assert months_after(date(2026, 11, 15), 0) == []


@given(DAYS, STARTS)
def test_a_quarter_is_three_months_of_the_fiscal_year(day, start):
    span = quarter(day, fiscal_year_start=start)
    assert day in span
    assert 89 <= span.days <= 92
    assert (span.start.month - start) % 3 == 0
    assert span.kind == "quarter"
    place = (span.start.month - start) % 12 // 3 + 1
    # The year is named by its last month.
    last = month(span.start + timedelta(days=31 * 3 * (4 - place) + 80))
    assert span.label == f"{last.start.year}Q{place}"


def test_known_quarters():
    day = date(2026, 11, 23)
    assert quarter(day) == Period(date(2026, 10, 1), date(2027, 1, 1), "2026Q4", "quarter")
    assert quarter(day, fiscal_year_start=4).label == "2027Q3"
    assert quarter(day, fiscal_year_start=2).start == date(2026, 11, 1)
    assert quarter(day, fiscal_year_start=12).end == date(2026, 12, 1)


@given(DAYS, STARTS)
def test_the_place_in_the_quarter_counts_months_since_its_start(day, start):
    begun = quarter(day, fiscal_year_start=start).start
    passed = (day.year - begun.year) * 12 + day.month - begun.month
    assert month_of_quarter(day.month, fiscal_year_start=start) == passed


def test_dates_are_read_as_people_give_them():
    assert parse_date(" 2026-10-31 ") == date(2026, 10, 31)


@pytest.mark.parametrize("text", ["31.10.2026", "2026-02-30", "", "today"])
def test_what_is_no_date_is_refused_with_an_example(text):
    with pytest.raises(AsOfError, match=r"is not a date; write it as 2026-10-31\.$") as refused:
        parse_date(text)
    assert f'"{text}"' in str(refused.value)
