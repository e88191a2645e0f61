"""Figures and tables for reading: they take tables and draws, return a figure, compute nothing."""

from salespipe.plots.changes import waterfall
from salespipe.plots.comparison import compare, forest
from salespipe.plots.curves import fates
from salespipe.plots.deals import deal_chances, deal_movers
from salespipe.plots.record import coverage, record
from salespipe.plots.revenue import contributions, fan
from salespipe.plots.review import funnel, problem_counts, trend
from salespipe.plots.scenarios import scenarios
from salespipe.plots.table import table
from salespipe.plots.totals import ranges, total

__all__ = [
    "compare",
    "contributions",
    "coverage",
    "deal_chances",
    "deal_movers",
    "fan",
    "fates",
    "forest",
    "funnel",
    "problem_counts",
    "ranges",
    "record",
    "scenarios",
    "table",
    "total",
    "trend",
    "waterfall",
]
