"""All problems of a workbook, those of reading it and those that the rules find."""

from datetime import date

from salespipe.checks.cost import with_costs
from salespipe.checks.rules import check
from salespipe.checks.stakes import stage_stakes
from salespipe.errors import ProblemsError
from salespipe.problems import Problem
from salespipe.workbook.book import Book

__all__ = ["problems_of", "stop_on_errors"]

SHOWN_ERRORS = 5
"""How many errors a refusal spells out; `salespipe check` lists all."""


def problems_of(book: Book, *, as_of: date) -> tuple[Problem, ...]:
    """List what was noticed in reading and what the rules find, errors first, with their costs."""
    found = (*book.problems, *check(book.tables, as_of=as_of, locator=book.locator))
    read_at = {(problem.sheet, problem.cell) for problem in book.problems if problem.cell}
    # A cell that could not be read is missing to the rules; saying so twice helps nobody.
    told = [
        problem
        for place, problem in enumerate(found)
        if place < len(book.problems) or (problem.sheet, problem.cell) not in read_at
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    told.sort(key=lambda problem: order[problem.severity])
    return with_costs(told, stage_stakes(book.tables, as_of=as_of))


def stop_on_errors(problems: tuple[Problem, ...]) -> None:
    """Refuse to go on while the workbook has errors.

    Raises
    ------
    ProblemsError
        Names the first of them with their cells.
    """
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return
    shown = " | ".join(str(problem) for problem in errors[:SHOWN_ERRORS])
    rest = len(errors) - SHOWN_ERRORS
    more = f" | and {rest} more: `salespipe check` lists them all" if rest > 0 else ""
    raise ProblemsError(
        f"{len(errors)} error{'s' if len(errors) > 1 else ''} to mend first: {shown}{more}"
    )
