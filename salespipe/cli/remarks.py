"""The command for what people wrote on the Feedback sheet: listing it, and answering."""

from typing import Annotated

import pandas as pd
import typer

from salespipe import kpi
from salespipe.cli.shell import (
    AsJson,
    AsOf,
    BookPath,
    Quiet,
    answer,
    app,
    console,
    day_of,
    progress,
)
from salespipe.feedback import answer_feedback
from salespipe.workbook.read import read_workbook

__all__ = ["feedback"]


@app.command(epilog="Example: salespipe feedback pipeline.xlsx --row 4 --answer Changed")
def feedback(
    path: BookPath,
    *,
    row: Annotated[
        int | None, typer.Option(min=1, help="Row of the sheet Feedback to answer.")
    ] = None,
    reply: Annotated[str, typer.Option("--answer", help="The answer to it.")] = "",
    status: Annotated[
        str, typer.Option(help="Its status from now on, as in the sheet's list.")
    ] = "",
    as_of: AsOf = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """List feedback and promises, open ones first; with --row and --answer, write an answer."""
    if (row is None) != (not reply):
        raise typer.BadParameter("give --row and --answer together", param_hint="--row, --answer")
    if status and row is None:
        raise typer.BadParameter("give the --row that has it", param_hint="--status")
    backup = None
    with progress(quiet=quiet) as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        if row is not None:
            tell("Writing the answer")
            backup = answer_feedback(book, {row: reply}, status=status)
            book = read_workbook(path)
        items = kpi.feedback_items(book.pipeline(as_of=day_of(book, as_of)))
    rows = items.to_dict("records")

    def show() -> None:
        if row is not None:
            console.print(f"Row {row} is answered. Backup: {backup}", markup=False)
        for item in rows:
            if item["open"]:
                age = "" if pd.isna(item["days"]) else f", {item['days']:.0f} days"
                said = f"row {item['row']} ({item['owner']}{age}): {item['feedback']}"
                console.print(said, markup=False)
        console.print(f"{int(items['open'].sum())} of {len(items)} are open.")

    answer(
        lambda: {"output": path, "backup": backup, "answered": row, "items": rows},
        show,
        as_json=as_json,
        quiet=quiet,
    )
