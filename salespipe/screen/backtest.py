"""A backtest: each method's score by month ahead, and how often its ranges held."""

from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from salespipe.screen.values import percent
from salespipe.screen.words import say
from salespipe.settings import Language
from salespipe.workbook.chinese import in_language

if TYPE_CHECKING:
    from salespipe.backtest.run import Backtest

__all__ = ["backtest_json", "show_backtest"]


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


def show_backtest(
    console: Console, made: "Backtest", currency: str, language: Language = "en"
) -> None:
    """Print the ladder: each method's score by month ahead, and how often its ranges held."""
    console.print(_ladder(made, currency, language))
    console.print(say("score_note", language))
    if made.weights:
        shares = ", ".join(percent(share) for share in made.weights["from below"])
        console.print(say("view_weights", language, shares=shares))
    for note in made.notes:
        console.print(say("note", language, text=in_language(note, language)), markup=False)


def _ladder(made: "Backtest", currency: str, language: Language) -> Table:
    first, last = made.dates[0], made.dates[-1]
    dates = f"{first}" if first == last else say("from_to", language, first=first, last=last)
    table = Table(title=say("scored", language, currency=currency, dates=dates))
    table.add_column(say("method", language), no_wrap=True)
    names = ("month", "score", "error", "bias")
    for header in (*(say(name, language) for name in names), "50 %", "80 %", "90 %", "n"):
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
    return table
