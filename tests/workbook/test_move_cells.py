import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_COLUMN, MAX_ROW, Area
from salespipe.workbook.move_cells import moved_sheet
from salespipe.workbook.moves import Move
from salespipe.workbook.ranges import Resize
from salespipe.workbook.sheet import SheetXml

BODY = Area(2, 2, 3, 3)
ROWS = Area(4, 1, MAX_ROW, MAX_COLUMN)


def moved(inner, by=2, block=None):
    after = Area(BODY.top, BODY.left, BODY.bottom + by, BODY.right)
    move = Move("T", "S", Resize(BODY, after), block or Area(4, 2, 4, 3), by)
    sheet = SheetXml(f"<worksheet>{inner}</worksheet>".encode(), name="S")
    return moved_sheet(sheet, move).decode().removeprefix("<worksheet>")[: -len("</worksheet>")]


def data(*rows):
    return f"<sheetData>{''.join(rows)}</sheetData>"


def test_a_totals_row_takes_its_cells_and_its_height_along():
    before = data(
        '<row r="3" ht="15"><c r="B3"/></row>',
        '<row r="4" spans="2:3" ht="30"><c r="B4" s="1" t="s"><v>0</v></c><c r="C4"/></row>',
    )
    assert moved(before) == data(
        '<row r="3" ht="15"><c r="B3"/></row>',
        '<row r="4" ht="15"></row>',
        '<row r="6" ht="30"><c r="B6" s="1" t="s"><v>0</v></c><c r="C6"/></row>',
    )


def test_what_stands_beside_a_totals_row_stays():
    before = data(
        '<row r="4" ht="30"><c r="A4"/><c r="B4"><v>1</v></c><c r="D4"/></row>',
        '<row r="6" ht="9"><c r="A6"/><c r="C6" s="2"/><c r="E6"/></row>',
    )
    assert moved(before) == data(
        '<row r="4" ht="30"><c r="A4"/><c r="D4"/></row>',
        '<row r="6" ht="9"><c r="A6"/><c r="B6"><v>1</v></c><c r="E6"/></row>',
    )


def test_a_totals_row_goes_into_an_empty_row_and_up():
    down = data('<row r="4"><c r="B4"/></row>', '<row r="6" ht="9" hidden="1"/>')
    assert '<row r="6" ht="9"><c r="B6"/></row>' in moved(down)
    up = data('<row r="3" ht="9"><c r="B3"><v>1</v></c></row>', '<row r="4"><c r="B4"/></row>')
    assert moved(up, by=-1) == data('<row r="3" ht="9"><c r="B3"/></row>', '<row r="4"></row>')
    assert moved(data()) == data()


def test_inserted_rows_look_like_the_last_one():
    before = data(
        '<row r="3" ht="15" hidden="1"><c r="B3"/></row>',
        '<row r="4" spans="1:9"><c r="A4"/><c r="B4"/></row>',
        '<row r="9"/>',
    )
    assert moved(before, block=ROWS) == data(
        '<row r="3" ht="15" hidden="1"><c r="B3"/></row>',
        '<row r="4" ht="15"/><row r="5" ht="15"/>',
        '<row r="6" spans="1:9"><c r="A6"/><c r="B6"/></row>',
        '<row r="11"/>',
    )


@pytest.mark.parametrize(
    ("before", "totals", "rows"),
    [
        ('<mergeCells><mergeCell ref="B4:C4"/></mergeCells>', "B6:C6", "B6:C6"),
        ('<mergeCells><mergeCell ref="E7:E8"/></mergeCells>', "E7:E8", "E9:E10"),
        ('<conditionalFormatting sqref="B4 E4"/>', "B6 E4", "B6 E6"),
        ('<conditionalFormatting sqref="A1:F9"/>', "A1:F9", "A1:F11"),
        ('<conditionalFormatting sqref="C3:F4"/>', "C3:F3 D4:F4 C5:C6", "C3:F6"),
        ('<dataValidations><dataValidation sqref="B2:B4"/></dataValidations>', "B2:B6", "B2:B6"),
        ('<hyperlinks><hyperlink ref="C4"/></hyperlinks>', "C6", "C6"),
        ('<rowBreaks><brk id="3"/><brk id="4"/></rowBreaks>', 'id="4"/>', '"3"/><brk id="6"'),
        ("<extLst><x14:x><xm:sqref>B4</xm:sqref></x14:x></extLst>", ">B6<", ">B6<"),
    ],
)  # fmt: skip
def test_areas_go_along(before, totals, rows):
    assert totals in moved(data() + before)
    assert rows in moved(data() + before, block=ROWS)
    for block in (None, ROWS):
        assert len(moved(data() + before, block=block)) >= len(data() + before)


@pytest.mark.parametrize(
    ("before", "block", "match"),
    [
        ('<mergeCells><mergeCell ref="E3:E5"/></mergeCells>', ROWS, "E3:E5 would be torn apart"),
        ('<mergeCells><mergeCell ref="A4:B4"/></mergeCells>', None, "refers to A4:B4"),
        ('<conditionalFormatting sqref="B4:F4"/>', None, "refers to B4:F4"),
    ],
)
def test_areas_that_would_be_torn_are_refused(before, block, match):
    with pytest.raises(WorkbookUnsafeError, match=match):
        moved(data() + before, block=block)


def test_the_dimension_follows():
    assert '"A1:F11"' in moved('<dimension ref="A1:F9"/>' + data(), block=ROWS)
    assert '"B2:C6"' in moved('<dimension ref="B2:C4"/>' + data())
