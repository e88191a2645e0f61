"""Commands of memory: what a sheet shows today, and what changed since."""

from typing import Annotated, Any

import pandas as pd
import typer
from rich.table import Table

from salespipe.cli.shell import (
    AsJson,
    AsOf,
    BookPath,
    app,
    console,
    day_of,
    print_json,
    progress,
)
from salespipe.errors import AsOfError
from salespipe.forecast_log import read_forecasts
from salespipe.memory import bridged, changes_since
from salespipe.periods import parse_date
from salespipe.results import Changes
from salespipe.screen import money
from salespipe.snapshot import take_snapshot, with_snapshot
from salespipe.workbook.read import read_workbook

__all__ = ["changes", "snapshot"]


@app.command(epilog="Example: salespipe snapshot pipeline.xlsx --as-of 2026-10-31")
def snapshot(path: BookPath, *, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Remember what the sheet shows today, in the change log beside it; `run` does so as well."""
    with progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        day = day_of(book, as_of)
        tell("Comparing it with the change log")
        part = take_snapshot(path, book.tables, as_of=day)
    rows = len(pd.read_parquet(part)) if part else 0
    if as_json:
        print_json({"as_of": day, "changes": rows, "part": part})
        return
    if part is None:
        console.print(f"The change log knows all of {day} already.")
        return
    console.print(f"{rows:,} changes as of {day} kept in {part}.", markup=False)


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
    with progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        day = day_of(book, as_of)
        pipeline = book.pipeline(as_of=day)
        tell("Comparing")
        log, _ = read_forecasts(path)
        start = parse_date(since) if since else None
        tables = with_snapshot(book.tables, as_of=day)
        made = changes_since(tables, pipeline, log, since=start)
        made = bridged(made, log, tables, pipeline)
    if made is None:
        raise AsOfError(
            f'No snapshot of "{path.name}" was taken before {day}; run `salespipe run` or '
            "`salespipe snapshot` each month, or name an earlier day with --since."
        )
    if as_json:
        print_json(changes_json(made))
        return
    _show(made, book.tables.settings.currency)


def changes_json(made: Changes) -> dict[str, Any]:
    """Give what `salespipe changes --json` prints."""

    def steps(table: pd.DataFrame) -> list[dict[str, Any]]:
        rows = table.to_dict("records")
        return [
            {"name": row["step"], "amount": row["amount"], "count": row["count"]}
            | {"which": row["which"].en}
            for row in rows
        ]

    return {
        "since": made.since,
        "as_of": made.until,
        "open_start": made.open_start,
        "open_end": made.open_end,
        "waterfall": steps(made.movements),
        "groups": made.groups.to_dict("records"),
        "idle": made.idle.to_dict("records"),
        "forecast_bridge": {
            "since": made.bridge_since,
            "until": made.bridge_until,
            "months": made.bridge_months,
            "before": made.likely_before,
            "after": made.likely_after,
            "parts": steps(made.bridge),
        },
    }


def _show(made: Changes, currency: str) -> None:
    console.print(
        _table(
            made.movements,
            f"Open pipeline in {currency}",
            (f"open on {made.since}", made.open_start),
            (f"open on {made.until}", made.open_end),
        )
    )
    console.print(f"{len(made.idle):,} open deals did not change.")
    if made.bridge.empty:
        console.print("The forecast is explained from the second `salespipe run` on.")
        return
    console.print(
        _table(
            made.bridge,
            f"Likely revenue of {made.bridge_months} in {currency}",
            (f"forecast of {made.bridge_since}", made.likely_before),
            (f"forecast of {made.bridge_until}", made.likely_after),
        )
    )


def _table(
    steps: pd.DataFrame, title: str, before: tuple[str, float], after: tuple[str, float]
) -> Table:
    table = Table(title=title)
    table.add_column("")
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("deals", justify="right")
    table.add_column("which")
    table.add_row(before[0], money(before[1]), "", "", style="bold")
    for row in steps.to_dict("records"):
        if row["count"] or row["amount"]:
            table.add_row(
                row["name"].en, f"{row['amount']:+,.0f}", f"{row['count']:,}", row["which"].en
            )
    table.add_row(after[0], money(after[1]), "", "", style="bold")
    return table
