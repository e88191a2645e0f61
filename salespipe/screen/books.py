"""Books that were made of others: imports, merges and splits."""

from pathlib import Path
from typing import Any

from rich.console import Console

from salespipe.merging import MergeReport
from salespipe.screen.words import say
from salespipe.settings import Language
from salespipe.sources.import_report import Imported
from salespipe.splitting import SplitReport
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.three_way import Conflict

__all__ = ["import_json", "merge_json", "show_import", "show_merge", "show_split", "split_json"]

SHOWN_GONE = 20
"""Deals that a source no longer has; the JSON lists all."""


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


def show_import(
    console: Console,
    imported: Imported,
    path: Path,
    log: Path | None,
    update: MergeReport | None = None,
) -> None:
    """Print what was read, what was left out, and where it went."""
    language = update.language if update else imported.tables.settings.language
    for line in imported.report.lines(language):
        console.print(line, markup=False)
    count = len(imported.tables.deals)
    console.print(say("deals_written", language, count=count, path=path), markup=False)
    if log:
        changes = len(imported.tables.changes)
        said = say("changes_kept", language, count=changes, folder=log.parent)
        console.print(said, markup=False)
    if update:
        show_merge(console, update)


def show_merge(console: Console, report: MergeReport) -> None:
    """Print what a merge did, and every conflict with both values."""
    language = report.language
    for one in report.conflicts:
        console.print(_conflict(one, language), style="yellow", markup=False)
    for deal_id in report.gone[:SHOWN_GONE]:
        console.print(say("gone", language, deal_id=deal_id), markup=False)
    counts = {key: len(getattr(report, key)) for key in ("new", "changed", "gone", "conflicts")}
    console.print(say("merge_counts", language, **counts, unchanged=report.unchanged))
    for name, rows in (("rows_added", report.rows), ("rows_changed", report.changed_rows)):
        for sheet, count in rows.items():
            console.print(say(name, language, count=count, sheet=_title(sheet, language)))
    for sheet in report.left_out:
        console.print(say("rows_left", language, sheet=_title(sheet, language)))
    written = "written" if report.backup or report.new else "unchanged"
    console.print(say(written, language, path=report.output), markup=False)
    if report.backup:
        console.print(say("backup", language, path=report.backup), markup=False)


def _conflict(one: Conflict, language: Language) -> str:
    sheet = "" if one.sheet == "deals" else f"{_title(one.sheet, language)}: "
    column = f" {_header(one, language)}" if one.key else ""
    values = {"kept": _value(one.kept, language), "other": _value(one.other, language)}
    what = f"{sheet}{one.deal_id}{column}"
    return say("conflict", language, what=what, source=one.source, **values)


def _title(sheet: str, language: Language) -> str:
    return SHEETS[sheet].title(language)


def _header(one: Conflict, language: Language) -> str:
    """Call the column what the sheet calls it; one that only this workbook has, by its key."""
    headers = {column.key: column.header(language) for column in SHEETS[one.sheet].columns}
    return headers.get(one.key, one.key)


def _value(value: object, language: Language) -> str:
    if value is None:
        return say("nothing", language)
    return f"{value:.15g}" if isinstance(value, float) else f'"{value}"'


def show_split(console: Console, report: SplitReport) -> None:
    """Print the books that a split made."""
    for owner, (path, deals) in report.books.items():
        said = say("book_of", report.language, owner=owner, deals=deals, path=path)
        console.print(said, markup=False)
