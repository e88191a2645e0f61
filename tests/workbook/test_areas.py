import pytest
from openpyxl.utils.cell import get_column_letter

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import (
    MAX_COLUMN,
    Area,
    cell_address,
    column_letters,
    column_number,
    parse_cell,
    quote_sheet,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1", Area(1, 1, 1, 1)),
        ("$B$2:D$4", Area(2, 2, 4, 4)),
        ("D4:B2", Area(2, 2, 4, 4)),
        ("A:C", Area(1, 1, 1_048_576, 3)),
        ("2:5", Area(2, 1, 5, 16_384)),
        ("", None),
        ("A1:", None),
        ("A", None),
        ("Sheet!A1", None),
        ("XFE1", None),
        ("A1:A1048577", None),
        ("A:XFE", None),
        ("2:1048577", None),
    ],
)
def test_areas_are_read(text, expected):
    assert Area.parse(text) == expected


def test_areas_are_written_short():
    assert str(Area(2, 2, 2, 2)) == "B2"
    assert str(Area(2, 2, 4, 27)) == "B2:AA4"


def test_cells_go_both_ways():
    assert parse_cell("$XFD$1048576") == (1_048_576, 16_384)
    assert cell_address(7, 28) == "AB7"


@pytest.mark.parametrize("address", ["", "A0", "1A", "XFE1", "A1048577", "A1:B2", "Ä1"])
def test_what_is_no_cell_is_refused(address):
    with pytest.raises(WorkbookUnsafeError, match="is not the address of a cell"):
        parse_cell(address)


def test_areas_meet_hold_and_cover():
    area = Area(2, 2, 4, 4)
    assert area.holds(2, 4)
    assert not area.holds(5, 2)
    assert area.meets(Area(4, 4, 9, 9))
    assert not area.meets(Area(5, 2, 9, 4))
    assert area.covers(Area(3, 2, 4, 4))
    assert not area.covers(Area(1, 2, 4, 4))
    assert (area.rows, area.columns) == (3, 3)


def test_sheet_names_are_quoted():
    assert quote_sheet("To do's") == "'To do''s'"


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"),
                                                 (703, "AAA"), (16_384, "XFD")])  # fmt: skip
def test_columns_have_letters(number, letters):
    assert (column_letters(number), column_number(letters)) == (letters, number)
    assert column_number(letters.lower()) == number


def test_all_columns_are_as_a_library_names_them():
    numbers = range(1, MAX_COLUMN + 1)
    assert [column_letters(n) for n in numbers] == [get_column_letter(n) for n in numbers]
    assert all(column_number(column_letters(number)) == number for number in numbers)


@pytest.mark.parametrize("letters", ["", "1", "A1", "Ä", "AAAA", "A "])
def test_what_names_no_column_is_refused(letters):
    with pytest.raises(ValueError, match="are not the letters of a column"):
        column_number(letters)
