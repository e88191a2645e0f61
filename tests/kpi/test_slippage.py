from math import isnan

import pytest

from salespipe import names as n
from salespipe.kpi.scope import Scope
from salespipe.kpi.slippage import slippages
from salespipe.kpi.snapshots import month_starts, pushes
from salespipe.pipeline import build_pipeline
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, log, tables

SLIPPED, WON, LOST = "slipped", "won in the month", "lost in the month"


def seen(deal_id, day, due, stage="A", amount=100.0):
    return (deal_id, f"2026-{day}", stage, {n.EXPECTED_CLOSE_ON: f"2026-{due}", n.AMOUNT: amount})


@pytest.fixture
def pipeline():
    """September begins with four deals due in it; a fifth, due later, is won in it."""
    made = tables(
        deal("w", "won", "2026-08-01", "2026-09-20"),
        deal("l", "lost", "2026-08-01", "2026-09-25"),
        deal("s", "won", "2026-08-01", "2026-10-15"),
        deal("o", "A", "2026-08-01"),
        deal("p", "won", "2026-08-01", "2026-09-10"),
        deal("new", "won", "2026-09-02", "2026-09-12"),
        changes=log(
            seen("w", "08-05", "09-15"),
            seen("l", "08-05", "09-30", amount=300.0),
            seen("s", "08-05", "09-10"),
            seen("s", "09-10", "10-10"),
            seen("o", "08-05", "09-01", amount=500.0),
            seen("o", "09-02", "10-01"),
            seen("o", "10-01", "11-01"),
            seen("p", "08-05", "12-01"),
            seen("new", "09-02", "09-12"),
        ),
    )
    return build_pipeline(made, as_of=AS_OF)


def test_september_by_hand(pipeline):
    table = rows_of(slippages, pipeline)
    # September: w won, l lost, s and o slipped. October: s (due the 10th) won, o slipped.
    assert pick(table, f"{SLIPPED}: still open at the month's end, of deals").value == 3 / 6
    assert pick(table, f"{WON} they were due, of deals").value == 2 / 6
    assert pick(table, f"{LOST} they were due, of deals").value == 1 / 6
    # By amount: 100 + 500 slipped of 1,000 in September; o, now at 100, of 200 in October.
    assert pick(table, f"{SLIPPED}: still open at the month's end, of the").value == 700 / 1200
    # p was due in December: one of the three won that were open when their month began.
    early = pick(table, "pulled in")
    assert (early.value, early.n) == (1 / 3, 3)


def test_pushes_are_counted_from_the_log(pipeline):
    assert pushes(pipeline.changes).to_dict() == {"l": 0, "new": 0, "o": 2, "p": 0, "s": 1, "w": 0}
    table = rows_of(slippages, pipeline)
    # Closed: w, l, p, new never pushed (3 of 4 won), s once (won).
    assert pick(table, "pushes per deal").value == pytest.approx(1 / 5)
    assert pick(table, "won, of deals pushed 0").value == 0.75
    assert pick(table, "won, of deals pushed 1").value == 1
    assert isnan(pick(table, "won, of deals pushed 3 or more").value)


def test_a_date_brought_forward_is_no_push():
    changes = log(seen("x", "08-05", "10-15"), seen("x", "09-10", "09-30"))
    assert pushes(changes)["x"] == 0


def test_only_months_that_the_log_saw_begin_count(pipeline):
    assert [month.label for month in month_starts(Scope(pipeline))] == ["2026-09", "2026-10"]


def test_without_a_log_nothing_is_said(pipeline_of):
    table = rows_of(slippages, pipeline_of([{n.CREATED_ON: "2026-06-01", n.STAGE: "Prospecting"}]))
    assert table["value"].isna().all()
    assert "overwritten" in table["population"].iloc[0]
