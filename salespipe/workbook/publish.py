"""Write the results of a run into the tool's sheets of a workbook, and nowhere else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.errors import WorkbookLockedError
from salespipe.results import Results
from salespipe.settings import Language
from salespipe.workbook.edits import ChartRange, Edits, Entry, Value
from salespipe.workbook.history_pages import changes_page, forecast_log_page, score_rows
from salespipe.workbook.outfit import kept_rows, outfitted
from salespipe.workbook.package import Package
from salespipe.workbook.page import Page, priced
from salespipe.workbook.pages import (
    deal_forecast_page,
    forecast_page,
    kpi_page,
    receipt_values,
    start_page,
)
from salespipe.workbook.patch import refuse_unwritable, write_edits
from salespipe.workbook.places import Places, locate
from salespipe.workbook.review_page import review_page
from salespipe.workbook.schema import SCHEMA_VERSION, STAMP_SHEET
from salespipe.workbook.template.address import a1
from salespipe.workbook.template.layout import BLOCKS, CELLS, LIST_ROWS, LISTS
from salespipe.workbook.template.lists import LIST_TOP
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.todo import todo_page

__all__ = ["publish", "publish_scores", "refuse_unpublishable"]

_WRITTEN: Final = (
    "start",
    "forecast",
    "deal_forecast",
    "kpi",
    "review",
    "todo",
    "changes",
    "forecast_log",
)


def publish(
    source: Path,
    target: Path,
    results: Results,
    *,
    expected_digest: str | None = None,
    language: Language = "en",
) -> Path | None:
    """Write a run's results into the tool's sheets.

    Nothing that people fill is touched. Each sheet is written whole: rows of an earlier run that
    are no longer there are gone. The drop-downs learn the owners and segments of the run. A
    workbook that lacks these sheets, or has those of an older template, gets them first.

    Parameters
    ----------
    source, target : Path
        Workbook to read, and where to write it; they may be the same.
    results : Results
    expected_digest : str, optional
        SHA-256 of the file that the results were computed from; without it, only a change during
        the writing itself is noticed.
    language : {"en", "zh"}
        Of the tool's sheets where the workbook has none yet.

    Returns
    -------
    Path or None
        The backup of what was there, if one was made.

    Raises
    ------
    WorkbookUnsafeError
        Someone changed a sheet of the tool so that writing would put numbers into the wrong
        places, or the workbook cannot take new sheets safely; nothing is written.
    WorkbookLockedError
        The workbook is open elsewhere, or was saved since it was read; nothing is written.
    WorkbookError
        The file is not a workbook that can be read.
    """
    read = Package.open(source)
    if expected_digest not in {None, read.digest}:
        raise WorkbookLockedError(
            f'"{source.name}" was saved by someone since it was read; run again on the new version.'
        )
    package = outfitted(read, language=language)
    edits = _edits(results, _places(package), kept_rows(read, "ForecastLog"))
    return write_edits(package, target, edits, digest=read.digest)


def publish_scores(path: Path, scores: pd.DataFrame) -> None:
    """Write how right past forecasts were into a workbook, and nothing else.

    Parameters
    ----------
    path : Path
        A workbook with the tool's sheets.
    scores : DataFrame
        Columns :data:`salespipe.results.SCORE_COLUMNS`.

    Raises
    ------
    WorkbookUnsafeError, WorkbookLockedError, WorkbookError
        As :func:`publish`.
    """
    package = Package.open(path)
    places = locate(package, wanted=["ForecastScores"])
    rows = {places.tables["ForecastScores"]: score_rows(scores, places.language)}
    write_edits(package, path, Edits(rows=rows), digest=package.digest, backup=False)


def refuse_unpublishable(source: Path, target: Path) -> None:
    """Refuse what :func:`publish` would refuse whatever the results, before any are computed.

    Raises
    ------
    WorkbookUnsafeError, WorkbookLockedError, WorkbookError
        As :func:`publish`.
    """
    package = Package.open(source)
    refuse_unwritable(package, target)
    _places(outfitted(package, language="en"))


def _places(package: Package) -> Places:
    wanted = [name for name, table in TABLES.items() if table.sheet in _WRITTEN]
    return locate(package, wanted=wanted)


def _edits(results: Results, places: Places, kept: Sequence[Mapping[str, Entry]]) -> Edits:
    pages = (
        start_page(results, places.language),
        forecast_page(results, places.language),
        deal_forecast_page(results, places.language),
        kpi_page(results, places.language),
        review_page(results, places.language),
        todo_page(results, places),
        changes_page(results, places.language),
        forecast_log_page(results, places.language, kept),
    )
    cells: dict[str, dict[str, Entry]] = {}
    rows: dict[str, Sequence[Sequence[Entry]]] = {}
    charts: list[ChartRange] = []
    for page in pages:
        for key, entry in page.cells.items():
            spot = CELLS[key]
            cells.setdefault(places.sheets[spot.sheet], {})[spot.cell] = entry
        rows |= {
            places.tables[name]: priced(TABLES[name], body, currency=results.currency)
            for name, body in page.tables.items()
        }
        charts += _place_blocks(page, cells, places)
    if STAMP_SHEET in places.names:
        cells[STAMP_SHEET] = _stamp(results, places.language)
    if "lists" in places.sheets:
        cells[places.sheets["lists"]] = _lists(results)
    return Edits(cells=cells, rows=rows, charts=charts)


def _place_blocks(
    page: Page, cells: dict[str, dict[str, Entry]], places: Places
) -> list[ChartRange]:
    charts = []
    for name, body in page.blocks.items():
        block = BLOCKS[name]
        sheet = places.sheets[block.sheet]
        blank: list[Value] = [None] * len(block.keys)
        for row in range(block.rows):
            values = body[row] if row < len(body) else blank
            for key, value in zip(block.keys, values, strict=True):
                cells.setdefault(sheet, {})[block.cell(row, key)] = value
        charts += [ChartRange(sheet, block.cell(0, key), max(len(body), 1)) for key in block.keys]
    return charts


def _stamp(results: Results, language: Language) -> dict[str, Entry]:
    told = {"schema_version": SCHEMA_VERSION, "language": language, **receipt_values(results)}
    cells: dict[str, Entry] = {}
    for row, (key, value) in enumerate(told.items(), start=1):
        cells |= {f"A{row}": key, f"B{row}": value}
    return cells


def _lists(results: Results) -> dict[str, Entry]:
    kpis = results.kpis
    owners = [
        results.by_owner["group"],
        results.deals["owner"],
        kpis.loc[kpis["by"] == "owner", "group"],
    ]
    segments = [results.by_segment["group"], kpis.loc[kpis["by"] == "segment", "group"]]
    cells: dict[str, Entry] = {}
    for key, columns in (("owners", owners), ("segments", segments)):
        seen = {str(name) for name in pd.concat(columns).dropna().unique()} - {"", n.UNKNOWN}
        if not seen:
            continue
        kept = sorted(seen)[:LIST_ROWS]
        entries = [*kept, *[None] * (LIST_ROWS - len(kept))]
        for row, entry in enumerate(entries, start=LIST_TOP):
            cells[a1(row, LISTS.index(key))] = entry
    return cells
