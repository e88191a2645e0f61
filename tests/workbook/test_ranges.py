import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area
from salespipe.workbook.edits import Link
from salespipe.workbook.ranges import (
    Resize,
    extend_dimension,
    resize_rules,
    set_links,
    show_rows,
)
from salespipe.workbook.sheet import SheetXml

GROWN = Resize(Area(5, 2, 7, 4), Area(5, 2, 9, 4))
SHRUNK = Resize(Area(5, 2, 7, 4), Area(5, 2, 5, 4))


def sheet(inner: str) -> SheetXml:
    return SheetXml(f"<worksheet>{inner}</worksheet>".encode(), name="S")


@pytest.mark.parametrize(
    ("sqref", "grown", "shrunk"),
    [
        ("B5:D7", "B5:D9", "B5:D5"),
        ("C5:C7", "C5:C9", "C5"),
        ("C4:C7", "C4:C9", "C4:C5"),
        ("C6:C7", "C6:C7", "C6:C7"),
        ("C5:C8", "C5:C8", "C5:C8"),
        ("C3:C7", "C3:C7", "C3:C7"),
        ("A5:D7", "A5:D7", "A5:D7"),
        ("C:C", "C:C", "C:C"),
        ("A1 C5:C7 F5:F7", "A1 C5:C9 F5:F7", "A1 C5 F5:F7"),
    ],
)
def test_only_ranges_over_the_whole_body_follow_it(sqref, grown, shrunk):
    assert GROWN.applied(sqref) == grown
    assert SHRUNK.applied(sqref) == shrunk


def test_rules_of_all_kinds_follow_and_all_else_stays():
    before = (
        '<sheetViews><selection sqref="C5:C7"/></sheetViews><sheetData/>'
        '<conditionalFormatting sqref="C5:C7"><cfRule/></conditionalFormatting>'
        '<dataValidations><dataValidation sqref="B5:B7  A1"/><dataValidation sqref="B1  A1"/>'
        '</dataValidations><ignoredErrors><ignoredError sqref="D5:D7"/></ignoredErrors>'
        "<extLst><ext><x14:dataValidations><x14:dataValidation><xm:sqref>C5:C7</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext><ext><x14:sparklineGroups>"
        "<xm:sqref>C5:C7</xm:sqref></x14:sparklineGroups></ext></extLst>"
    )
    after = (
        before.replace('Formatting sqref="C5:C7"', 'Formatting sqref="C5:C9"')
        .replace("B5:B7  A1", "B5:B9 A1")
        .replace("D5:D7", "D5:D9")
        .replace("idation><xm:sqref>C5:C7", "idation><xm:sqref>C5:C9")
    )
    assert resize_rules(sheet(before), [GROWN]) == sheet(after).data


def test_two_tables_each_move_their_own_rules():
    other = Resize(Area(5, 8, 7, 9), Area(5, 8, 6, 9))
    before = '<sheetData/><conditionalFormatting sqref="B5:B7 H5:H7"/>'
    after = '<sheetData/><conditionalFormatting sqref="B5:B9 H5:H6"/>'
    assert resize_rules(sheet(before), [GROWN, other]) == sheet(after).data


def test_the_dimension_grows_and_never_shrinks():
    found = sheet('<dimension ref="B2:C3"/><sheetData/>')
    assert b'ref="A2:C9"' in extend_dimension(found, {(9, 1)})
    assert extend_dimension(found, {(2, 2)}) == found.data
    assert extend_dimension(found, ()) == found.data
    bare = sheet("<sheetData/>")
    assert extend_dimension(bare, {(9, 1)}) == bare.data


def test_hidden_rows_are_shown_in_the_area_only():
    found = sheet('<sheetData><row r="4" hidden="1"/><row r="5" hidden="1" ht="9"/></sheetData>')
    shown = show_rows(found, [Area(5, 1, 9, 1), Area(5, 1, 6, 1)]).decode()
    assert '<row r="4" hidden="1"/><row r="5" ht="9"/>' in shown


def test_links_are_made_in_their_place():
    before = "<sheetData/><mergeCells/><dataValidations/><pageMargins/><extLst/>"
    made = set_links(sheet(before), {(2, 1): Link('"A" & B', "To do's", "b7")})
    link = (
        "<hyperlinks><hyperlink ref=\"A2\" location=\"'To do''s'!B7\" "
        'display="&quot;A&quot; &amp; B"/></hyperlinks>'
    )
    assert (
        made.decode().partition("<dataValidations/>")[2]
        == f"{link}<pageMargins/><extLst/></worksheet>"
    )


def test_links_are_replaced_kept_and_cleared():
    before = (
        '<sheetData/><hyperlinks><hyperlink ref="A1" r:id="rId1"/>'
        '<hyperlink ref="A5" location="x"/><hyperlink ref="B6" location="y"/></hyperlinks>'
    )
    found = sheet(before)
    made = set_links(found, {(1, 1): Link("t", "S", "A9")}, cleared=[Area(5, 2, 7, 4)]).decode()
    assert 'ref="A5"' in made
    assert 'ref="B6"' not in made
    assert made.count('ref="A1"') == 1
    assert "rId1" not in made
    assert b"hyperlinks" not in set_links(found, {}, cleared=[Area(1, 1, 9, 9)])
    assert set_links(found, {}) == found.data
    assert set_links(found, {}, cleared=[Area(50, 1, 51, 1)]) == found.data


def test_a_link_over_several_cells_is_refused():
    found = sheet('<sheetData/><hyperlinks><hyperlink ref="A1:A3" location="x"/></hyperlinks>')
    with pytest.raises(WorkbookUnsafeError, match=r"A link spans A1:A3 .* so that A2"):
        set_links(found, {(2, 1): Link("t", "S", "A9")})
