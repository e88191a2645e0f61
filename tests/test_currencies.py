from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.currencies import deal_rates, deals_at_home, find_rates
from salespipe.errors import RateMissingError
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables
from tests.checks.test_rules import WON, deals, table

AS_OF = date(2026, 6, 30)


def rates(*rows):
    return table("rates", *({n.MONTH: m, n.CURRENCY: c, n.RATE: r} for m, c, r in rows))


EURO = rates(
    ("2026-03-01", "EUR", 1.3), ("2026-05-01", "EUR", 1.5), ("2026-06-01", "EUR", 1.6),
    ("2026-08-01", "EUR", 9.0), ("2026-05-01", "GBP", 2.0), ("2026-05-01", "EUR", 99),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rate"),
    [
        ({n.CURRENCY: "EUR"}, 1.6),
        ({n.CURRENCY: "GBP"}, 2.0),
        ({n.CURRENCY: "USD"}, 1.0),
        ({n.CURRENCY: None}, 1.0),
        ({n.CURRENCY: "EUR", **WON, n.CLOSED_ON: "2026-05-31"}, 1.5),
        ({n.CURRENCY: "EUR", **WON, n.CLOSED_ON: "2026-04-02"}, None),
        ({n.CURRENCY: "EUR", **WON, n.CLOSED_ON: "2026-08-02"}, 1.6),
        ({n.CURRENCY: "EUR", **WON, n.CLOSED_ON: None}, 1.6),
        ({n.CURRENCY: "SEK"}, None),
    ],
)
def test_the_rate_of_a_deal(change, rate):
    found = deal_rates(deals(change), EURO, home="USD", as_of=AS_OF)[n.RATE].iloc[0]
    assert pd.isna(found) if rate is None else found == rate


def test_rows_keep_their_order_and_index():
    given = deals({n.CURRENCY: "GBP"}, {n.CURRENCY: None}, {n.CURRENCY: "EUR"})
    found = deal_rates(given, EURO, home="USD", as_of=AS_OF)
    assert found.index.equals(given.index)
    assert found[n.RATE].tolist() == [2.0, 1.0, 1.6]
    assert find_rates(found.iloc[:0][[n.CURRENCY, "wanted", "exact"]], EURO, home="USD").empty


def test_everything_is_in_the_workbooks_currency():
    given = Tables(
        deals=deals(
            {n.CURRENCY: "EUR", n.LISTED_AMOUNT: 2000},
            {n.CURRENCY: "EUR", **WON, n.CLOSED_ON: "2026-05-31", n.AMOUNT: 100},
            {},
        ),
        rates=EURO,
    )
    pipeline = build_pipeline(given, as_of=AS_OF)
    assert pipeline.deals[n.AMOUNT].tolist() == [1600, 150, 1000]
    assert pipeline.deals[n.LISTED_AMOUNT].iloc[0] == 3200
    assert set(pipeline.deals[n.CURRENCY].dropna()) == {"USD"}
    # An earlier day knows neither June's rate nor that the deal was won.
    earlier = build_pipeline(given, as_of=date(2026, 5, 20))
    assert earlier.deals[n.AMOUNT].tolist()[0] == 1500


def test_the_change_log_is_brought_home_too():
    log = table(
        "changes",
        *({n.DEAL_ID: "D0", n.CHANGED_ON: day, n.STAGE: "Needs Analysis", n.AMOUNT: 100.0}
          for day in ("2026-05-02", "2026-06-05")),
    )  # fmt: skip
    given = Tables(deals=deals({n.CURRENCY: "EUR"}), rates=EURO, changes=log)
    assert build_pipeline(given, as_of=AS_OF).changes[n.AMOUNT].tolist() == [150, 160]


def test_a_missing_rate_is_an_error_that_names_month_and_currency():
    given = deals({n.CURRENCY: "SEK"}, {n.CURRENCY: "EUR", **WON, n.CLOSED_ON: "2026-04-02"})
    with pytest.raises(RateMissingError, match=r"to USD for EUR in 2026-04, SEK in 2026-06"):
        deals_at_home(given, EURO, home="USD", as_of=AS_OF)
    nothing = deals({n.CURRENCY: "SEK", n.AMOUNT: None})
    assert deals_at_home(nothing, EURO, home="USD", as_of=AS_OF)[n.AMOUNT].isna().all()
