"""The front page: what the results hold, said in short and in either language."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from salespipe.report.front import front_page
from salespipe.results import CARRY_ON, Changes
from salespipe.wording import Words
from tests.workbook.made_up import make_results


@pytest.fixture
def results():
    return make_results()


def test_the_three_numbers_and_the_chance_are_those_of_the_total(results):
    front = front_page(results, "en")
    whole = results.periods.iloc[-1]
    names = ["Worst", "Likely", "Best", "Chance of the target"]
    assert [card.name for card in front.cards] == names
    for card, key in zip(front.cards, ("worst", "likely", "best"), strict=False):
        assert card.value.endswith(f"{whole[key]:,.0f}")
    assert front.cards[3].value == f"{whole['p_target']:.0%}".replace("%", " %")
    assert len(front.periods.rows) == (results.periods["kind"] != "total").sum()


def test_without_a_target_it_says_so(results):
    periods = results.periods.assign(target=np.nan, p_target=np.nan)
    card = front_page(replace(results, periods=periods), "en").cards[3]
    assert card.value == "–"
    assert "no target" in card.says


def test_a_first_look_has_nothing_to_compare_with(results):
    front = front_page(replace(results, changes=None), "en")
    assert front.movements == ()
    assert "nothing to compare it with" in front.changed[0]


def _changes():
    steps = pd.DataFrame(
        [
            ("new", Words("New", "新增"), 100.0, 2, Words("A and B", "A 与 B")),
            ("won", Words("Won", "赢单"), 0.0, 0, Words("", "")),
        ],
        columns=["step", "name", "amount", "count", "which"],
    )
    day = pd.Timestamp("2026-09-30").date()
    return Changes(day, day, 50.0, 150.0, steps, pd.DataFrame(), pd.DataFrame(), steps.iloc[:0])


@pytest.mark.parametrize(("language", "name"), [("en", "New"), ("zh", "新增")])
def test_what_moved_is_named_and_what_did_not_is_not(results, language, name):
    (table,) = front_page(replace(results, changes=_changes()), language).movements
    assert [row[0] for row in table.rows] == [name]
    assert "150" in table.caption


def test_only_deals_that_need_something_are_named(results):
    deals = results.deals.assign(action=CARRY_ON)
    assert front_page(replace(results, deals=deals), "en").actions is None
    named = front_page(replace(results, deals=deals.assign(action="Call them")), "en").actions
    assert named.rows[0][-1] == "Call them"


def test_in_chinese_the_page_is_chinese(results):
    front = front_page(results, "zh")
    assert [card.name for card in front.cards] == ["最差", "可能", "最好", "达成目标的概率"]
    assert front.periods.heads[0] == "期间"
