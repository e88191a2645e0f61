from dataclasses import replace

import openpyxl
import pytest

from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.currency import CURRENCY_NAME
from tests.workbook.made_up import make_tables


def rules(sheet):
    """Formulas and number formats of the conditional formats by their ranges."""
    found = {}
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            if rule.dxf is not None and rule.dxf.numFmt is not None:
                found.setdefault(str(area.sqref), {})[rule.formula[0]] = rule.dxf.numFmt.formatCode
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_typed_amounts_show_the_sign_of_their_currency(tmp_path, language):
    tables = make_tables()
    tables.deals.loc[tables.deals.index[0], "currency"] = "SEK"
    tables = replace(tables, settings=replace(tables.settings, currency="CHF"))
    path = tmp_path / "book.xlsx"
    build_workbook(path, tables=tables, language=language)
    book = openpyxl.load_workbook(path)
    sheet = book[SHEETS["deals"].title(language)]
    ((area, found),) = rules(sheet).items()
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    money = ("Amount", "Listed amount", "Weighted amount")
    money = ("金额", "标价", "加权金额") if language == "zh" else money
    assert [part.split(":")[0] for part in area.split()] == [f"{heads[key]}2" for key in money]
    own = f"${heads['币种' if language == 'zh' else 'Currency']}2"
    assert found[f'IF({own}="",{CURRENCY_NAME},{own})="EUR"'] == '"€"#,##0'
    assert found[f'IF({own}="",{CURRENCY_NAME},{own})="SEK"'] == '"SEK\xa0"#,##0'
    assert sheet[f"{heads[money[0]]}2"].number_format == "#,##0"
    (found,) = rules(book[SHEETS["targets"].title(language)]).values()
    assert found[f'{CURRENCY_NAME}="CNY"'] == '"¥"#,##0'
    settings = book[SHEETS["settings"].title(language)]
    assert book.defined_names[CURRENCY_NAME].value.endswith("!$B$3")
    assert settings["B3"].value == "CHF"
