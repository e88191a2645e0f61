import pytest

from salespipe.settings import Settings
from salespipe.workbook.choices import currency_code
from salespipe.workbook.money import large_money_code, money_code, money_format


def test_number_formats():
    assert money_code("EUR") == '"€"#,##0'
    assert money_code("") == "#,##0"
    assert large_money_code("USD", "en") == '"$"#,##0'
    chinese = '[>=100000000]"¥"0\\.00,,"亿";[>=10000]"¥"0\\.0,"万";"¥"#,##0'
    assert large_money_code("CNY", "zh") == chinese


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("[$€-407] #,##0", "€"),
        ("#,##0.00\\ [$€-1]", "€"),
        ("[$EUR] #,##0", "eur"),
        ("[$US$-409]#,##0", "us$"),
        ('"US$"#,##0', "us$"),
        ('"US"$#,##0', "us$"),
        ("\\£#,##0", "£"),
        ("￥#,##0.00", "¥"),
        ('#,##0"元"', "元"),
        ('0.00,"万元"', "元"),
        ('[>=10000]"¥"0\\.0,"万";"¥"#,##0', "¥"),
        ('_("$"* #,##0_);_("$"* \\(#,##0\\)', "$"),
        ("[$R$-416] #,##0", "r$"),
        ("[$kr-41D] #,##0", "kr"),
        ("#,##0;[Red]-#,##0", ""),
        ('#,##0;"€"', ""),
        ("[$-409]mmm d", ""),
        ("0.0%", ""),
        ('0" pcs"', ""),
        ('"unclosed', ""),
        ("", ""),
    ],
)
def test_the_currency_that_a_format_shows(code, word):
    shown = money_format(164, code)
    assert (shown.word if shown else "") == word


def test_excels_own_formats_are_told_from_those_that_people_choose():
    code = '_("€"* #,##0_)'
    assert money_format(44, code).local
    assert not money_format(170, code).local


@pytest.mark.parametrize(
    "currency", ["USD", "EUR", "CNY", "JPY", "HKD", "SGD", "AUD", "CAD", "TWD"]
)
def test_our_own_formats_name_their_currency(currency):
    shown = money_format(164, money_code(currency))
    assert currency_code(shown.word, home=currency) == currency
    assert currency_code(shown.word, home=Settings.currency) in (currency, None)
