import time
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import openpyxl
import pandas as pd
import pytest
from pace import allowed

from salespipe import names as n
from salespipe.errors import ProblemsError, WorkbookError
from salespipe.merging import merge_books, remember_import, update_book
from salespipe.settings import Settings
from salespipe.splitting import split_book
from salespipe.tables import Tables, conform
from salespipe.workbook.patch import patch_workbook
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.checks.defects import clean_tables
from tests.workbook.lint import new_defects

TODAY = date(2026, 11, 2)


def book(path, deals, **others):
    frame = pd.DataFrame(deals)
    frame.index += 2
    entries = pd.DataFrame(
        {n.DEAL_ID: frame[n.DEAL_ID], n.STAGE: "Qualification",
         n.ENTERED_ON: pd.Timestamp("2026-02-03")}
    )  # fmt: skip
    tables = Tables(
        deals=conform("deals", frame), stage_entries=conform("stage_entries", entries), **others
    )
    build_workbook(path, tables=tables, today=TODAY)
    return path


def deal(deal_id, **values):
    return {
        n.DEAL_ID: deal_id, n.ACCOUNT: f"Account {deal_id}", n.OWNER: "Ana",
        n.STAGE: "Qualification", n.AMOUNT: 100.0, n.CREATED_ON: pd.Timestamp("2026-02-01"),
        **values,
    }  # fmt: skip


def put(path, deal_id, key, value, table="deals"):
    """Change a cell as a person would."""
    read = read_workbook(path)
    row = read.tables.deals.index[read.tables.deals[n.DEAL_ID] == deal_id][0]
    place = read.locator.find(table, key=key, row=int(row))
    patch_workbook(path, path, {place.sheet: {place.cell: value}})


def deals_of(path):
    return read_workbook(path).tables.deals.set_index(n.DEAL_ID)


@pytest.fixture
def pair(tmp_path):
    """Two reps' books, merged into a team's once."""
    ana = book(tmp_path / "ana.xlsx", [deal("A1"), deal("A2")])
    bo = book(tmp_path / "bo.xlsx", [deal("B1", **{n.OWNER: "Bo"})])
    team = tmp_path / "team.xlsx"
    report = merge_books([ana, bo], into=team, today=TODAY)
    assert (report.new, report.unchanged) == (("A1", "A2", "B1"), 0)
    return ana, bo, team


def test_what_only_a_rep_changed_is_taken_and_what_only_the_team_changed_stays(pair):
    ana, bo, team = pair
    put(ana, "A1", n.AMOUNT, 150)
    put(ana, "A2", "Needs Analysis", date(2026, 3, 4), table="stage_entries")
    put(team, "B1", n.NOTES, "seen by the manager")
    before = team.read_bytes()

    report = merge_books([bo, ana], into=team, today=TODAY)

    assert set(report.changed) == {"A1", "A2"}
    assert (report.conflicts, report.new, report.gone) == ((), (), ())
    assert report.backup.read_bytes() == before
    deals = deals_of(team)
    assert deals.loc["A1", n.AMOUNT] == 150
    assert deals.loc["B1", n.NOTES] == "seen by the manager"
    entries = read_workbook(team).tables.stage_entries
    days = entries.set_index([n.DEAL_ID, n.STAGE])[n.ENTERED_ON]
    assert days["A2", "Needs Analysis"] == pd.Timestamp("2026-03-04")
    # The rep's book does not know what the manager wrote; that takes nothing back.
    again = merge_books([ana, bo], into=team, today=TODAY)
    assert (again.changed, again.backup) == ((), None)


def test_a_conflict_names_both_values_and_is_told_until_it_is_settled(pair):
    ana, bo, team = pair
    put(ana, "A1", n.AMOUNT, 150)
    put(team, "A1", n.AMOUNT, 170)

    for _ in range(2):
        (conflict,) = merge_books([ana, bo], into=team, today=TODAY).conflicts
        assert (conflict.source, conflict.deal_id, conflict.key) == ("ana.xlsx", "A1", n.AMOUNT)
        assert (conflict.kept, conflict.other) == (170, 150)
        assert deals_of(team).loc["A1", n.AMOUNT] == 170

    put(ana, "A1", n.AMOUNT, 170)
    assert merge_books([ana, bo], into=team, today=TODAY).conflicts == ()


