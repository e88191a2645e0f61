import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.stages import DEFAULT_STAGES, open_stages
from salespipe.workbook.grid import Cell, Grid
from salespipe.workbook.headers import Vocabulary, find_block, fold, sheet_key
from salespipe.workbook.parts import TablePart
from salespipe.workbook.schema import CALCULATED, DEAL_COLUMNS, SHEETS, entered_header

VOCABULARY = Vocabulary(DEAL_COLUMNS, open_stages(DEFAULT_STAGES))


def grid(*rows):
    cells = {}
    for number, row in enumerate(rows, start=1):
        here = {c: Cell(number, c, "text", v) for c, v in enumerate(row, start=1) if v}
        if here:
            cells[number] = here
    return Grid("Deals", cells)


def excel_table(ref, *, name="T", totals_rows=0):
    return TablePart(name, "t.xml", "Deals", ref, (), 1, totals_rows)


@pytest.mark.parametrize("text", ["Close Date", "close_date", " CLOSE-DATE:", "Ｃｌｏｓｅ　Date"])
def test_headers_are_compared_without_case_width_and_punctuation(text):
    assert fold(text) == "closedate"


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.key)
def test_sheets_go_by_either_name(sheet):
    assert sheet_key(sheet.en.upper()) == sheet_key(f" {sheet.zh}") == sheet.key
    assert sheet_key("Sheet1") == ""


@pytest.mark.parametrize("language", ["en", "zh"])
@given(data=st.data())
def test_the_templates_headers_are_found_in_any_order(language, data):
    stages = open_stages(DEFAULT_STAGES)
    headers = [column.header(language) for column in DEAL_COLUMNS]
    headers += [entered_header(stage, language) for stage in stages]
    headers += [names[language == "zh"] for names in CALCULATED.values()]
    headers = data.draw(st.permutations(headers))

    block = find_block(grid(headers, ["x"] * len(headers)), VOCABULARY, ())

    assert block.columns == {c.key: headers.index(c.header(language)) + 1 for c in DEAL_COLUMNS}
    assert block.entered == {
        stage.name: headers.index(entered_header(stage, language)) + 1 for stage in stages
    }
    assert block.extra == block.repeated == {}
    assert block.rows == (2,)


def test_every_alias_means_its_column():
    for column in DEAL_COLUMNS:
        for alias in column.aliases:
            block = find_block(grid(["Region", alias, "Phone", "Stage", "Amount"]), VOCABULARY, ())
            assert block.columns.get(column.key) in (2, 4, 5), alias


def test_the_exact_header_wins_over_an_alias_to_its_left():
    block = find_block(grid(["Value", "Deal ID", "Amount", "Stage"]), VOCABULARY, ())

    assert block.columns["amount"] == 3
    assert block.extra == {"Value": 1}
    assert block.repeated == {1: 3}


def test_the_richest_header_row_is_taken():
    block = find_block(
        grid(
            ["Owner", "Account"],
            ["Ana", "Acme"],
            [],
            ["Deal ID", "Stage", "Amount"],
            ["1", "2", "3"],
        ),
        VOCABULARY,
        (),
    )

    assert (block.header_row, block.rows) == (4, (5,))


def test_an_excel_table_bounds_columns_and_rows():
    cells = grid(
        ["Deal ID", "Stage", "Amount", None, "Owner"],
        ["1", "Won", "5", None, "not in the table"],
        ["Total", None, "5"],
        ["2", "Won", "6"],
        [],
        ["note"],
    )
    table = excel_table("A1:C3", totals_rows=1)

    block = find_block(cells, VOCABULARY, (table,))

    assert block.table == "T"
    assert (block.rows, block.below, block.apart) == ((2, 4), (4,), (6,))
    assert "owner" not in block.columns


def test_rows_of_formulas_only_are_blank():
    block = find_block(
        grid(["Deal ID", "Stage", "Amount", "Flag"], [None, None, None, "x"]), VOCABULARY, ()
    )

    assert block.rows == ()


def test_a_sheet_without_known_headers_has_no_block():
    assert find_block(grid(["a", "b"], ["1", "2"]), VOCABULARY, ()) is None
