import json
from dataclasses import replace
from pathlib import Path

import pytest

from salespipe.job import MonthlyRun
from salespipe.screen.forecast import run_json, show_demo, show_run
from salespipe.screen.values import money, plain
from tests.screen.shown import shown
from tests.workbook.made_up import make_results


@pytest.fixture
def run():
    return MonthlyRun(
        None, make_results(), Path("[b]out.xlsx"), Path("old.xlsx"), {"read": 1.2, "fit": 20.4}
    )


def test_every_number_of_a_run_survives_json(run):
    told = json.loads(json.dumps(plain(run_json(run)), allow_nan=False))
    for row, (_, period) in zip(told["forecast"], run.results.periods.iterrows(), strict=True):
        assert row["likely"] == period["likely"]
        assert row["period"] == period["period"]
    opened = run.results.deals
    assert told["open_pipeline"]["deals"] == len(opened)
    assert told["open_pipeline"]["amount"] == pytest.approx(opened["amount"].sum())
    assert told["backup"] == "old.xlsx"


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


def test_a_chinese_workbook_is_answered_in_chinese(run):
    text = shown(show_run, replace(run, language="zh"))
    for word in ("收入（", "最差（10%）", "可能（50%）", "合计", "达标概率", "已写入：[b]out.xlsx"):
        assert word in text
    for word in ("worst", "Written", "Problems", "Revenue", "total"):
        assert word not in text


def test_the_demo_says_where_it_is(run):
    text = shown(show_demo, run)
    assert str(run.output.resolve()) in text
    assert "begin with the sheet Start" in text
    assert "从“开始”表看起" in shown(show_demo, replace(run, language="zh"))
