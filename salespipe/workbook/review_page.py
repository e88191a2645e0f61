"""What the sheet Review says of a run: agenda, scorecard, advice, and what open deals need."""

import pandas as pd

from salespipe import names as n
from salespipe.results import Pack, Results
from salespipe.settings import Language
from salespipe.wording import said
from salespipe.workbook.chinese import in_language
from salespipe.workbook.edits import Entry
from salespipe.workbook.page import Page, named_stages, plain, records, status_line, table_rows
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.template.text import phrase

__all__ = ["review_page"]


def review_page(results: Results, language: Language) -> Page:
    """Write what a review talks about."""
    pack = results.pack
    if pack is None:
        return Page(
            cells={"review_status": status_line(results, language)},
            tables={name: [] for name in ("Agenda", "Scorecard", "Advice", "DealNeeds")},
        )
    line = phrase("review_line", language).format(as_of=results.receipt.as_of, since=pack.since)
    rows = {
        "Agenda": _agenda(pack, language),
        "Scorecard": _translated(pack.scorecard, ("call",), results, language),
        "Advice": _translated(pack.advice, ("kind", "what", "evidence"), results, language),
        "DealNeeds": _needs(pack, results, language),
    }
    return Page(
        cells={"review_status": line},
        tables={name: table_rows(TABLES[name], body) for name, body in rows.items()},
    )


def _agenda(pack: Pack, language: Language) -> list[dict[str, Entry]]:
    rows: list[dict[str, Entry]] = []
    for row in pack.agenda.to_dict("records"):
        shown = {
            key: plain(in_language(said(row[key], language), language))
            for key in ("item", "owner", "amount", "note")
        }
        rows.append({**shown, "topic": phrase(f"topic_{row['topic']}", language)})
    return rows


def _translated(
    frame: pd.DataFrame, words: tuple[str, ...], results: Results, language: Language
) -> list[dict[str, Entry]]:
    """Say some columns in the sheet's language, stages as they are called there."""
    rows: list[dict[str, Entry]] = []
    for row in records(frame):
        shown = dict(row)
        for key in words:
            told = str(in_language(row[key], language))
            for stage in results.stages:
                told = told.replace(stage.name, stage.label(language))
            shown[key] = told
        rows.append({**shown})
    return rows


def _needs(pack: Pack, results: Results, language: Language) -> list[dict[str, Entry]]:
    rows = named_stages(records(pack.needs), results, language)
    rows = named_stages(rows, results, language, key="next_stage")
    yes, won = phrase("yes", language), phrase("won", language)
    return [
        {
            **row,
            "lacking": yes if row["lacking"] else None,
            "next_stage": won if row["next_stage"] == n.WON else row["next_stage"],
        }
        for row in rows
    ]
