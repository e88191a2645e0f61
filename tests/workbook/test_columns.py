from datetime import datetime

import pandas as pd

from salespipe import names as n
from salespipe.workbook.columns import Source, read_columns, read_extra, read_table
from salespipe.workbook.grid import Cell, Grid
from salespipe.workbook.headers import Block

DAY = datetime.fromisoformat("2026-03-01")


def source(table, columns, *rows, **block):
    cells = {}
    for number, row in enumerate(rows, start=2):
        kinds = {str: "text", float: "number", datetime: "date"}
        cells[number] = {
            column: Cell(number, column, kinds[type(value)], value)
            for column, value in enumerate(row, start=1)
            if value is not None
        }
    return Source(
        table,
        Grid("Sheet", cells),
        Block(
            header_row=1,
            columns=columns,
            headers={column: key.upper() for key, column in columns.items()},
            rows=tuple(cells),
            **block,
        ),
    )


def test_rows_without_what_makes_them_one_are_left_out():
    given = source(
        "targets",
        {n.MONTH: 1, n.QUOTA: 2, n.OWNER: 3},
        [DAY, 5.0, None],
        [None, 6.0, "Ana"],
        ["soon", 7.0, None],
    )

    frame = read_table(given)

    assert frame[n.QUOTA].to_dict() == {2: 5.0}
    assert {(note.rule, note.row) for note in given.notes} == {
        ("key-missing", 3),
        ("not-a-date", 4),
    }
    problems = given.problems("en")
    assert [(p.rule, p.cell, p.column, p.owner) for p in problems] == [
        ("month-missing", "A3", "MONTH", "Ana"),
        ("month-not-a-date", "A4", "MONTH", ""),
    ]


def test_an_empty_table_keeps_its_types():
    frame = read_table(source("targets", {n.MONTH: 1, n.QUOTA: 2}))

    assert frame.dtypes[n.MONTH] == "datetime64[us]"
    assert frame.index.dtype == "int64"


def test_unknown_columns_keep_the_type_that_all_their_cells_have():
    extra = {"Score": 1, "Due": 2, "Mixed": 3, "Blank": 4}
    given = source("targets", {}, [1.0, DAY, 5.0], [None, None, "x"], extra=extra)

    carried = pd.DataFrame(read_extra(given))

    assert carried["Score"].dtype == "float64"
    assert carried["Due"].dtype == "datetime64[us]"
    assert carried["Mixed"].tolist() == ["5", "x"]
    assert carried["Blank"].isna().all()


def test_the_date_columns_of_a_sheet_bear_witness_for_each_other():
    columns = {n.CREATED_ON: 1, n.CLOSED_ON: 2}

    read = read_columns(source("deals", columns, ["03/04/2026", "05/25/2026"]))

    assert read[n.CREATED_ON] == [datetime.fromisoformat("2026-03-04")]
