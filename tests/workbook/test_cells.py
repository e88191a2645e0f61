import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.cells import Put, put_cells
from salespipe.workbook.content import Rendered
from salespipe.workbook.sheet import SheetXml

NUMBER = Put(Rendered(None, b"<v>9</v>"), 0)
EMPTY = Put(Rendered(None, b""), 0)


def sheet(rows: str, before: str = "") -> SheetXml:
    return SheetXml(
        f"<worksheet>{before}<sheetData>{rows}</sheetData></worksheet>".encode(), name="S"
    )


def rows_after(found: SheetXml, puts: dict[tuple[int, int], Put]) -> str:
    data = put_cells(found, puts).decode()
    return data.partition("<sheetData>")[2].partition("</sheetData>")[0]


@pytest.mark.parametrize(
    ("before", "at", "after"),
    [
        ("", (2, 2), '<row r="2"><c r="B2"><v>9</v></c></row>'),
        ('<row r="3"/>', (2, 2), '<row r="2"><c r="B2"><v>9</v></c></row><row r="3"/>'),
        ('<row r="1"/>', (2, 1), '<row r="1"/><row r="2"><c r="A2"><v>9</v></c></row>'),
        (
            '<row r="2" spans="1:1" ht="9"/>',
            (2, 1),
            '<row r="2" ht="9"><c r="A2"><v>9</v></c></row>',
        ),
        (
            '<row r="2"><c r="A2"/><c r="C2"/></row>',
            (2, 2),
            '<row r="2"><c r="A2"/><c r="B2"><v>9</v></c><c r="C2"/></row>',
        ),
        (
            '<row r="2"><c r="A2"/></row>',
            (2, 4),
            '<row r="2"><c r="A2"/><c r="D2"><v>9</v></c></row>',
        ),
        (
            '<row r="2"><c r="B2" t="s" cm="1" vm="2"><f>x</f><v>3</v></c></row>',
            (2, 2),
            '<row r="2"><c r="B2"><v>9</v></c></row>',
        ),
        (
            "<row><c><v>1</v></c><c><v>2</v></c></row>",
            (1, 2),
            "<row><c><v>1</v></c><c><v>9</v></c></row>",
        ),
    ],
)
def test_a_cell_goes_where_it_belongs(before, at, after):
    assert rows_after(sheet(before), {at: NUMBER}) == after


def test_an_empty_sheet_is_opened():
    empty = SheetXml(b'<x:worksheet xmlns:x="m"><x:sheetData/></x:worksheet>', name="S")
    assert put_cells(empty, {(1, 1): NUMBER, (3, 2): NUMBER}) == (
        b'<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1"><v>9</v></x:c></x:row>'
        b'<x:row r="3"><x:c r="B3"><v>9</v></x:c></x:row></x:sheetData></x:worksheet>'
    )


def test_emptying_keeps_the_style_and_makes_nothing_new():
    found = sheet('<row r="1" spans="1:2"><c r="A1" s="4" t="s"><v>3</v></c></row>')
    styled = Put(EMPTY.rendered, 4)
    assert rows_after(found, {(1, 1): styled, (1, 2): EMPTY, (9, 9): EMPTY}) == (
        '<row r="1"><c r="A1" s="4"/></row>'
    )
    assert put_cells(found, {(5, 5): EMPTY}) is found.data


def test_styles_come_from_cell_row_or_column():
    found = sheet(
        '<row r="1" s="5" customFormat="1"><c r="A1" s="4"/></row><row r="2" s="6"/>',
        '<cols><col min="2" max="3" style="7"/></cols>',
    )
    assert [
        found.style_at(1, 1),
        found.style_at(1, 2),
        found.style_at(2, 2),
        found.style_at(2, 4),
    ] == [
        4,
        5,
        7,
        0,
    ]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="1"/><row r="1"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="x"/>',
    ],
)
def test_disorder_is_refused(rows):
    with pytest.raises(WorkbookUnsafeError, match="twice or out of order"):
        put_cells(sheet(rows), {(1, 1): NUMBER})


def test_rows_in_comments_are_not_rows():
    found = sheet('<!-- <row r="1"><c r="A1"/></row> --><row r="2"/>')
    assert rows_after(found, {(1, 1): NUMBER}).startswith("<!--")
    assert [row.number for row in found.rows] == [2]
