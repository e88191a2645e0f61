"""What a person sees in the terminal, and the JSON that programs read instead."""

from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from salespipe.job import MonthlyRun
from salespipe.merging import MergeReport
from salespipe.problems import Problem, count_by_severity
from salespipe.results import Results
from salespipe.sources.import_report import Imported
from salespipe.splitting import SplitReport

if TYPE_CHECKING:
    from salespipe.backtest.run import Backtest

__all__ = [
    "backtest_json",
    "check_json",
    "import_json",
    "merge_json",
    "plain",
    "run_json",
    "show_backtest",
    "show_import",
    "show_kpis",
    "show_merge",
    "show_problems",
    "show_run",
    "show_split",
    "split_json",
]

WIDE = 118
"""Characters from which on the terminal has room for where the money comes from."""

SHOWN_COSTS = 8
"""Rules whose cost `check` names in the terminal; the JSON has all."""

SHOWN_COSTS_OF_RUN = 3
"""Rules whose cost `run` names there."""

STYLES = {"error": "red", "warning": "yellow", "info": "dim"}


def plain(value: Any) -> Any:  # noqa: ANN401
    """Make a value fit for JSON: dates as ISO text, NaN and NaT as null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    return str(value) if isinstance(value, Path) else value


def run_json(run: MonthlyRun) -> dict[str, Any]:
    """Give what `salespipe run --json` prints."""
    results = run.results
    receipt = results.receipt
    seen = receipt.diagnostics
    opened = results.deals
    return {
        "as_of": receipt.as_of,
        "currency": results.currency,
        "forecast": results.periods.drop(columns=["start", "end"]).to_dict("records"),
        "by_owner": results.by_owner.drop(columns=["start", "end"]).to_dict("records"),
        "by_segment": results.by_segment.drop(columns=["start", "end"]).to_dict("records"),
        "open_pipeline": {
            "deals": len(opened),
            "amount": float(opened["amount"].sum()),
            "expected_value": float(opened["expected_value"].sum()),
        },
        "quantiles": results.quantiles,
        "diagnostics": {
            "max_rhat": seen.max_rhat,
            "min_ess": seen.min_ess,
            "divergences": seen.divergences,
            "ok": seen.ok,
        },
        "problems": count_by_severity(results.problems),
        "costs": results.costs.to_dict("records"),
        "notes": results.notes,
        "output": run.output,
        "backup": run.backup,
        "seconds": run.seconds,
        "seed": receipt.seed,
        "data_hash": receipt.data_hash,
        "version": receipt.version,
    }


def check_json(problems: tuple[Problem, ...], costs: pd.DataFrame) -> dict[str, Any]:
    """Give what `salespipe check --json` prints."""
    keys = [field.name for field in fields(Problem)]
    return {
        "problems": [{key: getattr(problem, key) for key in keys} for problem in problems],
        "counts": count_by_severity(problems),
        "costs": costs.to_dict("records"),
    }


def import_json(
    imported: Imported, path: Path, log: Path | None, update: MergeReport | None = None
) -> dict[str, Any]:
    """Give what `salespipe import --json` prints."""
    report = imported.report
    return {
        "output": path,
        "change_log": log.parent if log else None,
        "deals": len(imported.tables.deals),
        "changes": len(imported.tables.changes),
        "files": [
            {"file": one.file, "rows": one.rows, "used": one.used, "unknown": one.unknown}
            for one in report.files
        ],
        "report": report.lines(),
        "update": merge_json(update) if update else None,
    }


def merge_json(report: MergeReport) -> dict[str, Any]:
    """Give what `salespipe merge --json` prints."""
    return {
        "output": report.output,
        "backup": report.backup,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "gone": report.gone,
        "conflicts": [
            {
                "source": one.source,
                "sheet": one.sheet,
                "deal_id": one.deal_id,
                "column": one.key,
                "kept": one.kept,
                "other": one.other,
            }
            for one in report.conflicts
        ],
        "rows": report.rows,
        "changed_rows": report.changed_rows,
        "left_out": report.left_out,
    }


def split_json(report: SplitReport) -> dict[str, Any]:
    """Give what `salespipe split --json` prints."""
    return {
        "books": [
            {"owner": owner, "output": path, "deals": deals}
            for owner, (path, deals) in report.books.items()
        ]
    }


def show_merge(console: Console, report: MergeReport) -> None:
    """Print what a merge did, and every conflict with both values."""
    for one in report.conflicts:
        column = f" {one.key}" if one.key else ""
        sheet = "" if one.sheet == "deals" else f"{one.sheet}: "
        console.print(
            f"conflict {sheet}{one.deal_id}{column}: kept {_value(one.kept)}; {one.source} has "
            f"{_value(one.other)}",
            style="yellow",
            markup=False,
        )
    for deal_id in report.gone[:20]:
        console.print(f"gone     {deal_id}: no longer in its source; kept", markup=False)
    console.print(
        f"{len(report.new)} new, {len(report.changed)} changed, {report.unchanged} unchanged, "
        f"{len(report.gone)} gone, {len(report.conflicts)} conflicts."
    )
    for sheet, count in report.rows.items():
        console.print(f"{count} rows added to {sheet}.")
    for sheet, count in report.changed_rows.items():
        console.print(f"{count} rows changed on {sheet}.")
    for sheet in report.left_out:
        console.print(f"Rows of {sheet} were left out: the workbook has no table for them.")
    written = report.backup or report.new
    console.print(f"{'Written' if written else 'Unchanged'}: {report.output}", markup=False)
    if report.backup:
        console.print(f"Backup:  {report.backup}", markup=False)


def _value(value: object) -> str:
    if value is None:
        return "nothing"
    return f"{value:.15g}" if isinstance(value, float) else f'"{value}"'


def show_split(console: Console, report: SplitReport) -> None:
    """Print the books that a split made."""
    for owner, (path, deals) in report.books.items():
        console.print(f"{owner}: {deals} deals in {path}", markup=False)


def money(value: float) -> str:
    """Write an amount without decimals, such as ``1,234,567``; a dash where it is not known."""
    return "–" if pd.isna(value) else f"{value:,.0f}"


def percent(value: float) -> str:
    """Write a share as a whole percentage; a dash where it is not known."""
    return "–" if pd.isna(value) else f"{value:.0%}"


def show_run(console: Console, run: MonthlyRun) -> None:
    """Print the forecast and where it was written."""
    results = run.results
    console.print(_forecast_table(results, wide=console.width >= WIDE))
    seen = results.receipt.diagnostics
    console.print(
        f"Models: R-hat {seen.max_rhat:.3f}, effective draws {seen.min_ess:.0f}, "
        f"{seen.divergences} divergences. Seed {results.receipt.seed}. "
        f"{sum(run.seconds.values()):.0f} s."
    )
    for note in results.notes:
        console.print(f"Note: {note}", markup=False)
    counts = count_by_severity(results.problems)
    console.print(
        f"Problems: {counts['warning']} warnings, {counts['info']} remarks "
        "(salespipe check lists them; the sheet To do has them by owner)."
    )
    _show_costs(console, results.costs, most=SHOWN_COSTS_OF_RUN)
    console.print(f"Written: {run.output}", markup=False)
    if run.backup:
        console.print(f"Backup:  {run.backup}", markup=False)


def _forecast_table(results: Results, *, wide: bool) -> Table:
    worst, likely, best = results.quantiles
    columns = {
        f"worst ({worst:.0%})": "worst",
        f"likely ({likely:.0%})": "likely",
        f"best ({best:.0%})": "best",
    }
    if wide:
        columns |= {
            "won so far": "won_so_far",
            "from open": "from_open",
            "from new": "from_new",
            "weighted": "weighted_pipeline",
        }
    table = Table(title=f"Revenue in {results.currency}, as of {results.receipt.as_of}")
    table.add_column("period")
    for header in (*columns, "target", "P(target)"):
        table.add_column(header, justify="right", no_wrap=True)
    for row in results.periods.to_dict("records"):
        table.add_row(
            str(row["period"]),
            *(money(row[key]) for key in columns.values()),
            money(row["target"]),
            percent(row["p_target"]),
            style="bold" if row["kind"] == "total" else "",
        )
    return table


def backtest_json(made: "Backtest", *, as_of: date) -> dict[str, Any]:
    """Give what `salespipe backtest --json` prints."""
    return {
        "as_of": as_of,
        "dates": made.dates,
        "months": made.months,
        "methods": made.methods,
        "rows": made.rows.to_dict("records"),
        "summary": made.summary().to_dict("records"),
        "weights": made.weights,
        "notes": made.notes,
    }


def show_backtest(console: Console, made: "Backtest", currency: str) -> None:
    """Print the ladder: each method's score by month ahead, and how often its ranges held."""
    dates = f"{made.dates[0]} to {made.dates[-1]}" if len(made.dates) > 1 else f"{made.dates[0]}"
    table = Table(title=f"Forecasts of revenue in {currency} as of {dates}, scored")
    table.add_column("method", no_wrap=True)
    for header in ("month", "score", "error", "bias", "50 %", "80 %", "90 %", "n"):
        table.add_column(header, justify="right", no_wrap=True)
    best = made.summary().groupby("horizon")["crps_over_mean"].transform("min")
    for row, lowest in zip(made.summary().to_dict("records"), best, strict=True):
        table.add_row(
            str(row["method"]) if row["horizon"] == 1 else "",
            f"{row['horizon']}",
            f"{row['crps_over_mean']:.3f}",
            *(percent(row[key]) for key in ("mae_over_mean", "bias_over_mean")),
            *(percent(row[f"coverage_{level}"]) for level in (50, 80, 90)),
            f"{row['n']}",
            style="bold" if row["crps_over_mean"] == lowest else "",
        )
    console.print(table)
    console.print(
        "Score: mean CRPS over the mean actual, the lower the better; error and bias are those of "
        "the likely value over the mean actual; then the share of outcomes that "
        "the central 50, 80 and 90 % ranges held, and the number of dates."
    )
    if made.weights:
        shares = ", ".join(percent(share) for share in made.weights["from below"])
        console.print(f"Weight of the view from below at the last date, by month ahead: {shares}.")
    for note in made.notes:
        console.print(f"Note: {note}", markup=False)


