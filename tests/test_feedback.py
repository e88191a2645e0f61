import json
from dataclasses import replace
from datetime import date
from random import Random

import pandas as pd
import pytest
from typer.testing import CliRunner

from salespipe import names as n
from salespipe.cli import app
from salespipe.errors import WorkbookError, WorkbookLockedError
from salespipe.feedback import answer_feedback
from salespipe.tables import conform
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.checks.defects import clean_tables


@pytest.fixture(params=["en", "zh"])
def book(request, tmp_path):
    said = pd.DataFrame(
        {
            n.REPORTED_ON: pd.to_datetime(["2026-10-01", "2026-10-02"]),
            n.OWNER: ["Ana", "王芳"],
            n.TOPIC: ["Tool", "Process"],
            n.FEEDBACK: ["Slow", "太严"],
            n.ANSWER: [None, "Changed"],
        },
        index=[2, 3],
    )
    path = tmp_path / "Team.xlsx"
    tables = replace(clean_tables(Random(1), deals=8), feedback=conform("feedback", said))
    build_workbook(path, tables=tables, language=request.param, today=date(2026, 10, 31))
    return read_workbook(path)


def test_an_answer_is_written_back_and_nothing_else_changes(book):
    row, done = book.tables.feedback.index
    backup = answer_feedback(book, {row: "=Faster now"}, status="Done")
    again = read_workbook(book.path).tables.feedback
    assert backup.exists()
    assert again.loc[row, n.ANSWER] == "=Faster now"
    assert again.loc[row, n.STATUS] == "Done"
    pd.testing.assert_series_equal(again.loc[done], book.tables.feedback.loc[done])
    assert again.loc[row, n.FEEDBACK] == "Slow"


def test_an_answer_that_is_there_is_never_replaced(book):
    before = book.path.read_bytes()
    with pytest.raises(WorkbookError, match="is answered already"):
        answer_feedback(book, {book.tables.feedback.index[1]: "No"})
    with pytest.raises(WorkbookError, match="has nothing in row 77"):
        answer_feedback(book, {77: "No"})
    assert book.path.read_bytes() == before


def test_a_book_that_was_saved_meanwhile_is_refused(book):
    row = book.tables.feedback.index[0]
    answer_feedback(book, {row: "First"})
    with pytest.raises(WorkbookLockedError, match="was saved by someone"):
        answer_feedback(book, {row: "Second"})


def run(*words):
    return CliRunner().invoke(app, ["feedback", *map(str, words)])


def test_the_command_lists_what_is_open_and_writes_an_answer(book):
    row, done = book.tables.feedback.index
    listed = run(book.path, "--as-of", "2026-10-31")
    assert listed.exit_code == 0, listed.output
    assert f"row {row} (Ana, 30 days): Slow" in listed.stdout
    assert "1 of 2 are open." in listed.stdout

    written = run(book.path, "--row", row, "--answer", "Faster now", "--status", "Done", "--json")
    told = json.loads(written.stdout)
    assert told["answered"] == row
    assert [item["open"] for item in told["items"]] == [False, False]
    again = read_workbook(book.path).tables.feedback
    assert again.loc[row, [n.ANSWER, n.STATUS]].tolist() == ["Faster now", "Done"]
    assert again.loc[done, n.ANSWER] == "Changed"


@pytest.mark.parametrize("words", [("--row", "2"), ("--answer", "x"), ("--status", "Done")])
def test_half_an_answer_is_wrong_usage(book, words):
    assert run(book.path, *words).exit_code == 2
