import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.pack import pack
from salespipe.memory import changes_since
from salespipe.pipeline import build_pipeline
from salespipe.results import AGENDA_COLUMNS
from salespipe.wording import Words
from tests.kpi.conftest import AS_OF
from tests.kpi.test_agenda import said
from tests.small_tables import deal, entries, log, sheet, tables

NONE = pd.DataFrame({"as_of": pd.to_datetime([])})


@pytest.fixture
def firm():
    return tables(
        deal("over", "C", "2026-08-01", amount=1000.0, account="Acme", owner="Ana",
             expected_close_on="2026-10-01"),
        deal("big", "won", "2026-10-01", "2026-10-30", amount=70.0, owner="Bo"),
        deal("bad", "lost", "2026-10-01", "2026-10-27", amount=3.0, owner="Bo"),
        stage_entries=entries(("over", "C", "2026-08-05")),
        changes=log(("over", "2026-08-01", "A", {n.AMOUNT: 1000.0}), ("over", "2026-08-05", "C"),
                    ("big", "2026-10-01", "A", {n.AMOUNT: 70.0}), ("big", "2026-10-30", "won"),
                    ("bad", "2026-10-01", "A", {n.AMOUNT: 3.0}), ("bad", "2026-10-27", "lost")),
        feedback=sheet(
            "feedback",
            [
                said("2026-10-21", "Promise", "Call the buyer", status="New"),
                said("2026-10-01", "承诺", "Ask for the budget", "100k", "Kept"),
                said(None, "Promise", "Without a date"),
                said("2026-10-11", "Tool", "Slow", status="In progress"),
                said("2026-09-11", "Process", "Too strict", "Changed"),
            ],
        ),
    )  # fmt: skip


def of(made, topic):
    rows = made.agenda[made.agenda["topic"] == topic]
    return rows.drop(columns="topic").to_numpy().tolist()


def test_the_agenda_is_one_list_topic_by_topic(firm):
    pipeline = build_pipeline(firm, as_of=AS_OF)
    changes = changes_since(firm, pipeline, NONE, since=pd.Timestamp("2026-10-10").date())
    made = pack(pipeline, changes=changes)

    assert tuple(made.agenda.columns) == AGENDA_COLUMNS
    assert made.since == pd.Timestamp("2026-10-11").date()
    moved = {row[0].en: row[2:] for row in of(made, "changed")}
    assert set(moved) == {"Won", "Lost"}
    assert moved["Won"][0] == -70
    assert moved["Won"][1] == Words("1 deal: big $70", "1 个商机：big $70")
    assert of(made, "key_deals")[0][:3] == ["Acme (over)", "Ana", 1000.0]
    overdue = of(made, "risks")[0]
    assert overdue[0] == "expected close has passed"
    assert overdue[3] == Words("1 deal, 100% of the open amount", "1 个商机，占在谈金额的 100%")
    won = of(made, "wins")[0]
    assert won[3].en == "29 days from creation to close, 0 touches"


def test_promises_stay_with_what_became_of_them(firm):
    made = pack(build_pipeline(firm, as_of=AS_OF))
    promises = {row[0]: row[3] for row in of(made, "promises")}
    assert promises["Call the buyer"].en == "open for 10 days"
    assert promises["Ask for the budget"] == "Kept: 100k"
    assert promises["Without a date"].zh.startswith("未了结")
    # Remarks are there to be answered: those that are stand on their sheet.
    assert [row[0] for row in of(made, "feedback")] == ["Slow"]


def test_without_an_earlier_look_nothing_is_said_to_have_changed(firm):
    made = pack(build_pipeline(firm, as_of=AS_OF))
    assert not of(made, "changed")
    assert len(made.needs) == 1
    assert made.needs["entry"].tolist() == [""]


def test_a_bare_book_has_a_pack_of_nothing(pipeline_of):
    made = pack(pipeline_of([{n.STAGE: "Prospecting", n.AMOUNT: None}]))
    assert set(made.agenda["topic"]) <= {"key_deals", "risks"}
    assert made.scorecard.empty
