from salespipe.workbook.template.worksheet import FormulaSheet


def test_a_formula_is_prepared_as_xlsxwriter_does_and_only_once(monkeypatch):
    calls = []

    def prepare(self, formula, expand_future_functions=False):
        calls.append(formula)
        return formula.removeprefix("=")

    monkeypatch.setattr("xlsxwriter.worksheet.Worksheet._prepare_formula", prepare)
    sheet = FormulaSheet()
    for row in range(3):
        sheet.write_formula(row, 0, "=1+1", None, 2)
        sheet.write_formula(row, 1, "=2+2", None, 4)
    assert calls == ["=1+1", "=2+2"]
    assert [sheet.table[row][0].formula for row in range(3)] == ["1+1"] * 3
