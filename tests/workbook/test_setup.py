from datetime import date

import pytest

from salespipe import names as n
from salespipe.settings import Settings
from salespipe.stages import DEFAULT_STAGES
from salespipe.workbook.read import read_workbook

DEALS = [
    ["Deal ID", "Stage", "Amount", "Created", "Closed"],
    ["D-1", "Won", 1000, date(2026, 1, 5), date(2026, 2, 5)],
]
STAGES = ["Stage", "Stage (Chinese)", "Kind", "Default probability", "Typical days"]


@pytest.fixture
def read(write_book):
    def read(deals=DEALS, **sheets):
        return read_workbook(write_book({"Deals": deals, **sheets}))

    return read


def test_without_a_settings_sheet_the_deals_say_what_they_can(read):
    headers = [*DEALS[0], "Currency"]
    euros = read(deals=[headers, [*DEALS[1], "€"], ["D-2", *DEALS[1][1:], "EUR"],
                        ["D-3", *DEALS[1][1:], "USD"]])  # fmt: skip
    assert euros.tables.settings == Settings(currency="EUR")
    told = next(p for p in euros.problems if p.rule == "settings-defaulted")
    assert "EUR" in told.message

    chinese = read(deals=[["商机编号", "阶段", "金额", "创建日期", "关闭日期"], DEALS[1]])
    assert chinese.tables.settings == Settings(currency="CNY", language="zh")


def errors(book):
    return [problem for problem in book.problems if problem.severity == "error"]


def test_settings_in_both_languages_and_loose_spellings(read):
    book = read(
        Settings=[
            ["Settings of the north team"],
            [None, "Company", "Nordwind"],
            [None, "币种", "人民币"],
            [None, "Fiscal year starts in month", 4],
            [None, "Worst: quantile", "20%"],
            [None, "Best: quantile", 80],
            [None, "Months to forecast", "6"],
            [None, "Language", "中文"],
            [None, "Prior strength (deals)", None],
        ]
    )

    assert book.tables.settings == Settings(
        company="Nordwind",
        currency="CNY",
        fiscal_year_start=4,
        quantiles=(0.2, 0.5, 0.8),
        horizon=6,
        language="zh",
    )
    assert book.language == "zh"
    assert errors(book) == []


@pytest.mark.parametrize(
    ("label", "value", "words"),
    [
        ("Months to forecast", 99, "99 months"),
        ("Months to forecast", "soon", '"soon" is not a number'),
        ("Months to forecast", 2.5, "not a whole number"),
        ("Fiscal year starts in month", 13, "fiscal year start is 13"),
        ("Worst: quantile", 0.7, "must rise"),
        ("Language", "Klingon", "not a language"),
        ("Currency", "coins", "not a currency"),
        ("Prior strength (deals)", -1, "prior strength"),
    ],
)
def test_a_setting_that_cannot_be_used_is_an_error_at_its_cell(read, label, value, words):
    book = read(Settings=[["Company", "Nordwind"], [label, value]])

    (problem,) = errors(book)
    assert (problem.rule, problem.sheet, problem.cell) == ("setting-unusable", "Settings", "B2")
    assert words in problem.message
    assert book.tables.settings == Settings(company="Nordwind")


def test_the_language_of_the_tab_stands_in_for_a_setting(read):
    assert read(设置=[["公司", "北风"]]).language == "zh"


def test_stages_are_the_workbooks_own(read):
    deals = [
        [*DEALS[0], "进入演示", "Entered Pitch"],
        ["D-1", "演示", 1000, date(2026, 1, 5), None, date(2026, 1, 9), None],
        ["D-2", "gewonnen", 1000, date(2026, 1, 5), date(2026, 2, 5), None, date(2026, 1, 7)],
    ]
    stages = [
        ["Order", *STAGES],
        [2, "Demo", "演示", None, 0.5, 20],
        [1, "Pitch", "推介", "open", "20%", 10],
        [4, "Verloren", None, "lost", 0, 0],
        [3, "Gewonnen", None, "won", 1, 0],
    ]
    book = read(deals, Stages=stages)

    assert [stage.name for stage in book.tables.stages] == ["Pitch", "Demo", "Gewonnen", "Verloren"]
    assert [stage.kind for stage in book.tables.stages] == [n.OPEN, n.OPEN, n.WON, n.LOST]
    assert book.tables.stages[0].probability == pytest.approx(0.2)
    assert book.tables.deals[n.STAGE].tolist() == ["Demo", n.WON]
    assert sorted(book.tables.stage_entries[n.STAGE]) == ["Demo", "Pitch"]
    assert errors(book) == []


def test_ends_that_are_missing_are_the_usual_ones(read):
    book = read(Stages=[STAGES, ["Pitch", "推介", "open", 0.2, 10]])

    assert book.tables.stages[1:] == DEFAULT_STAGES[-2:]
    assert book.tables.deals[n.STAGE].tolist() == [n.WON]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["Pitch", None, None, 0.5, 10], ["Demo", None, None, 0.2, 10]], "less likely"),
        ([["Pitch", None, None, None, 10]], "probability"),
        ([["Pitch", None, None, 0.5, None]], "typical days"),
        ([["Pitch", None, None, 0.2, 10], ["Pitch", None, None, 0.5, 10]], "stands twice"),
        ([["Won", None, None, 1, 0]], "no open stage"),
    ],
)
def test_stages_that_the_forecast_cannot_use_are_an_error(read, rows, words):
    (problem,) = errors(read(Stages=[STAGES, *rows]))

    assert (problem.rule, problem.sheet) == ("stages-unusable", "Stages")
    assert words in problem.message