def test_new_deals_grow_the_table_and_gone_ones_stay(pair):
    ana, bo, team = pair
    more = book(ana, [deal("A1"), deal("A3", **{n.NEXT_STEP: "Call", "Hobby": "Golf"})])

    report = merge_books([more, bo], into=team, today=TODAY)

    assert (report.new, report.gone) == (("A3",), ("A2",))
    assert new_defects(report.backup, team) == []
    read = read_workbook(team)
    assert [p.rule for p in read.problems if p.rule.startswith("rows-")] == []
    deals = read.tables.deals.set_index(n.DEAL_ID)
    assert list(deals.index) == ["A1", "A2", "B1", "A3"]
    # A rep's own column comes along.
    assert deals.loc["A3", "Hobby"] == "Golf"
    assert deals.loc["A3", n.CREATED_ON] == pd.Timestamp("2026-02-01")


def test_a_cell_that_cannot_be_read_comes_along_as_it_is(pair):
    ana, bo, team = pair
    put(ana, "A1", n.AMOUNT, "about 5k?")
    merge_books([ana, bo], into=team, today=TODAY)
    assert "about 5k?" in [p.value for p in read_workbook(team).problems]


def test_two_new_deals_of_one_id_are_a_conflict(tmp_path):
    first = book(tmp_path / "a.xlsx", [deal("X", **{n.AMOUNT: 1})])
    second = book(tmp_path / "b.xlsx", [deal("X", **{n.AMOUNT: 2})])
    report = merge_books([first, second], into=tmp_path / "t.xlsx", today=TODAY)
    assert [(c.key, c.kept, c.other) for c in report.conflicts] == [(n.AMOUNT, 1, 2)]


def test_what_cannot_be_merged_is_refused(pair, tmp_path):
    ana, _, team = pair
    with pytest.raises(WorkbookError, match="the book to merge into"):
        merge_books([ana, team], into=team, today=TODAY)
    (tmp_path / "x").mkdir()
    twin = book(tmp_path / "x" / "ana.xlsx", [deal("Q")])
    with pytest.raises(WorkbookError, match="same name"):
        merge_books([ana, twin], into=team, today=TODAY)
    double = book(tmp_path / "d.xlsx", [deal("A1"), deal("A9")])
    put(double, "A9", n.DEAL_ID, "A1")
    with pytest.raises(ProblemsError, match="cannot be told apart"):
        merge_books([double], into=team, today=TODAY)


def test_activities_of_all_are_gathered_once(pair):
    ana, bo, team = pair
    day = pd.Timestamp("2026-05-05")
    calls = conform(
        "activities",
        pd.DataFrame({n.ACTIVITY_ON: [day, day], n.DEAL_ID: "A1", n.ACTIVITY_TYPE: "Call"},
                     index=[2, 3]),
    )  # fmt: skip
    book(ana, [deal("A1"), deal("A2")], activities=calls)
    assert merge_books([ana, bo], into=team, today=TODAY).rows == {"activities": 2}
    assert merge_books([ana, bo], into=team, today=TODAY).rows == {}
    assert len(read_workbook(team).tables.activities) == 2


def listed(**values):
    return conform("accounts", pd.DataFrame({n.ACCOUNT: ["Acme"], **values}, index=[2]))


def accounts_of(path):
    return read_workbook(path).tables.accounts.set_index(n.ACCOUNT)


def test_rows_of_other_sheets_are_merged_three_ways_too(tmp_path):
    ana = book(tmp_path / "ana.xlsx", [deal("A1")], accounts=listed(industry="Steel"))
    bo = book(tmp_path / "bo.xlsx", [deal("B1")], accounts=listed(industry="Steel", region="North"))
    team = tmp_path / "team.xlsx"
    merge_books([ana, bo], into=team, today=TODAY)
    # What one book leaves blank the other fills in; neither is a row of its own.
    assert accounts_of(team).loc["Acme", [n.INDUSTRY, n.REGION]].tolist() == ["Steel", "North"]

    book(ana, [deal("A1")], accounts=listed(industry="Copper"))
    book(bo, [deal("B1")], accounts=listed(industry="Tin", region="South"))
    report = merge_books([ana, bo], into=team, today=TODAY)

    assert (report.changed_rows, report.rows, report.left_out) == ({"accounts": 1}, {}, ())
    (clash,) = report.conflicts
    assert (clash.sheet, clash.deal_id, clash.key) == ("accounts", "Acme", n.INDUSTRY)
    assert (clash.source, clash.kept, clash.other) == ("bo.xlsx", "Copper", "Tin")
    assert accounts_of(team).loc["Acme", [n.INDUSTRY, n.REGION]].tolist() == ["Copper", "South"]
    assert new_defects(report.backup, team) == []


