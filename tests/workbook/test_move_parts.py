import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_COLUMN, MAX_ROW, Area
from salespipe.workbook.move_parts import moved_parts
from salespipe.workbook.moves import Move
from salespipe.workbook.package import Package
from salespipe.workbook.ranges import Resize
from tests.workbook.books import part, totals_book, with_part

RESIZE = Resize(Area(4, 2, 7, 4), Area(4, 2, 10, 4))
TOTALS = Move("Sales1", "Sales", RESIZE, Area(8, 2, 8, 4), 3, total=True)
ROWS = Move("Sales1", "Sales", RESIZE, Area(8, 1, MAX_ROW, MAX_COLUMN), 3, total=True)
TYPES = "[Content_Types].xml"


@pytest.fixture
def book(tmp_path):
    return totals_book(tmp_path / "book.xlsx", below=True)


def moved(book, move=ROWS):
    parts = moved_parts(Package.open(book), [move])
    return {name: data.decode() for name, data in parts.items()}


def with_more(book, name, kind, content):
    """Add a part of some content type."""
    types = part(book, TYPES).replace(
        "</Types>", f'<Override PartName="/{name}" ContentType="application/{kind}"/></Types>'
    )
    typed = with_part(book, book.with_name("typed.xlsx"), TYPES, types)
    return with_part(typed, book.with_name("more.xlsx"), name, content)


def test_names_sheets_and_tables_follow(book):
    parts = moved(book)
    assert "Sales!$B$1:$D$11<" in parts["xl/workbook.xml"]
    assert "Sales!$D$11/Sales!$C$11<" in parts["xl/workbook.xml"]
    other = parts["xl/worksheets/sheet2.xml"]
    for text in (
        "Sales!C11*2<",
        "SUM(Sales!$C$4:$C$11)-",
        "SUM(Sales!C4:C10*1)<",
        "Sales!C12&amp;Sales!B15<",
        'location="Sales!C11"',
        "<xm:f>Sales!C4:C10<",
    ):
        assert text in other
    own = parts["xl/worksheets/sheet1.xml"]
    for text in ("SUM(C4:C10)+SUM($C$3:$C$10)+C11<", '<mergeCell ref="B15:D16"/>', '<brk id="17"',
                 '<brk id="3"', 'sqref="A1:F23"', "C24&amp;C20&amp;$C$12<"):  # fmt: skip
        assert text in own
    below = parts["xl/tables/table2.xml"]
    assert below.count('ref="C19:D21"') == 2
    assert "Sales!$C$12<" in below
    assert "xl/tables/table1.xml" not in parts  # its own range is another module's


def test_shapes_below_inserted_rows_move_down_and_no_others(book):
    before = part(book, "xl/drawings/drawing1.xml")
    rows = [f"<xdr:row>{row}</xdr:row>" for row in (15, 21, 18, 24)]
    assert [row in before for row in rows] == [True, True, False, False]
    after = moved(book)["xl/drawings/drawing1.xml"]
    assert [row in after for row in rows] == [False, False, True, True]
    assert not any("drawing" in name for name in moved(book, TOTALS))


def test_a_shape_shows_the_cell_where_it_stands_now(book):
    shown = part(book, "xl/drawings/drawing1.xml").replace('textlink=""', 'textlink="Sales!$C$8"')
    linked = with_part(book, book.with_name("linked.xlsx"), "xl/drawings/drawing1.xml", shown)
    assert 'textlink="Sales!$C$11"' in moved(linked, TOTALS)["xl/drawings/drawing1.xml"]


def test_a_pivot_table_sums_up_all_rows(book):
    source = (
        '<pivotCacheDefinition><cacheSource type="worksheet"><worksheetSource ref="B3:D7" '
        'sheet="Sales"/></cacheSource></pivotCacheDefinition>'
    )
    name = "xl/pivotCache/p1.xml"
    pivoted = with_more(book, name, "x.pivotCacheDefinition+xml", source)
    after = moved(pivoted, TOTALS)[name]
    assert 'ref="B3:D10"' in after
    assert 'refreshOnLoad="1"' in after
    for other in (source.replace('"Sales"', '"Else where"'), source.replace("B3:D7", "F1:F2")):
        assert name not in moved(with_more(book, name, "x.pivotCacheDefinition+xml", other))


def test_newer_charts_follow(book):
    chart = "<cx:chart><cx:f>Sales!$C$4:$C$7</cx:f></cx:chart>"
    made = moved(with_more(book, "xl/charts/chartEx1.xml", "x.chartex+xml", chart))
    assert "Sales!$C$4:$C$10" in made["xl/charts/chartEx1.xml"]


def test_a_form_control_is_not_cut_off_from_its_cell(book):
    control = '<formControlPr objectType="CheckBox" fmlaLink="Sales!$C$8"/>'
    linked = with_more(book, "xl/ctrlProps/c1.xml", "vnd.ms-excel.controlproperties+xml", control)
    with pytest.raises(WorkbookUnsafeError, match="a form control is linked to cells that"):
        moved(linked)
    free = control.replace("$C$8", "$C$5")
    moved(with_more(book, "xl/ctrlProps/c1.xml", "vnd.ms-excel.controlproperties+xml", free))


def test_nothing_changes_without_a_move(book):
    assert moved_parts(Package.open(book), []) == {}
