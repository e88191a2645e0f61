from datetime import date

import pandas as pd

from salespipe import names as n
from salespipe.tables import COLUMNS, Tables, conform
from salespipe.workbook.row_records import (
    KEYED,
    record_frame,
    row_ids,
    row_label,
    sheet_records,
)


def test_every_sheet_that_people_fill_is_merged_one_way_or_the_other():
    assert {*KEYED, "activities"} == {*COLUMNS} - {"deals", "stage_entries", "changes"}
    assert all(set(keys) <= set(COLUMNS[sheet]) for sheet, keys in KEYED.items())


def test_case_and_punctuation_make_no_other_row():
    frame = pd.DataFrame(
        {n.CONTACT: ["Ann Lee", "ann-lee", "Bo", "!?"], n.ACCOUNT: ["A", "a", None, "A"]}
    )
    ids = row_ids(frame, KEYED["contacts"])
    assert ids[0] == ids[1]
    assert len({*ids}) == 3
    assert ids[3] == "!?|a"


def test_rows_become_records_and_rows_again():
    targets = conform(
        "targets",
        pd.DataFrame(
            {n.MONTH: pd.Timestamp("2026-01-01"), n.OWNER: ["Ana", None, "ana"],
             n.QUOTA: [5.0, 9.0, 6.0], "Why": ["x", None, None]},
            index=[2, 3, 4],
        ),
    )  # fmt: skip
    held = sheet_records(Tables(targets=targets))["targets"]
    assert len(held.rows) == 2  # the second of two that are the same is none
    first = next(iter(held.rows.values()))
    assert first == {n.MONTH: date(2026, 1, 1), n.OWNER: "Ana", n.QUOTA: 5.0, "Why": "x"}
    assert row_label("targets", first) == "2026-01-01 / Ana"
    again = record_frame("targets", held.rows)
    pd.testing.assert_frame_equal(again, targets[list(COLUMNS["targets"])].iloc[:2])
    assert record_frame("targets", {}).empty
