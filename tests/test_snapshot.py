from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salespipe import names as n
from salespipe.ledger import read_ledger
from salespipe.pipeline import build_pipeline
from salespipe.snapshot import TRACKED, observe, take_snapshot
from salespipe.tables import Tables, conform, empty
from tests.public_data import public_tables

FIRST, SECOND, THIRD = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)

DEAL = {
    n.DEAL_ID: "a",
    n.ACCOUNT: "Acme",
    n.OWNER: "Ann",
    n.SEGMENT: "East",
    n.STAGE: "Qualification",
    n.AMOUNT: 100.0,
    n.CREATED_ON: pd.Timestamp("2026-01-05"),
    n.EXPECTED_CLOSE_ON: pd.Timestamp("2026-03-15"),
}


def sheet(*deals, entries=()):
    """Give the tables of a workbook that shows these deals today."""
    return Tables(
        deals=conform("deals", pd.DataFrame(list(deals), index=range(2, len(deals) + 2))),
        stage_entries=conform(
            "stage_entries",
            pd.DataFrame(entries, columns=[n.DEAL_ID, n.STAGE, n.ENTERED_ON]).astype(
                {n.ENTERED_ON: "datetime64[us]"}
            ),
        ),
    )


def remembering(tables, book):
    ledger = read_ledger(book)
    return replace(tables, changes=ledger.changes, snapshots=ledger.snapshots)


@pytest.fixture
def book(tmp_path):
    return tmp_path / "b.xlsx"


@pytest.fixture
def snap(book):
    def take(tables, as_of):
        return take_snapshot(book, remembering(tables, book), as_of=as_of)

    return take


def rows(book):
    log = read_ledger(book).changes
    return [
        (row.deal_id, f"{row.changed_on:%m-%d}", f"{row.observed_on:%m-%d}", row.stage, row.amount)
        for row in log.itertuples()
    ]


def test_the_first_one_sees_every_deal_and_the_next_what_changed(book, snap):
    other = DEAL | {n.DEAL_ID: "b"}
    snap(sheet(DEAL, other), FIRST)
    snap(sheet(DEAL | {n.AMOUNT: 120.0}, other), SECOND)
    assert rows(book) == [
        ("a", "01-31", "01-31", "Qualification", 100.0),
        ("b", "01-31", "01-31", "Qualification", 100.0),
        ("a", "02-28", "02-28", "Qualification", 120.0),
    ]
    assert snap(sheet(DEAL | {n.AMOUNT: 120.0}, other), SECOND) is None


def test_a_stage_is_dated_by_the_sheet_where_it_says_when(book, snap):
    snap(sheet(DEAL), FIRST)
    moved = DEAL | {n.STAGE: "Needs Analysis", n.AMOUNT: 120.0}
    snap(sheet(moved, entries=[("a", "Needs Analysis", pd.Timestamp("2026-02-10"))]), SECOND)
    won = moved | {n.STAGE: n.WON, n.CLOSED_ON: pd.Timestamp("2026-03-07")}
    snap(sheet(won), THIRD)
    assert rows(book)[1:] == [
        ("a", "02-10", "02-28", "Needs Analysis", 100.0),
        ("a", "02-28", "02-28", "Needs Analysis", 120.0),
        ("a", "03-07", "03-31", "won", 120.0),
    ]


def test_a_stage_without_a_date_is_dated_by_the_snapshot(book, snap):
    snap(sheet(DEAL), FIRST)
    snap(sheet(DEAL | {n.STAGE: "Needs Analysis"}), SECOND)
    assert rows(book)[1:] == [("a", "02-28", "02-28", "Needs Analysis", 100.0)]


