import random
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.checks import check
from salespipe.errors import (
    EmptyPipelineError,
    MissingColumnError,
    SalespipeError,
    WorkbookNotFoundError,
)
from salespipe.problems import count_by_severity
from salespipe.stages import DEFAULT_STAGES
from salespipe.tables import Tables, conform
from salespipe.workbook.read import read_workbook
from salespipe.workbook.schema import SCHEMA_VERSION, SETTINGS, SHEETS
from salespipe.workbook.template.build import build_workbook

SHARED = Path(__file__).parents[3] / "shared" / "xlsx"
HEADERS = ["Deal ID", "Account", "Owner", "Stage", "Amount", "Created", "Closed"]
ROW = ["D-1", "Acme", "Ana", "Qualification", 1000, date(2026, 1, 5), None]


def rules(book):
    return [problem.rule for problem in book.problems]


def problem_of(book, rule):
    return next(problem for problem in book.problems if problem.rule == rule)


def test_a_plain_sheet_is_read_and_says_what_was_assumed(read_deals_of):
    book = read_deals_of(ROW)

    deal = book.tables.deals.loc[2]
    assert (deal[n.DEAL_ID], deal[n.STAGE], deal[n.AMOUNT]) == ("D-1", "Qualification", 1000)
    assert deal[n.CREATED_ON] == pd.Timestamp("2026-01-05")
    assert pd.isna(deal[n.CLOSED_ON])
    assert book.tables.stages == DEFAULT_STAGES
    assert rules(book) == ["stages-defaulted", "settings-defaulted", "header-found"]
    assert count_by_severity(book.problems)["error"] == 0
    assert book.language == "en"


def test_chinese_headers_in_another_order_and_unknown_columns(write_book):
    headers = ["金额", "成交日期", "经理", "创建日期", "阶段", "商机编号", "进入资格认定"]
    row = ["10万", None, "王", "2026年3月1日", "资格认定", "A1", "2026/3/9"]
    book = read_workbook(write_book({"商机": [headers, row]}))

    deal = book.tables.deals.loc[2]
    assert (deal[n.AMOUNT], deal[n.STAGE], deal["经理"]) == (100_000, "Qualification", "王")
    assert book.tables.stage_entries.loc[2].tolist() == [
        "A1",
        "Qualification",
        pd.Timestamp("2026-03-09"),
    ]
    assert book.language == book.tables.settings.language == "zh"
    assert "经理" in problem_of(book, "unknown-columns").message
    assert book.locator.find("deals", key=n.AMOUNT, row=2) == ("商机", "A2", "金额")
    assert book.locator.find("stage_entries", key="Qualification", row=2).cell == "G2"


def test_headers_below_prose_in_a_sheet_of_another_name(write_book):
    rows = [["Pipeline of the north team"], [], [None, *HEADERS], [None, *ROW]]
    book = read_workbook(write_book({"Read me": [["hello"]], "FY26": rows}))

    assert book.tables.deals.index.tolist() == [4]
    assert problem_of(book, "sheet-taken").sheet == "FY26"
    assert "row 3" in problem_of(book, "header-found").message


def test_rows_below_the_table_are_read_and_those_apart_are_not(tmp_path, write_book):
    path = write_book({"Deals": [HEADERS, ROW]}, tables=["Deals"])
    book = openpyxl.load_workbook(path)
    for row, deal_id in ((3, "D-2"), (4, "D-3"), (7, "D-9")):
        for column, value in enumerate([deal_id, *ROW[1:]], start=1):
            book["Deals"].cell(row, column, value)
    book.save(path)

    book = read_workbook(path)

    assert book.tables.deals[n.DEAL_ID].tolist() == ["D-1", "D-2", "D-3"]
    assert problem_of(book, "rows-below-table").cell == "A3"
    assert "(3 to 4)" in problem_of(book, "rows-below-table").message
    assert problem_of(book, "rows-apart").cell == "A7"
    assert "header-found" not in rules(book)


def test_a_totals_row_is_no_deal(read_deals_of):
    total = ["Total", None, None, None, 1000, None, None]
    book = read_deals_of(ROW, total)

    assert book.tables.deals.index.tolist() == [2]


def test_blank_rows_are_passed_over_and_prose_is_named(read_deals_of):
    book = read_deals_of(ROW, [], ["Updated by Tom"], ["D-2", *ROW[1:]])

    assert book.tables.deals.index.tolist() == [2, 5]
    problem = problem_of(book, "row-without-deal")
    assert (problem.cell, problem.value) == ("A4", "Updated by Tom")


def test_hidden_rows_and_merged_cells_are_read_and_named(write_book):
    path = write_book({"Deals": [HEADERS, ROW, ["D-2", *ROW[1:]]]})
    book = openpyxl.load_workbook(path)
    book["Deals"].row_dimensions[3].hidden = True
    book["Deals"].merge_cells("B2:B3")
    book.save(path)

    book = read_workbook(path)

    assert book.tables.deals[n.ACCOUNT].fillna("").tolist() == ["Acme", ""]
    assert problem_of(book, "hidden-rows").message.startswith("1 row is")
    assert "B2:B3" in problem_of(book, "merged-cells").message


