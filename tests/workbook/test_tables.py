import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area
from salespipe.workbook.parts import TablePart
from salespipe.workbook.tables import plan_body, resized_table

PART = (
    b'<table displayName="T" ref="B4:C7" insertRow="1"><autoFilter ref="B4:C7">'
    b'<filterColumn colId="0"><filters/></filterColumn></autoFilter>'
    b'<sortState ref="B5:C7"/><tableColumns count="2"/></table>'
)


def table(ref="B4:C7", *, heads=1, totals=0):
    return TablePart("T", "xl/tables/table1.xml", "S", ref, ("a", "b"), heads, totals)


def test_a_table_grows_and_shows_all_its_rows():
    body = plan_body(table(), PART, rows=5)
    assert (body.resize.before, body.resize.after) == (Area(5, 2, 7, 3), Area(5, 2, 9, 3))
    assert body.grown == Area(8, 2, 9, 3)
    assert body.left_over is None
    assert body.filtered
    assert resized_table(PART, body) == (
        b'<table displayName="T" ref="B4:C9"><autoFilter ref="B4:C9"></autoFilter>'
        b'<tableColumns count="2"/></table>'
    )


def test_a_table_shrinks_to_one_row_at_least():
    body = plan_body(table(), PART, rows=0)
    assert body.resize.after == Area(5, 2, 5, 3)
    assert body.left_over == Area(6, 2, 7, 3)
    assert body.grown is None


def test_a_table_without_header_has_its_body_on_top():
    body = plan_body(table(heads=0), b"<table/>", rows=1)
    assert body.resize.after == Area(4, 2, 4, 3)
    assert b'ref="B4:C4"' in resized_table(b'<table ref="B4:C7"/>', body)
    assert not body.filtered


def test_totals_stay_below_a_body_of_the_same_length():
    body = plan_body(table(totals=1), PART, rows=2)
    out = resized_table(PART, body)
    assert b'<autoFilter ref="B4:C6">' in out
    assert b'displayName="T" ref="B4:C7"' in out


@pytest.mark.parametrize(
    ("rows", "whole", "filtered", "left_over"),
    [
        (4, "B4:C9", "B4:C8", None),
        (1, "B4:C6", "B4:C5", None),
        (2, "B4:C8", "B4:C7", Area(8, 2, 8, 3)),
    ],
)
def test_a_totals_row_goes_along(rows, whole, filtered, left_over):
    five = "B4:C10" if left_over else "B4:C7"
    body = plan_body(table(five, totals=1), PART, rows=3 if left_over else rows)
    out = resized_table(PART, body).decode()
    assert f'displayName="T" ref="{whole}"' in out
    assert f'<autoFilter ref="{filtered}">' in out
    assert body.left_over == (Area(9, 2, 9, 3) if left_over else None)
    assert str(body.frame) == five


@pytest.mark.parametrize(
    ("found", "part", "rows", "match"),
    [
        (table(), PART, 1_048_573, "below the last row"),
        (table(totals=1), PART, 1_048_572, "below the last row"),
        (table("?"), PART, 1, "no valid range"),
        (table(), b'<table tableType="queryTable"/>', 1, "filled by a query"),
    ],
)
def test_what_cannot_be_resized_is_refused(found, part, rows, match):
    with pytest.raises(WorkbookUnsafeError, match=match):
        plan_body(found, part, rows=rows)
