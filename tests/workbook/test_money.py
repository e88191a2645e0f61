import pytest

from salespipe.workbook.money import SIGNS, large_money_code, money_code, money_text, sign


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("USD", "$"), ("eur", "€"), (" CNY ", "¥"), ("SEK", "SEK\xa0"), ("", ""), ('A"B', "AB\xa0")],
)
def test_a_currency_has_its_sign_or_its_code(currency, shown):
    assert sign(currency) == shown


def test_no_two_currencies_look_alike():
    assert len({*SIGNS.values()}) == len(SIGNS)


def test_number_formats():
    assert money_code("EUR") == '"€"#,##0'
    assert money_code("") == "#,##0"
    assert large_money_code("USD", "en") == '"$"#,##0'
    chinese = '[>=100000000]"¥"0\\.00,,"亿";[>=10000]"¥"0\\.0,"万";"¥"#,##0'
    assert large_money_code("CNY", "zh") == chinese


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0, "$0", "$0"),
        (9_999, "$9,999", "$9,999"),
        (-1_284_600, "-$1,284,600", "-$128.5万"),
        (123_456_789, "$123,456,789", "$1.23亿"),
    ],
)
def test_amounts_in_sentences(value, english, chinese):
    assert money_text(value, currency="USD", language="en") == english
    assert money_text(value, currency="USD", language="zh") == chinese
