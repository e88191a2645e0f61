"""What others rely on. A failure here is a breaking change: it needs docs and a changelog entry."""

import json
import re
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from salespipe import screen
from salespipe.backtest.deal_scores import DEAL_SCORE_COLUMNS
from salespipe.backtest.run import ROW_COLUMNS, SUMMARY_COLUMNS, Backtest
from salespipe.checks import Stakes, cost_table
from salespipe.followups import Followups, OwnerFiles
from salespipe.followups.tasks import Task
from salespipe.job import MonthlyRun
from salespipe.kpi.agenda import Agenda
from salespipe.kpi.coaching import ADVICE_COLUMNS
from salespipe.kpi.evidence import NEEDS_COLUMNS
from salespipe.kpi.scorecard import SCORECARD_COLUMNS
from salespipe.merging import MergeReport
from salespipe.problems import Problem
from salespipe.report import Report
from salespipe.results import (
    COST_COLUMNS,
    DEAL_COLUMNS,
    GROUP_COLUMNS,
    KPI_COLUMNS,
    PERIOD_COLUMNS,
    SCENARIO_COLUMNS,
)
from salespipe.rollup.run import Rollup
from salespipe.settings import Settings
from salespipe.simulation.levers import Levers
from salespipe.sources.import_report import FileRead, Imported, ImportReport
from salespipe.splitting import SplitReport
from salespipe.tables import Tables
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.tables import RECEIPT_ROWS, TABLES
from salespipe.workbook.three_way import Conflict
from tests.workbook.made_up import make_results

PAGE = (Path(__file__).parents[2] / "docs" / "output-schema.md").read_text("utf-8")
SPAN = {"start", "end"}

PROMISED = {
    "run": {
        "as_of", "currency", "forecast", "quantiles", "diagnostics", "problems", "output",
        "seconds", "seed",
    },
    "check": {"problems", "counts"},
    "kpi": {"as_of", "kpis"},
    "backtest": {"rows", "summary", "weights"},
}  # fmt: skip
ROW = (
    "period", "kind", "worst", "likely", "best", "mean", "won_so_far", "from_open", "from_new",
    "weighted_pipeline", "target", "p_target",
)  # fmt: skip


def section(title):
    found = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def keys(title):
    return re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE)


def named(title, key):
    """Give the names that the row of a key mentions."""
    row = re.search(rf"^\| `{key}` \| (.*) \|$", section(title), re.MULTILINE)
    return set(re.findall(r"`(\w+)`", row[1]))


@pytest.fixture
def run_json():
    run = MonthlyRun(None, make_results(), Path("out.xlsx"), None, {"read": 0.1})
    return json.loads(json.dumps(screen.plain(screen.run_json(run)), allow_nan=False))


RUN = "`salespipe run --json` and `salespipe demo --json`"


def test_run(run_json):
    assert list(run_json) == keys(RUN)
    assert PROMISED["run"] <= set(run_json)
    assert run_json["diagnostics"].keys() == named(RUN, "diagnostics")
    assert run_json["open_pipeline"].keys() == named(RUN, "open_pipeline")
    assert run_json["problems"].keys() == named(RUN, "problems")
    assert len(run_json["quantiles"]) == 3
    assert tuple(run_json["costs"][0]) == COST_COLUMNS


def test_the_rows_of_scenarios():
    said = re.findall(r"^\| (`.+?) \|", section("Scenario rows"), re.MULTILINE)
    assert tuple(re.findall(r"`(\w+)`", " ".join(said))) == SCENARIO_COLUMNS
    levers = section("Scenario rows").partition("Levers:")[2]
    assert re.findall(r"`(\w+)`", levers) == [field.name for field in fields(Levers)]


def test_the_rows_of_a_forecast(run_json):
    for row in run_json["forecast"]:
        assert tuple(row) == ROW
        assert row["kind"] in named("Forecast rows", "kind")
    for part in ("by_owner", "by_segment"):
        assert all(tuple(row) == ("group", *ROW) for row in run_json[part])
    assert tuple(keys("Forecast rows")) == ROW
    assert tuple(key for key in PERIOD_COLUMNS if key not in SPAN) == ROW
    assert ("group", *PERIOD_COLUMNS) == GROUP_COLUMNS


def test_what_is_not_known_is_null(run_json):
    assert run_json["backup"] is None
    without = [row for row in run_json["by_owner"] if row["target"] is None]
    assert without
    assert all(row["p_target"] is None for row in without)


STAKES = Stakes("likely", pd.Series({"": 1.0}), pd.Series({"": 1.0}), width=3.0, spreads=2.0)


def test_check():
    problem = Problem("Deals", "D2", "Stage", "x", "unknown-stage", "error", "No.", "Mend it.")
    costs = cost_table((problem,), STAKES, settings=Settings())
    made = screen.check_json((problem,), costs)
    title = "`salespipe check --json`"
    assert list(made) == keys(title)
    assert set(made) >= PROMISED["check"]
    assert list(made["costs"][0]) == keys("Costs") == list(COST_COLUMNS)
    assert list(made["problems"][0]) == keys("Problems")
    assert made["counts"].keys() == named(title, "counts") == named("Problems", "severity")


