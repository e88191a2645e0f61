import zipfile
from dataclasses import replace
from datetime import date
from random import Random

import openpyxl
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.errors import WorkbookError
from salespipe.forecast_log import append_forecast, read_forecasts
from salespipe.merging import merge_books
from salespipe.splitting import split_book
from salespipe.tables import conform
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.checks.defects import AS_OF, OWNERS, clean_tables
from tests.test_forecast_log import rows as forecasts
from tests.workbook.lint import new_defects

TODAY = date(2026, 11, 2)


@pytest.fixture(params=["en", "zh"])
def team(request, tmp_path):
    path = tmp_path / "Team.xlsx"
    tables = clean_tables(Random(3), deals=24, language=request.param)
    accounts = [f"Kunde {chr(65 + k)}heim" for k in range(24)]
    deals = tables.deals.assign(**{n.ACCOUNT: accounts, "Campaign": [f"c{k}" for k in range(24)]})
    deals.loc[deals.index[:2], n.OWNER] = None
    listed = pd.DataFrame({n.ACCOUNT: accounts, n.OWNER: deals[n.OWNER].to_list()})
    listed.index += 2
    tables = replace(tables, deals=deals, accounts=conform("accounts", listed))
    build_workbook(path, tables=tables, language=request.param, today=TODAY)
    return path


def everything(path):
    """All text in a package, whatever part it is in."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        )


def test_each_owner_gets_their_own_and_nothing_of_the_others(team, tmp_path):
    report = split_book(team, output=tmp_path / "reps", today=TODAY)

    deals = read_workbook(team).tables.deals
    assert set(report.books) == {*OWNERS, "no owner"}
    assert sum(count for _, count in report.books.values()) == len(deals)
    for owner, (path, count) in report.books.items():
        mine = deals[n.OWNER].fillna("no owner") == owner
        assert len(read_workbook(path).tables.deals) == count == mine.sum()
        text = everything(path)
        for other in {*deals.loc[~mine, n.ACCOUNT], *deals.loc[~mine, n.DEAL_ID]}:
            assert other not in text, (owner, other)
        for name in {*OWNERS} - {owner}:
            assert name not in text, (owner, name)
        assert all(account in text for account in deals.loc[mine, n.ACCOUNT])


def test_split_then_merge_changes_nothing(team, tmp_path):
    before = team.read_bytes()
    report = split_book(team, output=tmp_path / "reps", today=TODAY)
    books = [path for path, _ in report.books.values()]

    merged = merge_books(books, into=team, today=TODAY)

    assert (merged.new, merged.changed, merged.gone, merged.conflicts) == ((), (), (), ())
    assert merged.backup is None
    assert team.read_bytes() == before


def test_books_that_are_there_are_not_overwritten(team, tmp_path):
    split_book(team, output=tmp_path / "reps", today=TODAY)
    with pytest.raises(WorkbookError, match="merge it first"):
        split_book(team, output=tmp_path / "reps", today=TODAY)


def test_split_books_merge_into_a_new_team_book(team, tmp_path):
    report = split_book(team, output=tmp_path / "reps", today=TODAY)
    books = [path for path, _ in report.books.values()]
    again = tmp_path / "Again.xlsx"

    merge_books(books, into=again, today=TODAY)

    old, new = (read_workbook(path).tables for path in (team, again))
    for table in ("deals", "accounts", "activities", "targets"):
        given = getattr(old, table)
        keys = list(given.columns)
        first, second = (
            frame[keys].sort_values(keys).reset_index(drop=True)
            for frame in (given, getattr(new, table))
        )
        pd.testing.assert_frame_equal(first, second)
    assert len(old.stage_entries) == len(new.stage_entries)
    assert AS_OF <= TODAY


def test_each_owner_is_given_what_was_forecast_of_them_and_how_right_it_was(team, tmp_path):
    own, other = OWNERS[:2]
    start, end = pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01")
    told = {"kind": "month", "period": "2026-09", "start": start, "end": end, "horizon": 1}
    made = forecasts("2026-08-31", 500.0, by="owner", **told)
    whole = forecasts("2026-08-31", 900.0, **told)
    rows = [whole, made.assign(group=own), made.assign(group=other, likely=123456.0)]
    commit = made.assign(group=own, method="owners' commit")
    append_forecast(team, pd.concat([*rows, commit], ignore_index=True))

    report = split_book(team, output=tmp_path / "reps", today=TODAY)

    place, _ = report.books[own]
    log, faults = read_forecasts(place)
    assert (faults, set(log["group"]), len(log)) == ((), {own}, 2)
    sheets = openpyxl.load_workbook(place).worksheets
    cells = {str(cell) for one in sheets for row in one.iter_rows(values_only=True) for cell in row}
    assert {"owners' commit", "负责人承诺"} & cells
    assert not {other, "123456"} & cells
    assert new_defects(team, place) == []
    assert not (tmp_path / "reps" / "no owner.forecasts").exists()
