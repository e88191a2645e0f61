import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_COLUMN, MAX_ROW, Area
from salespipe.workbook.moves import NOWHERE, Move
from salespipe.workbook.ranges import Resize

BODY = Area(5, 2, 8, 4)
EVERYTHING_BELOW = Area(9, 1, MAX_ROW, MAX_COLUMN)
TOTALS = Area(9, 2, 9, 4)


def move(block, by, **more):
    after = Area(BODY.top, BODY.left, BODY.bottom + by, BODY.right)
    return Move("T", "S", Resize(BODY, after), block, by, **more)


@pytest.mark.parametrize(
    ("before", "totals", "rows"),
    [
        ("B9", "B12", "B12"),
        ("B5:B8", "B5:B11", "B5:B11"),
        ("B4:D8", "B4:D11", "B4:D11"),
        ("A1:Z8", "A1:Z11", "A1:Z11"),
        ("B6:B8", "B6:B8", "B6:B8"),
        ("B5", "B5", "B5"),
        ("B8:D8", "B8:D8", "B8:D8"),
        ("B5:B9", "B5:B12", "B5:B12"),
        ("B4:D9", "B4:D12", "B4:D12"),
        ("A1:F9", "A1:F12", "A1:F12"),
        ("B5:B10", "B5:B12", "B5:B13"),
        ("B5:B30", "B5:B30", "B5:B33"),
        ("B20:B30", "B20:B30", "B23:B33"),
        ("A9", "A9", "A12"),
        ("B:B", "B:B", "B:B"),
        ("C9:C9", "C12", "C12"),
    ],
)
def test_areas_follow_a_totals_row_and_inserted_rows(before, totals, rows):
    area = Area.parse(before)
    assert move(TOTALS, 3).follow(area, anchored=True) == Area.parse(totals)
    assert move(EVERYTHING_BELOW, 3).follow(area, anchored=True) == Area.parse(rows)


def test_only_what_is_fixed_or_a_total_reaches_the_new_end():
    grown = move(TOTALS, 3)
    column, part = Area.parse("B5:B8"), Area.parse("B6:B8")
    assert grown.follow_anchored(column, anchored=False) == column
    assert grown.follow_anchored(column, anchored=True) == Area.parse("B5:B11")
    assert grown.follow(part, anchored=True) == part
    assert grown.follow_total(part, anchored=False) == Area.parse("B6:B11")
    assert move(NOWHERE, 3).follow(column, anchored=False) == Area.parse("B5:B11")
    assert move(NOWHERE, 3).follow(Area.parse("B9:B12"), anchored=False) == Area.parse("B9:B12")


@pytest.mark.parametrize("text", ["B9:B14", "A9:F9", "A9:B9", "C1:F9", "A5:B10"])
def test_an_area_that_would_be_torn_is_refused(text):
    with pytest.raises(WorkbookUnsafeError, match=f"refers to {text}"):
        move(TOTALS, 3, alone=False).follow(Area.parse(text), anchored=True)


def test_a_shorter_table_takes_its_totals_up():
    shorter = move(TOTALS, -2)
    follow = {"B9": "B7", "B5:B8": "B5:B6", "B5:B9": "B5:B7", "B4:B20": "B4:B20", "B5:B7": "B5:B6"}
    for before, after in follow.items():
        assert shorter.follow(Area.parse(before), anchored=True) == Area.parse(after)
    for gone in ("B7", "B8:C8", "B7:B9"):
        with pytest.raises(WorkbookUnsafeError, match="rows that would go"):
            shorter.follow(Area.parse(gone), anchored=True)
    assert shorter.follow_total(Area.parse("B7:B8"), anchored=False) == Area.parse("B6")


rows, columns = st.integers(1, 16), st.integers(1, 6)
areas = st.builds(
    lambda a, b, c, d: Area(min(a, b), min(c, d), max(a, b), max(c, d)), rows, rows, columns,
    columns,
)  # fmt: skip


@given(
    areas, st.sampled_from([TOTALS, EVERYTHING_BELOW]), st.integers(-3, 4),
    st.sets(st.tuples(rows, columns)),
)  # fmt: skip
def test_an_area_holds_the_same_contents_afterwards(area, block, by, filled):
    """Whatever is in the cells: new rows are blank, so longer or not, nothing comes or goes."""
    assume(by > 0 or (by < 0 and block is TOTALS))
    rows_passed = range(min(9, 9 + by), max(9, 9 + by) + 1)
    beside = {at for at in filled if at[0] in rows_passed and not BODY.left <= at[1] <= BODY.right}
    needed = {(row, column) for row in rows_passed[1:] for column in range(2, 5)}
    if block is TOTALS and by > 0:
        filled = filled - needed
    # Blank cells right below the table become its own, as ever when a table grows.
    assume(block is not TOTALS or by < 0 or not (9 < area.top <= 9 + by))
    gone = {(row, column) for row in range(9 + by, 9) for column in range(2, 5)}
    moved = move(block, by, alone=not beside)
    try:
        new = moved.follow(area, anchored=True)
    except WorkbookUnsafeError:
        assume(False)
        raise
    after = {at: (at[0] + by, at[1]) if block.holds(*at) else at for at in filled - gone}
    assert {at for at, place in after.items() if new.holds(*place)} == {
        at for at in filled - gone if area.holds(*at)
    }
