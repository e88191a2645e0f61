"""Commands that forecast: the monthly job, and the same on past dates."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from salespipe import screen
from salespipe.checks import problems_of, stop_on_errors
from salespipe.cli.shell import (
    AsJson,
    AsOf,
    BookPath,
    Months,
    Quiet,
    Seed,
    answer,
    app,
    console,
    day_of,
    password_of,
    progress,
    today,
)
from salespipe.job import run_month
from salespipe.periods import parse_date
from salespipe.tables import Tables
from salespipe.workbook.read import read_workbook

__all__ = ["backtest_", "run"]


@app.command(epilog="Example: salespipe run pipeline.xlsx --as-of 2026-10-31 --months 3")
def run(
    path: BookPath,
    *,
    as_of: AsOf = None,
    months: Months = None,
    history: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Closed deals that the workbook has no room for, as .parquet or .csv; may be "
            "given more than once.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write there instead of into the same workbook."),
    ] = None,
    seed: Seed = 1,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Carry out the monthly job: read, check, KPIs, fit, forecast, write back."""
    with progress(quiet=quiet) as tell:
        day = parse_date(as_of) if as_of else partial(Tables.last_recorded_day, today=today())
        run_ = run_month(
            path,
            as_of=day,
            months=months,
            history=history or (),
            output=output,
            seed=seed,
            progress=tell,
        )
    answer(
        lambda: screen.run_json(run_),
        lambda: screen.show_run(console, run_),
        as_json=as_json,
        quiet=quiet,
    )


@app.command("backtest", epilog="Example: salespipe backtest pipeline.xlsx --months 3 --dates 6")
def backtest_(
    path: BookPath,
    *,
    as_of: AsOf = None,
    months: Annotated[
        int, typer.Option(min=1, max=12, help="Months to forecast at each date.")
    ] = 3,
    dates: Annotated[
        int, typer.Option(min=1, max=60, help="Month ends to forecast from, at most so many.")
    ] = 6,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Score the forecast and simpler methods on the past: what each would have said, and what came.

    Nothing is written. Each date takes a fit of its own, about half a minute.
    """
    password = password_of(path)
    with progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path, password=password)
        day = day_of(book, as_of)
        stop_on_errors(problems_of(book, as_of=day))
        book.pipeline(as_of=day)  # refuses a day before the first deal
        tell("Loading the models")
        from salespipe.backtest.run import backtest, past_dates  # noqa: PLC0415 (seconds)

        chosen = past_dates(book.tables, as_of=day, months=months, count=dates)
        made = backtest(
            book.tables, as_of=day, dates=chosen, months=months, seed=seed, progress=tell
        )
    currency = book.tables.settings.currency
    answer(
        lambda: screen.backtest_json(made, as_of=day),
        lambda: screen.show_backtest(console, made, currency, book.language),
        as_json=as_json,
    )
