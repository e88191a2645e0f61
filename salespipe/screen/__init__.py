"""What a person sees in the terminal, and the JSON that programs read instead."""

from salespipe.refusals import refusal
from salespipe.screen.backtest import backtest_json, show_backtest
from salespipe.screen.books import (
    import_json,
    merge_json,
    show_import,
    show_merge,
    show_split,
    split_json,
)
from salespipe.screen.changes import changes_json, show_changes, show_snapshot
from salespipe.screen.followups import followups_json, show_followups
from salespipe.screen.forecast import run_json, show_demo, show_run
from salespipe.screen.kpis import kpi_json, show_kpis
from salespipe.screen.problems import SHOWN_COSTS, check_json, show_problems
from salespipe.screen.report import report_json, show_report
from salespipe.screen.rollup import rollup_json, show_rollup
from salespipe.screen.values import money, percent, plain
from salespipe.screen.words import say

__all__ = [
    "SHOWN_COSTS",
    "backtest_json",
    "changes_json",
    "check_json",
    "followups_json",
    "import_json",
    "kpi_json",
    "merge_json",
    "money",
    "percent",
    "plain",
    "refusal",
    "report_json",
    "rollup_json",
    "run_json",
    "say",
    "show_backtest",
    "show_changes",
    "show_demo",
    "show_followups",
    "show_import",
    "show_kpis",
    "show_merge",
    "show_problems",
    "show_report",
    "show_rollup",
    "show_run",
    "show_snapshot",
    "show_split",
    "split_json",
]
