"""The monthly run: its forecast, its diagnostics, and where they were written."""

from typing import Any

from rich.console import Console
from rich.table import Table

from salespipe.job import MonthlyRun
from salespipe.problems import count_by_severity
from salespipe.results import Results
from salespipe.screen.problems import show_costs
from salespipe.screen.values import money, percent
from salespipe.screen.words import say
from salespipe.settings import Language
from salespipe.workbook.chinese import in_language

__all__ = ["run_json", "show_demo", "show_run"]

WIDE = 118
"""Characters from which on the terminal has room for where the money comes from."""

SHOWN_COSTS = 3
"""Rules whose cost is named in the terminal; the JSON has all."""


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
        "scenarios": results.scenarios.to_dict("records"),
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


def show_demo(console: Console, run: MonthlyRun) -> None:
    """Print the forecast of the example, and where the example is."""
    show_run(console, run)
    console.print()
    console.print(say("demo", run.language))
    console.print(f"  {run.output.resolve()}", markup=False)
    console.print(say("open_it", run.language))


def show_run(console: Console, run: MonthlyRun) -> None:
    """Print the forecast and where it was written."""
    results, language = run.results, run.language
    console.print(_forecast_table(results, language, wide=console.width >= WIDE))
    seen = results.receipt.diagnostics
    said = say(
        "models",
        language,
        rhat=f"{seen.max_rhat:.3f}",
        ess=f"{seen.min_ess:.0f}",
        divergences=seen.divergences,
        seed=results.receipt.seed,
        seconds=f"{sum(run.seconds.values()):.0f}",
    )
    console.print(said)
    for note in results.notes:
        console.print(say("note", language, text=in_language(note, language)), markup=False)
    counts = count_by_severity(results.problems)
    said = say("problems_of_run", language, warnings=counts["warning"], infos=counts["info"])
    console.print(said)
    show_costs(console, results.costs, most=SHOWN_COSTS)
    console.print(say("written", language, path=run.output), markup=False)
    if run.backup:
        console.print(say("backup", language, path=run.backup), markup=False)


def _forecast_table(results: Results, language: Language, *, wide: bool) -> Table:
    names = ("worst", "likely", "best")
    shares = [f"{probability:.0%}" for probability in results.quantiles]
    columns = {
        name: say(name, language, share=share) for name, share in zip(names, shares, strict=True)
    }
    if wide:
        columns |= {
            name: say(name, language)
            for name in ("won_so_far", "from_open", "from_new", "weighted_pipeline")
        }
    table = Table(
        title=say(
            "as_of_title",
            language,
            what=say("revenue", language),
            currency=results.currency,
            as_of=results.receipt.as_of,
        )
    )
    table.add_column(say("period", language))
    for header in (*columns.values(), say("target", language), say("p_target", language)):
        table.add_column(header, justify="right", no_wrap=True)
    for row in results.periods.to_dict("records"):
        total = row["kind"] == "total"
        table.add_row(
            say("total", language) if total else str(row["period"]),
            *(money(row[key]) for key in columns),
            money(row["target"]),
            percent(row["p_target"]),
            style="bold" if total else "",
        )
    return table