def test_rows_that_have_no_place_are_told(tmp_path):
    ana = book(tmp_path / "ana.xlsx", [deal("A1")], accounts=listed())
    team = tmp_path / "team.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = "Deals"
    workbook.active.append(["Deal ID", "Stage", "Amount", "Created", "Closed", "Account", "Owner"])
    workbook.save(team)
    report = merge_books([ana], into=team, today=TODAY)
    assert (report.new, report.left_out) == (("A1",), ("accounts",))
    assert deals_of(team).loc["A1", n.AMOUNT] == 100


def test_a_book_whose_rows_were_sorted_and_whose_columns_grew(pair):
    """As people do it, in a program that does not take a column typed beside a table into it."""
    ana, bo, team = pair
    workbook = openpyxl.load_workbook(ana)
    sheet = workbook["Deals"]
    first, second = ([cell.value for cell in row] for row in sheet.iter_rows(2, 3))
    for number, values in ((3, first), (2, second)):
        for column, value in enumerate(values, start=1):
            sheet.cell(number, column).value = value
    sheet.cell(1, sheet.max_column + 1).value = "Partner"
    sheet.cell(3, sheet.max_column).value = "Initech"
    workbook.save(ana)

    report = merge_books([bo, ana], into=team, today=TODAY)

    assert (report.changed, report.conflicts) == (("A1",), ())
    assert deals_of(team)["Partner"].fillna("").to_dict() == {"A1": "Initech", "A2": "", "B1": ""}
    # A column beside the team's own table is left where it is, and grows with new deals.
    more = book(ana, [deal("A1"), deal("A9", Partner="Hooli")])
    merge_books([more, bo], into=team, today=TODAY)
    assert deals_of(team).loc["A9", "Partner"] == "Hooli"


def test_a_column_beside_the_teams_table_takes_values_of_new_deals(pair):
    ana, bo, team = pair
    workbook = openpyxl.load_workbook(team)
    sheet = workbook["Deals"]
    sheet.cell(1, sheet.max_column + 1).value = "Partner"
    workbook.save(team)
    book(ana, [deal("A1"), deal("A2"), deal("A3", Partner="Hooli", Colour="red")])
    report = merge_books([ana, bo], into=team, today=TODAY)
    assert report.new == ("A3",)
    assert deals_of(team).loc["A3", ["Partner", "Colour"]].tolist() == ["Hooli", "red"]
    assert new_defects(report.backup, team) == []


def test_a_book_in_another_currency_keeps_its_amounts_in_it(pair):
    ana, bo, team = pair
    given = [deal("A1"), deal("A2"), deal("A8"), deal("A9", **{n.CURRENCY: "GBP"})]
    book(ana, given, settings=Settings(currency="EUR"))
    merge_books([ana, bo], into=team, today=TODAY)
    merged = deals_of(team)
    assert read_workbook(team).tables.settings.currency == "USD"
    assert merged.loc[["A1", "A8", "A9"], n.CURRENCY].tolist() == ["EUR", "EUR", "GBP"]
    assert merged.loc["B1", n.CURRENCY] != "EUR"


def test_targets_in_another_currency_are_refused(pair):
    ana, bo, team = pair
    before = team.read_bytes()
    targets = pd.DataFrame({n.MONTH: [pd.Timestamp("2026-11-01")], n.QUOTA: 5.0}, index=[2])
    euros = Settings(currency="EUR")
    book(ana, [deal("A1")], targets=conform("targets", targets), settings=euros)
    with pytest.raises(WorkbookError, match=r'"ana.xlsx" holds targets in EUR, .* merged in USD'):
        merge_books([ana, bo], into=team, today=TODAY)
    assert team.read_bytes() == before


def exported(*deals):
    frame = pd.DataFrame(deals)
    frame.index += 2
    return Tables(deals=conform("deals", frame))


