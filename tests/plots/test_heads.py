"""Heads of tables are people's words, in both languages."""

import re

import pandas as pd
import pytest

from salespipe import results
from salespipe.kpi.agenda import MOVED_COLUMNS
from salespipe.kpi.coaching import ADVICE_COLUMNS
from salespipe.kpi.evidence import NEEDS_COLUMNS
from salespipe.kpi.scorecard import SCORECARD_COLUMNS
from salespipe.kpi.waterfall import MOVEMENTS
from salespipe.plots import table
from salespipe.plots.heads import CELLS, HEADS, cell, head
from salespipe.wording import Words

SHOWN = {
    *results.PERIOD_COLUMNS,
    *results.GROUP_COLUMNS,
    *results.SCENARIO_COLUMNS,
    *results.DEAL_COLUMNS,
    *results.KPI_COLUMNS,
    *results.PAST_COLUMNS,
    *results.SCORE_COLUMNS,
    *(*MOVED_COLUMNS, *ADVICE_COLUMNS, *NEEDS_COLUMNS, *SCORECARD_COLUMNS, *MOVEMENTS),
}
ABBREVIATIONS = {"CRPS", "R-hat 最大值"}


@pytest.mark.parametrize("key", sorted(SHOWN))
def test_every_column_has_a_head_in_both_languages(key):
    assert key in HEADS


@pytest.mark.parametrize("words", [*HEADS.values(), *CELLS.values()], ids=lambda words: words.en)
def test_a_head_is_no_name_of_a_column(words):
    assert "_" not in words.en
    assert words.zh in ABBREVIATIONS or not re.search(r"[A-Za-z]{3,}", words.zh)


def test_a_table_of_movements_has_words_and_money():
    frame = pd.DataFrame({"by": ["owner"], "group": ["Ana"], "moved_in": [2e6], "won": [1e6]})
    english = table(frame, currency="USD").text
    for part in ("from another stage, USD", "won, USD", "2M"):
        assert part in english
    chinese = table(frame, currency="CNY", language="zh").text
    for part in ("由其他阶段转入（CNY）", "赢单（CNY）", "200万", ">负责人<", ">Ana<"):
        assert part in chinese


def test_what_people_named_stays_as_it_is():
    assert cell("won", "account", "zh") == "won"
    assert cell("won", "what", "zh") == "赢单"
    assert cell(Words("New", "新增"), "name", "zh") == "新增"
    assert cell(True, "open", "en") == "yes"
    assert head("never_heard_of", "zh") == "never heard of"


def test_rows_left_out_are_counted_in_chinese():
    frame = pd.DataFrame({"n": range(12)})
    assert "另有 2 行" in table(frame, currency="CNY", top=10, language="zh").text
