"""Defects planted at random in clean workbooks: found, and at the right cell."""

from random import Random

import pytest

from salespipe.checks import CHECKS
from salespipe.checks.memory import MEMORY_CHECKS
from salespipe.job import problems_of
from salespipe.workbook.read import read_workbook
from salespipe.workbook.rules import RULES
from tests.checks.defects import AS_OF, DEFECTS, clean_book, spoilt
from tests.checks.shapes import SHAPES, Shaper


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
