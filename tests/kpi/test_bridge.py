from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe import names as n
from salespipe.forecast_log import LOG_COLUMNS, MARKET, OWN
from salespipe.kpi.bridge import PARTS, bridge
from salespipe.kpi.change_words import explain
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables, conform

THEN, NOW = date(2026, 1, 31), date(2026, 2, 28)
FEB, MAR, APR, MAY = (pd.Timestamp(2026, month, 1) for month in (2, 3, 4, 5))

DEAL = {
    n.ACCOUNT: "Acme",
    n.OWNER: "Ann",
    n.STAGE: "Qualification",
    n.AMOUNT: 100.0,
    n.CREATED_ON: pd.Timestamp("2025-11-01"),
    n.EXPECTED_CLOSE_ON: pd.Timestamp("2026-03-15"),
}
WON = DEAL | {n.STAGE: n.WON, n.CLOSED_ON: pd.Timestamp("2026-02-10"), n.AMOUNT: 120.0}
LOST = DEAL | {n.STAGE: n.LOST, n.CLOSED_ON: pd.Timestamp("2026-02-10")}


def pipeline(as_of, deals):
    rows = [{n.DEAL_ID: name} | deal for name, deal in {**deals, "z": DEAL}.items()]
    frame = pd.DataFrame(rows, index=range(2, len(rows) + 2))
    return build_pipeline(Tables(deals=conform("deals", frame)), as_of=as_of)


def forecast(months, *, likely, mean, deals):
    """Give the log of a forecast: likely and mean of the first months together, and the deals'."""
    rows = [
        {"method": OWN, "by": "total", "kind": "span", "start": months[0], "end": end, "horizon": k}
        | {"likely": likely[k - 1], "mean": mean[k - 1]}
        for k, end in enumerate(months[1:], start=1)
    ]
    rows += [
        {"method": OWN, "by": "deal", "group": name, "kind": "month", "mean": money}
        | {"start": start, "end": end}
        for name, by_month in deals.items()
        for money, start, end in zip(by_month, months, months[1:], strict=False)
    ]
    return pd.DataFrame(rows).reindex(columns=list(LOG_COLUMNS))


def test_the_parts_of_a_hand_worked_bridge():
    """Then, for February to April: likely 200 of a mean of 210 (deals 95, new business 115).

    Now won in February: a's 120, d's 30. March to April: likely 90, mean 100 (deals 61, new 39).
    """
    first = pipeline(THEN, {"a": DEAL, "b": DEAL, "c": DEAL, "e": DEAL, "f": DEAL})
    last = pipeline(
        NOW,
        {
            "a": WON,
            "b": LOST,
            "c": DEAL | {n.EXPECTED_CLOSE_ON: pd.Timestamp("2026-06-01")},
            "d": WON | {n.AMOUNT: 30.0, n.CREATED_ON: pd.Timestamp("2026-02-02")},
            "e": DEAL | {n.AMOUNT: 150.0},
            "f": DEAL | {n.STAGE: "Needs Analysis"},
        },
    )
    then = forecast(
        [FEB, MAR, APR, MAY],
        likely=[60.0, 130.0, 200.0],
        mean=[65.0, 140.0, 210.0],
        deals={
            "a": [10.0, 20.0],
            "b": [5.0],
            "c": [20.0],
            "e": [0.0, 15.0],
            "f": [10.0],
            "z": [15],
        },
    )
    here = forecast(
        [MAR, APR, MAY, pd.Timestamp(2026, 6, 1)],
        likely=[50.0, 90.0, 140.0],
        mean=[55.0, 100.0, 150.0],
        deals={"c": [4.0], "e": [12.0, 13.0], "f": [5.0, 10.0], "z": [12.0, 5.0, 99.0]},
    )
    made = bridge(then, here, first, last)
    assert (made.start, made.end) == (FEB, MAY)
    assert (made.before, made.after) == (200.0, 150.0 + 90.0)
    amounts = dict(zip(made.parts["part"], made.parts["amount"], strict=True))
    assert amounts == pytest.approx(
        dict.fromkeys(PARTS, 0.0)
        | {
            "won": 120.0 - 30.0,
            "lost": -5.0,
            "slipped": 4.0 - 20.0,
            "grown": 25.0 - 15.0,
            "moved": 15.0 - 10.0,
            # d's 30, and new business: 39 expected now, 115 then
            "new": 30.0 + 39.0 - 115.0,
            # z, and likely less mean: -10 then and now
            "refit": 2.0,
        }
    )
    assert sum(amounts.values()) == pytest.approx(made.after - made.before)
    assert made.deals[n.DEAL_ID].tolist()[0] == "a"
    assert dict(zip(made.parts["part"], made.parts["count"], strict=True))["won"] == 1


def test_months_that_are_over_count_as_they_came():
    first = pipeline(THEN, {"a": DEAL})
    last = pipeline(NOW, {"a": WON})
    then = forecast([FEB, MAR], likely=[80.0], mean=[90.0], deals={"a": [50.0]})
    here = forecast([MAR, APR], likely=[10.0], mean=[12.0], deals={})
    made = bridge(then, here, first, last)
    assert (made.before, made.after) == (80.0, 120.0)
    assert made.parts["amount"].sum() == pytest.approx(40.0)


def test_forecasts_without_a_month_in_common_have_no_bridge():
    here = forecast([MAR, APR], likely=[10.0], mean=[12.0], deals={})
    line = pipeline(NOW, {})
    assert bridge(here.head(0), here, line, line) is None


