import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from salespipe.workbook.number_formats import FIRST_CUSTOM, format_code, shows_date


def shown(code):
    return shows_date(FIRST_CUSTOM, {FIRST_CUSTOM: code})


@pytest.mark.parametrize(
    "code",
    [
        "yyyy-mm-dd",
        "d.m.yy",
        "[h]:mm",
        "[ss].0",
        "[$-409]mmm yy;@",
        'yyyy"年"m"月"',
        "[Red]dd",
        "aaaa",
    ],
)
def test_dates_and_times_are_dates(code):
    assert shown(code)


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "@",
        "#,##0.00;[Red]-#,##0.00",
        '0" days"',
        '0" a ; b "',
        r"0\d",
        "0_d",
        "*d0",
        "[$USD] #,##0",
        "[Blue]0",
        '[>=1]0\\.0,"m";0',
        "0;yyyy",
    ],
)
def test_numbers_are_none(code):
    assert not shown(code)


def test_built_in_formats_are_as_another_implementation_takes_them():
    for number, code in BUILTIN_FORMATS.items():
        assert shows_date(number, {}) == is_date_format(code), number
    assert [n for n in range(FIRST_CUSTOM) if shows_date(n, {}) and n not in BUILTIN_FORMATS] == [
        *range(27, 37),
        *range(50, 59),
    ]


def test_a_code_is_the_workbooks_own_or_built_in_or_not_known():
    assert format_code(3, {}) == "#,##0"
    assert format_code(3, {3: "0"}) == "0"
    assert format_code(170, {170: "0.0%"}) == "0.0%"
    # How money looks by default depends on where the workbook is opened.
    assert format_code(44, {}) == ""
    assert format_code(99, {}) == ""
