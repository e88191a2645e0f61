"""What may be wrong with a cell or a sheet as it is read: one rule each.

Their words are in :mod:`salespipe.workbook.rule_words`.
"""

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
    grave : {"error", "warning", "info"} or None
        Severity in a column of `among`.
    among : dict
        The columns, by table, in which it is grave.
    """

    severity: Severity
    grave: Severity | None = None
    among: dict[str, frozenset[str]] | None = None

    def weight(self, table: str, key: str) -> Severity:
        """Give the severity in a column."""
        decides = key in (self.among or DECISIVE).get(table, ())
        return self.grave if self.grave and decides else self.severity


RULES: Final[dict[str, Rule]] = {
    "not-a-number": Rule("warning", grave="error"),
    "number-ambiguous": Rule("warning", grave="error"),
    "number-as-text": Rule("info"),
    "percent-as-number": Rule("info"),
    "confidence-out-of-range": Rule("warning"),
    "not-a-date": Rule("warning", grave="error"),
    "date-ambiguous": Rule("warning", grave="error"),
    "date-as-text": Rule("info"),
    "date-as-number": Rule("warning"),
    "blank-word": Rule("info"),
    "locale-decided": Rule("info"),
    "error-value": Rule("warning", grave="error", among=_FORECAST),
    "uncached-formula": Rule("warning", grave="error", among=_FORECAST),
    "unknown-stage": Rule("error"),
    "unknown-category": Rule("warning"),
    "currency-from-amount": Rule("warning"),
    "currency-from-format": Rule("warning"),
    "currency-disputed": Rule("warning"),
    "unknown-currency": Rule("warning"),
    "stage-missing": Rule("error"),
    "id-missing": Rule("error"),
    "id-duplicate": Rule("error"),
    "id-alike": Rule("warning"),
    "key-missing": Rule("warning"),
    "row-without-deal": Rule("warning"),
    "rows-below-table": Rule("warning"),
    "columns-beside-table": Rule("warning"),
    "rows-apart": Rule("warning"),
    "cells-without-header": Rule("warning"),
    "merged-cells": Rule("warning"),
    "hidden-rows": Rule("info"),
    "unknown-columns": Rule("info"),
    "repeated-column": Rule("info"),
    "header-found": Rule("info"),
    "sheet-taken": Rule("info"),
    "sheet-twice": Rule("warning"),
    "sheet-not-read": Rule("warning"),
    "stages-defaulted": Rule("info"),
    "settings-defaulted": Rule("info"),
    "stages-unusable": Rule("error"),
    "setting-unusable": Rule("error"),
    "read-only-form": Rule("info"),
    "errors-unseen": Rule("info"),
    "external-links": Rule("info"),
    "log-damaged": Rule("warning"),
    "log-missing": Rule("warning"),
    "log-misplaced": Rule("info"),
    "log-foreign": Rule("info"),
    "log-newer": Rule("info"),
    "macros": Rule("info"),
}
"""All rules of reading by name; in Amount, `not-a-number` is called ``amount-not-a-number``."""
