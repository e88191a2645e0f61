import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe.errors import ImportMapError
from salespipe.sources.values import (
    day_month_order,
    natural_key,
    to_days,
    to_numbers,
    with_currencies,
)

WHERE = {"file": "e.csv", "header": "Day"}


def column(*values):
    return pd.Series(values, index=range(2, len(values) + 2), dtype="str")


def numbers(*values, decimal=".", fraction=False):
    found = to_numbers(column(*values), decimal=decimal, fraction=fraction, **WHERE)
    return found.tolist()


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (("3/1/2017", "10/25/2016"), "mdy"),
        (("3/1/2017", "25.10.2016", ""), "dmy"),
        (("3/1/2017", "4/12/2016"), ""),
        (("2017-03-01", "", "2017/3/13"), "ymd"),
        (("",), "ymd"),
    ],
)
def test_order_of_day_and_month_needs_proof(values, order):
    assert day_month_order(column(*values), **WHERE) == order


def test_proof_of_both_orders_is_refused_with_both_rows():
    with pytest.raises(ImportMapError, match=r"25/10/2016.* row 3 .*10/25/2016.* row 4 "):
        day_month_order(column("1/1/2016", "25/10/2016", "10/25/2016"), **WHERE)


@settings(max_examples=50, deadline=None)
@given(day=st.dates(min_value=pd.Timestamp("1900-01-01").date()))
def test_every_form_of_a_day_gives_that_day(day):
    forms = {
        "ymd": [day.isoformat(), f"{day:%Y}/{day.month}/{day.day}", f"{day:%Y-%m-%d} 15:23:11",
                f"{day:%Y-%m-%d}T23:59:59.000Z", f"{day:%Y}年{day.month}月{day.day}日"],
        "mdy": [f"{day.month}/{day.day}/{day:%Y}", f"{day:%m-%d-%Y} 4:05 PM", day.isoformat()],
        "dmy": [f"{day.day}.{day.month}.{day:%Y}", f"{day:%d/%m/%Y}, 04:05", day.isoformat()],
        "%Y%m%d": [f"{day:%Y%m%d}"],
    }  # fmt: skip
    for order, values in forms.items():
        found = to_days(column(*values, ""), order=order, **WHERE)
        assert found.dtype == "datetime64[us]"
        assert found.iloc[:-1].eq(pd.Timestamp(day)).all()
        assert pd.isna(found.iloc[-1])


@pytest.mark.parametrize("bad", ["2017-02-30", "soon", "2017-13-01", "45000", "1/2/17"])
def test_what_is_no_date_is_named_with_its_row(bad):
    with pytest.raises(ImportMapError, match=rf'e.csv, row 3, column "Day": "{bad}" is not'):
        to_days(column("2017-01-01", bad), order="mdy", **WHERE)


@pytest.mark.parametrize("order", ["ymd", "dmy", "%Y%m%d"])
def test_a_blank_column_of_days_is_missing(order):
    found = to_days(column("", ""), order=order, **WHERE)
    assert found.dtype == "datetime64[us]"
    assert found.isna().tolist() == [True, True]


def test_numbers_of_people():
    assert numbers("$10,000", "(500)", "1 200.5", "-3", "1e3", "￥7".replace("￥", "¥")) == [
        10000, -500, 1200.5, -3, 1000, 7,
    ]  # fmt: skip
    assert numbers("1.234,56", "12,5", "1.000", decimal=",") == [1234.56, 12.5, 1000]
    assert pd.isna(numbers("")[0])


@pytest.mark.parametrize("bad", ["12,5", "1.234,56", "ten", "1,2,3", "-", "."])
def test_what_is_no_number_is_named_with_its_row(bad):
    with pytest.raises(ImportMapError, match=rf'row 3, column "Day": "{bad}" is not a number'):
        numbers("1", bad)


def test_numbers_with_their_currency():
    assert numbers("USD 10,000.50", "5 000 kr", "€7", "CA$ 8", "9元") == [10000.5, 5000, 7, 8, 9]


def test_the_currency_of_an_amount_counts_where_no_column_names_it():
    amounts = column("USD 1", "€2", "3", "$4", "€5")
    told = pd.Series(["", "", "", "", "gbp"], index=amounts.index)
    found, said = with_currencies(amounts, told, home="EUR")
    assert found.fillna("").tolist() == ["USD", "EUR", "", "USD", "gbp"]
    assert [sentence.en for sentence in said] == [
        "amounts that name another currency count in it: USD (2).",
        "amounts that name another currency than the column for it: 1; the column counts.",
    ]
    found, said = with_currencies(amounts, None, home="CAD")
    assert found.fillna("").tolist() == ["USD", "EUR", "", "CAD", "EUR"]
    assert with_currencies(column("1", ""), None, home="EUR")[1] == []


def test_percents_become_fractions():
    assert numbers("70%", "5%", fraction=True) == pytest.approx([0.7, 0.05])
    assert numbers("70", "5", "1", fraction=True) == pytest.approx([0.7, 0.05, 0.01])
    assert numbers("0.7", "1", fraction=True) == [0.7, 1]


def test_natural_key_orders_by_the_numbers_in_text():
    values = column("x.10", "x.9", "x.100", "x.9")
    assert natural_key(values).tolist() == [1, 0, 2, 0]
