"""A problem: one failed rule at one cell, with the way to mend it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, fields
from typing import Final, Literal

import pandas as pd

__all__ = [
    "SEVERITIES",
    "TO_DO",
    "Problem",
    "Severity",
    "count_by_rule",
    "count_by_severity",
    "problem_table",
]

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""Worst first. An error leaves its row (or the whole work) out; a warning is used as it stands."""


TO_DO: Final = frozenset(
    {
        "evidence-missing",
        "expected-close-missing",
        "next-step-due",
        "next-step-missing",
        "next-step-overdue",
    }
)
"""Rules that somebody is to act upon though they are no warnings: follow-ups."""


@dataclass(frozen=True)
class Problem:
    """One failed rule at one cell.

    Attributes
    ----------
    sheet, cell : str
        Where: the sheet's name as it stands in the workbook and an A1 address (``""`` where the
        problem is about the whole sheet).
    column : str
        The header as it stands in the workbook.
    value : str
        What is there, as text.
    rule : str
        Stable name of the rule, such as ``amount-not-a-number``.
    severity : {"error", "warning", "info"}
    message, remedy : str
        One sentence each: what is wrong, how to mend it.
    deal_id : str
        The deal concerned, ``""`` if none.
    owner : str
        Who is to mend it, ``""`` if nobody in particular.
    cost : float
        What rests on the deal: its value in the forecast, in the workbook's currency; NaN where no
        open deal is concerned or nobody has worked it out.
    """

    sheet: str
    cell: str
    column: str
    value: str
    rule: str
    severity: Severity
    message: str
    remedy: str
    deal_id: str = ""
    owner: str = ""
    cost: float = field(default=float("nan"), compare=False)

    @property
    def kind(self) -> str:
        """What it is on a list of things to do: error, warning, follow_up, or nothing ("")."""
        if self.severity != "info":
            return self.severity
        return "follow_up" if self.rule in TO_DO else ""

    def __str__(self) -> str:
        """Give the problem as one line."""
        where = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return f"{where}: {self.message} {self.remedy}"


def count_by_severity(problems: Iterable[Problem]) -> dict[str, int]:
    """Count problems, worst severity first; every severity is a key."""
    counts = Counter(problem.severity for problem in problems)
    return {severity: counts[severity] for severity in SEVERITIES}


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Give one row per problem, in their order; the columns are the attributes of a problem."""
    columns = [one.name for one in fields(Problem)]
    table = pd.DataFrame([astuple(one) for one in problems], columns=columns, dtype="object")
    return table.astype({name: "float64" if name == "cost" else "str" for name in columns})


def count_by_rule(problems: Iterable[Problem]) -> pd.DataFrame:
    """Count problems by rule: rule, severity, count; worst first, then the most frequent."""
    counts = Counter((problem.rule, problem.severity) for problem in problems)
    order = sorted(counts, key=lambda key: (SEVERITIES.index(key[1]), -counts[key], key[0]))
    rows = [(rule, severity, counts[rule, severity]) for rule, severity in order]
    return pd.DataFrame(rows, columns=["rule", "severity", "count"])
