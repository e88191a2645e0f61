"""The To do sheet: by owner, gravest first, each with its cell and its cost."""

from dataclasses import replace

import pytest

from salespipe.workbook.edits import Link
from salespipe.workbook.package import Package
from salespipe.workbook.places import locate
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.todo import todo_page
from tests.workbook.made_up import AS_OF, COST, make_results, make_tables

KEYS = [column.key for column in TABLES["ToDo"].columns]


@pytest.fixture(params=["en", "zh"])
def places(request, tmp_path):
    path = tmp_path / "book.xlsx"
    build_workbook(path, tables=make_tables(5), language=request.param, today=AS_OF)
    return locate(Package.open(path), wanted=("ToDo", "DealForecast"))


def rows(page):
    return [dict(zip(KEYS, row, strict=True)) for row in page.tables["ToDo"]]


def test_each_problem_of_an_open_deal_says_what_it_costs(places):
    page = todo_page(make_results(), places)
    assert page.cells["todo_costs"] == COST
    problems = [row for row in rows(page) if "Neg." in str(row["message"])]
    costly = [row for row in problems if row["amount"] == 5250]
    assert 0 < len(costly) < len(problems)


def test_the_most_revenue_at_stake_comes_first_for_each_owner(places):
    by_owner = {}
    for row in rows(todo_page(make_results(), places)):
        if row["severity"] not in {"Error", "错误"}:
            by_owner.setdefault(row["owner"], []).append(row["amount"] or 0)
    assert len(by_owner) > 2
    for stakes in by_owner.values():
        assert stakes == sorted(stakes, reverse=True)


def test_the_list_is_by_owner_and_what_is_nobodys_comes_last(places):
    owners = [row["owner"] for row in rows(todo_page(make_results(), places))]
    team = "（团队）" if places.language == "zh" else "(whole team)"
    named = [owner for owner in owners if owner != team]
    assert owners == [*sorted(named), *[team] * (len(owners) - len(named))]


def test_a_problem_links_to_its_cell_where_its_sheet_is_there(places):
    results = make_results()
    title = "商机" if places.language == "zh" else "Deals"
    there = replace(results.problems[0], sheet=title, cell="B7", deal_id="here")
    gone = replace(results.problems[0], sheet="Elsewhere", cell="B7", deal_id="gone")
    page = todo_page(replace(results, problems=(there, gone)), places)
    where = {row["deal_id"]: row["where"] for row in rows(page)}
    assert where["here"] == Link(f"{title}!B7", title, "B7")
    assert where["gone"] == "Elsewhere"


def test_nothing_to_do_is_said(places):
    results = make_results(problems=0)
    page = todo_page(replace(results, deals=results.deals.head(0)), places)
    assert page.tables["ToDo"] == []
    assert "no errors" in page.cells["todo_status"] or "没有待办" in page.cells["todo_status"]
