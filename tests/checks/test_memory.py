"""Rules on whether sheet and change log agree."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.checks import CHECKS, check
from salespipe.checks.memory import MEMORY_CHECKS
from salespipe.pipeline import build_pipeline
from salespipe.settings import Settings
from salespipe.snapshot import with_snapshot
from salespipe.tables import Tables, conform

LOOKS = (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))
AS_OF = date(2026, 6, 30)
FIRST, SECOND, THIRD = "Prospecting", "Qualification", "Needs Analysis"


def frame(table, *records):
    made = pd.DataFrame(list(records), index=range(2, 2 + len(records)))
    for column in made.columns:
        if column.endswith("_on"):
            made[column] = pd.to_datetime(made[column])
    return conform(table, made)


def sheet(stage, entries, *, language="en", others=()):
    """A sheet of one deal, created on 2026-03-10, and of others like it."""
    deals = [
        {n.DEAL_ID: name, n.OWNER: "Ana", n.STAGE: stage, n.AMOUNT: 1000.0,
         n.CREATED_ON: "2026-03-10", n.CLOSED_ON: "2026-06-02" if stage == n.LOST else None}
        for name in ("D", *others)
    ]  # fmt: skip
    dated = [
        {n.DEAL_ID: "D", n.STAGE: step, n.ENTERED_ON: day} for step, day in entries.items() if day
    ]
    return Tables(
        deals=frame("deals", *deals),
        stage_entries=frame("stage_entries", *dated) if dated else Tables().stage_entries,
        settings=Settings(language=language),
    )


def watched(*sheets):
    """The last of these sheets, with the log of the looks at those before, the first one twice."""
    *seen, today = sheets if len(sheets) > len(LOOKS) else (sheets[0], *sheets)
    log = Tables()
    for day, shown in zip(LOOKS, seen, strict=True):
        log = with_snapshot(replace(shown, changes=log.changes, snapshots=log.snapshots), as_of=day)
    return replace(today, changes=log.changes, snapshots=log.snapshots)


def told(tables):
    return [p for p in check(tables, as_of=AS_OF) if p.rule in MEMORY_CHECKS]


def test_these_rules_are_among_those_of_check():
    assert set(MEMORY_CHECKS) == {"stage-dates-disagree", "deal-gone"} <= set(CHECKS)


@pytest.mark.parametrize(
    ("first", "second", "today"),
    [
        # Undated at the look of May: the move came after that of April, any day will do.
        pytest.param({}, {}, {SECOND: "2026-05-03"}, id="a day that nobody saw"),
        pytest.param({}, {}, {SECOND: "2026-05-31"}, id="the day of the look itself"),
        pytest.param({}, {SECOND: "2026-05-10"}, {SECOND: "2026-05-10"}, id="unchanged"),
        pytest.param({FIRST: "2026-03-10"}, {}, {FIRST: "2026-03-11"}, id="before the log began"),
        pytest.param({}, {}, {THIRD: "2026-06-05"}, id="after its last look"),
        # Through the third stage on the day on which the log has it entering the second.
        pytest.param({}, {SECOND: "2026-05-10"}, {THIRD: "2026-05-10"}, id="passed through"),
        pytest.param({}, {}, {SECOND: "2026-07-01"}, id="not known yet"),
    ],
)
def test_days_on_which_sheet_and_log_agree(first, second, today):
    tables = watched(sheet(FIRST, first), sheet(SECOND, second), sheet(SECOND, today))

    assert told(tables) == []


@pytest.mark.parametrize(
    ("second", "today", "logged", "since"),
    [
        pytest.param({}, {SECOND: "2026-04-20"}, FIRST, "2026-03-31", id="seen before it"),
        pytest.param(
            {SECOND: "2026-05-10"}, {SECOND: "2026-05-20"}, SECOND, "2026-05-10", id="put off"
        ),
        pytest.param(
            {SECOND: "2026-05-10"}, {SECOND: "2026-05-05"}, FIRST, "2026-03-31", id="put forward"
        ),
        pytest.param({}, {THIRD: "2026-04-25"}, FIRST, "2026-03-31", id="a stage it never saw"),
    ],
)
def test_days_on_which_they_disagree(second, today, logged, since):
    begin = {FIRST: "2026-03-10"}
    tables = watched(sheet(FIRST, begin), sheet(SECOND, second), sheet(SECOND, today))

    (problem,) = told(tables)

    ((stage, day),) = today.items()
    assert (problem.rule, problem.severity) == ("stage-dates-disagree", "info")
    assert (problem.deal_id, problem.owner, problem.value) == ("D", "Ana", day)
    assert problem.message == (
        f'By the sheet the deal entered "{stage}" on {day}; by the change log it was in "{logged}" '
        f"on that day, since {since}."
    )


def test_the_log_counts_for_the_days_it_has_watched():
    begin, moved = {FIRST: "2026-03-10"}, {FIRST: "2026-03-10", SECOND: "2026-05-10"}
    tables = watched(
        sheet(FIRST, begin), sheet(SECOND, moved), sheet(SECOND, {**moved, SECOND: "2026-05-20"})
    )

    stays = build_pipeline(tables, as_of=AS_OF).stays.set_index(n.STAGE)

    assert [p.rule for p in told(tables)] == ["stage-dates-disagree"]
    assert stays.loc[SECOND, n.ENTERED_ON] == pd.Timestamp("2026-05-10")


def test_a_deal_that_came_back_is_not_measured_by_the_days_it_was_away():
    one = sheet(FIRST, {})
    away = replace(one, deals=sheet(FIRST, {}, others=("E",)).deals.iloc[1:])
    tables = watched(one, away, sheet(SECOND, {SECOND: "2026-05-31"}))

    assert [p for p in told(tables) if p.deal_id == "D"] == []


def test_an_open_deal_that_is_gone_is_told_with_its_day():
    two = sheet(FIRST, {}, others=("E",))
    today = sheet(FIRST, {})

    (problem,) = told(watched(two, two, today))

    assert (problem.rule, problem.severity, problem.cell) == ("deal-gone", "warning", "")
    assert (problem.deal_id, problem.owner) == ("E", "Ana")
    assert (
        problem.message == "The open deal E was on the sheet on 2026-05-31 and is no longer there."
    )


def test_lost_deals_may_go_and_what_the_log_knows_as_gone_is_not_told_again():
    two, today = sheet(FIRST, {}, others=("E",)), sheet(FIRST, {})
    lost = replace(two, deals=pd.concat([today.deals, sheet(n.LOST, {}).deals.assign(deal_id="E")]))
    lost.deals[n.CLOSED_ON] = lost.deals[n.CLOSED_ON].where(
        lost.deals[n.CLOSED_ON].isna(), pd.Timestamp("2026-05-20")
    )

    assert told(watched(two, lost, today)) == []
    assert told(watched(two, today, today)) == []


def test_a_look_at_the_past_misses_nobody():
    two, today = sheet(FIRST, {}, others=("E",)), sheet(FIRST, {})

    found = check(watched(two, two, today), as_of=LOOKS[0])

    assert "deal-gone" not in {p.rule for p in found}


def test_both_speak_chinese():
    begin = sheet(FIRST, {FIRST: "2026-03-10"}, others=("E",))
    today = sheet(SECOND, {SECOND: "2026-04-20"}, language="zh")

    by_rule = {p.rule: p.message for p in told(watched(begin, begin, today))}

    assert by_rule == {
        "stage-dates-disagree": (
            "按表格，该商机于 2026-04-20 进入“资格认定”；"
            "按变更记录，当日处于“潜在客户开发”（自 2026-03-31 起）。"
        ),
        "deal-gone": "进行中的商机 E 在 2026-05-31 时仍在表中，现已不在。",
    }
