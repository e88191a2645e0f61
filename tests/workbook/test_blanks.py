import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.workbook.blanks import without_blanks
from salespipe.workbook.events import feed
from salespipe.workbook.grid import _Cells

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def wrapped(rows, prefix=""):
    name = f":{prefix[:-1]}" if prefix else ""
    return (
        f'<{prefix}worksheet xmlns{name}="{MAIN}"><{prefix}sheetData>{rows}</{prefix}sheetData>'
        f"</{prefix}worksheet>"
    ).encode()


def cells(pieces):
    """Read a sheet's cells: what is told of it whatever is taken out."""
    handler = _Cells("S", ["shared"], frozenset(), {}, date1904=False)
    feed(pieces, handler, "S")
    found = {row: dict(sorted(there.items())) for row, there in sorted(handler.rows.items())}
    return found, handler.hidden


def thin(xml):
    return b"".join(without_blanks([xml]))


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_blank_cells_and_rows_of_nothing_else_are_gone(prefix):
    row = '<{0}row r="{1}" spans="1:3"><{0}c r="A{1}" s="1"/><{0}c r="B{1}"></{0}c></{0}row>'
    xml = wrapped("".join(row.format(prefix, k) for k in range(1, 9)), prefix)
    assert thin(xml) == wrapped("", prefix)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1" hidden="1"><c r="A1"/></row>',
        # The next cell, and the next row, stand where they do only because of the blank ones.
        '<row r="1"><c r="C1"/><c><v>1</v></c></row>',
        '<row r="4"/><row><c><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"/><c r="B1"><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[<c r="B1"/>]]></t></is></c></row>',
        '<row r="1"><!-- <c r="B1"/></row> --><c r="A1"><v>1</v></c></row>',
    ],
)
def test_what_others_stand_by_stays(rows):
    xml = wrapped(rows)
    assert cells([thin(xml)]) == cells([xml])
    assert cells([xml]) != cells([wrapped("")])


CELL = st.sampled_from(
    ['<c r="{0}"/>', '<c r="{0}" s="1"/>', "<c/>", "<c><v>1</v></c>", '<c r="{0}"><v>2</v></c>',
     '<c r="{0}" t="str"><f>A1</f><v></v></c>', '<c r="{0}" t="s"><v>0</v></c>', '<c r="{0}"></c>']
)  # fmt: skip
ROW = st.sampled_from(
    ['<row r="{0}">', "<row>", '<row r="{0}" hidden="1">', '<row r="{0}" ht="9">']
)


@given(st.lists(st.tuples(ROW, st.lists(CELL, max_size=5)), max_size=6), st.integers(1, 200))
def test_every_cell_stays_where_it_is_however_the_part_is_cut(rows, size):
    body = "".join(
        row.format(2 * k)
        + "".join(cell.format(f"{'BDFHJ'[at]}{2 * k}") for at, cell in enumerate(inside))
        + "</row>"
        for k, (row, inside) in enumerate(rows, start=1)
    )
    xml = wrapped(body)
    pieces = [xml[at : at + size] for at in range(0, len(xml), size)]
    assert cells(without_blanks(pieces)) == cells([xml])


def test_a_piece_with_few_blank_cells_is_left_to_the_parser():
    filled = "".join(f'<row r="{k}"><c r="A{k}"><v>1</v></c></row>' for k in range(1, 9))
    few = wrapped(filled + '<row r="9"><c r="A9" s="1"/></row>')
    assert thin(few) == few
