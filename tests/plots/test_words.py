from datetime import date
from math import inf, nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.plots.words import MISSING, amount, day, money, number, share, value_of

SIZES = {"": 1.0, "k": 1e3, "M": 1e6, "bn": 1e9, "T": 1e12}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (999.4, "999"),
        (999.9, "1k"),
        (1_234_567, "1.23M"),
        (350_000, "350k"),
        (999_999, "1M"),
        (-1_250_000, "-1.25M"),
        (2.5e9, "2.5bn"),
        (nan, MISSING),
        (inf, MISSING),
    ],
)
def test_amounts_are_short(value, text):
    assert amount(value) == text


@given(st.floats(min_value=1, max_value=1e14))
def test_an_amount_is_never_off_by_more_than_half_a_percent(value):
    text = amount(value)
    unit = text.lstrip("0123456789.e+")
    assert float(text.removesuffix(unit)) * SIZES[unit] == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"),
        (0.001, "under 1 %"),
        (0.624, "62 %"),
        (0.999, "over 99 %"),
        (1.0, "100 %"),
        (nan, MISSING),
    ],
)
def test_certainty_is_only_claimed_where_it_is(value, text):
    assert share(value) == text


def test_money_names_its_currency():
    assert money(1500, currency="CNY") == "CNY 1.5k"
    assert money(nan, currency="CNY") == MISSING


def test_counts_keep_their_digits():
    assert [number(1204), number(6.286), number(204.6), number(nan)] == [
        "1,204",
        "6.29",
        "205",
        MISSING,
    ]


def test_days_have_no_time():
    days = (date(2026, 10, 31), pd.Timestamp("2026-10-31 12:00"), pd.NaT)
    assert [day(one) for one in days] == ["2026-10-31", "2026-10-31", MISSING]


@pytest.mark.parametrize(
    ("unit", "text"),
    [("share", "50 %"), ("days", "0.5 days"), ("money", "EUR 0.5"), ("count", "0.5")],
)
def test_a_kpi_is_written_in_its_unit(unit, text):
    assert value_of(0.5, unit=unit, currency="EUR") == text
    assert value_of(nan, unit=unit, currency="EUR") == MISSING
