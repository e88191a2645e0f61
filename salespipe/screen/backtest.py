"""A backtest: each method's score by month ahead, and how often its ranges held."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
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
        "quarters": made.quarters.to_dict("records"),
        "quarter_summary": made.quarter_summary().to_dict("records"),
        "deals": made.deals.to_dict("records"),
        "weights": made.weights,
        "notes": made.notes,
    }


def show_backtest(
    console: Console, made: "Backtest", currency: str, language: Language = "en"
) -> None:
    """Print the ladder: each method's score by month ahead, and how often its ranges held."""
    console.print(_ladder(made, currency, language))
    console.print(say("score_note", language))
    if len(made.deals):
        console.print(_of_deals(made, language))
    if made.weights:
        shares = ", ".join(percent(share) for share in made.weights["from below"])
        console.print(say("view_weights", language, shares=shares))
    for note in made.notes:
        console.print(say("note", language, text=in_language(note, language)), markup=False)


def _of_deals(made: "Backtest", language: Language) -> str:
    """Say how right the chances of single deals were, over all dates together."""
    deals = made.deals
    mean = {
        key: np.average(deals[key].astype("float64"), weights=deals["n"].astype("float64"))
        for key in ("brier", "brier_stages", "brier_share")
    }
    return say(
        "deal_scores",
        language,
        n=int(deals["n"].sum()),
        won=int(deals["won"].sum()),
        expected=f"{deals['expected'].sum():.0f}",
        **{key: f"{value:.3f}" for key, value in mean.items()},
    )


def _ladder(made: "Backtest", currency: str, language: Language) -> Table:
    first, last = made.dates[0], made.dates[-1]
    dates = f"{first}" if first == last else say("from_to", language, first=first, last=last)
    table = Table(title=say("scored", language, currency=currency, dates=dates))
    table.add_column(say("method", language), no_wrap=True)
    names = ("month", "score", "error", "bias")
    for header in (*(say(name, language) for name in names), "50 %", "80 %", "90 %", "n"):
        table.add_column(header, justify="right", no_wrap=True)
    scored = pd.concat(
        [made.summary().assign(month=lambda rows: rows["horizon"].astype(str)),
         made.quarter_summary().assign(month=lambda rows: "1–" + rows["horizon"].astype(str))]
    )  # fmt: skip
    # Each method's months, then the three together.
    order = {method: place for place, method in enumerate(made.methods)}
    scored = scored.sort_values("method", key=lambda names: names.map(order), kind="stable")
    best = scored.groupby("month")["crps_over_mean"].transform("min")
    for row, lowest in zip(scored.to_dict("records"), best, strict=True):
        table.add_row(
            str(row["method"]) if row["month"] == "1" else "",
            row["month"],
            f"{row['crps_over_mean']:.3f}",
            *(percent(row[key]) for key in ("mae_over_mean", "bias_over_mean")),
            *(percent(row[f"coverage_{level}"]) for level in (50, 80, 90)),
            f"{row['n']}",
            style="bold" if row["crps_over_mean"] == lowest else "",
        )
    return table
