"""A review pack that was made: where it lies, and which parts did not come to their end."""

from typing import TYPE_CHECKING, Any

from rich.console import Console

from salespipe.screen.words import say
from salespipe.settings import Language

if TYPE_CHECKING:
    from salespipe.report import Report

__all__ = ["report_json", "show_report"]


def report_json(made: "Report") -> dict[str, Any]:
    """Give what `salespipe report --json` prints."""
    return {"page": made.page, "notebooks": made.notebooks, "stopped": made.stopped}


def show_report(console: Console, made: "Report", language: Language = "en") -> None:
    """Print where the page lies."""
    console.print(say("pack", language, path=made.page), markup=False)
