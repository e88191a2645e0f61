from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.tables import Tables, conform
from salespipe.workbook.book_edits import BookEdits
from salespipe.workbook.edits import Edits, Formula, Styled
from salespipe.workbook.package import Package
from salespipe.workbook.read import read_workbook
from salespipe.workbook.records import ENTERED
from salespipe.workbook.row_records import KEYED, row_ids
from salespipe.workbook.template import build_workbook

DAY = date(2026, 3, 1)


@pytest.fixture(params=["en", "zh"])
def made(request, tmp_path):
    """A template with two deals and an account, and edits of it in the making."""
    deals = pd.DataFrame(
        {n.DEAL_ID: ["A", "B"], n.STAGE: "Qualification", n.AMOUNT: [1.0, 2.0],
         n.CREATED_ON: pd.Timestamp("2026-01-05")},
        index=[2, 3],
    )  # fmt: skip
    accounts = pd.DataFrame({n.ACCOUNT: ["Acme"]}, index=[2])
    tables = Tables(deals=conform("deals", deals), accounts=conform("accounts", accounts))
    path = tmp_path / "book.xlsx"
    build_workbook(path, tables=tables, language=request.param, today=DAY)
    return BookEdits(read_workbook(path), Package.open(path), DAY)


def place(made, table, key, row):
    return made.book.locator.find(table, key=key, row=row)


def test_nothing_to_change_is_no_edit(made):
    made.change_deals({}, {})
    assert made.change_rows("accounts", {}, [])
    assert made.edits() == Edits()


def test_a_value_is_set_in_its_cell_in_the_words_of_the_workbook(made):
    made.change_deals({"B": {n.STAGE: n.WON, n.AMOUNT: 7.0, n.NOTES: None}}, {})
    cells = made.edits().cells[place(made, "deals", n.STAGE, 3).sheet]
    won = "成交" if made.book.language == "zh" else "Closed Won"
    assert cells == {
        place(made, "deals", n.STAGE, 3).cell: won,
        place(made, "deals", n.AMOUNT, 3).cell: 7.0,
        place(made, "deals", n.NOTES, 3).cell: None,
    }


def test_a_new_deal_goes_into_the_table_with_the_templates_formulas(made):
    day = date(2026, 2, 2)
    made.change_deals({}, {"C": {n.DEAL_ID: "C", n.AMOUNT: 5.0, f"{ENTERED}Qualification": day}})
    (row,) = made.edits().added["Deals"]
    assert (row[0], 5.0 in row, day in row) == ("C", True, True)
    assert any(isinstance(value, Formula) for value in row)


def test_an_unknown_column_widens_the_table(made):
    made.change_deals({"A": {"Hobby": "golf"}}, {})
    edits = made.edits()
    assert edits.columns == {"Deals": ["Hobby"]}
    (cells,) = edits.cells.values()
    header, value = cells.items()
    assert (header[1].value, isinstance(header[1], Styled), value[1]) == ("Hobby", True, "golf")


def test_rows_of_another_sheet_are_set_and_added(made):
    (acme,) = row_ids(made.book.tables.accounts, KEYED["accounts"])
    done = made.change_rows(
        "accounts", {acme: {n.INDUSTRY: "Steel"}}, [{n.ACCOUNT: "Bolt", n.REGION: "North"}]
    )
    edits = made.edits()
    where = place(made, "accounts", n.INDUSTRY, 2)
    assert done
    assert edits.cells[where.sheet] == {where.cell: "Steel"}
    assert edits.added["Accounts"][0][:3] == ["Bolt", None, "North"]


def test_a_sheet_that_is_not_there_takes_no_rows(made, write_book):
    headers = ["Deal ID", "Stage", "Amount", "Created", "Closed"]
    path = write_book({"Deals": [headers, ["A", "Won", 1, None, None]]})
    plain = BookEdits(read_workbook(path), Package.open(path), DAY)
    assert not plain.change_rows("accounts", {}, [{n.ACCOUNT: "Bolt"}])
    plain.change_deals({}, {"B": {n.DEAL_ID: "B", n.AMOUNT: 2.0, "Hobby": "golf"}})
    cells = plain.edits().cells["Deals"]
    assert (cells["A3"], cells["C3"], cells["F3"], cells["F1"].value) == ("B", 2.0, "golf", "Hobby")


def test_calls_that_stand_in_two_sources_are_one_and_twice_in_one_are_two(made):
    call = pd.DataFrame({n.ACTIVITY_ON: [pd.Timestamp("2026-02-02")] * 2, n.SUBJECT: "Hello"})
    calls = conform("activities", call)
    assert len(made.fresh_rows("activities", [calls, calls])) == 2
    assert len(made.fresh_rows("activities", [calls.head(1), calls])) == 2
    assert made.fresh_rows("activities", []) == []
