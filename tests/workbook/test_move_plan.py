import pytest
import xlsxwriter

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_COLUMN, MAX_ROW, Area
from salespipe.workbook.edits import Edits
from salespipe.workbook.move_plan import planned_moves
from salespipe.workbook.moves import NOWHERE
from salespipe.workbook.package import Package
from salespipe.workbook.plan import planned_sheets
from tests.workbook.books import part, totals_book, with_part

BELOW = Area(8, 1, MAX_ROW, MAX_COLUMN)
ROW = [["e", 1, 1]]


def moves(path, edits):
    package = Package.open(path)
    return planned_moves(package, planned_sheets(package, edits))


def test_a_totals_row_moves_alone_into_empty_cells(tmp_path):
    book = totals_book(tmp_path / "book.xlsx")
    (grown,) = moves(book, Edits(added={"Sales1": ROW * 2}))
    assert (grown.block, grown.by, grown.alone, grown.replaced) == (
        Area(8, 2, 8, 4),
        2,
        True,
        False,
    )
    (shrunk,) = moves(book, Edits(rows={"Sales1": ROW * 3}))
    assert (shrunk.block, shrunk.by, shrunk.replaced) == (Area(8, 2, 8, 4), -1, True)
    assert moves(book, Edits(rows={"Sales1": ROW * 4})) == []
    assert moves(book, Edits(cells={"Sales": {"A1": 1}})) == []


def test_rows_are_inserted_where_something_stands_below(tmp_path):
    book = totals_book(tmp_path / "book.xlsx", below=True)
    (grown,) = moves(book, Edits(added={"Sales1": ROW}))
    assert (grown.block, grown.by, grown.inserts) == (BELOW, 1, True)
    (into_blank_cells,) = moves(book, Edits(added={"Below": [["z", 1]]}))
    assert (into_blank_cells.block, into_blank_cells.by) == (NOWHERE, 1)
    (shrunk,) = moves(book, Edits(rows={"Sales1": ROW * 3}))
    assert not shrunk.inserts


def book_with(path, build):
    with xlsxwriter.Workbook(path) as new:
        sheet = new.add_worksheet("S")
        sheet.add_table("B2:C4", {"name": "T", "data": [[1, 2], [3, 4]]})
        sheet.write("B6", "someone's")
        build(new, sheet)
    return path


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda _, s: s.add_table("E1:F5", {"name": "Two"}), 'the table "Two" stands beside'),
        (lambda _, s: s.write_comment("A9", "?"), "there are comments below"),
        (lambda _, s: s.autofilter("E1:F9"), "the sheet has a filter"),
        (lambda _, s: s.insert_button("H9", {}), "the sheet has form controls"),
        (lambda _, s: s.write_column("H4", [1, 2]), "H4 and the cell below it are beside"),
        (lambda _, s: s.write("A1048576", "end"), "the sheet is full"),
    ],
)
def test_rows_are_not_inserted_through_what_cannot_move(tmp_path, build, why):
    book = book_with(tmp_path / "book.xlsx", build)
    needs = "needs the cells B5:C7, but B6 is not empty, and cannot move down: "
    with pytest.raises(WorkbookUnsafeError, match=f"{needs}({why})"):
        moves(book, Edits(rows={"T": [[0, 0]] * 5}))


def test_cells_that_are_written_in_the_same_go_do_not_move(tmp_path):
    book = book_with(tmp_path / "book.xlsx", lambda *_: None)
    both = Edits(rows={"T": [[0, 0]] * 5}, cells={"S": {"E9": 1}})
    with pytest.raises(WorkbookUnsafeError, match="other cells of the sheet are written too"):
        moves(book, both)
    assert moves(book, Edits(rows={"T": [[0, 0]] * 5}, cells={"S": {"E1": 1}}))[0].inserts


def test_a_totals_row_with_a_comment_stays(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as new:
        sheet = new.add_worksheet("S")
        sheet.add_table("B2:C4", {"name": "T", "total_row": True})
        sheet.write_comment("B4", "why so low?")
    with pytest.raises(WorkbookUnsafeError, match="its totals row has a comment"):
        moves(path, Edits(added={"T": [[1, 2]]}))


def test_a_sheet_with_cells_mapped_to_xml_stays(tmp_path):
    book = totals_book(tmp_path / "book.xlsx")
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    more = (
        '<Relationship Id="rId9" Target="../tables/tableSingleCells1.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/tableSingleCells"/></Relationships>'
    )
    text = part(book, rels).replace("</Relationships>", more)
    with pytest.raises(WorkbookUnsafeError, match="filled by an XML map"):
        moves(with_part(book, tmp_path / "b.xlsx", rels, text), Edits(added={"Sales1": ROW}))