def test_a_second_import_reports_new_changed_unchanged_and_gone(tmp_path):
    path = tmp_path / "book.xlsx"
    first = exported(deal("1"), deal("2"), deal("3"), deal("4"))
    build_workbook(path, tables=first, today=TODAY)
    remember_import(path, first)
    put(path, "1", n.NEXT_STEP, "typed by a person")
    put(path, "2", n.AMOUNT, 7)
    put(path, "4", n.AMOUNT, 8)
    second = exported(
        deal("1", **{n.AMOUNT: 500}), deal("2"), deal("4", **{n.AMOUNT: 9}), deal("5")
    )

    report = update_book(path, second, today=TODAY)

    assert (report.new, report.changed, report.gone) == (("5",), ("1",), ("3",))
    assert report.unchanged == 3
    (conflict,) = report.conflicts
    assert (conflict.deal_id, conflict.kept, conflict.other) == ("4", 8, 9)
    deals = deals_of(path)
    assert deals[n.AMOUNT].to_dict() == {"1": 500, "2": 7, "3": 100, "4": 8, "5": 100}
    assert deals.loc["1", n.NEXT_STEP] == "typed by a person"


def test_an_import_into_an_empty_workbook_fills_it(tmp_path):
    path = tmp_path / "new.xlsx"
    build_workbook(path, today=TODAY)
    report = update_book(path, exported(deal("1"), deal("2")), today=TODAY)
    assert report.new == ("1", "2")
    read = read_workbook(path)
    assert read.tables.deals.index.tolist() == [2, 3]


@pytest.mark.slow
def test_forty_books_and_two_hundred_edits_lose_nothing(tmp_path):
    """40 reps' books of 250 deals; edits on both sides at once, some of them on the same cell."""
    random = Random(5)
    tables = clean_tables(random, deals=10_000)
    owners = [f"Rep {k:02}" for k in range(40)]
    deals = tables.deals.assign(**{n.OWNER: [owners[k % 40] for k in range(10_000)]})
    team = tmp_path / "Team.xlsx"
    tables = replace(tables, deals=deals, activities=Tables().activities, targets=Tables().targets)
    build_workbook(team, tables=tables, today=TODAY)
    report = split_book(team, output=tmp_path / "reps", today=TODAY)
    books = {owner: path for owner, (path, _) in report.books.items()}
    edits = {path: {} for path in [team, *books.values()]}
    wanted, clashes = {}, {}
    located = {path: read_workbook(path) for path in edits}
    k = 0
    while len(wanted) + len(clashes) < 200:
        k += 1
        row = random.choice(list(deals.index))
        deal_id, owner = deals.loc[row, n.DEAL_ID], deals.loc[row, n.OWNER]
        key = random.choice([n.AMOUNT, n.NEXT_STEP, n.EXPECTED_CLOSE_ON])
        value = {n.AMOUNT: 50_000.0 + k, n.NEXT_STEP: f"step {k}",
                 n.EXPECTED_CLOSE_ON: TODAY + timedelta(days=k + 1)}[key]  # fmt: skip
        sides = random.choice([[team], [books[owner]], [team, books[owner]]])
        if (deal_id, key) in wanted or (deal_id, key) in clashes:
            continue
        for place in sides:
            known = located[place]
            at = known.tables.deals.index[known.tables.deals[n.DEAL_ID] == deal_id][0]
            cell = known.locator.find("deals", key=key, row=int(at))
            mine = value if place != team or len(sides) == 1 else _other(value)
            edits[place].setdefault(cell.sheet, {})[cell.cell] = mine
        if len(sides) == 2:
            clashes[deal_id, key] = (_other(value), value)
        else:
            wanted[deal_id, key] = value
    for path, changes in edits.items():
        if changes:
            patch_workbook(path, path, changes)
    begin = time.process_time()

    merged = merge_books(list(books.values()), into=team, today=TODAY)

    spent = time.process_time() - begin
    print(f"40 books of 250 deals merged in {spent:.1f} CPU seconds")
    assert spent < allowed(20)
    found = {(c.deal_id, c.key): (c.kept, c.other) for c in merged.conflicts}
    assert found == clashes
    assert min(len(found), len(wanted)) > 40
    expected = located[team].tables.deals.set_index(n.DEAL_ID)
    kept = {place: value for place, (value, _) in clashes.items()}
    for (deal_id, key), value in {**wanted, **kept}.items():
        held = pd.Timestamp(value) if key == n.EXPECTED_CLOSE_ON else value
        expected.loc[deal_id, key] = held
    pd.testing.assert_frame_equal(deals_of(team), expected)


def _other(value):
    return value + timedelta(days=500) if isinstance(value, date) else (
        value + 0.5 if isinstance(value, float) else value + " (manager)"
    )  # fmt: skip
