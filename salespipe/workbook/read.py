"""Reading a workbook: its tables, what is wrong in it, and where everything stands."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from salespipe.errors import EmptyPipelineError, MissingColumnError
from salespipe.forecast_log import forecasts_path, read_forecasts
from salespipe.ledger import ledger_path, read_ledger
from salespipe.problems import Problem
from salespipe.settings import Language, Settings
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages
from salespipe.tables import COLUMNS, Tables, empty
from salespipe.wording import Words
from salespipe.workbook.book import Book
from salespipe.workbook.book_file import BookFile, open_book
from salespipe.workbook.columns import Source, read_table
from salespipe.workbook.deals import currency_words, read_deals
from salespipe.workbook.grid import Grid
from salespipe.workbook.headers import Vocabulary, find_block, sheet_key
from salespipe.workbook.layout import layout_notes
from salespipe.workbook.locate import Locator
from salespipe.workbook.notes import Note, problem_of
from salespipe.workbook.parts import SheetPart
from salespipe.workbook.readings import show
from salespipe.workbook.schema import DEAL_COLUMNS, SHEETS, STAGE_COLUMNS, STAMP_SHEET
from salespipe.workbook.setup import assumed_settings, read_settings, read_stages

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Book", "read_workbook"]

SHOWN_HEADERS: Final = 30
"""Headers that a message lists."""

HEADER_WIDTH: Final = 40
"""Characters of a header that a message shows."""


def read_workbook(path: str | Path, *, password: str = "", empty: bool = False) -> Book:
    """Read a workbook; a bad cell is a problem, never an exception.

    Parameters
    ----------
    path : str or Path
        An .xlsx or .xlsm file, or one that can be read only: .xls, .xlsb, .ods, .csv. It need
        not come from the template: sheets and headers are recognised in English and Chinese, in
        any order.
    password : str
        Opens a workbook that is protected by one, in memory; it cannot be written back.
    empty : bool
        Whether a Deals sheet without any deal will do.

    Raises
    ------
    WorkbookError
        The file cannot be read; one of its leaves says why.
    MissingColumnError
        No sheet has the columns that the work cannot do without.
    EmptyPipelineError
        The Deals sheet has no deal.
    """
    return _Reading(open_book(Path(path), password=password), empty=empty).book()


class _Reading:
    """One workbook being read: sheets found, problems and places gathered."""

    def __init__(self, file: BookFile, *, empty: bool) -> None:
        self._file = file
        self._empty = empty
        self._told: list[Callable[[Language], list[Problem]]] = []
        self._sheets: dict[str, SheetPart] = {}
        self._titles: dict[str, str] = {}
        self._columns: dict[tuple[str, str], int] = {}
        self._headers: dict[tuple[str, str], str] = {}
        self._header_rows: dict[str, int] = {}
        self._filled: set[str] = set()
        self._match_sheets()

    def book(self) -> Book:
        self._note_file()
        stages = self._stages()
        source = self._deals_source(Vocabulary(DEAL_COLUMNS, open_stages(stages)))
        settings = self._settings(source)
        deals, entries = self._deals(source, stages, settings)
        ledger = read_ledger(self._file.path)
        forecasts, unread = read_forecasts(self._file.path)
        for folder, faults in (
            (ledger_path(self._file.path), ledger.faults),
            (forecasts_path(self._file.path), unread),
        ):
            for fault in faults:
                note = Note(f"log-{fault.kind}", value=fault.part, hint=folder.name)
                self._sheet_problem("", note)
        tables = Tables(
            deals=deals,
            stage_entries=entries,
            stages=stages,
            settings=settings,
            changes=ledger.changes,
            snapshots=ledger.snapshots,
            forecasts=forecasts,
            **{key: self._table(key) for key in COLUMNS if key in SHEETS and key in _PLAIN},
        )
        return Book(
            path=self._file.path,
            digest=self._file.digest,
            language=settings.language,
            tables=tables,
            problems=self._problems(settings.language),
            retold=self._problems("en" if settings.language == "zh" else "zh"),
            locator=Locator(
                self._titles,
                self._columns,
                self._headers,
                self._header_rows,
                frozenset(self._filled),
            ),
            stamp=self._stamp(),
            protected=self._file.protected,
        )

    def _note_file(self) -> None:
        """Say what the file is and what of it is left alone."""
        file = self._file
        if file.form != "xlsx":
            self._sheet_problem("", Note("read-only-form", taken=f".{file.form}"))
        if file.blind:
            self._sheet_problem("", Note("errors-unseen", taken=f".{file.form}"))
        if file.links:
            self._sheet_problem("", Note("external-links", hint=", ".join(file.links)))
        if file.macros:
            self._sheet_problem("", Note("macros"))

    def _match_sheets(self) -> None:
        for sheet in self._file.sheets:
            key = sheet_key(sheet.name)
            if not key or SHEETS[key].filled_by == "tool":
                continue
            if key in self._sheets:
                taken = self._sheets[key].name
                self._sheet_problem(sheet.name, Note("sheet-twice", taken=taken))
            else:
                self._sheets[key] = sheet

    def _grid(self, sheet: SheetPart) -> Grid:
        return self._file.grid(sheet)

    def _source(self, table: str, grid: Grid, vocabulary: Vocabulary) -> Source | None:
        """Find the sheet's table; None where it has no header at all."""
        excel_tables = [t for t in self._file.tables if t.sheet == grid.title]
        block = find_block(grid, vocabulary, excel_tables)
        if block is None:
            return None
        return Source(table, grid, block, self._file.date1904)

    def _settings(self, deals: Source) -> Settings:
        """Read the Settings sheet; without one, the deals say what can be said."""
        sheet = self._sheets.get("settings")
        if sheet is None:
            home = assumed_settings(deals.block.headers.values(), currency_words(deals))
            hint = Words(
                f"{home.currency}, fiscal year from January, {home.horizon} months ahead",
                f"{home.currency}，财年从一月开始，预测 {home.horizon} 个月",
            )
            self._sheet_problem("Settings", Note("settings-defaulted", hint=hint))
            return home
        settings, notes = read_settings(self._grid(sheet))
        for note in notes:
            self._sheet_problem(sheet.name, note)
        return settings

    def _stages(self) -> tuple[Stage, ...]:
        sheet = self._sheets.get("stages")
        if sheet is None:
            self._sheet_problem("Stages", Note("stages-defaulted"))
            return DEFAULT_STAGES
        grid = self._grid(sheet)
        source = self._source("stages", grid, Vocabulary(STAGE_COLUMNS))
        if source is None or not source.block.rows:
            self._sheet_problem(sheet.name, Note("stages-defaulted"))
            return DEFAULT_STAGES
        stages = read_stages(_whole(source, Vocabulary(STAGE_COLUMNS)))
        self._finish(source)
        return stages

    def _deals(
        self, source: Source, stages: tuple[Stage, ...], settings: Settings
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        deals, entries = read_deals(source, stages=stages, settings=settings)
        if deals.empty and not self._empty:
            raise EmptyPipelineError(
                f'The sheet "{source.grid.title}" has no deal; enter at least one row below row '
                f"{source.block.header_row}."
            )
        self._finish(source)
        return deals, entries

    def _deals_source(self, vocabulary: Vocabulary) -> Source:
        """Take the sheet named Deals, else the one that has all the columns of deals."""
        named = self._sheets.get("deals")
        if named is not None:
            source = self._source("deals", self._grid(named), vocabulary)
            if source is None:
                raise MissingColumnError(
                    f'The sheet "{named.name}" has no row of headers such as Deal ID, Stage, '
                    "Amount; put them above the deals."
                )
            return _whole(source, vocabulary)
        known = {sheet.part for sheet in self._sheets.values()}
        others = [s for s in self._file.sheets if s.part not in known and s.name != STAMP_SHEET]
        nearest, least = None, len(vocabulary.required) // 2 + 1
        for sheet in others:
            source = self._source("deals", self._grid(sheet), vocabulary)
            lacking = len(source.block.missing(vocabulary)) if source else least
            if source is not None and lacking == 0:
                self._sheet_problem(sheet.name, Note("sheet-taken"))
                return source
            if lacking < least:
                nearest, least = source, lacking
        if nearest is not None:
            return _whole(nearest, vocabulary)
        titles = ", ".join(f'"{sheet.name}"' for sheet in self._file.sheets[:10]) or "none"
        raise MissingColumnError(
            f'"{self._file.path.name}" has no sheet "Deals" (商机), and no other sheet has the '
            f"columns {', '.join(column.en for column in vocabulary.required)} (its sheets: "
            f"{titles}); rename yours, begin with `salespipe new`, or bring in what a CRM exported "
            "with `salespipe import`."
        )

    def _table(self, key: str) -> pd.DataFrame:
        sheet = self._sheets.get(key)
        vocabulary = Vocabulary(SHEETS[key].columns)
        source = None
        if sheet is not None:
            grid = self._grid(sheet)
            source = self._source(key, grid, vocabulary)
            if source is None and grid.rows:
                wanted = next(iter(vocabulary.required or vocabulary.columns))
                note = Note(
                    "sheet-not-read", key=wanted.en, hint=Words("no known header", "无可识别的表头")
                )
                self._sheet_problem(sheet.name, note)
        if source is None:
            return empty(key)
        missing = source.block.missing(vocabulary)
        if missing:
            hint = ", ".join(source.block.headers.values())
            self._sheet_problem(
                source.grid.title, Note("sheet-not-read", key=missing[0].en, hint=hint)
            )
            return empty(key)
        frame = read_table(source)
        self._finish(source)
        return frame

    def _finish(self, source: Source) -> None:
        """Gather a table's problems and places."""
        source.notes.extend(layout_notes(source.grid, source.block))
        self._told.append(source.problems)
        block = source.block
        self._titles[source.table] = source.grid.title
        self._header_rows[source.table] = block.header_row
        if block.rows:
            self._filled.add(source.table)
        places = {(source.table, key): column for key, column in block.columns.items()}
        places |= {(source.table, header): column for header, column in block.extra.items()}
        if block.entered:
            self._titles["stage_entries"] = source.grid.title
            places |= {("stage_entries", stage): c for stage, c in block.entered.items()}
        self._columns |= places
        self._headers |= {place: block.headers[column] for place, column in places.items()}

    def _problems(self, language: Language) -> tuple[Problem, ...]:
        return tuple(problem for tell in self._told for problem in tell(language))

    def _sheet_problem(self, title: str, note: Note) -> None:
        self._told.append(lambda language: [problem_of(note, sheet=title, language=language)])

    def _stamp(self) -> dict[str, str]:
        sheet = next((s for s in self._file.sheets if s.name == STAMP_SHEET), None)
        if sheet is None:
            return {}
        pairs = (list(row.values())[:2] for row in self._grid(sheet).rows.values())
        return {show(pair[0]): show(pair[1]) for pair in pairs if len(pair) == 2}


_PLAIN = ("accounts", "contacts", "activities", "targets", "market", "rates", "feedback")
"""Tables that stand on their sheets as they are."""


def _listed(headers: list[str]) -> str:
    """List headers so that a sentence stays one: a cell may hold 32,767 characters."""
    rest = len(headers) - SHOWN_HEADERS
    shown = [h if len(h) <= HEADER_WIDTH else f"{h[:HEADER_WIDTH]}…" for h in headers]
    return ", ".join(shown[:SHOWN_HEADERS]) + (f" and {rest} more" if rest > 0 else "")


def _whole(source: Source, vocabulary: Vocabulary) -> Source:
    """Give a source that has all it needs.

    Raises
    ------
    MissingColumnError
        Names the columns that are not there, and those that are.
    """
    missing = [f'"{column.en}" ({column.zh})' for column in source.block.missing(vocabulary)]
    if missing:
        headers = _listed([header for header in source.block.headers.values() if header])
        raise MissingColumnError(
            f'The sheet "{source.grid.title}" has no column {", ".join(missing)} among its headers '
            f"in row {source.block.header_row} ({headers}); add "
            f"{'them' if missing[1:] else 'it'} or give the right column that name."
        )
    return source
