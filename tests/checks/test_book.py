"""The problems of a workbook as a whole, and which of them stop the work."""

import pytest

from salespipe.checks import problems_of, stop_on_errors
from salespipe.errors import ProblemsError
from salespipe.problems import Problem
from salespipe.workbook.read import read_workbook


def problem(severity, cell):
    return Problem("Deals", cell, "Stage", "x", "rule", severity, "It is wrong.", "Mend it.")


def test_only_errors_stop_the_work():
    stop_on_errors((problem("warning", "A2"), problem("info", "A3")))
    with pytest.raises(ProblemsError, match=r"^1 error to mend first: Deals!A2: It is wrong"):
        stop_on_errors((problem("error", "A2"), problem("info", "A3")))


def test_a_refusal_spells_out_the_first_errors_and_counts_the_rest():
    with pytest.raises(ProblemsError, match="and 3 more: `salespipe check` lists them") as stop:
        stop_on_errors(tuple(problem("error", f"A{row}") for row in range(2, 10)))
    assert str(stop.value).startswith("8 errors to mend first: ")
    assert str(stop.value).count("Deals!A") == 5


def test_problems_come_worst_first_and_a_cell_that_could_not_be_read_is_named_once(
    company_book, as_of
):
    book = read_workbook(company_book)
    found = problems_of(book, as_of=as_of)
    order = [["error", "warning", "info"].index(each.severity) for each in found]
    assert order == sorted(order)
    unread = {(each.sheet, each.cell) for each in book.problems if each.cell}
    for place in unread:
        of_reading = [each for each in book.problems if (each.sheet, each.cell) == place]
        assert [each for each in found if (each.sheet, each.cell) == place] == of_reading
