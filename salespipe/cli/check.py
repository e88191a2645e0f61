"""The command that lists a workbook's problems."""

from contextlib import suppress

import typer

from salespipe import screen
from salespipe.checks import cost_table, problems_of, stage_stakes
from salespipe.cli.shell import (
    AsJson,
    AsOf,
    BookPath,
    Quiet,
    answer,
    app,
    console,
    day_of,
    password_of,
    progress,
)
from salespipe.errors import RateMissingError
from salespipe.problems import count_by_severity
from salespipe.workbook.read import read_workbook

__all__ = ["check"]


@app.command(epilog="Example: salespipe check pipeline.xlsx")
def check(
    path: BookPath, *, as_of: AsOf = None, quiet: Quiet = False, as_json: AsJson = False
) -> None:
    """List the problems of a workbook, cell by cell, each with its remedy."""
    password = password_of(path)
    with progress(quiet=quiet) as tell:
        tell("Reading the workbook")
        book = read_workbook(path, password=password)
        day = day_of(book, as_of)
        if as_of:
            # On a day before the first deal nothing would be found wrong. A missing rate, which
            # stops the forecast, is a problem like any other here.
            with suppress(RateMissingError):
                book.pipeline(as_of=day)
        tell("Checking it")
        problems = problems_of(book, as_of=day)
        stakes = stage_stakes(book.tables, as_of=day)
        costs = cost_table(problems, stakes, settings=book.tables.settings)
    answer(
        lambda: screen.check_json(problems, costs),
        lambda: screen.show_problems(console, problems, costs, book.language),
        as_json=as_json,
        quiet=quiet,
    )
    if count_by_severity(problems)["error"]:
        raise typer.Exit(1)
