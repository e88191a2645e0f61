from pathlib import Path

import pytest
import xlsxwriter

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.edits import ChartRange, Edits, Link, Styled
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from tests.workbook.books import BODY, part, pipeline_book, with_part

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return pipeline_book(tmp_path / "book.xlsx")


def refused(book: Path, edits: Edits, match: str) -> None:
    target = book.with_name("target.xlsx")
    target.write_bytes(b"as it was")
    files = set(book.parent.iterdir())
    with pytest.raises(WorkbookUnsafeError, match=match) as caught:
        apply_edits(book, target, edits)
    assert target.read_bytes() == b"as it was"
    assert "\n" not in str(caught.value)
    assert set(book.parent.iterdir()) == files


@pytest.mark.parametrize(
    ("sheet", "cell", "match"),
    [
        ("Deals", "F2", r"Deals!F2 lies inside the merged cells E1:G2; .* use E1"),
        ("Deals", "J1", "array formula in J1:J3"),
        ("Deals", "J2", "array formula in J1:J3"),
        ("To do", "B4", 'a header of the table "ToDo"'),
        ("Nowhere", "A1", r'has no sheet "Nowhere" \(it has "Deals", "To do"\)'),
        ("Deals", "A", "is not the address of a cell"),
    ],
)
def test_single_cells_that_are_not_free(book, sheet, cell, match):
    refused(book, Edits(cells={sheet: {cell: 1}}), match)


def test_the_corner_of_a_merge_is_free(book):
    apply_edits(book, book.with_name("t.xlsx"), Edits(cells={"Deals": {"E1": 1}}))


@pytest.mark.parametrize(
    ("edits", "match"),
    [
        (Edits(rows={"Nothing": []}), 'has no table "Nothing"'),
        (Edits(rows={"ToDo": [[1, 2]]}), "has 3 columns, but a row of 2"),
        (Edits(rows={"ToDo": []}, cells={"To do": {"A6": 1}}), "rows are all replaced"),
        (Edits(rows={"ToDo": [[1, 2, 3]] * 9}, cells={"To do": {"A12": 1}}), "all replaced"),
        (Edits(cells={"Deals": {"A1": 1, "$A$1": 2}}), "Deals!A1 is given twice"),
        (Edits(cells={"Deals": {"A1": Link("x", "Gone", "A1")}}), "does not exist"),
        (Edits(cells={"Deals": {"A1": Styled(1, "?")}}), "is not the address"),
        (Edits(cells={"Deals": {"A1": float("nan")}}), "Deals!A1 cannot hold nan"),
        (Edits(charts=[ChartRange("Gone", "A1", 2)]), 'sheet "Gone", which does not exist'),
        (Edits(charts=[ChartRange("Deals", "A1", 0)]), "cannot show 0 rows from Deals!A1"),
    ],
)
def test_edits_that_do_not_fit(book, edits, match):
    refused(book, edits, match)


def test_a_table_does_not_grow_over_what_stands_below(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as new:
        sheet = new.add_worksheet("S")
        sheet.add_table("A1:B3", {"name": "One", "data": [[1, 2], [3, 4]]})
        sheet.write("C9", "beside")
        sheet.write("B6", "someone's")
        sheet.add_table("E1:F3", {"name": "Two"})
        sheet.add_table("E6:F8", {"name": "Three", "header_row": False})
        sheet.write_column("H3", ["one", "list"])
    needs = "needs the cells A4:B6, but B6 is not empty, and cannot move down: H3"
    refused(path, Edits(rows={"One": [[0, 0]] * 5}), needs)
    needs = 'needs the cells E4:F6, but the table "Three" stands there'
    refused(path, Edits(rows={"Two": [[0, 0]] * 5}), needs)
    apply_edits(path, tmp_path / "ok.xlsx", Edits(rows={"One": [[0, 0]] * 4}))


def test_a_totals_row_takes_no_single_cells(tmp_path):
    path = tmp_path / "book.xlsx"
    columns = [{"header": "a", "total_string": "Total"}, {"header": "b"}]
    with xlsxwriter.Workbook(path) as new:
        options = {"name": "T", "total_row": True, "columns": columns}
        new.add_worksheet("S").add_table("A1:B4", options)
    refused(path, Edits(cells={"S": {"B4": 1}}), "in the totals row")


def test_a_formula_that_others_share_stays(book):
    shared = part(book, SHEET).replace(
        "</sheetData>",
        '<row r="20"><c r="A20"><f t="shared" ref="A20:A22" si="0">B20</f><v>0</v></c></row>'
        '<row r="21"><c r="A21"><f t="shared" si="0"/><v>0</v></c></row>'
        '<row r="22"><c r="A22"><f t="shared" si="0"/><v>0</v></c></row></sheetData>',
    )
    base = with_part(book, book.with_name("base.xlsx"), SHEET, shared)
    refused(base, Edits(cells={"Deals": {"A20": 1, "A21": 2}}), "holds the formula that A22")
    out = book.with_name("out.xlsx")
    apply_edits(base, out, Edits(cells={"Deals": {"A21": 1}}))
    apply_edits(base, out, Edits(cells={"Deals": {"A20": 1, "A21": 1, "A22": 1}}), backup=False)


def test_a_pivot_table_is_not_written_over(book, tmp_path):
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}/pivotTable" Target="../pivotTables/p.xml"/>'
        "</Relationships>"
    )
    base = with_part(book, tmp_path / "base.xlsx", "xl/worksheets/_rels/sheet1.xml.rels", rels)
    pivot = '<pivotTableDefinition><location ref="L1:M9"/></pivotTableDefinition>'
    book = with_part(base, book, "xl/pivotTables/p.xml", pivot)
    refused(book, Edits(cells={"Deals": {"M9": 1}}), "Deals!M9 belongs to a pivot table")


def test_a_signed_workbook_is_left_alone(book):
    base = with_part(book, book.with_name("base.xlsx"), "_xmlsignatures/sig1.xml", "<Signature/>")
    refused(base, Edits(cells={"Deals": {"A1": 1}}), "digitally signed")


def test_a_damaged_sheet_is_left_alone(book):
    text = part(book, SHEET).replace("</sheetData>", "</sheetData><a><b></a></b>")
    base = with_part(book, book.with_name("base.xlsx"), SHEET, text)
    refused(base, Edits(cells={"Deals": {"A1": 1}}), "damaged|unusual")


def test_a_workbook_without_styles_gets_some_for_a_date(book):
    types = part(book, "xl/_rels/workbook.xml.rels").replace("/styles", "/other")
    base = with_part(book, book.with_name("base.xlsx"), "xl/_rels/workbook.xml.rels", types)
    target = book.with_name("out.xlsx")
    apply_edits(base, target, Edits(cells={"Deals": {"A9": 1}}))
    assert "xl/styles2.xml" not in Package.open(target).names
    apply_edits(base, target, Edits(cells={"Deals": {"A9": BODY[0][2]}}))
    assert "yyyy-mm-dd" in part(target, "xl/styles2.xml")
