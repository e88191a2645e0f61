"""Figures of a Chinese workbook are Chinese, money in 万 and nothing cut off."""

import re
from string import Formatter

import numpy as np
import pandas as pd
import pytest

from salespipe.checks.words import MESSAGES
from salespipe.plots import (
    contributions,
    deal_chances,
    fan,
    fates,
    forest,
    funnel,
    problem_counts,
    ranges,
    scenarios,
    total,
    trend,
)
from salespipe.plots.chinese import CHINESE, RULES
from salespipe.results import SCENARIO_COLUMNS
from salespipe.workbook.rule_words import MESSAGES as READING
from tests.plots.conftest import texts_of

ENGLISH = re.compile(r"[A-Za-z]{3,}")


def braces(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def english(picture, *, names):
    """Give the English words on a figure that nobody named so."""
    text = " ".join(one.get_text() for one in texts_of(picture))
    return {word for word in ENGLISH.findall(text) if word not in names}


def test_a_translation_has_the_braces_of_its_sentence():
    assert {key: braces(text) for key, text in CHINESE.items()} == {
        key: braces(key) for key in CHINESE
    }


def test_every_rule_has_a_name():
    assert set(RULES) == {*MESSAGES, *READING}
    assert len(set(RULES.values())) == len(RULES)


def test_problems_and_the_funnel(funnel_table, assert_nothing_cut):
    counts = pd.DataFrame({"rule": ["amount-missing"], "severity": ["error"], "count": [3]})
    picture = problem_counts(counts, language="zh")
    assert_nothing_cut(picture)
    assert picture.get_suptitle() == "共 3 处需要查看，涉及 1 条规则"
    assert not english(picture, names=())
    held = funnel(funnel_table, currency="CNY", language="zh")
    assert_nothing_cut(held)
    assert held.get_suptitle() == "21 个在谈商机，金额 ¥55.6万，加权后 ¥15.6万"


def test_the_forecast(summary, history, groups, assert_nothing_cut):
    style = {"currency": "CNY", "language": "zh"}
    row = summary.iloc[-1]
    draws = np.linspace(row["worst"], row["best"], 200)
    for picture in (
        fan(summary, history=history, **style),
        contributions(summary, **style),
        total(draws, row=row, **style),
    ):
        assert_nothing_cut(picture)
        assert not english(picture, names={"CNY"})
    assert "万" in fan(summary, history=history, **style).get_suptitle()
    assert "按负责人" in ranges(groups, by="owner", **style).get_suptitle()


def test_what_becomes_of_deals(assert_nothing_cut):
    table = pd.DataFrame(
        {"day": [0, 30], "won": [0.0, 0.25], "lost": [0.0, 0.5], "open": [1.0, 0.25]}
    )
    picture = fates(table, language="zh")
    assert_nothing_cut(picture)
    assert picture.get_suptitle() == "全部商机中一半在 30 天内有结果，最终 25 % 赢单"
    assert not english(picture, names=())
    assert fates(table.head(0), language="zh").get_suptitle() == "尚无商机有结果"


def test_scenarios_are_named():
    rows = [
        ("As forecast", 1e6, 2e6, 3e6, 2e6, 0.0, 0.5),
        ("One more person", 1e6, 3e6, 4e6, 2.5e6, 5e5, 0.6),
    ]
    table = pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS))
    picture = scenarios(table, currency="CNY", language="zh")
    assert picture.get_suptitle() == "各情景使预测最多变动 ¥50万"
    assert [tick.get_text() for tick in picture.axes[0].get_yticklabels()] == ["增加一名销售"]


def test_an_axis_of_money_counts_in_wan(kpis):
    money = kpis.assign(unit="money", value=kpis["value"] * 1e6)
    picture = trend(
        money, name="Win rate", definition="won / created", currency="CNY", language="zh"
    )
    picture.draw_without_rendering()
    ticks = [tick.get_text() for tick in picture.axes[0].get_yticklabels()]
    assert any(text.endswith("万") for text in ticks)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_deals_and_forests(language, deals, assert_nothing_cut):
    picture = deal_chances(deals, currency="CNY", language=language)
    assert_nothing_cut(picture)
    table = pd.DataFrame({"group": ["华东"], "value": [0.2], "low": [0.1], "high": [0.3], "n": [9]})
    chances = forest(table, title="赢单概率", label="赢单概率", total=0.25, language=language)
    legend = chances.axes[0].get_legend().get_texts()[0].get_text()
    assert legend == {"en": "all: 25 %", "zh": "全部：25 %"}[language]
