"""What a person sees in the terminal, and the JSON that programs read instead."""

from typing import TYPE_CHECKING

from salespipe.lazily import loaded_from

if TYPE_CHECKING:
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

_HOME = {
    "SHOWN_COSTS": "salespipe.screen.problems",
    "backtest_json": "salespipe.screen.backtest",
    "changes_json": "salespipe.screen.changes",
    "check_json": "salespipe.screen.problems",
    "followups_json": "salespipe.screen.followups",
    "import_json": "salespipe.screen.books",
    "kpi_json": "salespipe.screen.kpis",
    "merge_json": "salespipe.screen.books",
    "money": "salespipe.screen.values",
    "percent": "salespipe.screen.values",
    "plain": "salespipe.screen.values",
    "refusal": "salespipe.refusals",
    "report_json": "salespipe.screen.report",
    "rollup_json": "salespipe.screen.rollup",
    "run_json": "salespipe.screen.forecast",
    "say": "salespipe.screen.words",
    "show_backtest": "salespipe.screen.backtest",
    "show_changes": "salespipe.screen.changes",
    "show_demo": "salespipe.screen.forecast",
    "show_followups": "salespipe.screen.followups",
    "show_import": "salespipe.screen.books",
    "show_kpis": "salespipe.screen.kpis",
    "show_merge": "salespipe.screen.books",
    "show_problems": "salespipe.screen.problems",
    "show_report": "salespipe.screen.report",
    "show_rollup": "salespipe.screen.rollup",
    "show_run": "salespipe.screen.forecast",
    "show_snapshot": "salespipe.screen.changes",
    "show_split": "salespipe.screen.books",
    "split_json": "salespipe.screen.books",
}
"""Module in which each name lives: what shows forecasts loads what forecasts are."""


__getattr__ = loaded_from(__name__, _HOME)
