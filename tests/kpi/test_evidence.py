from math import isnan

import pytest

from salespipe import names as n
from salespipe.kpi.evidence import NEEDS_COLUMNS, evidence_lifts, needs
from salespipe.pipeline import build_pipeline
from salespipe.stages import Stage
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, entries, tables

LIFT = "share won with evidence"
STAGES = (
    Stage("A", probability=0.2, exit="They agreed to talk."),
    Stage("B", probability=0.5, exit="A signed order."),
    Stage("Won", kind="won"),
    Stage("Lost", kind="lost"),
)


def closed(name, count, won, evidence):
    return [
        deal(
            f"{name}{k}", "won" if k < won else "lost", "2026-07-01", "2026-09-01",
            **{n.EXIT_EVIDENCE: evidence},
        )
        for k in range(count)
    ]  # fmt: skip


@pytest.fixture
def table():
    """From B 8 of 10 with evidence were won, 4 of 20 without; from A nobody has any."""
    rows = [*closed("y", 10, 8, "Minutes"), *closed("x", 20, 4, None), *closed("a", 5, 0, None)]
    dates = [(row[n.DEAL_ID], "B", "2026-08-01") for row in rows[:30]]
    made = tables(*rows, stages=STAGES, stage_entries=entries(*dates))
    return rows_of(evidence_lifts, build_pipeline(made, as_of=AS_OF))


def test_the_lift_is_the_difference_of_two_shares(table):
    lift = pick(table, LIFT, "stage", "B")
    assert lift.value == pytest.approx(0.8 - 0.2)
    # Beta(8.5, 2.5) less Beta(4.5, 16.5): its 5 % and 95 % points, by a million draws.
    assert (lift.low, lift.high) == pytest.approx((0.29, 0.78), abs=0.02)
    assert "10 with it, 20 without" in lift.population
    assert pick(table, LIFT).value == pytest.approx(8 / 10 - 4 / 25)
    assert isnan(pick(table, LIFT, "stage", "A").value)


def test_what_is_shown_already_is_needed_no_more():
    steps = (Stage("A", probability=0.2, exit="A date is agreed\nThe budget is known"), *STAGES[2:])
    made = tables(
        deal("half", "A", "2026-10-01", **{n.EXIT_EVIDENCE: "Date agreed by mail"}),
        deal("all", "A", "2026-10-01", **{n.EXIT_EVIDENCE: "Date agreed, budget known"}),
        deal("none", "A", "2026-10-01"),
        stages=steps,
    )
    table = needs(build_pipeline(made, as_of=AS_OF)).set_index("deal_id")["needs"]
    assert table["half"] == "The budget is known"
    assert table["all"] == table["none"] == steps[0].exit


def test_where_no_evidence_is_kept_it_is_said():
    made = tables(*closed("x", 3, 1, None), stages=STAGES)
    row = rows_of(evidence_lifts, build_pipeline(made, as_of=AS_OF)).iloc[0]
    assert "no closed deal has evidence" in row["population"]


def test_what_a_deal_needs_is_its_stages_exit_criterion():
    made = tables(
        deal("small", "A", "2026-10-01", amount=1.0, owner="Ana"),
        deal("bare", "B", "2026-10-01", amount=9.0, owner="Bo"),
        deal("fine", "B", "2026-10-01", amount=5.0, **{n.EXIT_EVIDENCE: "Minutes"}),
        deal("gone", "won", "2026-10-01", "2026-10-02"),
        stages=STAGES,
        stage_entries=entries(("gone", "B", "2026-10-02"), ("bare", "B", "2026-10-02")),
    )
    table = needs(build_pipeline(made, as_of=AS_OF))
    assert tuple(table.columns) == NEEDS_COLUMNS
    assert table["deal_id"].tolist() == ["bare", "fine", "small"]
    # The first stage asks for none.
    assert table["lacking"].tolist() == [True, False, False]
    assert table["needs"].tolist() == ["A signed order."] * 2 + ["They agreed to talk."]
    assert table["next_stage"].tolist() == ["won", "won", "B"]
