"""The command for the week to come: reminders and e-mail drafts."""

from pathlib import Path
from typing import Annotated

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
    language_of,
    password_of,
    progress,
)
from salespipe.followups import write_followups
from salespipe.workbook.read import read_workbook

__all__ = ["followups"]


@app.command(epilog="Example: salespipe followups pipeline.xlsx --output this-week")
def followups(
    path: BookPath,
    *,
    output: Annotated[
        Path, typer.Option(metavar="DIR", help="A new or empty folder for the files.")
    ],
    as_of: AsOf = None,
    lang: Annotated[
        str | None,
        typer.Option(metavar="en|zh", help="Language of the drafts. Default: the workbook's."),
    ] = None,
    templates: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder with texts of your own; the built-in ones are put there to be edited.",
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make reminders (.ics) and e-mail drafts (.eml) for every owner. Nothing is ever sent."""
    language = language_of(lang) if lang else None
    password = password_of(path)
    with progress(quiet=quiet) as tell:
        tell("Reading the workbook")
        book = read_workbook(path, password=password)
        day = day_of(book, as_of)
        tell("Writing the follow-ups")
        made = write_followups(
            book, as_of=day, output=output, language=language, templates=templates
        )
    answer(
        lambda: screen.followups_json(made),
        lambda: screen.show_followups(console, made, book.language),
        as_json=as_json,
        quiet=quiet,
    )
