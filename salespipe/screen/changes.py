"""What a sheet shows, what changed since a day, and why the forecast moved."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from salespipe.results import Changes
from salespipe.screen.values import money
from salespipe.screen.words import say
from salespipe.settings import Language

__all__ = ["changes_json", "show_changes", "show_snapshot"]


def changes_json(made: Changes) -> dict[str, Any]:
    """Give what `salespipe changes --json` prints."""

    def steps(table: pd.DataFrame) -> list[dict[str, Any]]:
        rows = table.to_dict("records")
        return [
            {"name": row["step"], "amount": row["amount"], "count": row["count"]}
            | {"which": row["which"].en}
            for row in rows
        ]

    return {
        "since": made.since,
        "as_of": made.until,
        "open_start": made.open_start,
        "open_end": made.open_end,
        "waterfall": steps(made.movements),
        "groups": made.groups.to_dict("records"),
        "idle": made.idle.to_dict("records"),
        "forecast_bridge": {
            "since": made.bridge_since,
            "until": made.bridge_until,
            "months": made.bridge_months,
            "before": made.likely_before,
            "after": made.likely_after,
            "parts": steps(made.bridge),
        },
    }


def show_snapshot(
    console: Console, day: date, rows: int, part: Path | None, language: Language = "en"
) -> None:
    """Print what was remembered, and where."""
    if part is None:
        console.print(say("all_known", language, day=day))
        return
    said = say("kept_in", language, count=f"{rows:,}", day=day, part=part)
    console.print(said, markup=False)


def show_changes(console: Console, made: Changes, currency: str, language: Language = "en") -> None:
    """Print the waterfall of the open pipeline, and the bridge where two forecasts are kept."""
    console.print(
        _steps(
            made.movements,
            say("open_pipeline", language, currency=currency),
            (say("open_on", language, day=made.since), made.open_start),
            (say("open_on", language, day=made.until), made.open_end),
            language,
        )
    )
    console.print(say("idle", language, count=f"{len(made.idle):,}"))
    if made.bridge.empty:
        console.print(say("no_bridge", language))
        return
    console.print(
        _steps(
            made.bridge,
            say("likely_of", language, months=made.bridge_months, currency=currency),
            (say("forecast_of", language, day=made.bridge_since), made.likely_before),
            (say("forecast_of", language, day=made.bridge_until), made.likely_after),
            language,
        )
    )


def _steps(
    steps: pd.DataFrame,
    title: str,
    before: tuple[str, float],
    after: tuple[str, float],
    language: Language,
) -> Table:
    table = Table(title=title)
    table.add_column("")
    table.add_column(say("amount", language), justify="right", no_wrap=True)
    table.add_column(say("deals", language), justify="right")
    table.add_column(say("which", language))
    table.add_row(before[0], money(before[1]), "", "", style="bold")
    for row in steps.to_dict("records"):
        if row["count"] or row["amount"]:
            table.add_row(
                row["name"].text(language),
                f"{row['amount']:+,.0f}",
                f"{row['count']:,}",
                row["which"].text(language),
            )
    table.add_row(after[0], money(after[1]), "", "", style="bold")
    return table
