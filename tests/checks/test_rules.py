"""Every rule, on the smallest tables that break it, and on tables that do not."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.checks import CHECKS, check, remind
from salespipe.settings import Settings
from salespipe.tables import Tables, conform
from salespipe.workbook.locate import Locator

AS_OF = date(2026, 6, 30)

GOOD = {
    n.DEAL_ID: "D",
    n.ACCOUNT: "Acme",
    n.OWNER: "Ana",
    n.STAGE: "Needs Analysis",
    n.AMOUNT: 1000.0,
    n.CREATED_ON: "2026-05-01",
    n.EXPECTED_CLOSE_ON: "2026-08-01",
    n.NEXT_STEP: "Call",
}
WON = {n.STAGE: n.WON, n.CLOSED_ON: "2026-06-01"}
TARGET = {n.MONTH: "2026-07-01", n.OWNER: "Ana", n.QUOTA: 5000}
CALL = {n.ACTIVITY_ON: "2026-06-20", n.DEAL_ID: "D"}


def table(name, *records):
    frame = pd.DataFrame(list(records), index=range(2, 2 + len(records)))
    for column in frame.columns:
        if column.endswith("_on") or column == n.MONTH:
            frame[column] = pd.to_datetime(frame[column])
    return conform(name, frame)


def deals(*changes):
    return table("deals", *(GOOD | {n.DEAL_ID: f"D{k}"} | c for k, c in enumerate(changes)))


def tables(*changes, **others):
    others.setdefault("targets", table("targets", TARGET))
    return Tables(deals=deals(*changes), **others)


def broken(given, **options):
    return list(check(given, as_of=AS_OF, **options))


def rules(given):
    return [problem.rule for problem in broken(given)]


def test_good_deals_break_no_rule():
    assert broken(tables({}, {n.ACCOUNT: "Bolt", **WON})) == []


@pytest.mark.parametrize(
    ("rule", "severity", "change"),
    [
        ("closed-before-created", "error", {**WON, n.CLOSED_ON: "2026-04-30"}),
        ("closed-without-date", "error", {n.STAGE: n.WON}),
        ("closed-without-date", "error", {n.STAGE: n.LOST}),
        ("closed-in-future", "info", {**WON, n.CLOSED_ON: "2026-07-01"}),
        ("open-with-closed-date", "warning", {n.CLOSED_ON: "2026-06-01"}),
        ("created-missing", "warning", {n.CREATED_ON: None}),
        ("amount-missing", "warning", {n.AMOUNT: None}),
        ("won-without-amount", "warning", {**WON, n.AMOUNT: None}),
        ("amount-not-positive", "warning", {n.AMOUNT: 0}),
        ("amount-not-positive", "warning", {**WON, n.AMOUNT: -5}),
        ("confidence-out-of-range", "warning", {n.CONFIDENCE: 1.5}),
        ("overdue", "warning", {n.EXPECTED_CLOSE_ON: "2026-06-29"}),
        ("expected-close-missing", "info", {n.EXPECTED_CLOSE_ON: None}),
        ("next-step-missing", "info", {n.NEXT_STEP: None}),
        ("next-step-overdue", "info", {n.NEXT_STEP_ON: "2026-06-29"}),
        ("owner-missing", "warning", {n.OWNER: None}),
        ("rate-missing", "error", {n.CURRENCY: "EUR"}),
        ("spelling", "warning", {n.ACCOUNT: "ACME"}),
    ],
)
def test_a_broken_rule_is_found_at_its_row_and_nothing_else(rule, severity, change):
    other = {n.ACCOUNT: "Acme", n.AMOUNT: 7}

    (problem,) = broken(tables(other, change))

    assert (problem.rule, problem.severity) == (rule, severity)
    assert problem.sheet == "Deals"
    assert problem.message.endswith(".")
    assert problem.remedy.endswith(".")
    if rule != "spelling":
        assert problem.deal_id == "D1"


@pytest.mark.parametrize(
    "change",
    [
        {n.AMOUNT: None, n.LISTED_AMOUNT: 50},
        {n.STAGE: n.LOST, n.CLOSED_ON: "2026-06-01", n.AMOUNT: 0},
        {n.EXPECTED_CLOSE_ON: "2026-06-30"},
        {**WON, n.CLOSED_ON: "2026-05-01"},
        {**WON, n.CLOSED_ON: "2026-06-30"},
        {n.CURRENCY: "USD"},
        {n.CREATED_ON: "2026-07-01", n.AMOUNT: None, n.OWNER: None},
        {n.STAGE: None, n.AMOUNT: None},
    ],
)
def test_what_is_no_problem(change):
    assert broken(tables({n.AMOUNT: 7}, change)) == []


def test_cells_come_from_the_locator():
    where = Locator({"deals": "FY26"}, {("deals", n.CLOSED_ON): 5}, {("deals", n.CLOSED_ON): "End"})

    (problem,) = broken(tables({n.AMOUNT: 7}, {n.STAGE: n.WON}), locator=where)

    assert (problem.sheet, problem.cell, problem.column) == ("FY26", "E3", "End")
    assert (problem.deal_id, problem.owner) == ("D1", "Ana")


def test_a_column_that_nobody_fills_in_is_said_once():
    blank = {n.NEXT_STEP: None}

    (problem,) = broken(tables({n.AMOUNT: 7, **blank}, blank))

    assert (problem.rule, problem.cell) == ("next-step-missing", "")
    assert "None of the 2 open deals" in problem.message


def entered(**days):
    return table(
        "stage_entries",
        *(
            {n.DEAL_ID: "D0", n.STAGE: stage.replace("_", " "), n.ENTERED_ON: day}
            for stage, day in days.items()
        ),
    )


@pytest.mark.parametrize(
    ("days", "closed", "words"),
    [
        (
            {"Qualification": "2026-05-20", "Needs_Analysis": "2026-05-10"},
            None,
            "Needs Analysis on 2026-05-10, before it entered Qualification",
        ),
        ({"Qualification": "2026-04-30"}, None, "before it was created"),
        ({"Qualification": "2026-06-02"}, "2026-06-01", "after it was closed"),
    ],
)
def test_stage_dates_out_of_order(days, closed, words):
    change = {n.STAGE: n.WON, n.CLOSED_ON: closed} if closed else {}
    given = tables(change, stage_entries=entered(**days))

    (problem,) = broken(given)

    assert problem.rule == "stage-dates-out-of-order"
    assert words in problem.message
    assert (problem.deal_id, problem.owner) == ("D0", "Ana")


def test_stage_dates_in_order_or_not_yet_known_are_fine():
    days = {"Qualification": "2026-05-01", "Needs_Analysis": "2026-05-01"}

    assert broken(tables({}, stage_entries=entered(**days))) == []
    assert broken(tables({}, stage_entries=entered(Prospecting="2026-07-15"))) == []


@pytest.mark.parametrize(
    ("created", "last", "found"),
    [
        ("2026-01-01", "2026-05-01", ["stale"]),
        ("2026-01-01", "2026-05-02", []),
        ("2026-05-15", "2026-03-01", []),
        ("2026-01-01", "2026-07-02", []),
    ],
)
def test_stale_after_sixty_days_where_activities_are_logged(created, last, found):
    calls = table("activities", {**CALL, n.DEAL_ID: "D0", n.ACTIVITY_ON: last})

    assert rules(tables({n.CREATED_ON: created}, activities=calls)) == found


def test_stale_where_no_deal_is_open():
    calls = table("activities", {**CALL, n.DEAL_ID: "D0"})

    assert rules(tables(WON, activities=calls)) == []


def test_evidence_is_asked_for_where_it_is_kept():
    kept = {n.AMOUNT: 7, n.EXIT_EVIDENCE: "mail of 3 May"}

    assert rules(tables({n.AMOUNT: 7}, {})) == []
    assert rules(tables(kept, {})) == ["evidence-missing"]
    assert rules(tables(kept, {n.STAGE: "Prospecting"})) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({n.CREATED_ON: "2026-05-04"}, ["near-duplicate"]),
        ({n.CREATED_ON: "2026-05-05"}, []),
        ({n.ACCOUNT: "Bolt"}, []),
        ({n.AMOUNT: 1001}, []),
        ({n.STAGE: n.LOST, n.CLOSED_ON: "2026-05-20"}, []),
    ],
)
def test_near_duplicates(change, found):
    assert rules(tables({}, change)) == found


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        ([TARGET], []),
        ([{**TARGET, n.OWNER: None}], []),
        ([], ["target-missing"]),
        ([{**TARGET, n.MONTH: "2026-06-01"}], ["target-missing"]),
        ([{**TARGET, n.OWNER: "Anna"}], ["target-owner-unknown"]),
        ([TARGET, TARGET], ["target-twice"]),
        ([TARGET, {**TARGET, n.OWNER: None}], []),
    ],
)
def test_targets(targets, found):
    assert rules(tables({}, targets=table("targets", *targets))) == found


RATE = {n.MONTH: "2026-06-01", n.CURRENCY: "EUR", n.RATE: 1.1}


@pytest.mark.parametrize(
    ("change", "rates", "found"),
    [
        ({}, [RATE], []),
        ({}, [{**RATE, n.MONTH: "2026-04-01"}], ["rate-carried"]),
        ({}, [{**RATE, n.MONTH: "2026-07-01"}], ["rate-missing"]),
        ({}, [{**RATE, n.RATE: 0}], ["rate-missing", "rate-not-positive"]),
        ({}, [RATE, RATE], ["rate-twice"]),
        ({n.AMOUNT: None, n.LISTED_AMOUNT: 7}, [], ["rate-missing"]),
        ({**WON, n.CLOSED_ON: "2026-06-10"}, [RATE], []),
        ({**WON, n.CLOSED_ON: "2026-05-10"}, [RATE], ["rate-missing"]),
        ({**WON, n.CLOSED_ON: "2026-05-10"}, [{**RATE, n.MONTH: "2026-04-01"}], ["rate-missing"]),
        ({n.CURRENCY: "USD"}, [], []),
    ],
)
def test_rates(change, rates, found):
    given = tables({n.CURRENCY: "EUR"} | change, rates=table("rates", *rates))

    assert rules(given) == found


def test_a_missing_rate_names_month_and_currency():
    won = {**WON, n.CURRENCY: "EUR", n.CLOSED_ON: "2026-05-10"}

    (problem,) = broken(tables({n.AMOUNT: 7}, won))

    assert (problem.rule, problem.cell, problem.deal_id) == ("rate-missing", "", "D1")
    assert "from EUR to USD for 2026-05" in problem.message
    assert "2026-05" in problem.remedy


@pytest.mark.parametrize(
    ("amount", "found"), [(1000 * 30, True), (1000 / 30, True), (15_000, False), (700, False)]
)
def test_outliers_in_amount(amount, found):
    usual = [{n.AMOUNT: 900 + 10 * k, n.ACCOUNT: f"A{k}"} for k in range(25)]

    problems = broken(tables(*usual, {n.AMOUNT: amount}))

    assert [p.rule for p in problems] == ["amount-outlier"] * found
    if found:
        assert problems[0].deal_id == "D25"
        assert "30" in problems[0].message or "31" in problems[0].message


def test_a_stage_without_its_day_is_named_where_days_are_kept():
    days = table(
        "stage_entries",
        *({n.DEAL_ID: f"D{k}", n.STAGE: "Needs Analysis", n.ENTERED_ON: "2026-05-02"}
          for k in range(2)),
    )  # fmt: skip
    kept = [{n.AMOUNT: 1}, {n.AMOUNT: 2}]

    assert rules(tables(*kept, {n.AMOUNT: 3}, stage_entries=days)) == ["stage-undated"]
    assert rules(tables(*kept, *[{n.AMOUNT: k} for k in range(3, 7)], stage_entries=days)) == []


def test_lost_reasons_are_asked_for_where_they_are_kept():
    lost = {n.STAGE: n.LOST, n.CLOSED_ON: "2026-06-01"}
    told = {**lost, n.LOST_REASON: "Price"}

    assert rules(tables(told, told, lost)) == ["lost-reason-missing"]
    assert rules(tables(told, lost, lost)) == []


def test_accounts_that_stand_twice_or_are_not_listed():
    accounts = table("accounts", {n.ACCOUNT: "Acme"}, {n.ACCOUNT: "ACME."}, {n.ACCOUNT: "Bolt"})
    deals_ = [{n.AMOUNT: 1}, {n.AMOUNT: 2, n.ACCOUNT: "Bolt"}, {n.AMOUNT: 3, n.ACCOUNT: "Cog"}]

    assert rules(tables(*deals_, accounts=accounts)) == ["account-twice", "account-unknown"]


def test_an_owner_without_target_where_others_have_one():
    others = [{n.AMOUNT: 1}, {n.AMOUNT: 2}, {n.AMOUNT: 3, n.OWNER: "Ann A"}]
    assert rules(tables(*others)) == ["owner-unknown"]
    team = table("targets", {**TARGET, n.OWNER: None})
    assert rules(tables(*others, targets=team)) == []


def pushes(*days):
    return table(
        "changes",
        *(
            {n.DEAL_ID: "D0", n.CHANGED_ON: f"2026-05-{k + 1:02}", n.STAGE: "Needs Analysis",
             n.EXPECTED_CLOSE_ON: day}
            for k, day in enumerate(days)
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (["2026-06-01", "2026-06-15", "2026-07-01", "2026-08-01"], ["pushed-often"]),
        (["2026-06-01", "2026-06-15", "2026-08-01"], []),
        (["2026-06-01", "2026-06-15", "2026-06-01", "2026-08-01"], []),
    ],
)
def test_deals_pushed_often(days, found):
    assert rules(tables({}, changes=pushes(*days))) == found


def test_problems_speak_the_language_of_the_workbook():
    chinese = Settings(language="zh")
    won = {**WON, n.CLOSED_ON: None}

    (problem,) = broken(tables(won, settings=chinese))

    assert problem.message == "该商机已成交，但没有关闭日期。"
    assert problem.remedy == "请填写成交的日期。"


def test_activities_of_deals_that_are_not_there():
    calls = table("activities", {**CALL, n.DEAL_ID: "D0"}, {**CALL, n.DEAL_ID: "X"})

    (problem,) = broken(tables({}, activities=calls))

    assert (problem.rule, problem.sheet, problem.value) == (
        "activity-deal-unknown",
        "Activities",
        "X",
    )


def test_empty_tables_break_nothing_but_the_missing_target():
    assert [p.rule for p in check(Tables(), as_of=AS_OF)] == ["target-missing"]


def test_every_rule_has_a_test_here():
    here = Path(__file__)
    named = here.read_text("utf-8") + here.with_name("test_memory.py").read_text("utf-8")

    assert [rule for rule in CHECKS if f'"{rule}"' not in named] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ["The next step is due on 2026-07-02: Call.", "The next step is due on 2026-07-02."],
        ),
        ("zh", ["下一步将于 2026-07-02 到期：Call。", "下一步将于 2026-07-02 到期。"]),
    ],
)
def test_next_steps_of_the_week_to_come_are_reminded_of(language, said):
    day = {n.NEXT_STEP_ON: "2026-07-02"}
    given = tables(day, day | {n.NEXT_STEP: None}, settings=Settings(language=language))

    assert [problem.message for problem in remind(given, as_of=AS_OF)] == said
