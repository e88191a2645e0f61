"""Rules over clean tables: what cannot be, what nobody looks after, what does not agree."""

from salespipe.checks.book import problems_of, stop_on_errors
from salespipe.checks.cost import cost_table, with_costs
from salespipe.checks.rules import CHECKS, check, remind
from salespipe.checks.stakes import Stakes, forecast_stakes, stage_stakes

__all__ = [
    "CHECKS",
    "Stakes",
    "check",
    "cost_table",
    "forecast_stakes",
    "problems_of",
    "remind",
    "stage_stakes",
    "stop_on_errors",
    "with_costs",
]
