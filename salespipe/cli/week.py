"""The command for the week to come: reminders and e-mail drafts."""

from pathlib import Path
from typing import Annotated, Any

import typer

from salespipe.cli.shell import (
    AsJson,
    AsOf,
    BookPath,
    app,
    console,
    day_of,
    language_of,
    print_json,
    progress,
)
from salespipe.followups import Followups, write_followups
from salespipe.workbook.read import read_workbook

__all__ = ["followups", "followups_json"]


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
    as_json: AsJson = False,
) -> None:
    """Make reminders (.ics) and e-mail drafts (.eml) for every owner. Nothing is ever sent."""
    language = language_of(lang) if lang else None
    with progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        day = day_of(book, as_of)
        tell("Writing the follow-ups")
        made = write_followups(
            book, as_of=day, output=output, language=language, templates=templates
        )
    if as_json:
        print_json(followups_json(made))
        return
    for one in made.owners:
        console.print(
            f"{one.owner}: {len(one.tasks)} deals to follow up, {len(one.drafts)} drafts, "
            f"in {one.calendar.parent}",
            markup=False,
        )
    if not made.owners:
        console.print("Nobody has anything to do; no file was made.")
    for text in made.templates:
        console.print(f"Put there to be edited: {text}", markup=False)
    console.print("Nothing was sent.")


def followups_json(made: Followups) -> dict[str, Any]:
    """Give what `salespipe followups --json` prints."""
    return {
        "as_of": made.as_of,
        "currency": made.currency,
        "output": made.output,
        "owners": [
            {
                "owner": one.owner,
                "calendar": one.calendar,
                "drafts": one.drafts,
                "tasks": [
                    {
                        "deal_id": task.deal_id,
                        "account": task.account,
                        "due_on": task.due_on,
                        "stake": task.stake,
                        "points": [
                            {
                                "rule": point.rule,
                                "kind": point.kind,
                                "message": point.message,
                                "remedy": point.remedy,
                                "sheet": point.sheet,
                                "cell": point.cell,
                            }
                            for point in task.points
                        ],
                    }
                    for task in one.tasks
                ],
            }
            for one in made.owners
        ],
        "templates": made.templates,
    }
