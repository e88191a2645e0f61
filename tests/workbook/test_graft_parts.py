from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from salespipe.workbook.graft_parts import (
    Dialect,
    grafted_relations,
    grafted_table,
    grafted_worksheet,
    renamed_references,
    table_number,
)
from salespipe.workbook.package import Package
from salespipe.workbook.style_graft import StyleMap
from salespipe.workbook.text import unescape
from tests.workbook.books import pipeline_book

SHEET = (
    b'<worksheet><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><cols>'
    b'<col min="1" max="1" width="5" style="2" customWidth="1"/></cols><sheetData>'
    b'<row r="1" spans="1:3" s="1" customFormat="1"><c r="A1" s="2" t="s"><v>0</v></c>'
    b'<c r="B1"><v>5</v></c><c r="C1" s="1"/></row></sheetData><conditionalFormatting sqref="A1">'
    b'<cfRule type="expression" dxfId="3"/></conditionalFormatting><hyperlinks>'
    b'<hyperlink ref="A1" location="\'Start\'!A1"/></hyperlinks></worksheet>'
)


def test_styles_move_and_links_follow_their_sheets():
    new = grafted_worksheet(
        SHEET, styles=StyleMap(10, 20), strings=["x"], renamed={"Start": "It's"}
    )
    for wanted in (
        b'style="12"', b'<row r="1" spans="1:3" s="11"', b'<c r="A1" s="12" t="inlineStr">',
        b'<c r="B1" s="10"><v>5</v>', b'<c r="C1" s="11"/>', b'dxfId="23"',
        b"location=\"'It''s'!A1\"",
    ):  # fmt: skip
        assert wanted in new
    assert b"tabSelected" not in new


@given(st.text())
def test_any_text_moves_into_its_cell(text):
    part = grafted_worksheet(SHEET, styles=StyleMap(0, 0), strings=[text], renamed={})
    cell = ET.fromstring(part).find("sheetData/row/c")  # noqa: S314
    assert unescape("".join(cell.itertext())) == text


def test_charts_name_sheets_as_they_are_called_now():
    chart = b"<c:f>Forecast!$A$1</c:f><c:f>'To do'!$B$2</c:f><c:f>Other!$B$2</c:f>"
    new = renamed_references(chart, {"Forecast": "Forecast (2)", "To do": "A & B"})
    assert new == (
        b"<c:f>'Forecast (2)'!$A$1</c:f><c:f>'A &amp; B'!$B$2</c:f><c:f>'Other'!$B$2</c:f>"
    )


def test_a_table_takes_its_number_and_name():
    table = b'<table id="1" name="T" displayName="T" ref="A1:B2" headerRowDxfId="4"/>'
    new = grafted_table(table, number=9, name="T_2", styles=StyleMap(0, 5))
    assert table_number(new) == 9
    assert b'name="T_2" displayName="T_2" ref="A1:B2" headerRowDxfId="9"' in new


def test_relations_lead_to_the_new_names():
    part = b'<R><Relationship Id="rId1" Target="../tables/table1.xml"/></R>'
    names = {"xl/tables/table1.xml": "xl/tables/table7.xml"}
    new = grafted_relations(part, folder="xl/worksheets", names=names)
    assert new == b'<R><Relationship Id="rId1" Target="/xl/tables/table7.xml"/></R>'


def test_a_dialect_is_told_from_the_workbook(tmp_path):
    package = Package.open(pipeline_book(tmp_path / "b.xlsx"))
    assert not Dialect.of(package).strict
    part = package.read(package.workbook)
    assert Dialect(strict=False).spoken(part) == part
    assert b"schemas.openxmlformats.org" not in Dialect(strict=True).spoken(part)
