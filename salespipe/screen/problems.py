"""Problems of a workbook, and what they cost the forecast."""

from dataclasses import fields
from typing import Any, Final

import pandas as pd
from rich.console import Console

from salespipe.problems import Problem, count_by_severity
from salespipe.screen.words import say
from salespipe.settings import Language

__all__ = ["SHOWN_COSTS", "check_json", "show_costs", "show_problems"]

SHOWN_COSTS: Final = 8
"""Rules whose cost is named in the terminal; the JSON has all."""

STYLES: Final = {"error": "red", "warning": "yellow", "info": "dim"}


def check_json(problems: tuple[Problem, ...], costs: pd.DataFrame) -> dict[str, Any]:
    """Give what `salespipe check --json` prints."""
    keys = [field.name for field in fields(Problem)]
    return {
        "problems": [{key: getattr(problem, key) for key in keys} for problem in problems],
        "counts": count_by_severity(problems),
        "costs": costs.to_dict("records"),
    }


def show_problems(
    console: Console,
    problems: tuple[Problem, ...],
    costs: pd.DataFrame,
    language: Language = "en",
) -> None:
    """Print the problems, worst first, and what they cost the forecast."""
    for problem in problems:
        where = f"{problem.sheet}!{problem.cell}" if problem.cell else problem.sheet
        severity = say(f"severity_{problem.severity}", language)
        console.print(
            f"{severity:7} {where}: {problem.message} {problem.remedy} [{problem.rule}]",
            style=STYLES[problem.severity],
            markup=False,
        )
    show_costs(console, costs, most=SHOWN_COSTS)
    console.print(say("counts", language, **count_by_severity(problems)))


def show_costs(console: Console, costs: pd.DataFrame, *, most: int) -> None:
    """Print what the dearest rules cost, a sentence each, which are in the workbook's language."""
    for row in costs[costs["severity"] != "info"].head(most).to_dict("records"):
        console.print(f"{row['message']} [{row['rule']}]", markup=False)
