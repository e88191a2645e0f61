"""Defects planted at random in clean workbooks: found, and at the right cell."""

from dataclasses import replace
from random import Random

import pytest

from salespipe import names as n
from salespipe.checks import CHECKS, problems_of
from salespipe.checks.memory import MEMORY_CHECKS
from salespipe.workbook.package import Package
from salespipe.workbook.places import locate
from salespipe.workbook.read import read_workbook
from salespipe.workbook.rules import RULES
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.todo import todo_page
from tests.checks.defects import AS_OF, DEFECTS, clean_book, spoilt
from tests.checks.shapes import SHAPES, Shaper
from tests.workbook.made_up import make_results


@pytest.fixture(params=["en", "zh"])
def clean(request, tmp_path):
    return lambda seed: clean_book(tmp_path / f"{seed}.xlsx", seed, request.param)


def test_clean_books_have_no_problem(clean):
    for seed in range(3):
        problems = problems_of(clean(seed), as_of=AS_OF)
        assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("seed", range(5))
def test_planted_defects_are_found_at_their_cell(clean, seed):
    planter, problems = spoilt(clean(seed), Random(100 + seed))

    assert len(planter.planted) == len(DEFECTS) >= 25
    missed = planter.missed(problems)
    assert len(missed) <= 0.01 * len(planter.planted), missed
    assert planter.false_errors(problems) == []


def test_planted_defects_stand_on_the_to_do_sheet_with_a_link(clean):
    """Each with its words in the workbook's language, and what it costs where a deal is open."""
    book = clean(1)
    planter, problems = spoilt(book, Random(7))
    places = locate(Package.open(book.path), wanted=("ToDo", "DealForecast"))
    results = replace(make_results(), problems=problems)
    rows = todo_page(results, places).tables["ToDo"]
    keys = [column.key for column in TABLES["ToDo"].columns]
    listed = [dict(zip(keys, row, strict=True)) for row in rows]
    links = {
        (row["message"], row["where"].sheet, row["where"].cell) for row in listed if row["where"]
    }

    at = {(problem.sheet, problem.cell, problem.rule): problem for problem in problems}
    told = [at[place] for place in planter.planted if place in at]
    to_do = [problem for problem in told if problem.kind]
    assert len({problem.rule for problem in to_do}) >= 25
    for problem in to_do:
        assert (problem.message, problem.sheet, problem.cell) in links, problem
    for problem in told:
        assert ("。" in problem.message) == ("。" in problem.remedy) == (book.language == "zh")
    open_deals = book.tables.deals[~book.tables.deals[n.STAGE].isin([n.WON, n.LOST])]
    of_open = [p for p in to_do if p.deal_id in set(open_deals[n.DEAL_ID])]
    costly = [p for p in of_open if p.cost > 0]
    assert len(costly) == len(of_open) > 15


OF_OTHER_FILES = {
    *("read-only-form", "errors-unseen", *MEMORY_CHECKS),
    *(rule for rule in RULES if rule.startswith("log-")),
}
"""Rules that no .xlsx breaks: of other formats (test_foreign.py), of the log (test_ledger.py), of
both together (test_memory.py)."""


def test_every_rule_has_what_plants_its_defect():
    planted = {*DEFECTS, *SHAPES}
    for general in ("not-a-number", "not-a-date"):
        assert any(rule.endswith(general) for rule in planted)
    planted |= {"not-a-number", "not-a-date", "key-missing"}
    assert planted >= ({*RULES, *CHECKS} - OF_OTHER_FILES)


@pytest.mark.slow
@pytest.mark.parametrize("rule", SHAPES)
def test_a_misshapen_sheet_is_found_out(tmp_path, rule):
    random = Random(rule)
    book = clean_book(tmp_path / "book.xlsx", 7, random.choice(("en", "zh")))
    wanted = SHAPES[rule](Shaper(book.path, book, random))

    problems = problems_of(read_workbook(book.path), as_of=AS_OF)

    assert wanted <= {(problem.sheet, problem.cell, problem.rule) for problem in problems}
    # Without stages of its own a sheet of deals is measured by the usual ones.
    strange = [p for p in problems if p.severity == "error" and p.rule != rule]
    assert strange == [] or rule == "stages-unusable"
