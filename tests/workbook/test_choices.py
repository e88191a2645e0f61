import pytest

from salespipe import names as n
from salespipe.stages import DEFAULT_STAGES
from salespipe.workbook.choices import CATEGORIES, StageNames, currency_code, likely_currency
from salespipe.workbook.headers import fold


@pytest.mark.parametrize(
    ("text", "home", "code"),
    [
        ("usd", "EUR", "USD"),
        ("€", "USD", "EUR"),
        ("$", "CAD", "CAD"),
        ("$", "EUR", None),
        ("￥", "CNY", "CNY"),
        ("¥", "JPY", "JPY"),
        ("人民币", "USD", "CNY"),
        ("euros", "USD", "EUR"),
        ("CA$", "USD", "CAD"),
        ("R$", "USD", "BRL"),
        ("kr", "NOK", "NOK"),
        ("kr", "USD", None),
        ("coins", "USD", None),
        ("12", "USD", None),
    ],
)
def test_currencies(text, home, code):
    assert currency_code(text, home=home) == code


def test_what_is_assumed_of_other_words():
    assert likely_currency("$", home="EUR") == "USD"
    assert likely_currency(" ￥", home="EUR") == "CNY"
    assert likely_currency("coins", home="EUR") == "EUR"


@pytest.mark.parametrize("stage", DEFAULT_STAGES, ids=lambda stage: stage.name)
def test_every_stage_is_known_by_both_names(stage):
    names = StageNames(DEFAULT_STAGES)
    key = stage.name if stage.kind == n.OPEN else stage.kind

    assert names.find(stage.name) == names.find(stage.name_zh) == key


def test_a_word_like_no_stage_is_met_with_all_of_them():
    hint = StageNames(DEFAULT_STAGES).hint("zzz")

    assert "Prospecting, Qualification" in hint.en
    assert "潜在客户开发、资格认定" in hint.zh


def test_categories_of_both_languages_mean_the_same():
    assert CATEGORIES[fold("Best Case")] == CATEGORIES[fold("最好情况")] == n.BEST_CASE
    assert CATEGORIES[fold("Closed")] is None
