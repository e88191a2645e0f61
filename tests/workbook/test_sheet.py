import pytest

from salespipe.workbook.areas import Area
from salespipe.workbook.sheet import ErrorText, SheetXml

ROWS = (
    '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><v>2.5</v></c><c r="C1" t="b"><v>1</v></c>'
    '<c r="D1" t="e"><v>#N/A</v></c><c r="E1" t="str"><f>x</f><v>a&amp;b_x0041_</v></c>'
    '<c r="F1" t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></is></c>'
    '<c r="G1" s="2"/><c r="H1"><f>y</f></c><c r="I1"><v/></c><c r="J1" t="n"><v>?</v></c></row>'
    '<row r="3"><c r="B3"><v>3</v></c></row>'
)


def sheet(rows: str = ROWS, after: str = "") -> SheetXml:
    text = f"<worksheet><sheetData>{rows}</sheetData>{after}</worksheet>"
    return SheetXml(text.encode(), name="S")


def test_values_are_read_as_they_show():
    assert sheet().values(Area(1, 1, 3, 10), ["zero", "one"]) == {
        (1, 1): "one",
        (1, 2): 2.5,
        (1, 3): True,
        (1, 4): "#N/A",
        (1, 5): "a&bA",
        (1, 6): "rich",
        (1, 10): "?",
        (3, 2): 3.0,
    }
    assert isinstance(sheet().values(Area(1, 4, 1, 4), [])[1, 4], ErrorText)
    assert sheet().values(Area(2, 1, 2, 9), []) == {}


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (Area(1, 7, 9, 7), ""),
        (Area(1, 9, 1, 9), ""),
        (Area(1, 8, 1, 8), "H1"),
        (Area(2, 1, 9, 9), "B3"),
        (Area(4, 1, 9, 9), ""),
    ],
)
def test_an_area_is_occupied_by_values_and_formulas(area, expected):
    assert sheet().occupied(area) == expected


def test_rows_are_found_by_number():
    found = sheet()
    assert found.row(2) is None
    assert found.row_after(1).number == 3
    assert found.row_after(3) is None
    assert found.cell(3, 2).column == 2
    assert found.cell(3, 1) is None


def test_arrays_merges_and_shared_formulas_are_seen():
    found = sheet(
        '<row r="1"><c r="A1"><f t="array" ref="A1:A3">x</f></c>'
        '<c r="B1"><f ref="B1:B2" t="shared" si="0">y</f></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/></c><c r="C2"><f t="shared" si="1"/></c></row>',
        '<mergeCells><mergeCell ref="D1:E2"/></mergeCells>',
    )
    assert found.arrays == [Area(1, 1, 3, 1)]
    assert found.merges == [Area(1, 4, 2, 5)]
    assert found.shared_with("0") == {(1, 2), (2, 2)}
    assert sheet().arrays == []