def show_problems(console: Console, problems: tuple[Problem, ...], costs: pd.DataFrame) -> None:
    """Print the problems, worst first, and what they cost the forecast."""
    for problem in problems:
        where = f"{problem.sheet}!{problem.cell}" if problem.cell else problem.sheet
        console.print(
            f"{problem.severity:7} {where}: {problem.message} {problem.remedy} [{problem.rule}]",
            style=STYLES[problem.severity],
            markup=False,
        )
    _show_costs(console, costs, most=SHOWN_COSTS)
    counts = count_by_severity(problems)
    console.print(
        f"{counts['error']} errors, {counts['warning']} warnings, {counts['info']} remarks."
    )


def _show_costs(console: Console, costs: pd.DataFrame, *, most: int) -> None:
    for row in costs[costs["severity"] != "info"].head(most).to_dict("records"):
        console.print(f"{row['message']} [{row['rule']}]", markup=False)


def show_kpis(console: Console, table: pd.DataFrame, as_of: date, currency: str) -> None:
    """Print the team's KPIs; owners, segments and months are in the workbook and in the JSON."""
    shown = Table(title=f"KPIs as of {as_of}, in {currency}", show_lines=False)
    shown.add_column("KPI")
    shown.add_column("definition")
    shown.add_column("value", justify="right")
    shown.add_column("interval", justify="right")
    shown.add_column("n", justify="right")
    rows = table[table["by"].isin(["total", "stage", "reason"])]
    for row in rows.to_dict("records"):
        group = f" – {row['group']}" if row["group"] else ""
        low, high = (_figure(row[key], row["unit"]) for key in ("low", "high"))
        shown.add_row(
            f"{row['name']}{group}",
            str(row["definition"]),
            _figure(row["value"], row["unit"]),
            f"{low} to {high}" if pd.notna(row["low"]) else "–",
            f"{row['n']:,.0f}",
        )
    console.print(shown)
    rest = len(table) - len(rows)
    console.print(f"{rest} more rows by owner, segment, source, quarter and month: add --json.")


def _figure(value: float, unit: str) -> str:
    if np.isnan(value):
        return "–"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "money":
        return f"{value:,.0f}"
    return f"{value:,.1f}" + (" days" if unit == "days" else "")


def show_import(console: Console, imported: Imported, path: Path, log: Path | None) -> None:
    """Print what was read, what was left out, and where it went."""
    for line in imported.report.lines():
        console.print(line, markup=False)
    console.print(f"{len(imported.tables.deals)} deals written to {path}", markup=False)
    if log:
        changes = len(imported.tables.changes)
        console.print(f"{changes} changes of the past kept in {log.parent}", markup=False)
