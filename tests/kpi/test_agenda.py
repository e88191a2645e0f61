from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.agenda import LAST_QUESTION, agenda, feedback_items
from salespipe.pipeline import build_pipeline
from salespipe.results import STEP_COLUMNS, Changes
from salespipe.wording import Words
from tests.kpi.conftest import AS_OF
from tests.small_tables import deal, entries, sheet, tables


def said(day, topic, text, answer=None, status=None):
    keys = (n.REPORTED_ON, n.OWNER, n.TOPIC, n.FEEDBACK, n.ANSWER, n.STATUS)
    return dict(zip(keys, (day, "Ana", topic, text, answer, status), strict=True))


@pytest.fixture
def pipeline():
    made = tables(
        deal("over", "C", "2026-08-01", amount=1000.0, expected_close_on="2026-10-01"),
        deal(
            "fine", "B", "2026-10-28", amount=900.0, expected_close_on="2026-12-01",
            **{n.NEXT_STEP: "Call", n.NEXT_STEP_ON: "2026-11-05", n.EXIT_EVIDENCE: "Minutes"},
        ),
        deal("old", "won", "2026-08-01", "2026-10-01", amount=5.0),
        deal("big", "won", "2026-10-01", "2026-10-30", amount=70.0),
        deal("small", "won", "2026-10-21", "2026-10-31", amount=7.0),
        deal("bad", "lost", "2026-10-01", "2026-10-27", amount=3.0),
        stage_entries=entries(
            ("fine", "B", "2026-10-29"), ("over", "C", "2026-08-05"), ("old", "B", "2026-08-05")
        ),
        activities=sheet(
            "activities",
            [{n.DEAL_ID: "big", n.ACTIVITY_ON: f"2026-10-{d}"} for d in (10, 20)]
            + [{n.DEAL_ID: "over", n.ACTIVITY_ON: "2026-09-01"}],
        ),
        feedback=sheet(
            "feedback",
            [
                said("2026-10-21", "Promise", "Call the buyer of over", status="New"),
                said("2026-10-01", "承诺", "Ask for the budget", "Asked: 100k", "Done"),
                said("2026-10-11", "Tool", "Slow", status="In progress"),
                said("2026-09-11", "Process", "Too strict", "Changed"),
                said(None, "Tool", "No date"),
                said("2026-12-01", "Tool", "From the future"),
            ],
        ),
    )  # fmt: skip
    return build_pipeline(made, as_of=AS_OF)


def test_a_week_looks_back_on_seven_days(pipeline):
    week = agenda(pipeline, kind="week")
    # 25 to 31 October: fine created, big and small won, bad lost.
    counts = week.moved.set_index("what")["count"].to_dict()
    assert counts == {"created": 1, "won": 2, "lost": 1}
    assert week.moved.set_index("what")["amount"]["won"] == 77
    assert agenda(pipeline, kind="month").moved.set_index("what")["count"]["created"] == 2


def test_key_deals_come_with_a_question(pipeline):
    deals = agenda(pipeline).key_deals
    # Weighted: 0.8 x 1,000 and 0.4 x 900.
    assert deals[n.DEAL_ID].tolist() == ["over", "fine"]
    assert deals["weighted"].tolist() == [800, 360]
    assert deals["question"].iloc[0].startswith("The expected close has passed")
    assert deals["question"].iloc[1] == LAST_QUESTION


def test_risks_are_counted_and_valued(pipeline):
    risks = agenda(pipeline).risks.set_index("risk")
    assert risks.loc["expected close has passed", ["count", "amount"]].tolist() == [1, 1000]
    assert risks.loc["no next step, or a late one", "count"] == 1
    assert risks.loc["not contacted for 30 days", "count"] == 1
    assert risks.loc["stage without evidence", "count"] == 1
    assert risks.loc["the largest open deal", "share"] == pytest.approx(1000 / 1900)


def test_promises_are_kept_apart_and_show_what_became_of_them(pipeline):
    promises = agenda(pipeline).promises
    assert promises["feedback"].tolist() == ["Call the buyer of over", "Ask for the budget"]
    assert promises["open"].tolist() == [True, False]
    assert promises["answer"].tolist() == ["", "Asked: 100k"]
    assert promises["status"].tolist() == ["New", "Done"]


def test_open_feedback_comes_first_with_its_age(pipeline):
    items = agenda(pipeline).feedback
    assert items["feedback"].tolist() == ["Slow", "No date", "Too strict"]
    assert items["open"].tolist() == [True, True, False]
    assert items["days"].iloc[0] == 20
    assert feedback_items(pipeline)["row"].tolist() == [4, 2, 6, 5, 3]


def test_what_changed_is_told_as_the_sheet_changes_tells_it(pipeline):
    steps = [
        ("won", Words("Won", "赢单"), -77.0, 2, Words("big; small", "")),
        ("grown", Words("Grown", "金额增加"), 0.0, 0, Words("", "")),
    ]
    told = pd.DataFrame(steps, columns=list(STEP_COLUMNS))
    nothing = pd.DataFrame()
    since = date(2026, 10, 27)
    changes = Changes(since, AS_OF, 1.0, 2.0, told, nothing, nothing, told.head(0))
    made = agenda(pipeline, changes=changes)
    assert made.moved.to_numpy().tolist() == [["Won", 2, -77.0, "big; small"]]
    assert made.forecast.empty
    # It looks back as far as the changes do.
    assert made.since == pd.Timestamp("2026-10-28")


def test_wins_are_the_largest_of_the_time(pipeline):
    wins = agenda(pipeline).wins
    assert wins[n.DEAL_ID].tolist() == ["big", "small"]
    assert wins["days"].tolist() == [29, 10]
    assert wins["touches"].tolist() == [2, 0]


def test_a_bare_book_has_an_agenda_of_nothing(pipeline_of):
    bare = agenda(pipeline_of([{n.STAGE: "Prospecting", n.AMOUNT: None}]))
    assert bare.moved["count"].sum() == 0
    assert bare.feedback.empty
    assert bare.wins.empty
    assert len(bare.key_deals) == 1