def test_a_deal_that_is_gone_is_remembered_and_comes_back_on_its_days(book, snap):
    other = DEAL | {n.DEAL_ID: "b"}
    snap(sheet(DEAL, other), FIRST)
    snap(sheet(other), SECOND)
    assert rows(book)[-1] == ("a", "02-28", "02-28", n.REMOVED, 100.0)
    tables = remembering(sheet(other), book)
    before = build_pipeline(tables, as_of=FIRST).deals.set_index(n.DEAL_ID)
    assert set(before.index) == {"a", "b"}
    assert before.loc["a", [n.ACCOUNT, n.SEGMENT, n.AMOUNT]].tolist() == ["Acme", "East", 100.0]
    assert build_pipeline(tables, as_of=SECOND).deals[n.DEAL_ID].tolist() == ["b"]
    # and back again
    snap(sheet(DEAL, other), THIRD)
    tables = remembering(sheet(DEAL, other), book)
    for day, there in ((FIRST, 2), (SECOND, 1), (THIRD, 2)):
        assert len(build_pipeline(tables, as_of=day).deals) == there


def test_before_the_next_snapshot_a_deal_that_is_gone_is_on_the_days_of_the_last(book, snap):
    other = DEAL | {n.DEAL_ID: "b"}
    snap(sheet(DEAL, other), FIRST)
    tables = remembering(sheet(other), book)
    assert len(build_pipeline(tables, as_of=FIRST).deals) == 2
    assert len(build_pipeline(tables, as_of=SECOND).deals) == 1


def test_what_was_typed_in_later_was_not_known_before(book, snap):
    other = DEAL | {n.DEAL_ID: "b"}
    snap(sheet(DEAL), FIRST)
    won = DEAL | {n.STAGE: n.WON, n.CLOSED_ON: pd.Timestamp("2026-01-29"), n.AMOUNT: 90.0}
    snap(sheet(won, other), SECOND)
    tables = remembering(sheet(won, other), book)
    then = build_pipeline(tables, as_of=FIRST).deals
    assert then[[n.DEAL_ID, n.OUTCOME, n.AMOUNT]].to_numpy().tolist() == [["a", n.OPEN, 100.0]]
    assert build_pipeline(tables, as_of=SECOND).deals[n.OUTCOME].tolist() == [n.WON, n.OPEN]


def test_a_blank_that_a_snapshot_saw_is_one(book, snap):
    snap(sheet(DEAL), FIRST)
    blank = DEAL | {n.EXPECTED_CLOSE_ON: pd.NaT}
    snap(sheet(blank), SECOND)
    snap(sheet(DEAL), THIRD)
    tables = remembering(sheet(DEAL), book)
    dates = [
        build_pipeline(tables, as_of=day).deals[n.EXPECTED_CLOSE_ON].iloc[0]
        for day in (FIRST, SECOND, THIRD)
    ]
    assert [pd.isna(day) for day in dates] == [False, True, False]


def test_a_day_before_the_last_one_adds_nothing(book, snap):
    snap(sheet(DEAL), SECOND)
    assert snap(sheet(DEAL | {n.AMOUNT: 5.0}), FIRST) is None
    assert len(rows(book)) == 1


def test_money_is_kept_in_the_deal_s_own_currency(book, snap):
    rates = pd.DataFrame(
        {n.MONTH: [pd.Timestamp("2026-01-01")], n.CURRENCY: ["EUR"], n.RATE: [2.0]}, index=[2]
    )
    tables = replace(sheet(DEAL | {n.CURRENCY: "EUR"}), rates=conform("rates", rates))
    snap(tables, FIRST)
    assert rows(book)[0][-1] == 100.0
    assert build_pipeline(remembering(tables, book), as_of=FIRST).deals[n.AMOUNT].item() == 200.0


def test_the_snapshot_of_the_day_does_not_change_the_pipeline_of_the_day(book, snap):
    moved = DEAL | {n.STAGE: "Needs Analysis"}
    snap(sheet(DEAL), FIRST)
    tables = sheet(moved, entries=[("a", "Needs Analysis", pd.Timestamp("2026-02-10"))])
    first = build_pipeline(remembering(tables, book), as_of=SECOND)
    assert snap(tables, SECOND) is not None
    again = build_pipeline(remembering(tables, book), as_of=SECOND)
    assert again.digest == first.digest
    pd.testing.assert_frame_equal(again.stays, first.stays)


