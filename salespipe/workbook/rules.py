"""What may be wrong with a cell or a sheet as it is read: one rule each, with its words."""

from dataclasses import dataclass
from typing import Final

from salespipe import names as n
from salespipe.problems import Severity

__all__ = ["DECISIVE", "RULES", "Rule"]

DECISIVE: Final[dict[str, frozenset[str]]] = {
    "deals": frozenset({n.DEAL_ID, n.STAGE, n.AMOUNT, n.CLOSED_ON}),
    "targets": frozenset({n.QUOTA}),
    "rates": frozenset({n.RATE}),
}
"""Columns, by table, without whose value the forecast would be wrong rather than less sharp."""

_FORECAST: Final[dict[str, frozenset[str]]] = DECISIVE | {
    "deals": DECISIVE["deals"]
    | {n.OWNER, n.SEGMENT, n.SOURCE, n.LISTED_AMOUNT, n.CURRENCY, n.CREATED_ON}
    | {n.EXPECTED_CLOSE_ON, n.FORECAST_CATEGORY, n.CONFIDENCE},
    "market": frozenset({n.MONTH, n.INDEX, n.VALUE, n.WORST, n.BEST}),
}
"""Columns that the forecast reads at all."""


@dataclass(frozen=True)
class Rule:
    """A rule of reading.

    Attributes
    ----------
    severity : {"error", "warning", "info"}
        Where the column does not decide.
    message, remedy : str
        One sentence each; ``{value}``, ``{column}``, ``{taken}`` and ``{hint}`` are filled in.
    grave : {"error", "warning", "info"} or None
        Severity in a column of `among`.
    among : dict
        The columns, by table, in which it is grave.
    bulk : str
        Message for many cells of one column at once, ``""`` if each is named; ``{count}`` too.
    """

    severity: Severity
    message: str
    remedy: str
    grave: Severity | None = None
    among: dict[str, frozenset[str]] | None = None
    bulk: str = ""

    def weight(self, table: str, key: str) -> Severity:
        """Give the severity in a column."""
        decides = key in (self.among or DECISIVE).get(table, ())
        return self.grave if self.grave and decides else self.severity


