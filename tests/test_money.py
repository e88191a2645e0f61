import pytest

from salespipe.money import SIGNS, money_text, money_words, short_amount, short_money, sign


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("USD", "$"), ("eur", "€"), (" CNY ", "¥"), ("SEK", "SEK\xa0"), ("", ""), ('A"B', "AB\xa0")],
)
def test_a_currency_has_its_sign_or_its_code(currency, shown):
    assert sign(currency) == shown


def test_no_two_currencies_look_alike():
    assert len({*SIGNS.values()}) == len(SIGNS)


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0, "$0", "$0"),
        (9_999, "$9,999", "$9,999"),
        (-1_284_600, "-$1,284,600", "-$128.5万"),
        (123_456_789, "$123,456,789", "$1.23亿"),
        (9_999.4, "$9,999", "$9,999"),
        (9_999.6, "$10,000", "$1万"),
        (25_000_000, "$25,000,000", "$2,500万"),
        (100_000_000, "$100,000,000", "$1亿"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
    ],
)
def test_amounts_in_sentences(value, english, chinese):
    assert money_text(value, currency="USD", language="en") == english
    assert money_text(value, currency="USD", language="zh") == chinese
    assert money_words(value, currency="USD") == (english, chinese)


def test_a_difference_shows_its_sign():
    assert money_words(1.0, currency="EUR", signed=True).en == "+€1"
    assert money_words(-1.0, currency="EUR", signed=True).zh == "-€1"
    assert money_words(0.0, currency="EUR", signed=True).en == "€0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (9_994, "9,990"),
        (9_999, "1万"),
        (9_140_000, "914万"),
        (-12_345_678, "-1,230万"),
        (99_990_000, "1亿"),
        (2.5e12, "2.5万亿"),
        (float("nan"), "–"),
    ],
)
def test_figures_count_in_wan(value, text):
    assert short_amount(value, language="zh") == text


def test_short_money_has_its_currency():
    assert short_money(9_140_000, currency="CNY", language="zh") == "¥914万"
    assert short_money(-9_140_000, currency="CNY", language="zh") == "-¥914万"
    assert short_money(9_140_000, currency="CNY") == "CNY 9.14M"
    assert short_money(float("nan"), currency="CNY") == "–"
