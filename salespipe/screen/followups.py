"""Follow-ups that were written: for whom, how many, and where."""

from typing import Any

from rich.console import Console

from salespipe.followups import Followups
from salespipe.screen.words import say
from salespipe.settings import Language

__all__ = ["followups_json", "show_followups"]


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


def show_followups(console: Console, made: Followups, language: Language = "en") -> None:
    """Print for each owner how much there is and where it lies."""
    for one in made.owners:
        said = say(
            "owner_files",
            language,
            owner=one.owner,
            tasks=len(one.tasks),
            drafts=len(one.drafts),
            folder=one.calendar.parent,
        )
        console.print(said, markup=False)
    if not made.owners:
        console.print(say("nobody", language))
    for text in made.templates:
        console.print(say("template_put", language, path=text), markup=False)
    console.print(say("not_sent", language))
