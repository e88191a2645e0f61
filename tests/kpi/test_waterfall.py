from datetime import date
from itertools import combinations, pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe import names as n
from salespipe.kpi.waterfall import MOVEMENTS, waterfall
from salespipe.periods import Period, quarter
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables, conform
from tests.public_data import public_tables

THEN, NOW = date(2026, 1, 31), date(2026, 2, 28)
QUARTER = quarter(date(2026, 1, 1), fiscal_year_start=1)
INSIDE, BEFORE, AFTER = "2026-03-15", "2025-12-20", "2026-05-10"

DEAL = {
    n.OWNER: "Ann",
    n.SEGMENT: "East",
    n.STAGE: "Qualification",
    n.AMOUNT: 100.0,
    n.CREATED_ON: "2025-11-01",
    n.EXPECTED_CLOSE_ON: INSIDE,
}


def pipeline(as_of, *deals, names=None):
    """Give the pipeline of a sheet that shows these deals on that day; None is no deal."""
    rows = [
        {n.DEAL_ID: name} | deal
        for name, deal in zip(names or "abcdefgh", deals, strict=False)
        if deal is not None
    ]
    # A deal that never changes: there is always one.
    rows.append(DEAL | {n.DEAL_ID: "z", n.OWNER: "Zoe", n.SEGMENT: "West", n.AMOUNT: 1.0})
    frame = pd.DataFrame(rows)
    for key in (n.CREATED_ON, n.EXPECTED_CLOSE_ON, n.CLOSED_ON):
        frame[key] = pd.to_datetime(frame.get(key))
    frame = conform("deals", frame.set_axis(range(2, len(frame) + 2)))
    return build_pipeline(Tables(deals=frame), as_of=as_of)


def moved(before, after, **asked):
    made = waterfall(pipeline(THEN, before), pipeline(NOW, after), **asked)
    reconcile(made)
    return [(row.movement, row.amount) for row in made.deals.itertuples()]


def signed(rows):
    return rows["amount"] * rows["movement"].map(MOVEMENTS).astype("float64")


def reconcile(made):
    """Check the identity to the cent, in the whole and in every group."""
    assert made.start + signed(made.deals).sum() == pytest.approx(made.end, abs=0.005)
    assert (made.deals["amount"] >= 0).all()
    by = list(made.by)
    if by:
        sums = made.steps.assign(amount=signed(made.steps)).groupby(by)["amount"].sum()
        opens = made.opens.set_index(by)
        there = opens.index.union(sums.index)
        left = opens.reindex(there, fill_value=0.0)
        gap = left["start"] + sums.reindex(there, fill_value=0.0) - left["end"]
        assert (gap.abs() < 0.005).all()


def won(amount, day="2026-02-10"):
    return DEAL | {n.STAGE: n.WON, n.AMOUNT: amount, n.CLOSED_ON: day}


LOST = DEAL | {n.STAGE: n.LOST, n.CLOSED_ON: "2026-02-10", n.AMOUNT: 70.0}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (DEAL, DEAL, []),
        (None, DEAL, [("new", 100.0)]),
        (LOST | {n.CLOSED_ON: "2026-01-05"}, DEAL, [("reopened", 100.0)]),
        (DEAL, DEAL | {n.AMOUNT: 130.0}, [("grown", 30.0)]),
        (DEAL, DEAL | {n.AMOUNT: None}, [("shrunk", 100.0)]),
        (DEAL, won(100.0), [("won", 100.0)]),
        (DEAL, won(120.0), [("grown", 20.0), ("won", 120.0)]),
        (DEAL, won(75.0), [("won", 75.0), ("shrunk", 25.0)]),
        (DEAL, LOST, [("lost", 100.0)]),
        (DEAL, None, [("removed", 100.0)]),
        (None, won(80.0), [("new", 80.0), ("won", 80.0)]),
        (None, LOST, [("new", 70.0), ("lost", 70.0)]),
        (won(80.0, "2026-01-05"), won(80.0, "2026-01-05"), []),
        (LOST | {n.CLOSED_ON: "2026-01-05"}, won(60.0), [("reopened", 60.0), ("won", 60.0)]),
        # without a grouping or a period these are no movements
        (DEAL, DEAL | {n.OWNER: "Bo", n.STAGE: "Needs Analysis"}, []),
        (DEAL, DEAL | {n.EXPECTED_CLOSE_ON: AFTER}, []),
    ],
)
def test_each_movement_of_the_whole(before, after, expected):
    assert moved(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (DEAL, DEAL | {n.EXPECTED_CLOSE_ON: AFTER, n.AMOUNT: 9.0}, [("pushed_out", 100.0)]),
        (DEAL, DEAL | {n.EXPECTED_CLOSE_ON: None}, [("pushed_out", 100.0)]),
        (DEAL, DEAL | {n.EXPECTED_CLOSE_ON: BEFORE}, [("pulled_out", 100.0)]),
        (DEAL | {n.EXPECTED_CLOSE_ON: AFTER}, DEAL | {n.AMOUNT: 110.0}, [("pulled_in", 110.0)]),
        (DEAL | {n.EXPECTED_CLOSE_ON: BEFORE}, DEAL, [("pushed_in", 100.0)]),
        (DEAL | {n.EXPECTED_CLOSE_ON: None}, DEAL, [("pulled_in", 100.0)]),
        # won within the period, though it was expected later
        (DEAL | {n.EXPECTED_CLOSE_ON: AFTER}, won(90.0), [("pulled_in", 90.0), ("won", 90.0)]),
        (DEAL | {n.EXPECTED_CLOSE_ON: AFTER}, LOST, []),
        (None, DEAL | {n.EXPECTED_CLOSE_ON: AFTER}, []),
    ],
)
def test_each_movement_of_a_period(before, after, expected):
    assert moved(before, after, period=QUARTER) == expected


