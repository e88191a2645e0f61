"""Commands of memory: what a sheet shows today, and what changed since."""

from typing import Annotated

import pandas as pd
import typer

from salespipe import screen
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
from salespipe.errors import AsOfError
from salespipe.memory import bridged, changes_since
from salespipe.periods import parse_date
from salespipe.snapshot import take_snapshot, with_snapshot
from salespipe.workbook.read import read_workbook

__all__ = ["changes", "snapshot"]


@app.command(epilog="Example: salespipe snapshot pipeline.xlsx --as-of 2026-10-31")
def snapshot(
    path: BookPath, *, as_of: AsOf = None, quiet: Quiet = False, as_json: AsJson = False
) -> None:
    """Remember what the sheet shows today, in the change log beside it; `run` does so as well."""
    with progress(quiet=quiet) as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        day = day_of(book, as_of)
        tell("Comparing it with the change log")
        part = take_snapshot(path, book.tables, as_of=day)
    rows = len(pd.read_parquet(part)) if part else 0
    answer(
        lambda: {"as_of": day, "changes": rows, "part": part},
        lambda: screen.show_snapshot(console, day, rows, part, book.language),
        as_json=as_json,
        quiet=quiet,
    )


@app.command(epilog="Example: salespipe changes pipeline.xlsx --since 2026-09-30")
def changes(
    path: BookPath,
    *,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Compare with this day. Default: the last snapshot."),
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Tell what changed since the last snapshot, and why the forecast moved. Nothing is written."""
    password = password_of(path)
    with progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path, password=password)
        day = day_of(book, as_of)
        pipeline = book.pipeline(as_of=day)
        tell("Comparing")
        log = book.tables.forecasts
        start = parse_date(since) if since else None
        tables = with_snapshot(book.tables, as_of=day)
        made = changes_since(tables, pipeline, log, since=start)
        made = bridged(made, log, tables, pipeline)
    if made is None:
        raise AsOfError(
            f'No snapshot of "{path.name}" was taken before {day}; run `salespipe run` or '
            "`salespipe snapshot` each month, or name an earlier day with --since."
        )
    currency = book.tables.settings.currency
    answer(
        lambda: screen.changes_json(made),
        lambda: screen.show_changes(console, made, currency, book.language),
        as_json=as_json,
    )
