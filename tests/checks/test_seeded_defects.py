"""Defects planted at random in clean workbooks: found, and at the right cell."""

from collections import Counter
from random import Random

import pytest

from salespipe.job import problems_of
from salespipe.workbook.patch import patch_workbook
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.checks.defects import AS_OF, DEFECTS, Planter, clean_tables


@pytest.fixture(params=["en", "zh"])
def clean(request, tmp_path):
    def make(seed):
        path = tmp_path / f"{seed}.xlsx"
        tables = clean_tables(Random(seed), language=request.param)
        build_workbook(path, tables=tables, language=request.param, today=AS_OF)
        return read_workbook(path)

    return make


def test_clean_books_have_no_problem(clean):
    for seed in range(3):
        problems = problems_of(clean(seed), as_of=AS_OF)
        assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("seed", range(5))
def test_planted_defects_are_found_at_their_cell(clean, seed):
    random = Random(100 + seed)
    book = clean(seed)
    planter = Planter(book, random)
    for plant in random.sample(list(DEFECTS.values()), len(DEFECTS)):
        plant(planter)
    assert len(planter.planted) == len(DEFECTS) >= 25
    target = book.path.with_name("planted.xlsx")
    patch_workbook(book.path, target, planter.changes)

    problems = problems_of(read_workbook(target), as_of=AS_OF)

    found = {(problem.sheet, problem.cell, problem.rule) for problem in problems}
    missed = [place for place in planter.planted if place not in found]
    assert len(missed) <= 0.01 * len(planter.planted), missed
    # No cell that was left alone is called an error, except that a spoilt rate spoils its month.
    touched = {(sheet, cell) for sheet, cells in planter.changes.items() for cell in cells}
    errors = [p for p in problems if p.severity == "error" and (p.sheet, p.cell) not in touched]
    assert Counter(p.rule for p in errors if p.rule != "rate-missing") == {}
