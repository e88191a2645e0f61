"""The command that makes the review pack."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from salespipe import screen
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
    language_of,
    notices,
    progress,
)
from salespipe.errors import ReportError
from salespipe.workbook.read import read_workbook

__all__ = ["report"]

NEEDED = ("papermill", "ipykernel", "jinja2", "mistune")


@app.command(epilog="Example: salespipe report pipeline.xlsx --output october")
def report(
    path: BookPath,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for the pack. Default: beside the workbook, after its name."
        ),
    ] = None,
    as_of: AsOf = None,
    months: Months = None,
    seed: Seed = 1,
    lang: Annotated[
        str | None,
        typer.Option(metavar="en|zh", help="Language of the page. Default: the workbook's."),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run the notebooks on a workbook and bind them into one HTML review pack.

    The page needs no network and no other file. The workbook itself is not written; a copy of it
    with the forecast, and the notebooks with their outputs, lie beside the page.
    """
    language = language_of(lang) if lang else None
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise ReportError(
            f"The report needs {', '.join(missing)}; install them with: "
            'pip install "salespipe[notebooks]"'
        )
    from salespipe.report import make_report  # noqa: PLC0415 (an extra, and slow to load)

    with progress(quiet=quiet) as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        made = make_report(
            book,
            as_of=day_of(book, as_of),
            output=output,
            months=months,
            seed=seed,
            language=language,
            progress=tell,
        )
    for name, why in made.stopped.items():
        said = screen.say("part_stopped", book.language, part=name, why=why)
        notices.print(said, style="red", markup=False)
    answer(
        lambda: screen.report_json(made),
        lambda: screen.show_report(console, made, book.language),
        as_json=as_json,
        quiet=quiet,
    )
    if made.stopped:
        raise typer.Exit(1)
