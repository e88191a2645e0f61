import pytest

from salespipe.workbook.notes import Note, problem_of


def test_a_note_of_a_cell_names_its_place_header_and_reading():
    note = Note("not-a-number", "amount", 7, 28, value="Neg.")
    problem = problem_of(
        note, sheet="Deals", language="en", table="deals", headers={28: "Value"}, deal_id="D-1"
    )
    assert (problem.cell, problem.column, problem.value) == ("AB7", "Value", "Neg.")
    assert (problem.rule, problem.severity) == ("amount-not-a-number", "error")
    assert problem.message == '"Neg." is not a number; it is not used.'
    assert (problem.deal_id, problem.owner) == ("D-1", "")


def test_the_column_decides_how_grave_it_is():
    grave = {
        key: problem_of(Note("not-a-date", key, 2, 1), sheet="S", language="en", table="deals")
        for key in ("closed_on", "next_step_on")
    }
    assert grave["closed_on"].severity == "error"
    assert grave["next_step_on"].severity == "warning"
    assert grave["next_step_on"].rule == "next-step-on-not-a-date"


def test_a_note_of_a_whole_sheet_has_no_cell_and_speaks_its_language():
    note = Note("external-links", hint="Old.xlsx")
    problem = problem_of(note, sheet="", language="zh")
    assert (problem.cell, problem.column) == ("", "")
    assert "Old.xlsx" in problem.message
    assert not problem.message.isascii()


@pytest.mark.parametrize("count", [0, 1234])
def test_many_cells_are_spoken_of_at_once(count):
    note = Note("number-as-text", "amount", 2, 3, value="12k", taken="12,000")
    problem = problem_of(note, sheet="S", language="en", table="deals", count=count)
    assert ("1,234 cells" in problem.message) == bool(count)
    assert "12,000" in problem.message
