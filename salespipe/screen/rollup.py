"""A rollup: the company's forecast by unit, what was written, and what failed."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from salespipe.screen.values import money
from salespipe.screen.words import say

if TYPE_CHECKING:
    from salespipe.rollup.run import Rollup

__all__ = ["rollup_json", "show_rollup"]

RANGE = ("worst", "likely", "best")

PARTS = ("won_so_far", "from_open", "from_new")

WIDE = 110
"""Characters from which on the terminal has room for where the money comes from."""


def rollup_json(made: "Rollup") -> dict[str, Any]:
    """Give what `salespipe rollup --json` prints."""
    fit = made.forecast.fit
    seen = fit.diagnostics
    span = ["start", "end"]
    units = made.forecast.by_owner().drop(columns=span).rename(columns={"group": "unit"})
    return {
        "as_of": fit.pipeline.as_of,
        "currency": fit.pipeline.settings.currency,
        "quantiles": fit.pipeline.settings.quantiles,
        "forecast": made.forecast.summary().drop(columns=span).to_dict("records"),
        "units": units.to_dict("records"),
        "diagnostics": {
            "max_rhat": seen.max_rhat,
            "min_ess": seen.min_ess,
            "divergences": seen.divergences,
            "ok": seen.ok,
        },
        "notes": made.forecast.notes,
        "written": made.written,
        "failures": made.failures,
        "reused": made.reused,
        "output": made.into,
        "seed": fit.seed,
    }


def show_rollup(console: Console, made: "Rollup") -> None:
    """Print the forecast by unit, what was written, and what failed."""
    pipeline = made.forecast.fit.pipeline
    settings = pipeline.settings
    language = settings.language
    what = say("revenue", language)
    title = {"what": what, "currency": settings.currency, "as_of": pipeline.as_of}
    table = Table(title=say("as_of_title", language, **title))
    table.add_column(say("unit", language), min_width=8)
    shown = (*RANGE, *PARTS) if console.width >= WIDE else RANGE
    shares = dict(zip(RANGE, settings.quantiles, strict=True))
    for name in shown:
        share = {"share": f"{shares[name]:.0%}"} if name in shares else {}
        table.add_column(say(name, language, **share), justify="right", no_wrap=True)
    units = made.forecast.by_owner().to_dict("records")
    whole = made.forecast.summary().iloc[-1].to_dict() | {"group": say("together", language)}
    for row in (*units, whole):
        table.add_row(str(row["group"]), *(money(row[name]) for name in shown))
    console.print(table)
    console.print(say("written", language, path=made.into), markup=False)
    console.print(say("written_units", language, count=len(made.written)))
    if any(made.reused.values()):
        console.print(say("found_done", language, **made.reused))
    for unit, why in made.failures.items():
        console.print(say("unit_failed", language, unit=unit, why=why), markup=False)
