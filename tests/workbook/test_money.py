from salespipe.workbook.money import large_money_code, money_code


def test_number_formats():
    assert money_code("EUR") == '"€"#,##0'
    assert money_code("") == "#,##0"
    assert large_money_code("USD", "en") == '"$"#,##0'
    chinese = '[>=100000000]"¥"0\\.00,,"亿";[>=10000]"¥"0\\.0,"万";"¥"#,##0'
    assert large_money_code("CNY", "zh") == chinese
