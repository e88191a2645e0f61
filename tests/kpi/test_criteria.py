from math import isnan

import pytest

from salespipe import names as n
from salespipe.kpi.criteria import criteria_in, criteria_lifts, shows
from salespipe.pipeline import build_pipeline
from salespipe.stages import DEFAULT_STAGES, Stage
from salespipe.workbook.chinese import in_language
from salespipe.workbook.template.text import STAGE_TEXTS
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, entries, tables

STAGES = (
    Stage("A", probability=0.2, exit="The budget is known; A date is agreed"),
    Stage("B", probability=0.5, entry="The customer asked for a price.", exit="A signed order."),
    Stage("Won", kind="won"),
    Stage("Lost", kind="lost"),
)
BUDGET = "share won, exit criterion shown less not shown: The budget is known"
DATE = "share won, exit criterion shown less not shown: A date is agreed"
ENTRY = "share won, entry criterion shown less not shown: The customer asked for a price."
SIGNED = "share won, exit criterion shown less not shown: A signed order."


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
    """Forty-five deals closed in B, where all came from A, and five lost in A.

    Won in B: 8 of 10 that show the budget, 4 of 20 without evidence, 3 of 5 that show the date,
    5 of 6 that asked for a price, and 2 of 4 of which the evidence says something else.
    """
    rows = [
        *closed("budget", 10, 8, "Budget known since May"),
        *closed("bare", 20, 4, None),
        *closed("date", 5, 3, "date agreed on the phone"),
        *closed("price", 6, 5, "Customer asked for the price list"),
        *closed("other", 4, 2, "Nice lunch"),
    ]
    dates = [(row[n.DEAL_ID], "B", "2026-08-01") for row in rows]
    rows += closed("early", 5, 0, "Budget known")
    made = tables(*rows, stages=STAGES, stage_entries=entries(*dates))
    return rows_of(criteria_lifts, build_pipeline(made, as_of=AS_OF))


def test_each_exit_criterion_is_looked_at_in_deals_that_went_on(table):
    lift = pick(table, BUDGET, "stage", "A")
    # Of those that show another criterion or nothing: 4 of 20, 3 of 5, 5 of 6.
    assert lift.value == pytest.approx(8 / 10 - 12 / 31)
    # Beta(8.5, 2.5) less Beta(12.5, 19.5): 5 % and 95 % points of a million draws.
    assert (lift.low, lift.high) == pytest.approx((0.11, 0.62), abs=0.02)
    assert lift.n == 41
    assert "10 with it, 31 without" in lift.population
    assert "4 with other evidence left out" in lift.population
    assert "went from it to the next stage, their last" in lift.population
    assert pick(table, DATE, "stage", "A").value == pytest.approx(3 / 5 - 17 / 36)


def test_an_entry_criterion_is_looked_at_in_deals_that_ended_there(table):
    lift = pick(table, ENTRY, "stage", "B")
    assert lift.value == pytest.approx(5 / 6 - 15 / 35)
    assert "whose last stage it was" in lift.population


def test_a_criterion_that_nobody_shows_is_said(table):
    signed = pick(table, SIGNED, "stage", "B")
    assert isnan(signed.value)
    assert "no evidence shows it" in signed.population


def test_each_criterion_of_each_stage_has_one_row(table):
    assert table["definition"].tolist() == [BUDGET, DATE, ENTRY, SIGNED]
    assert table["group"].tolist() == ["A", "A", "B", "B"]


def test_where_all_show_it_there_is_nothing_to_compare():
    made = tables(*closed("x", 4, 2, "Signed order"), stages=STAGES[1:])
    table = rows_of(criteria_lifts, build_pipeline(made, as_of=AS_OF))
    assert "all evidence shows it" in pick(table, SIGNED, "stage", "B").population


def test_without_any_evidence_there_is_no_row():
    made = tables(*closed("x", 4, 2, None), stages=STAGES)
    assert rows_of(criteria_lifts, build_pipeline(made, as_of=AS_OF)).empty


def test_criteria_stand_on_lines_or_between_semicolons():
    assert criteria_in("One;two\n three；") == ("One", "two", "three")
    assert criteria_in("") == ()


def test_each_usual_criterion_is_recognised_in_its_own_words_and_in_no_others():
    entry, way_in = DEFAULT_STAGES[4].entry, DEFAULT_STAGES[3].exit
    # In English the way into the last stage is told in the words of its entry criterion.
    also = {(f"Confirmed: {way_in}", entry)}
    texts = {text for stage in DEFAULT_STAGES for text in (stage.entry, stage.exit) if text}
    for words in ({text: text for text in texts}, STAGE_TEXTS):
        for one in texts:
            for other in texts:
                said = f"Confirmed: {words[other]}"
                expected = one == other or (said, words[one]) in also
                assert shows(said, words[one]) == expected, (said, words[one])


def test_the_rows_have_their_chinese(table):
    assert in_language(BUDGET, "zh") == (
        "赢单率之差（完成条件：有依据减去无依据）：The budget is known"
    )
    for text in [*table["population"], *table["trap"]]:
        assert not set("abcdefghijklmnopqrstuvwxyz") & set(in_language(text, "zh")), text
