from dataclasses import replace

from salespipe.workbook.areas import Area
from salespipe.workbook.foreign import csv_grid
from salespipe.workbook.grid import Grid
from salespipe.workbook.headers import Block
from salespipe.workbook.layout import layout_notes

COLUMNS = {"deal_id": 2, "stage": 3}


def notes(*, merged=(), hidden=(), **block):
    block = {"columns": COLUMNS, "rows": (2, 3, 4), "table": "T"} | block
    grid = Grid("Deals", {}, tuple(merged), frozenset(hidden))
    return {note.rule: note for note in layout_notes(grid, Block(header_row=1, **block))}


def test_a_tidy_table_is_worth_no_note():
    assert notes() == {}


def test_only_hidden_rows_of_the_table_count():
    assert notes(hidden=(1, 9)) == {}
    assert notes(hidden=(2, 4, 9))["hidden-rows"].hint == ("2 rows are", "2 行")


def test_only_merges_inside_the_table_count():
    assert notes(merged=[Area(1, 1, 1, 3), Area(2, 5, 4, 6), Area(9, 2, 9, 3)]) == {}
    note = notes(merged=[Area(3, 2, 4, 3)])["merged-cells"]
    assert (note.value, note.row, note.column) == ("B3:C4", 3, 2)


def test_rows_below_and_apart():
    found = notes(below=(5,), apart=(8, 9, 12))

    assert found["rows-below-table"].hint.en == "Row 5 stands"
    assert found["rows-apart"].hint.en == "3 rows (8 to 12) stand"


def test_cells_under_no_header_are_told(tmp_path):
    text = b"Deal ID,Stage,Amount\nA,Won,1\nB,Won,1,234,5\nC,Won,2,x\n"
    grid = csv_grid(tmp_path / "a.csv", text)
    block = Block(
        1, {"deal_id": 1}, headers={1: "Deal ID", 2: "Stage", 3: "Amount"}, rows=(2, 3, 4)
    )
    note = next(note for note in layout_notes(grid, block) if note.rule == "cells-without-header")
    assert (note.row, note.column, note.value, note.hint.en) == (3, 4, "234", "3 cells stand")
    table = replace(block, table="Deals")
    assert "cells-without-header" not in {note.rule for note in layout_notes(grid, table)}


def test_headers_taken_and_columns_unknown_or_repeated():
    found = notes(
        table="", extra={"Mine": 4, "Value": 5}, repeated={5: 3}, headers={3: "Amount", 5: "Value"}
    )

    assert found["header-found"].taken == "1"
    assert found["unknown-columns"].hint == "Mine, Value"
    assert found["repeated-column"].taken == "Amount (C)"