def test_serials_follow_the_1904_epoch(write_book):
    path = write_book(
        {"Deals": [HEADERS, [*ROW[:5], 43538, date(2026, 3, 1)]]}, options={"date_1904": True}
    )

    deal = read_workbook(path).tables.deals.loc[2]

    assert deal[n.CREATED_ON] == pd.Timestamp("2023-03-15")
    assert deal[n.CLOSED_ON] == pd.Timestamp("2026-03-01")


def test_the_other_sheets(write_book):
    book = read_workbook(
        write_book(
            {
                "Deals": [HEADERS, ROW],
                "目标": [
                    ["月份", "负责人（空=团队）", "指标"],
                    ["2026-03", None, "50万"],
                    [None, "Ana", 5],
                ],
                "Activities": [
                    ["Date", "Rep", "Deal", "Minutes"],
                    ["2026-02-01", "Ana", "D-1", 30],
                ],
                "Rates": [["Month", "Currency"], ["2026-01", "EUR"]],
                "Market": [["nothing", "known"]],
            }
        )
    )

    assert book.tables.targets[n.QUOTA].tolist() == [500_000]
    assert book.tables.activities.loc[2, n.DEAL_ID] == "D-1"
    assert problem_of(book, "month-missing").cell == "A3"
    unread = [p.sheet for p in book.problems if p.rule == "sheet-not-read"]
    assert unread == ["Market", "Rates"]
    assert book.tables.rates.empty


def test_two_sheets_of_the_same_meaning(write_book):
    book = read_workbook(write_book({"Deals": [HEADERS, ROW], "商机": [HEADERS, ["X", *ROW[1:]]]}))

    assert book.tables.deals[n.DEAL_ID].tolist() == ["D-1"]
    assert problem_of(book, "sheet-twice").sheet == "商机"


def test_a_missing_column_is_named_with_the_headers_found(read_deals_of):
    with pytest.raises(MissingColumnError, match=r'"Deals" has no column "Amount" \(金额\).*Stage'):
        read_deals_of(["D-1", "Won", 1, 2], headers=["Deal ID", "Stage", "Created", "Closed"])


def test_no_sheet_of_deals_at_all(write_book):
    with pytest.raises(MissingColumnError, match=r'has no sheet "Deals".*"Sums"'):
        read_workbook(write_book({"Sums": [["a", "b"], [1, 2]]}))


def test_the_sheet_that_comes_nearest_is_told_what_it_lacks(write_book):
    deals = [["Deal ID", "Stage", "Amount", "Owner"], ["D-1", "Won", 1, "Ana"]]
    with pytest.raises(
        MissingColumnError,
        match=r'"Pipe" has no column "Created" \(创建日期\), "Closed" \(关闭日期\).*; add them',
    ):
        read_workbook(write_book({"Sums": [["a", "b"], [1, 2]], "Pipe": deals}))


def test_a_sheet_without_deals(read_deals_of):
    with pytest.raises(EmptyPipelineError, match='"Deals" has no deal'):
        read_deals_of()


def test_a_missing_file(tmp_path):
    with pytest.raises(WorkbookNotFoundError):
        read_workbook(tmp_path / "none.xlsx")


