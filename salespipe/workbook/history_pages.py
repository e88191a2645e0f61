"""What the sheets Changes and Forecast log say of a run."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.money import money_text
from salespipe.results import Changes, Results
from salespipe.settings import Language
from salespipe.wording import said
from salespipe.workbook.day_numbers import to_day_number
from salespipe.workbook.edits import Entry, Value
from salespipe.workbook.page import Page, plain, records, table_rows
from salespipe.workbook.template.layout import STEP_KEYS
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.template.text import PHRASES, phrase

__all__ = ["changes_page", "forecast_log_page", "score_rows"]

SHOWN_PAST: Final = 600
"""Rows of past forecasts that the sheet shows; the forecast log beside the workbook has all."""


def changes_page(results: Results, language: Language) -> Page:
    """Write the waterfall, the bridge, the groups and the idle deals."""
    changes = results.changes
    titles: dict[str, Entry] = {
        "waterfall_title": phrase("waterfall", language),
        "bridge_title": phrase("bridge", language),
    }
    axis = phrase("money_axis", language).format(currency=results.currency)
    titles |= {"waterfall_axis": axis, "bridge_axis": axis}
    if changes is None:
        empty: dict[str, list[list[Entry]]] = {
            name: [] for name in ("Waterfall", "ForecastBridge", "ChangeGroups", "IdleDeals")
        }
        titles["changes_status"] = phrase("no_changes", language)
        return Page(titles, empty, {"waterfall": [], "bridge": []})
    moves = [
        _level("open_on", changes.since, changes.open_start, language),
        *_steps(changes.movements, language),
        _level("open_on", changes.until, changes.open_end, language),
    ]
    bridge: list[dict[str, Entry]] = []
    if len(changes.bridge):
        bridge = [
            _level("likely_on", changes.bridge_since, changes.likely_before, language),
            *_steps(changes.bridge, language),
            _level("likely_on", changes.bridge_until, changes.likely_after, language),
        ]
    tables = {
        "Waterfall": moves,
        "ForecastBridge": bridge,
        "ChangeGroups": _groups(changes, results, language),
        "IdleDeals": _idle(changes, results, language),
    }
    return Page(
        cells=titles | {"changes_status": _status(changes, results, language)},
        tables={name: table_rows(TABLES[name], rows) for name, rows in tables.items()},
        blocks={"waterfall": _floating(moves), "bridge": _floating(bridge)},
    )


def _status(changes: Changes, results: Results, language: Language) -> str:
    def money(value: float) -> str:
        return money_text(value, currency=results.currency, language=language)

    line = phrase("changes_status", language).format(
        since=changes.since,
        until=changes.until,
        before=money(changes.open_start),
        after=money(changes.open_end),
    )
    if not len(changes.bridge):
        return line
    return f"{line} " + phrase("bridge_status", language).format(
        months=changes.bridge_months.replace("to", phrase("to", language)),
        since=changes.bridge_since,
        until=changes.bridge_until,
        before=money(changes.likely_before),
        after=money(changes.likely_after),
    )


def _level(key: str, day: object, amount: float, language: Language) -> dict[str, Entry]:
    return {"movement": phrase(key, language).format(day=day), "amount": amount, "level": True}


def _steps(steps: pd.DataFrame, language: Language) -> list[dict[str, Entry]]:
    """List the steps that happened between two levels."""
    return [
        {
            "movement": plain(said(row["name"], language)),
            "amount": row["amount"],
            "count": row["count"],
            "which": plain(said(row["which"], language)),
        }
        for row in steps.to_dict("records")
        if row["count"] or row["amount"]
    ]


def _floating(rows: Iterable[Mapping[str, Entry]]) -> list[list[Value]]:
    """Put steps on top of each other: what each stands on, and its one visible height."""
    out: list[list[Value]] = []
    reached = 0.0
    for row in rows:
        amount = row["amount"]
        change = float(amount) if isinstance(amount, int | float) else 0.0
        step: dict[str, Value] = {"movement": str(row["movement"])}
        if row.get("level"):
            reached = change
            step["total"] = change
        else:
            step["base"] = min(reached, reached + change)
            step["up" if change > 0 else "down"] = abs(change)
            reached += change
        out.append([step.get(key) for key in STEP_KEYS])
    return out


def _groups(changes: Changes, results: Results, language: Language) -> list[dict[str, Entry]]:
    labels = {stage.name: stage.label(language) for stage in results.stages}
    # A deal that came and closed in between was in no stage at either end.
    labels |= dict.fromkeys((n.WON, n.LOST), phrase("closed_meanwhile", language))
    none = phrase("none", language)
    rows: list[dict[str, Entry]] = []
    for row in records(changes.groups):
        group = none if row["group"] in {n.UNKNOWN, None} else row["group"]
        named = labels.get(str(group), group) if row["by"] == n.STAGE else group
        shown = {key: value or None for key, value in row.items() if key not in ("start", "end")}
        by = phrase(f"by_kpi_{row['by']}", language)
        rows.append({**row, **shown, "by": by, "group": named})
    return rows


def _idle(changes: Changes, results: Results, language: Language) -> list[dict[str, Entry]]:
    labels = {stage.name: stage.label(language) for stage in results.stages}
    return [
        {**row, "stage": labels.get(str(row["stage"]), row["stage"])}
        for row in records(changes.idle)
    ]


def forecast_log_page(
    results: Results, language: Language, kept: Iterable[Mapping[str, Entry]]
) -> Page:
    """Write every past forecast beside what happened.

    Parameters
    ----------
    results : Results
    language : {"en", "zh"}
    kept : iterable of dict
        Rows that the sheet has: those of forecasts that nothing else remembers stay.
    """
    rows: list[dict[str, Entry]] = []
    known: set[tuple[object, object]] = set()
    for row in records(results.past.head(SHOWN_PAST)):
        kind, inside, day = str(row["kind"]), row["inside"], row["as_of"]
        period = phrase("total", language) if kind == "total" else row["period"]
        yes = None if inside is None else phrase("yes" if inside else "no", language)
        rows.append({**row, "period": period, "kind": phrase(kind, language), "inside": yes})
        known.add((to_day_number(day, date1904=False) if isinstance(day, date) else day, period))
    others = [dict(row) for row in kept if (row.get("as_of"), row.get("period")) not in known]
    line = results.record.text(language) if results.record else phrase("log_empty", language)
    return Page(
        cells={"forecast_log_status": line},
        tables={
            "ForecastLog": table_rows(TABLES["ForecastLog"], [*rows, *others]),
            "ForecastScores": score_rows(results.scores, language),
        },
    )


def score_rows(scores: pd.DataFrame, language: Language) -> list[list[Entry]]:
    """Write how right past forecasts were, as rows of the table of scores."""
    rows: list[dict[str, Entry]] = [
        {
            **row,
            "by": phrase(f"by_kpi_{row['by']}", language),
            "group": phrase("none", language) if row["group"] == n.UNKNOWN else row["group"],
            "method": phrase(key, language)
            if (key := f"method_{row['method']}") in PHRASES
            else row["method"],
        }
        for row in records(scores)
    ]
    return table_rows(TABLES["ForecastScores"], rows)
