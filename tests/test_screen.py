import io
import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from salespipe.job import MonthlyRun
from salespipe.problems import Problem
from salespipe.results import COST_COLUMNS
from salespipe.screen import (
    money,
    percent,
    plain,
    run_json,
    show_import,
    show_kpis,
    show_problems,
    show_run,
)
from salespipe.sources.import_report import FileRead, Imported, ImportReport
from salespipe.tables import Tables
from tests.workbook.made_up import AS_OF, make_results


def shown(show, *arguments, width=160):
    """Give what a console of some width would show, without trailing blanks."""
    console = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True)
    show(console, *arguments)
    return console.file.getvalue()


@pytest.fixture
def run():
    return MonthlyRun(
        None, make_results(), Path("[b]out.xlsx"), Path("old.xlsx"), {"read": 1.2, "fit": 20.4}
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (float("nan"), None),
        (float("inf"), None),
        (np.float64("nan"), None),
        (pd.NaT, None),
        (None, None),
        (date(2026, 10, 31), "2026-10-31"),
        (datetime(2026, 10, 31, 12, 30), "2026-10-31"),  # noqa: DTZ001
        (pd.Timestamp("2026-10-31"), "2026-10-31"),
        (np.datetime64("2026-10-31"), "2026-10-31"),
        (Path("a") / "b", str(Path("a") / "b")),
        ("text", "text"),
        ((1, [np.nan, {"a": pd.NaT}]), [1, [None, {"a": None}]]),
        ({date(2026, 1, 1): 1}, {"2026-01-01": 1}),
    ],
)
def test_whatever_there_is_becomes_json(value, expected):
    made = plain(value)
    assert made == expected
    assert type(made) is type(expected)
    assert json.loads(json.dumps(made, allow_nan=False)) == expected


def test_every_number_of_a_run_survives_json(run):
    told = json.loads(json.dumps(plain(run_json(run)), allow_nan=False))
    for row, (_, period) in zip(told["forecast"], run.results.periods.iterrows(), strict=True):
        assert row["likely"] == period["likely"]
        assert row["period"] == period["period"]
    opened = run.results.deals
    assert told["open_pipeline"]["deals"] == len(opened)
    assert told["open_pipeline"]["amount"] == pytest.approx(opened["amount"].sum())
    assert told["backup"] == "old.xlsx"


def test_what_is_not_known_is_a_dash():
    assert (money(1234567.4), money(float("nan"))) == ("1,234,567", "–")
    assert (percent(0.126), percent(float("nan"))) == ("13%", "–")


def test_a_run_shows_its_numbers_and_where_they_went(run):
    text = shown(show_run, run)
    for row in run.results.periods.to_dict("records"):
        assert money(row["likely"]) in text
        assert money(row["from_new"]) in text
    for word in ("worst (10%)", "likely (50%)", "best (90%)", "Written: [b]out.xlsx", "old.xlsx"):
        assert word in text
    assert "22 s" in text
    assert "Backup:" not in shown(show_run, replace(run, backup=None))


def test_a_narrow_terminal_keeps_every_number_whole(run):
    text = shown(show_run, run, width=80)
    assert "from new" not in text
    for row in run.results.periods.to_dict("records"):
        for key in ("worst", "likely", "best", "target"):
            assert money(row[key]) in text


def test_problems_name_their_cell_and_remedy_as_typed():
    first = Problem("Q[1]", "D2", "Stage", "x", "unknown-stage", "error", "No [stage].", "Mend it.")
    second = replace(first, cell="", severity="info", rule="other")
    row = ("unknown-stage", "error", 2, 2, 7.0, 0.08, 3.0, "2 deals carry 8%.")
    costs = pd.DataFrame([row, ("other", "info", *row[2:])], columns=list(COST_COLUMNS))
    text = shown(show_problems, (first, second), costs)
    lines = text.splitlines()
    assert lines[0] == "error   Q[1]!D2: No [stage]. Mend it. [unknown-stage]"
    assert lines[1].startswith("info    Q[1]: ")
    assert lines[2] == "2 deals carry 8%. [unknown-stage]"
    assert lines[3] == "1 errors, 0 warnings, 1 remarks."


def test_kpis_show_the_team_and_count_the_rest():
    table = make_results().kpis
    text = shown(show_kpis, table, AS_OF, "USD")
    rest = (~table["by"].isin(["total", "stage"])).sum()
    assert f"{rest} more rows by owner, segment, source, quarter and month" in text
    assert f"as of {AS_OF}, in USD" in text
    for name in table.loc[table["by"] == "total", "name"]:
        assert name in text


def test_an_import_says_what_it_left_out_and_where_the_past_is():
    report = ImportReport(files=(FileRead("a.csv", 3, ("Id",), ("Colour",)),))
    imported = Imported(Tables(), report)
    text = shown(show_import, imported, Path("[b].xlsx"), Path("b.changes") / "000001.parquet")
    assert "not named in the map: Colour" in text
    assert "0 deals written to [b].xlsx" in text
    assert "0 changes of the past kept in b.changes" in text
    assert "kept in" not in shown(show_import, imported, Path("b.xlsx"), None)
