from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.workbook.grid import Cell
from salespipe.workbook.readings import READERS, Evidence, plain_text, show, weigh

day = datetime.fromisoformat


def read(kind, *values):
    """Read the first value of a column that holds the others too."""
    cells = [Cell(1, 1, "text" if isinstance(value, str) else "number", value) for value in values]
    return READERS[kind](cells[0], weigh(kind, cells))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$10,000", 10_000),
        ("1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("１２３", 123),
        ("(500)", -500),
        ("($1,200)", -1200),
        ("500-", -500),
        ("−3", -3),
        ("10万", 100_000),
        ("３．５ 万元", 35_000),
        ("12k", 12_000),
        ("$1.2M", 1_200_000),
        ("USD 5,000", 5000),
        ("¥1,000", 1000),
        ("1 234 567", 1_234_567),
        ("CHF 1’200.50", 1200.5),
        ("1,23,456", 123_456),
        ("1.2E+06", 1_200_000),
        (".5", 0.5),
        ("0,125", 0.125),
        ("1,234", 1234),
        ("1.234k", 1234),
    ],
)
def test_numbers_in_text_are_read(text, number):
    reading = read("money", text)

    assert reading.value == pytest.approx(number)
    assert reading.rule == "number-as-text"


@pytest.mark.parametrize(
    "text", ["about ten", "Feb 12", "5.5.5", "1..2", "12 apples", "70%", "$", "5 5", "1e999", "x1"]
)
def test_text_that_is_no_number_is_not_guessed_at(text):
    assert read("money", text)[:2] == (None, "not-a-number")


@pytest.mark.parametrize(
    ("column", "number", "rule"),
    [
        (("1.234",), None, "number-ambiguous"),
        (("1.234", "7,50"), 1234, "number-as-text"),
        (("1.234", "2.345.678"), 1234, "number-as-text"),
        (("1.234", "$2,500.00"), 1.234, "number-as-text"),
        (("1.234", "7,50", "7.50"), None, "number-ambiguous"),
        (("1,234", "7,50"), 1.234, "number-as-text"),
    ],
)
def test_the_column_decides_what_a_separator_means(column, number, rule):
    assert read("money", *column)[:2] == (number, rule)


@pytest.mark.parametrize(
    ("value", "share", "rule"),
    [
        ("70%", 0.7, "number-as-text"),
        (70.0, 0.7, "percent-as-number"),
        ("70", 0.7, "percent-as-number"),
        (0.7, 0.7, ""),
        (1.0, 1.0, ""),
        (2.0, 0.02, "percent-as-number"),
        (1.5, None, "confidence-out-of-range"),
        (150.0, None, "confidence-out-of-range"),
        ("150%", None, "confidence-out-of-range"),
        ("250%", None, "confidence-out-of-range"),
        ("-5%", None, "confidence-out-of-range"),
        ("high", None, "not-a-number"),
    ],
)
def test_fractions(value, share, rule):
    assert read("fraction", value)[:2] == (share, rule)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026/3/1",
        "2026.3.1",
        "2026年3月1日",
        "２０２６年３月１日",
        "20260301",
        "2026-03-01 10:30",
        "2026-03-01T10:30:00",
        "1 Mar 2026",
        "01-Mar-26",
        "March 1st, 2026",
        "1.3.2026",
    ],
)
def test_dates_in_text_are_read(text):
    assert read("date", text)[:2] == (day("2026-03-01"), "date-as-text")


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "31/02/2026", "12", "1 Foo 2026"])
def test_text_that_is_no_date_is_not_guessed_at(text):
    assert read("date", text, "13/04/2026")[:2] == (None, "not-a-date")


@pytest.mark.parametrize(
    ("column", "day", "rule"),
    [
        (("03/04/2026",), None, "date-ambiguous"),
        (("03/04/2026", "13/04/2026"), day("2026-04-03"), "date-as-text"),
        (("03/04/2026", "04/13/2026"), day("2026-03-04"), "date-as-text"),
        (("03/04/2026", "13/04/2026", "04/13/2026"), None, "date-ambiguous"),
        (("04/04/2026",), day("2026-04-04"), "date-as-text"),
        (("13/04/2026",), day("2026-04-13"), "date-as-text"),
    ],
)
def test_the_column_decides_whether_the_day_comes_first(column, day, rule):
    assert read("date", *column)[:2] == (day, rule)


@pytest.mark.parametrize(
    ("number", "date1904", "day"),
    [
        (45000.0, False, day("2023-03-15")),
        (43538.0, True, day("2023-03-15")),
        (45000.75, False, day("2023-03-15")),
        (20260301.0, False, day("2026-03-01")),
    ],
)
def test_bare_numbers_in_a_date_column_count_days_of_the_epoch(number, date1904, day):
    cell = Cell(1, 1, "number", number)

    assert READERS["date"](cell, Evidence(date1904=date1904))[:2] == (day, "date-as-number")


@pytest.mark.parametrize("number", [5.0, -1.0, 1e9, float("nan"), float("inf")])
def test_numbers_that_are_no_day_are_not_dates(number):
    assert READERS["date"](Cell(1, 1, "number", number), Evidence())[:2] == (None, "not-a-date")


@pytest.mark.parametrize("text", ["2026-03", "2026年3月", "Mar 2026", "Mar-26", "2026-03-17"])
def test_a_month_is_its_first_day(text):
    assert read("month", text)[:2] == (day("2026-03-01"), "date-as-text")


def test_a_month_that_is_ambiguous_stays_so():
    assert read("month", "1/3/2026")[:2] == (None, "date-ambiguous")


@pytest.mark.parametrize(
    ("value", "text"),
    [(7.0, "7"), (1234567890123456.0, "1234567890123456"), (0.5, "0.5"), ("001", "001")],
)
def test_ids_stay_text(value, text):
    assert read("text", value).value == text


def test_white_space_of_any_kind_is_one_space():
    assert plain_text(" Ana\u00a0\u200b  Lopez\n") == "Ana Lopez"


def test_cells_are_shown_as_people_read_them():
    assert show(Cell(1, 1, "bool", True)) == "TRUE"
    assert show(Cell(1, 1, "date", day("2026-03-01"))) == "2026-03-01"
    assert show(Cell(1, 1, "date", day("2026-03-01T09:30"))) == "2026-03-01 09:30:00"


@pytest.mark.parametrize("kind", sorted(READERS))
@given(
    text=st.text(alphabet=st.sampled_from("0123456789.,-/ ()%$k万年月日'eE:T") | st.characters())
)
def test_no_text_makes_a_reader_raise(kind, text):
    value, rule, _ = read(kind, text)

    assert value is not None or rule or kind == "text"


@given(st.floats(0.01, 1e9).map(lambda x: round(x, 2)), st.sampled_from([",.", ".,"]))
def test_amounts_with_cents_survive_either_locale(amount, marks):
    text = f"{amount:,.2f}".translate(str.maketrans(",.", marks))

    assert read("money", text).value == pytest.approx(amount)