STATES = st.fixed_dictionaries(
    {
        n.STAGE: st.sampled_from(["Prospecting", "Qualification", "Needs Analysis", n.WON, n.LOST]),
        n.AMOUNT: st.sampled_from([None, 0.0, 10.0, 25.5]),
        n.EXPECTED_CLOSE_ON: st.sampled_from([None, "2026-01-20", "2026-05-01"]),
        n.OWNER: st.sampled_from(["Ann", "Bo", None]),
        n.FORECAST_CATEGORY: st.sampled_from([None, n.COMMIT]),
        n.CONFIDENCE: st.sampled_from([None, 0.5]),
    }
)
MONTHS = pd.date_range("2026-01-31", periods=4, freq="ME")


@settings(max_examples=12, deadline=None)
@given(
    months=st.lists(
        st.dictionaries(st.sampled_from("abc"), STATES, min_size=1), min_size=2, max_size=4
    )
)
def test_every_state_comes_back_exactly(tmp_path_factory, months):
    """Whatever people do to a sheet between snapshots: edits, reopenings, deletions, returns."""
    book = tmp_path_factory.mktemp("book") / "b.xlsx"
    shown = []
    for month, deals in zip(MONTHS, months, strict=False):
        rows = []
        for deal_id, state in sorted(deals.items()):
            closed = month if state[n.STAGE] in (n.WON, n.LOST) else pd.NaT
            born = {n.DEAL_ID: deal_id, n.CREATED_ON: pd.Timestamp("2026-01-01")}
            due = pd.Timestamp(state[n.EXPECTED_CLOSE_ON])
            rows.append(born | state | {n.EXPECTED_CLOSE_ON: due, n.CLOSED_ON: closed})
        tables = sheet(*rows)
        shown.append(tables)
        take_snapshot(book, remembering(tables, book), as_of=month.date())
    tables = remembering(shown[-1], book)
    for month, then in zip(MONTHS, shown, strict=False):
        back = build_pipeline(tables, as_of=month.date()).deals.set_index(n.DEAL_ID)
        truth = then.deals.set_index(n.DEAL_ID)
        pd.testing.assert_frame_equal(
            back[list(TRACKED)].sort_index(), truth[list(TRACKED)].sort_index()
        )
        assert observe(replace(then, changes=tables.changes), as_of=MONTHS[-1].date()) is not None


@pytest.mark.slow
def test_snapshots_of_a_public_history_give_every_state_back(book):
    """18 month ends of salesforce_demo: the states are those that its history file has."""
    whole = public_tables("salesforce_demo/Opportunity.csv")
    keys = [*TRACKED, n.CLOSED_ON, n.SEGMENT, n.CREATED_ON]
    truth = {}
    for month in pd.date_range("2015-12-31", periods=18, freq="ME"):
        day = month.date()
        then = build_pipeline(whole, as_of=day, own_currencies=True).deals
        truth[day] = then.set_index(n.DEAL_ID)[keys].sort_index()
        past = whole.stage_entries[whole.stage_entries[n.ENTERED_ON] <= month]
        tables = replace(
            whole,
            deals=conform("deals", then.drop(columns=[n.OUTCOME, n.ENTERED_ON])),
            stage_entries=past[past[n.DEAL_ID].isin(then[n.DEAL_ID])],
            changes=empty("changes"),
        )
        take_snapshot(book, remembering(tables, book), as_of=day)
    tables = remembering(tables, book)
    for day, state in truth.items():
        back = build_pipeline(tables, as_of=day, own_currencies=True).deals
        pd.testing.assert_frame_equal(back.set_index(n.DEAL_ID)[keys].sort_index(), state)