def made_up(language):
    day = pd.Timestamp("2026-01-05")
    deals = pd.DataFrame(
        {
            n.DEAL_ID: ["001", "NA", "+3"],
            n.ACCOUNT: ["=Acme", "天地", "C & <D>"],
            n.OWNER: ["Ana", None, "Bo"],
            n.STAGE: ["Prospecting", n.WON, n.LOST],
            n.AMOUNT: [1000.5, 2000, None],
            n.LISTED_AMOUNT: [None, 2100, None],
            n.CURRENCY: ["USD", "EUR", None],
            n.CREATED_ON: [day, day, None],
            n.CLOSED_ON: [None, day + pd.Timedelta(days=40), day],
            n.FORECAST_CATEGORY: [n.BEST_CASE, None, None],
            n.CONFIDENCE: [0.3, 1.0, None],
            n.NEXT_STEP: ["Call", None, None],
        },
        index=[2, 3, 4],
    )
    entries = pd.DataFrame(
        {n.DEAL_ID: ["001", "NA"], n.STAGE: ["Prospecting", "Qualification"], n.ENTERED_ON: day},
        index=[2, 3],
    )
    targets = pd.DataFrame({n.MONTH: [day.replace(day=1)], n.QUOTA: [5e5]}, index=[2])
    return Tables(
        deals=conform("deals", deals),
        stage_entries=conform("stage_entries", entries),
        targets=conform("targets", targets),
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_template_is_given_is_read_back(tmp_path, language):
    tables = made_up(language)
    path = tmp_path / "book.xlsx"
    build_workbook(path, tables=tables, language=language, today=date(2026, 3, 1))

    book = read_workbook(path)

    assert book.problems == ()
    assert book.language == language
    assert book.stamp["schema_version"] == SCHEMA_VERSION
    # The usual criteria are written in the language of the sheet.
    usual = {"entry": "", "exit": "", "activities": "", "milestones": ""}
    bare = [[replace(stage, **usual) for stage in one.stages] for one in (book.tables, tables)]
    assert bare[0] == bare[1]
    if language == "en":
        assert book.tables.stages == tables.stages
    for table in ("deals", "stage_entries", "targets", "accounts", "activities", "market"):
        read, given = getattr(book.tables, table), getattr(tables, table)
        keys = [column for column in given if given[column].notna().any()]
        pd.testing.assert_frame_equal(read[keys], given[keys])


def test_an_empty_template_has_no_deals(tmp_path):
    build_workbook(tmp_path / "new.xlsx")

    with pytest.raises(EmptyPipelineError, match="has no deal"):
        read_workbook(tmp_path / "new.xlsx")


@pytest.mark.slow
def test_nine_thousand_deals_are_read_and_checked_in_seconds(write_book):
    extra = [f"X{k}" for k in range(20)]
    first = date(2024, 1, 1)
    rows = [
        [f"D{k}", f"A{k % 90}", f"O{k % 30}", "Closed Won", k + 1,
         first + timedelta(days=k % 700), first + timedelta(days=k % 700 + 30), *range(20)]
        for k in range(9000)
    ]  # fmt: skip
    path = write_book({"Deals": [[*HEADERS, *extra], *rows]})
    began = time.perf_counter()

    book = read_workbook(path)
    check(book.tables, as_of=date(2026, 6, 30), locator=book.locator)

    assert len(book.tables.deals) == 9000
    assert time.perf_counter() - began < 10


@pytest.mark.skipif(not SHARED.exists(), reason="shared/xlsx is not beside the repository")
@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_workbooks_of_strangers_give_a_book_or_a_clear_refusal(part):
    files = sorted(p for p in SHARED.glob("*/*") if p.suffix not in (".tsv", ".md"))
    assert files
    for file in files[part::4]:
        with suppress(SalespipeError):
            assert len(read_workbook(file).tables.deals) > 0, file


CELLS = [
    None, 0, -5, 1e300, 1.5, 45000, 99999999, True, date(2026, 3, 1), timedelta(days=3), "#N/A",
    "=A1", "", " ", "\u200b", "NA", "-", "{x}", "%s", "Won", "closed lost", "Qualification",
    "成交", "$5k", "70%", "1.234", "2026-03-01", "03/04/2026", "2026-02-30",
    "1/1/99", "a" * 500, "Total", "€",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_no_cell_makes_reading_or_checking_raise(tmp_path, seed):
    dice = random.Random(seed)
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    for key in ("deals", "targets", "activities", "stages", "rates", "market"):
        language = dice.choice(["en", "zh"])
        sheet = book.create_sheet(SHEETS[key].title(language))
        headers = [column.header(language) for column in SHEETS[key].columns]
        headers += ["Entered Qualification", "Mine", "Mine", "amount", "{0}"]
        dice.shuffle(headers)
        sheet.append(headers)
        for _ in range(8):
            sheet.append([dice.choice(CELLS) for _ in headers])
        sheet.merge_cells("B5:C7")
    book.create_sheet("Settings")
    for english, _ in SETTINGS.values():
        book["Settings"].append([english, dice.choice(CELLS)])
    book.save(tmp_path / "book.xlsx")

    with suppress(EmptyPipelineError):
        read = read_workbook(tmp_path / "book.xlsx")
        found = (
            *read.problems,
            *check(read.tables, as_of=date(2026, 6, 30), locator=read.locator),
        )
        assert count_by_severity(found)["error"] > 0
        assert all(problem.message and problem.remedy for problem in found)


def test_damage_of_either_log_beside_the_workbook_is_told(tmp_path):
    path = tmp_path / "b.xlsx"
    build_workbook(path)
    for folder in ("b.changes", "b.forecasts"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "holiday.parquet").write_bytes(b"x")
    told = [
        problem
        for problem in read_workbook(path, empty=True).problems
        if problem.rule == "log-foreign"
    ]
    assert [problem.message for problem in told] == [
        f'The file "holiday.parquet" in the folder "{folder}" is none of its parts; it '
        "was not read."
        for folder in ("b.changes", "b.forecasts")
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_book_speaks_the_other_language_too(write_book, language):
    """Every rule that reading breaks, of cells, sheets and settings, is said in either."""
    settings = [["Months to forecast", 99], ["Language", language]]
    rows = [["D-1", "A", "Ana", "Nowhere", "Neg.", "03/04/2026", None], ROW, ROW]
    book = read_workbook(write_book({"Deals": [HEADERS, *rows], "Settings": settings}))

    other = book.in_language("zh" if language == "en" else "en")

    assert len(book.problems) == len(other.problems) >= 6
    for one, two in zip(book.problems, other.problems, strict=True):
        assert (one.rule, one.cell, one.severity) == (two.rule, two.cell, two.severity)
        english, chinese = (one, two) if language == "en" else (two, one)
        assert "。" in chinese.message
        assert "。" not in english.message
    assert other.tables.settings.language == other.language != book.language
    assert other.in_language(book.language).problems == book.problems
    assert book.in_language(book.language) is book
