from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.errors import ProblemsError
from salespipe.stages import DEFAULT_STAGES
from salespipe.tables import Tables, conform
from salespipe.workbook.read import read_workbook
from salespipe.workbook.records import (
    ENTERED,
    book_records,
    label_of,
    plain_value,
    record_tables,
    table_records,
)

HEADERS = ["Deal ID", "Stage", "Amount", "Created", "Closed", "Entered Qualification", "Hobby"]


def made_tables():
    deals = pd.DataFrame(
        {n.DEAL_ID: ["A", "B"], n.STAGE: ["Qualification", n.WON], n.AMOUNT: [1.5, None],
         n.CREATED_ON: pd.Timestamp("2026-01-05"), "Hobby": ["golf", None]},
        index=[2, 3],
    )  # fmt: skip
    entries = pd.DataFrame(
        {n.DEAL_ID: ["A"], n.STAGE: ["Qualification"], n.ENTERED_ON: pd.Timestamp("2026-01-07")}
    )
    return Tables(deals=conform("deals", deals), stage_entries=conform("stage_entries", entries))


def test_a_record_holds_what_is_filled_in():
    held = table_records(made_tables())
    assert held.rows["A"] == {
        n.DEAL_ID: "A", n.STAGE: "Qualification", n.AMOUNT: 1.5, n.CREATED_ON: date(2026, 1, 5),
        "Hobby": "golf", f"{ENTERED}Qualification": date(2026, 1, 7),
    }  # fmt: skip
    assert n.AMOUNT not in held.rows["B"]
    assert {"Hobby", f"{ENTERED}Qualification"} <= set(held.keys)


def test_records_become_the_tables_that_they_came_from():
    tables = made_tables()
    back = record_tables(table_records(tables).rows, like=tables)
    pd.testing.assert_frame_equal(back.deals.astype({"Hobby": str}), tables.deals)
    assert back.stage_entries.to_numpy().tolist() == tables.stage_entries.to_numpy().tolist()


def test_what_cannot_be_a_number_is_missing_in_tables():
    back = record_tables({"A": {n.DEAL_ID: "A", n.AMOUNT: "5k?", n.CREATED_ON: "soon"}},
                         like=Tables())  # fmt: skip
    assert back.deals[[n.AMOUNT, n.CREATED_ON]].isna().all(axis=None)


def test_a_cell_that_cannot_be_read_is_the_text_it_shows(write_book):
    row = ["A", "Qualification", "about 5k?", "last spring", None, "soon", None]
    book = read_workbook(write_book({"Deals": [HEADERS, row]}))
    record = book_records(book).rows["A"]
    shown = record[n.AMOUNT], record[n.CREATED_ON], record[f"{ENTERED}Qualification"]
    assert shown == ("about 5k?", "last spring", "soon")


def test_a_column_of_days_counts_even_when_it_is_empty(write_book):
    row = ["A", "Qualification", 1, None, None, None, None]
    book = read_workbook(write_book({"Deals": [HEADERS, row]}))
    assert f"{ENTERED}Qualification" in book_records(book).keys


@pytest.mark.parametrize("second", ["A", None])
def test_deals_that_cannot_be_told_apart_are_refused(write_book, second):
    rows = [["A", "Won", 1, None, None, None, None], [second, "Won", 2, None, None, None, None]]
    book = read_workbook(write_book({"Deals": [HEADERS, *rows]}))
    with pytest.raises(ProblemsError, match="1 deal cannot be told apart; mend first: Deals!A3"):
        book_records(book)


@pytest.mark.parametrize(
    ("value", "plain"),
    [(None, None), (pd.NaT, None), (float("nan"), None), ("", None), (3, 3.0), ("x", "x"),
     (pd.Timestamp("2026-01-02"), date(2026, 1, 2))],
)  # fmt: skip
def test_plain_values(value, plain):
    assert plain_value(value) == plain


def test_labels_are_those_of_the_language():
    stages = (replace(DEFAULT_STAGES[0], name="Lead", name_zh="线索"), *DEFAULT_STAGES[1:])
    both = {"en": ("Lead", "Closed Won", "Commit"), "zh": ("线索", "成交", "承诺")}
    for language, words in both.items():
        told = [
            label_of(key, value, stages=stages, language=language)
            for key, value in ((n.STAGE, "Lead"), (n.STAGE, n.WON), (n.FORECAST_CATEGORY, n.COMMIT))
        ]
        assert tuple(told) == words
    assert label_of(n.STAGE, "Odd", stages=stages, language="en") == "Odd"
    assert label_of(n.AMOUNT, 2.0, stages=stages, language="zh") == 2.0
