from dataclasses import fields
from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.tables import COLUMNS, Tables, conform, empty, look_up
from salespipe.workbook.read import read_workbook


@pytest.mark.parametrize("table", COLUMNS)
def test_an_empty_table_has_the_dtypes_of_a_full_one(table):
    blank = empty(table)
    assert list(blank.columns) == list(COLUMNS[table])
    assert blank.index.name == n.ROW
    pd.testing.assert_frame_equal(conform(table, blank), blank)
    full = conform(table, pd.DataFrame(index=[2, 3]))
    assert full.dtypes.equals(blank.dtypes)
    assert full.isna().all(axis=None)


def test_every_table_has_a_field_of_its_own():
    others = {"stages", "settings", "snapshots", "forecasts"}
    frames = {field.name for field in fields(Tables)} - others
    assert frames == set(COLUMNS)
    assert all(getattr(Tables(), name).equals(empty(name)) for name in frames)


def test_two_workbooks_do_not_share_their_empty_tables():
    assert Tables().deals is not Tables().deals


def test_conform_orders_columns_and_keeps_foreign_ones_at_the_end():
    frame = pd.DataFrame({"Colour": ["red"], n.AMOUNT: [1], n.DEAL_ID: ["x"]}, index=[7])
    made = conform("deals", frame)
    assert list(made.columns) == [*COLUMNS["deals"], "Colour"]
    assert made[n.AMOUNT].dtype == "float64"
    assert made[n.CREATED_ON].dtype == "datetime64[us]"
    assert made[n.DEAL_ID].dtype == "str"
    assert (made.index.name, made.index[0]) == (n.ROW, 7)
    assert made["Colour"].tolist() == ["red"]


def test_conform_leaves_its_argument_alone():
    frame = pd.DataFrame({n.AMOUNT: [1]}, index=[2])
    conform("deals", frame)
    assert list(frame.columns) == [n.AMOUNT]
    assert frame.index.name is None


def test_look_up_keeps_place_and_dtype():
    keys = pd.Series(["b", "z", "b"], index=[5, 6, 7])
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-01-02"]), index=["a", "b"])
    found = look_up(keys, days)
    assert found.index.tolist() == [5, 6, 7]
    assert found.isna().tolist() == [False, True, False]
    assert found[5] == pd.Timestamp("2026-01-02")
    assert look_up(keys, days.iloc[:0]).dtype == days.dtype


def test_the_usual_as_of_date_is_the_last_day_recorded_up_to_today(company_book, as_of):
    tables = read_workbook(company_book).tables
    last = tables.last_recorded_day(today=date(2030, 1, 1))
    assert last <= as_of
    assert (as_of - last).days < 7
    assert tables.last_recorded_day(today=date(2025, 1, 31)) <= date(2025, 1, 31)
    assert Tables().last_recorded_day(today=date(2025, 1, 31)) == date(2025, 1, 31)