RULES: Final[dict[str, Rule]] = {
    # values of single cells
    "not-a-number": Rule(
        "warning",
        '"{value}" is not a number; it is not used.',
        "Type the number alone, such as 12500, or leave the cell empty.",
        grave="error",
    ),
    "number-ambiguous": Rule(
        "warning",
        '"{value}" may be a thousand or a decimal, and no other cell of the column shows which.',
        "Type it as a number rather than as text.",
        grave="error",
    ),
    "number-as-text": Rule(
        "info",
        '"{value}" is a number kept as text; it was read as {taken}.',
        "Type it as a number, so that Excel can add it up too.",
        bulk='{count} cells hold numbers as text, such as "{value}", read as {taken}.',
    ),
    "percent-as-number": Rule(
        "info",
        '"{value}" was read as {taken} %.',
        "Type it with a percent sign.",
        bulk='{count} cells hold percentages as numbers, such as "{value}", read as {taken} %.',
    ),
    "confidence-out-of-range": Rule(
        "warning",
        '"{value}" is not between 0 % and 100 %; it is not used.',
        "Type a percentage from 0 % to 100 %.",
    ),
    "not-a-date": Rule(
        "warning",
        '"{value}" is not a date; it is not used.',
        "Type the date as 2026-10-31, or leave the cell empty.",
        grave="error",
    ),
    "date-ambiguous": Rule(
        "warning",
        '"{value}" may begin with the day or the month, and no other cell of the column shows '
        "which; it is not used.",
        "Type the date as 2026-10-31.",
        grave="error",
    ),
    "date-as-text": Rule(
        "info",
        '"{value}" is a date kept as text; it was read as {taken}.',
        "Type it as 2026-10-31, so that Excel knows the date too.",
        bulk='{count} cells hold dates as text, such as "{value}", read as {taken}.',
    ),
    "date-as-number": Rule(
        "warning",
        '"{value}" is a bare number; it was read as {taken}.',
        "Give the cell a date format and see whether the date is right.",
        bulk='{count} cells hold dates as bare numbers, such as "{value}", read as {taken}.',
    ),
    "blank-word": Rule(
        "info",
        '"{value}" was taken for an empty cell.',
        "Leave the cell empty.",
        bulk='{count} cells hold a word such as "{value}", taken for an empty cell.',
    ),
    "error-value": Rule(
        "warning",
        "The cell shows the error {value}; it is not used.",
        "Mend the formula, or type the value.",
        grave="error",
        among=_FORECAST,
    ),
    "uncached-formula": Rule(
        "warning",
        "The cell holds a formula whose result was never stored; it is not used.",
        "Open the workbook in Excel or LibreOffice and save it there.",
        grave="error",
        among=_FORECAST,
    ),
    "unknown-stage": Rule(
        "error",
        '"{value}" is not a stage of this workbook.',
        "{hint}",
    ),
    "unknown-category": Rule(
        "warning",
        '"{value}" is not a forecast category; it is not used.',
        "Choose one of Commit, Best case, Pipeline, Omitted.",
    ),
    "unknown-currency": Rule(
        "warning",
        '"{value}" is not a currency code; the amount is taken for {hint}.',
        "Write the code of three letters, such as USD.",
    ),
    # rows
    "stage-missing": Rule(
        "error",
        "The deal has no stage.",
        "Choose a stage from the list.",
    ),
    "id-missing": Rule(
        "warning",
        'The deal has no id; "{taken}" stands for it.',
        'Type an id that no other deal has; "{taken}" changes when rows are moved.',
    ),
    "id-duplicate": Rule(
        "error",
        'The id "{value}" stands in {hint} too; this row is left out.',
        "Give one of the two deals another id, or delete the row that was copied.",
    ),
    "key-missing": Rule(
        "warning",
        "The row has no {column}; it is left out.",
        "Fill in the cell, or delete the row.",
    ),
    "row-without-deal": Rule(
        "warning",
        "The row has neither an id nor a stage nor an amount; it was not taken for a deal.",
        "Fill in the deal, or move the text elsewhere.",
    ),
    # whole sheets
    "rows-below-table": Rule(
        "warning",
        "{hint} directly below the table; they were read too.",
        "Drag the table's corner down over them, so that lists and formulas reach them.",
    ),
    "rows-apart": Rule(
        "warning",
        "{hint} apart from the table and were not read.",
        "Move them into the table if they are meant.",
    ),
    "merged-cells": Rule(
        "warning",
        "The cells {value} are merged; what they show counts for the first row only.",
        "Unmerge them and fill in each row.",
    ),
    "hidden-rows": Rule(
        "info",
        "{hint} hidden or filtered away; they were read too.",
        "Nothing to do if that is meant.",
    ),
    "unknown-columns": Rule(
        "info",
        "These columns are not known and were carried along: {hint}.",
        "Nothing to do if that is meant; otherwise use the template's header.",
    ),
    "repeated-column": Rule(
        "info",
        'The column "{column}" may mean the same as "{taken}", which was used; it was carried '
        "along as it is.",
        "Nothing to do if that is right; otherwise rename the one that is not meant.",
    ),
    "header-found": Rule(
        "info",
        "There is no Excel Table here; row {taken} was taken for the headers.",
        "Nothing to do if that is right; Insert > Table makes it certain.",
    ),
    "sheet-taken": Rule(
        "info",
        'There is no sheet "Deals"; this one was taken for it.',
        'Rename it to "Deals" to make it certain.',
    ),
    "sheet-twice": Rule(
        "warning",
        'The sheet was not read, since "{taken}" means the same.',
        "Rename or remove one of the two.",
    ),
    "sheet-not-read": Rule(
        "warning",
        'The sheet was not read: it has no column "{column}" (it has {hint}).',
        "Give it the template's headers, or another name if it is not meant.",
    ),
    "stages-defaulted": Rule(
        "info",
        "There is no Stages sheet; the usual stages and probabilities are used.",
        "Take the sheet over from the template to set your own.",
    ),
    "settings-defaulted": Rule(
        "info",
        "There is no Settings sheet; the defaults are used ({hint}).",
        "Take the sheet over from the template to set your own.",
    ),
    "stages-unusable": Rule("error", "{hint}", "Mend the Stages sheet."),
    "setting-unusable": Rule("error", "{hint}", "Mend the value on the Settings sheet."),
}
"""All rules of reading by name; in Amount, `not-a-number` is called ``amount-not-a-number``."""
