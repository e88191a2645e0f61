import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.workbook.number_text import decimal_mark, split_number


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12", ("12", 1, 0)),
        ("(500)", ("500", -1, 0)),
        ("-500", ("500", -1, 0)),
        ("500-", ("500", -1, 0)),
        ("$1,200.50", ("1,200.50", 1, 0)),
        ("1.234,56 €", ("1.234,56", 1, 0)),
        ("usd 12k", ("12", 1, 3)),
        ("5000eur", ("5000", 1, 0)),
        ("r$ 5.000", ("5.000", 1, 0)),
        ("5 000 kr", ("5000", 1, 0)),
        ("ca$12", ("12", 1, 0)),
        ("abc$12", None),
        ("1.5 mio", ("1.5", 1, 6)),
        ("10万", ("10", 1, 4)),
        ("1.2亿元", ("1.2", 1, 8)),
        ("3千万", ("3", 1, 7)),
        ("70%", ("70", 1, -2)),
        ("2e5", ("2", 1, 5)),
        ("1 234 567", ("1234567", 1, 0)),
        ("1'234'567", ("1234567", 1, 0)),
        (".5", (".5", 1, 0)),
        ("12 apples", None),
        ("neg.", None),
        ("", None),
        ("1-2", None),
        ("12:30", None),
    ],
)
def test_numbers_as_people_write_them(text, parts):
    assert split_number(text) == parts


@pytest.mark.parametrize(
    ("digits", "mark"),
    [
        ("1234", ""),
        ("1,234.5", "."),
        ("1.234,5", ","),
        ("1,234,567", "."),
        ("1.234.567", ","),
        ("12.5", "."),
        ("12,5", ","),
        ("1.234", ""),
        ("0.123", "."),
        ("0,123", ","),
        ("1234.567", "."),
        ("12.3456", "."),
    ],
)
def test_the_decimal_mark_is_told_only_beyond_doubt(digits, mark):
    assert decimal_mark(digits) == mark


@given(st.decimals(0, 10**9, places=2), st.sampled_from([(",", "."), (".", ",")]))
def test_two_decimals_show_the_mark_in_either_custom(number, marks):
    thousands, decimal = marks
    text = f"{number:,.2f}".translate(str.maketrans({",": thousands, ".": decimal}))
    digits, sign, power = split_number(text)
    assert (decimal_mark(digits), sign, power) == (decimal, 1, 0)


@given(st.text(max_size=30))
def test_any_text_is_taken_apart_or_not(text):
    parts = split_number(text)
    assert parts is None or parts[1] in (-1, 1)