def test_kpi():
    assert tuple(keys("KPI rows")) == KPI_COLUMNS
    assert set(keys("`salespipe kpi --json`")) == PROMISED["kpi"]


def test_backtest():
    rows = pd.DataFrame([["2026-01-31", 1] + [0.5] * 14], columns=list(ROW_COLUMNS))
    rows["method"] = "salespipe"
    made = screen.backtest_json(
        Backtest(rows, (date(2026, 1, 31),), 1, ("salespipe",)), as_of=date(2026, 2, 28)
    )
    title = "`salespipe backtest --json`"
    assert list(made) == keys(title)
    assert PROMISED["backtest"] <= set(made)
    assert tuple(keys("Backtest rows")) == ROW_COLUMNS == tuple(made["rows"][0])
    assert tuple(keys("Backtest summary")) == SUMMARY_COLUMNS == tuple(made["summary"][0])
    assert tuple(keys("Backtest deals")) == DEAL_SCORE_COLUMNS


def test_rollup():
    results = make_results()
    diagnostics = results.receipt.diagnostics
    pipeline = SimpleNamespace(as_of=date(2026, 10, 31), settings=Settings())
    forecast = SimpleNamespace(
        fit=SimpleNamespace(pipeline=pipeline, diagnostics=diagnostics, seed=1),
        summary=lambda: results.periods,
        by_owner=lambda: results.by_owner,
        notes=(),
    )
    reused = {"read": 0, "simulated": 0, "written": 0}
    made = screen.rollup_json(Rollup(forecast, Path("a.xlsx"), {}, {}, reused))
    assert list(made) == keys("`salespipe rollup --json`")
    assert made["diagnostics"].keys() == named("`salespipe rollup --json`", "diagnostics")
    assert reused.keys() == named("`salespipe rollup --json`", "reused")
    assert list(made["units"][0]) == ["unit", *(row for row in PERIOD_COLUMNS if row not in SPAN)]


def test_report():
    made = screen.report_json(Report(Path("pack.html"), (), {}))
    assert list(made) == keys("`salespipe report --json`")


def test_import():
    report = ImportReport(files=(FileRead("a.csv", 1, ("Id",), ("Colour",)),))
    made = screen.import_json(Imported(Tables(), report), Path("book.xlsx"), None)
    title = "`salespipe import --json`"
    assert list(made) == keys(title)
    assert made["files"][0].keys() == named(title, "files")
    assert made["change_log"] is None


def test_merge_and_split():
    clash = Conflict("a.xlsx", "D", "amount", 1.0, 2.0)
    made = screen.merge_json(MergeReport(Path("t.xlsx"), None, conflicts=(clash,)))
    title = "`salespipe merge --json`"
    assert list(made) == keys(title)
    assert made["conflicts"][0].keys() == named(title, "conflicts")
    parts = screen.split_json(SplitReport({"Ana": (Path("a.xlsx"), 3)}))
    assert parts["books"][0].keys() == named("`salespipe split --json`", "books")


def test_followups():
    point = Problem("Deals", "D2", "Stage", "x", "stale", "warning", "Stale.", "Call.", "A", "Ana")
    day = date(2026, 11, 2)
    task = Task("Ana", "A", "Acme", "Pumps", "Qualification", day, 1.0, "", "", "", (point,))
    files = OwnerFiles("Ana", Path("a.ics"), (Path("list.eml"),), (task,))
    made = screen.followups_json(Followups(day, "USD", Path("out"), (files,)))
    title = "`salespipe followups --json`"
    assert list(made) == keys(title)
    assert made["owners"][0].keys() == named(title, "owners")
    told = set(re.findall(r"`(\w+)`", section(title).rpartition("`tasks`: a list")[2]))
    assert told == {*made["owners"][0]["tasks"][0], *made["owners"][0]["tasks"][0]["points"][0]} | {
        "error",
        "warning",
        "follow_up",
    }


def test_tables_about_people():
    assert tuple(keys("Scorecard rows")) == SCORECARD_COLUMNS
    assert tuple(keys("Advice rows")) == ADVICE_COLUMNS
    assert tuple(keys("Needs rows")) == NEEDS_COLUMNS
    tables = {field.name for field in fields(Agenda)} - {"kind", "since"}
    assert tables <= set(
        re.findall(r"`(\w+)`", section("Needs rows").rpartition("sp.kpi.agenda")[2])
    )


def test_deals_in_python():
    assert tuple(keys("Deal rows")) == DEAL_COLUMNS


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_the_workbook(name):
    table, sheet = TABLES[name], SHEETS[TABLES[name].sheet]
    rows = re.findall(
        r"^\| `(\w+)` \| (.+) \| (.+) \|$",
        section(f"Table `{name}` on {sheet.en} ({sheet.zh})"),
        re.MULTILINE,
    )
    assert rows == [
        (column.key, column.header("en"), column.header("zh")) for column in table.columns
    ]


def test_no_table_is_left_out_or_made_up():
    told = re.findall(r"^### Table `(\w+)`", PAGE, re.MULTILINE)
    assert told == list(TABLES)


def test_the_receipt():
    assert tuple(re.findall(r"`([a-z]\w+)`", section("Receipt"))) == RECEIPT_ROWS
