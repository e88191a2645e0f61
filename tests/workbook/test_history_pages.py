from dataclasses import replace
from datetime import date

import openpyxl
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.results import PAST_COLUMNS, SCORE_COLUMNS, STEP_COLUMNS, Changes
from salespipe.wording import Words
from salespipe.workbook.day_numbers import to_day_number
from salespipe.workbook.history_pages import changes_page, forecast_log_page
from salespipe.workbook.outfit import kept_rows
from salespipe.workbook.package import Package
from salespipe.workbook.publish import publish
from salespipe.workbook.template import build_workbook
from tests.workbook.lint import new_defects
from tests.workbook.made_up import AS_OF, make_results, make_tables

THEN = date(2026, 9, 30)

MOVEMENTS = pd.DataFrame(
    [
        ("new", Words("New", "新增"), 40.0, 2, Words("Acme (D-1) 40", "Acme (D-1) 40")),
        ("won", Words("Won", "赢单"), -30.0, 1, Words("Bolt (D-2) 30", "Bolt (D-2) 30")),
        ("lost", Words("Lost", "丢单"), 0.0, 0, Words("", "")),
    ],
    columns=list(STEP_COLUMNS),
)
BRIDGE = MOVEMENTS.assign(amount=[5.0, -9.0, 0.0])
GROUPS = pd.DataFrame(
    [("owner", "Ann", 100.0, 40.0, 30.0, 110.0), ("stage", "won", 0.0, 30.0, 30.0, 0.0)],
    columns=["by", "group", "start", "new", "won", "end"],
)
CHANGES = Changes(
    since=THEN,
    until=AS_OF,
    open_start=100.0,
    open_end=110.0,
    movements=MOVEMENTS,
    groups=GROUPS,
    idle=pd.DataFrame([{"deal_id": "D-9", "account": "Cog", "stage": "Qualification"}]),
    bridge=BRIDGE,
    bridge_since=THEN,
    bridge_until=AS_OF,
    bridge_months="2026-10 to 2026-12",
    likely_before=50.0,
    likely_after=46.0,
)
PAST = pd.DataFrame(
    [
        (pd.Timestamp(THEN), "2026-10", "month", pd.Timestamp("2026-10-01"),
         pd.Timestamp("2026-11-01"), 1.0, 2.0, 3.0, 2.5, 0.4, 2.2, True, "0.1.0", "abc"),
        (pd.Timestamp(THEN), "total", "total", pd.Timestamp("2026-10-01"),
         pd.Timestamp("2027-01-01"), 4.0, 5.0, 6.0, 5.5, 0.3, None, None, "0.1.0", "abc"),
    ],
    columns=list(PAST_COLUMNS),
)  # fmt: skip


@pytest.fixture
def results():
    record = Words("Held 1 of 1.", "命中 1/1。")
    return replace(make_results(), changes=CHANGES, past=PAST, record=record)


def column(page, table, place):
    return [row[place] for row in page.tables[table]]


def test_the_waterfall_stands_between_its_two_levels(results):
    page = changes_page(results, "en")
    assert column(page, "Waterfall", 0) == [
        f"Open pipeline on {THEN}",
        "New",
        "Won",
        f"Open pipeline on {AS_OF}",
    ]
    assert column(page, "Waterfall", 1) == [100.0, 40.0, -30.0, 110.0]
    # what a step stands on, a level, a rise, a fall
    assert [row[1:] for row in page.blocks["waterfall"]] == [
        [None, 100.0, None, None],
        [100.0, None, 40.0, None],
        [110.0, None, None, 30.0],
        [None, 110.0, None, None],
    ]
    assert column(page, "ForecastBridge", 1) == [50.0, 5.0, -9.0, 46.0]


def test_groups_show_no_zeros_and_name_what_came_and_closed(results):
    rows = changes_page(results, "en").tables["ChangeGroups"]
    assert rows[0][:4] == ["Owner", "Ann", 100.0, 40.0]
    assert rows[1][:3] == ["Stage", "Came and closed in between", 0.0]
    assert None in rows[0]


def test_both_sheets_speak_chinese(results):
    page = changes_page(results, "zh")
    assert "新增" in column(page, "Waterfall", 0)
    assert "2026-10 至 2026-12" in str(page.cells["changes_status"])
    scores = pd.DataFrame(
        [("total", "", "salespipe", 1, 3, 0.1, 0.2, 0.1, 0.5, 0.75, 0.9, 0.4, 1.0),
         ("owner", n.UNKNOWN, "owners' commit", 1, 3, 0.1, 0.2, 0.1, None, None, None, None, None),
         ("owner", "Ann", "of a later version", 2, 3, 0.1, 0.2, 0.1, None, None, None, None, None)],
        columns=list(SCORE_COLUMNS),
    )  # fmt: skip
    log = forecast_log_page(replace(results, scores=scores), "zh", [])
    assert [row[:4] for row in log.tables["ForecastScores"]] == [
        ["合计", "", "salespipe", 1],
        ["负责人", "（空）", "负责人承诺", 1],
        ["负责人", "Ann", "of a later version", 2],
    ]
    assert log.cells["forecast_log_status"] == "命中 1/1。"
    assert column(log, "ForecastLog", 9) == ["是", None]


def test_without_an_earlier_look_the_sheet_says_so(results):
    page = changes_page(replace(results, changes=None), "en")
    assert "first run" in str(page.cells["changes_status"])
    assert page.tables["Waterfall"] == []


def test_what_only_the_sheet_remembers_stays(results):
    lost = {
        "as_of": to_day_number(date(2025, 1, 31), date1904=False),
        "period": "2025-02",
        "likely": 7.0,
    }
    known = {"as_of": to_day_number(THEN, date1904=False), "period": "2026-10", "likely": 9.0}
    page = forecast_log_page(results, "en", [lost, known])
    assert column(page, "ForecastLog", 4) == [2.0, 5.0, 7.0]


def test_a_run_writes_both_and_reads_its_memory_back(results, tmp_path):
    book, target = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    build_workbook(book, tables=make_tables(), today=AS_OF)
    publish(book, target, results)
    assert new_defects(book, target) == []
    sheet = openpyxl.load_workbook(target, data_only=True)["Changes"]
    assert sheet["A23"].value == f"Open pipeline on {THEN}"
    assert sheet["B24"].value == 40.0
    kept = kept_rows(Package.open(target), "ForecastLog")
    assert [row["period"] for row in kept] == ["2026-10", "Total"]
    # and a run that knows nothing of them keeps them
    publish(target, tmp_path / "next.xlsx", replace(results, past=PAST.head(0)))
    again = kept_rows(Package.open(tmp_path / "next.xlsx"), "ForecastLog")
    assert [row["period"] for row in again] == ["2026-10", "Total"]