def test_a_deal_that_changes_hands_leaves_one_owner_and_comes_to_the_other():
    after = DEAL | {n.OWNER: "Bo", n.AMOUNT: 110.0}
    assert moved(DEAL, after, by=["owner"]) == [("owner_in", 110.0), ("owner_out", 100.0)]
    assert moved(DEAL, DEAL | {n.STAGE: "Needs Analysis"}, by=["stage"]) == [
        ("moved_in", 100.0),
        ("moved_out", 100.0),
    ]
    # a win is its old owner's
    made = waterfall(
        pipeline(THEN, DEAL), pipeline(NOW, won(100.0) | {n.OWNER: "Bo"}), by=["owner"]
    )
    assert made.deals[["movement", "owner"]].to_numpy().tolist() == [["won", "Ann"]]


def test_the_sums_name_their_deals_and_idle_ones_are_listed():
    made = waterfall(
        pipeline(THEN, DEAL, DEAL, DEAL),
        pipeline(NOW, won(100.0), won(50.0), DEAL | {n.AMOUNT: 7.0}),
    )
    assert made.amounts() == dict.fromkeys(MOVEMENTS, 0.0) | {"won": 150.0, "shrunk": 143.0}
    assert made.steps.to_numpy().tolist() == [["won", 150.0, 2], ["shrunk", 143.0, 2]]
    assert made.idle[n.DEAL_ID].tolist() == ["z"]
    assert (made.start, made.end) == (301.0, 8.0)


STATES = st.none() | st.fixed_dictionaries(
    {
        n.OWNER: st.sampled_from(["Ann", "Bo", None]),
        n.SEGMENT: st.sampled_from(["East", "West"]),
        n.STAGE: st.sampled_from(["Prospecting", "Qualification", n.WON, n.LOST]),
        n.AMOUNT: st.sampled_from([None, 0.0, 10.0, 33.33, 1e6 / 3]),
        n.EXPECTED_CLOSE_ON: st.sampled_from([None, INSIDE, BEFORE, AFTER]),
    }
)


@settings(max_examples=10, deadline=None)
@given(pairs=st.lists(st.tuples(STATES, STATES), min_size=1, max_size=6))
def test_it_reconciles_whatever_people_do(pairs):
    """Reopenings, changes of owner, deletions and returns, alone and at once, in every group."""

    def at(day, states):
        closed = (n.WON, n.LOST)
        return pipeline(
            day,
            *[
                state and DEAL | state | {n.CLOSED_ON: day if state[n.STAGE] in closed else None}
                for state in states
            ],
        )

    then, now = at(THEN, [a for a, _ in pairs]), at(NOW, [b for _, b in pairs])
    keys = (n.OWNER, n.SEGMENT, n.STAGE)
    for size in range(4):
        for by in combinations(keys, size):
            for period in (None, QUARTER, Period(NOW, NOW, "none", "month")):
                reconcile(waterfall(then, now, period=period, by=by))


@pytest.mark.slow
def test_every_month_of_a_public_history_reconciles():
    """18 month ends of salesforce_demo, in every owner and stage, for every deal and a quarter."""
    tables = public_tables("salesforce_demo/Opportunity.csv")
    ends = [day.date() for day in pd.date_range("2015-12-31", periods=18, freq="ME")]
    lines = [build_pipeline(tables, as_of=day) for day in ends]
    for then, now in pairwise(lines):
        coming = quarter(now.as_of, fiscal_year_start=tables.settings.fiscal_year_start)
        for by in ((), (n.OWNER,), (n.OWNER, n.STAGE), (n.SEGMENT,)):
            for period in (None, coming):
                reconcile(waterfall(then, now, period=period, by=by))
        # Independently: the money of deals that the file shows as won in between.
        made = waterfall(then, now).amounts()
        deals = now.deals[(now.deals[n.OUTCOME] == n.WON) & (now.deals[n.CLOSED_ON] > then.day)]
        assert made["won"] == pytest.approx(deals[n.AMOUNT].fillna(0).sum(), rel=0.02)
