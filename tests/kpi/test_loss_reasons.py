import pytest

from salespipe import names as n
from salespipe.kpi.loss_reasons import loss_reasons
from salespipe.pipeline import build_pipeline
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, entries, tables

COUNT, VALUE, STAGE = "share of lost deals", "share of the amount", "share of lost deals, by"


def lost(deal_id, reason, amount, closed="2026-10-10"):
    more = {n.LOST_REASON: reason, n.LISTED_AMOUNT: amount, n.AMOUNT: None}
    return deal(deal_id, "lost", "2026-07-01", closed, **more)


@pytest.fixture
def table():
    made = tables(
        lost("a", "Price", 100.0),
        lost("b", "Price", 300.0),
        lost("c", "No decision", 500.0),
        lost("d", None, 100.0),
        lost("old", "Price", 1e9, closed="2020-01-01"),
        deal("w", "won", "2026-07-01", "2026-10-10"),
        stage_entries=entries(
            ("a", "B", "2026-08-01"), ("w", "B", "2026-08-01"), ("w", "C", "2026-09-01")
        ),
    )
    return rows_of(loss_reasons, build_pipeline(made, as_of=AS_OF))


def exactly(table, by, group, definition):
    return pick(table[table["definition"] == definition], definition, by, group)


def test_reasons_by_count_and_by_value(table):
    # Two of four deals, 400 of 1,000; a blank is a reason of its own.
    price = exactly(table, "reason", "Price", "share of lost deals")
    assert (price.value, price.n) == (0.5, 4)
    assert exactly(table, "reason", n.UNKNOWN, "share of lost deals").value == 0.25
    assert pick(table, VALUE, "reason", "Price").value == pytest.approx(0.4)
    assert pick(table, VALUE, "reason", "No decision").value == pytest.approx(0.5)


def test_the_stage_they_were_lost_from(table):
    assert pick(table, STAGE, "stage", "A").value == 0.75
    assert pick(table, STAGE, "stage", "B").value == 0.25
    assert pick(table, STAGE, "stage", "C").value == 0


def test_without_reasons_it_is_said(pipeline_of):
    rows = [{n.CREATED_ON: "2026-06-01", n.STAGE: "lost", n.CLOSED_ON: "2026-07-01"}] * 2
    table = rows_of(
        loss_reasons, pipeline_of([row | {n.DEAL_ID: f"x{i}"} for i, row in enumerate(rows)])
    )
    assert "no lost deal has a reason" in table["population"].iloc[0]