def test_overdue_and_pulled_in_and_corrected_deals():
    overdue = DEAL | {n.EXPECTED_CLOSE_ON: pd.Timestamp("2026-02-01")}
    first = pipeline(THEN, {"a": DEAL, "b": overdue, "c": WON | {n.CLOSED_ON: pd.Timestamp(THEN)}})
    last = pipeline(
        NOW,
        {
            "a": DEAL | {n.EXPECTED_CLOSE_ON: pd.Timestamp("2026-03-01")},
            "b": overdue,
            "c": WON | {n.CLOSED_ON: pd.Timestamp(THEN), n.AMOUNT: 90.0},
        },
    )
    first.deals.loc[first.deals[n.DEAL_ID] == "b", n.EXPECTED_CLOSE_ON] = overdue[
        n.EXPECTED_CLOSE_ON
    ]
    last.deals.loc[last.deals[n.DEAL_ID] == "b", n.EXPECTED_CLOSE_ON] = overdue[n.EXPECTED_CLOSE_ON]
    january = pd.Timestamp(2026, 1, 1)
    then = forecast(
        [january, FEB, MAR, APR], likely=[1, 2, 3.0], mean=[1, 2, 3.0], deals={"b": [0, 9]}
    )
    here = forecast([MAR, APR], likely=[5.0], mean=[5.0], deals={"a": [3.0], "b": [1.0]})
    made = bridge(then, here, first, last)
    amounts = dict(zip(made.parts["part"], made.parts["amount"], strict=True))
    assert amounts["pulled_in"] == 3.0
    assert amounts["past_due"] == 1.0 - 9.0
    assert amounts["shrunk"] == 90.0 - 120.0


MONEY = st.floats(0, 1e6)
SHOWN = st.sampled_from([DEAL, WON, LOST, None])


@settings(max_examples=15, deadline=None)
@given(
    likely=st.lists(MONEY, min_size=6, max_size=6),
    mean=st.lists(MONEY, min_size=6, max_size=6),
    states=st.lists(
        st.tuples(
            st.sampled_from([DEAL, WON, LOST, None]), st.sampled_from([DEAL, WON, LOST, None])
        ),
        min_size=1,
        max_size=5,
    ),
    expected=st.lists(st.tuples(MONEY, MONEY), min_size=5, max_size=5),
)
def test_the_parts_always_add_up(likely, mean, states, expected):
    names = "abcde"[: len(states)]
    sides = [
        {name: pair[side] for name, pair in zip(names, states, strict=True) if pair[side]}
        for side in (0, 1)
    ]
    deals = [{name: expected[k] for k, name in enumerate(names)} for _ in sides]
    then = forecast([FEB, MAR, APR, MAY], likely=likely[:3], mean=mean[:3], deals=deals[0])
    here = forecast(
        [MAR, APR, MAY, pd.Timestamp(2026, 6, 1)], likely=likely[3:], mean=mean[3:], deals=deals[1]
    )
    made = bridge(then, here, pipeline(THEN, sides[0]), pipeline(NOW, sides[1]))
    assert made.parts["amount"].sum() == pytest.approx(made.after - made.before, abs=1e-3)
    assert made.parts["part"].tolist() == list(PARTS)


def market_rows(months, added):
    return pd.DataFrame(
        {"method": MARKET, "by": "total", "kind": "span", "start": months[0], "end": end, "mean": m}
        for end, m in zip(months[1:], added, strict=True)
    ).reindex(columns=list(LOG_COLUMNS))


def test_the_market_s_part_is_of_the_months_still_to_come():
    """Then: 10, 25, 45 up to February, March, April; now: 5, 12 up to March, April.

    Of March and April 45 - 10 = 35 were expected, 12 are now: the market takes off 23, and what the
    models learned makes up for it, since the two likelies are given.
    """
    first, last = pipeline(THEN, {"a": DEAL}), pipeline(NOW, {"a": DEAL})
    then = forecast(
        [FEB, MAR, APR, MAY], likely=[60.0, 130.0, 200.0], mean=[60.0, 130.0, 200.0], deals={}
    )
    now = forecast([MAR, APR, MAY], likely=[70.0, 150.0], mean=[70.0, 150.0], deals={})
    plain = bridge(then, now, first, last)
    assert plain.market is None
    assert explain(plain, currency="USD")["market"].en == "No market index is used by the models."
    told = bridge(
        pd.concat([then, market_rows([FEB, MAR, APR, MAY], [10.0, 25.0, 45.0])]),
        pd.concat([now, market_rows([MAR, APR, MAY], [5.0, 12.0])]),
        first,
        last,
    )
    assert told.market == (35.0, 12.0)
    parts, before = (one.parts.set_index("part")["amount"] for one in (told, plain))
    assert parts["market"] == -23.0
    assert parts["refit"] == before["refit"] + 23.0
    assert parts.sum() == pytest.approx(told.after - told.before)
    said = explain(told, currency="USD")["market"]
    assert said.en.endswith("went from +$35 to +$12.")
    assert "+$35 变为 +$12" in said.zh


def test_an_index_that_is_no_longer_used_takes_its_part_with_it():
    first, last = pipeline(THEN, {"a": DEAL}), pipeline(NOW, {"a": DEAL})
    then = forecast([FEB, MAR, APR], likely=[60.0, 130.0], mean=[60.0, 130.0], deals={})
    now = forecast([MAR, APR], likely=[70.0], mean=[70.0], deals={})
    used = pd.concat([then, market_rows([FEB, MAR, APR], [10.0, 25.0])])
    assert bridge(used, now, first, last).market == (15.0, 0.0)
