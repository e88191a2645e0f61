"""The KPI review in the terminal: the team's rows, each with its definition and interval."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from salespipe.results import KPI_COLUMNS
from salespipe.screen.values import figure
from salespipe.screen.words import say
from salespipe.settings import Language
from salespipe.stages import Stage
from salespipe.workbook.chinese import in_language

__all__ = ["kpi_json", "show_kpis"]

TEAM = ("total", "stage", "reason")
"""What the shown rows are by; the others would fill pages."""


def kpi_json(table: pd.DataFrame, as_of: date) -> dict[str, Any]:
    """Give what `salespipe kpi --json` prints."""
    return {"as_of": as_of, "kpis": table[list(KPI_COLUMNS)].to_dict("records")}


def show_kpis(
    console: Console,
    table: pd.DataFrame,
    as_of: date,
    currency: str,
    *,
    stages: Sequence[Stage] = (),
    language: Language = "en",
) -> None:
    """Print the team's KPIs; owners, segments and months are in the workbook and in the JSON."""
    labels = {stage.name: stage.label(language) for stage in stages}
    title = {"what": say("kpis", language), "currency": currency, "as_of": as_of}
    shown = Table(title=say("as_of_title", language, **title), show_lines=False)
    for header in ("kpi", "definition"):
        shown.add_column(say(header, language))
    for header in ("value", "interval", "n"):
        shown.add_column(say(header, language), justify="right")
    rows = table[table["by"].isin(TEAM)]
    for row in rows.to_dict("records"):
        group = f" – {labels.get(row['group'], row['group'])}" if row["group"] else ""
        definition = str(in_language(row["definition"], language))
        for name, label in labels.items():
            definition = definition.replace(name, label)
        low, high = (figure(row[key], row["unit"], language) for key in ("low", "high"))
        shown.add_row(
            f"{in_language(row['name'], language)}{group}",
            definition,
            figure(row["value"], row["unit"], language),
            say("span", language, low=low, high=high) if pd.notna(row["low"]) else "–",
            f"{row['n']:,.0f}",
        )
    console.print(shown)
    console.print(say("more_rows", language, rest=len(table) - len(rows)))
