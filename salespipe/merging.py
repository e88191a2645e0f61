"""Many books into one: reps' books and a CRM's exports merged into a workbook, three ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from salespipe import names as n
from salespipe.errors import WorkbookError
from salespipe.settings import Language
from salespipe.tables import COLUMNS, Tables, conform
from salespipe.workbook.baseline import read_base, write_base
from salespipe.workbook.book import Book
from salespipe.workbook.book_edits import BookEdits
from salespipe.workbook.edits import Edits
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from salespipe.workbook.read import read_workbook
from salespipe.workbook.records import Record, Records, book_records, record_tables, table_records
from salespipe.workbook.row_records import KEYED, record_frame, row_label, sheet_records
from salespipe.workbook.template import build_workbook
from salespipe.workbook.three_way import Conflict, Merged, merge_records

__all__ = ["MergeReport", "merge_books", "remember_import", "update_book"]

_DEALS: Final = "deals"
_LOOSE: Final = "activities"
"""The sheet whose rows have nothing that makes them the same: what is not there is added."""
_IMPORT: Final = "import"


@dataclass(frozen=True)
class MergeReport:
    """What a merge did.

    Attributes
    ----------
    output : Path
    backup : Path or None
    new, changed, gone : tuple of str
        Deals by id: added, given other values, and no longer in their source (but kept).
    unchanged : int
    conflicts : tuple of Conflict
        Values that were changed on both sides; the workbook's own stay.
    rows, changed_rows : dict
        How many rows of other sheets were added, and given other values, by sheet.
    left_out : tuple of str
        Sheets that the team's book has no table for, so that their rows went nowhere.
    language : {"en", "zh"}
        Of the workbook.
    """

    output: Path
    backup: Path | None
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    unchanged: int = 0
    conflicts: tuple[Conflict, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    changed_rows: dict[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    language: Language = "en"


@dataclass
class _Side:
    """The team's rows of one sheet while sources are merged into them."""

    rows: dict[str, Record]
    updates: dict[str, Record] = field(default_factory=dict)
    added: dict[str, Record] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def take(self, merged: Merged) -> None:
        self.conflicts += merged.conflicts
        self.gone += merged.gone
        for row_id, record in merged.added.items():
            self.added[row_id] = dict(record)
            self.rows[row_id] = self.added[row_id]
        for row_id, values in merged.updates.items():
            self.rows[row_id] = {**self.rows[row_id], **values}
            if row_id in self.added:
                self.added[row_id] = self.rows[row_id]
            else:
                self.updates[row_id] = {**self.updates.get(row_id, {}), **values}


type _Team = dict[str, _Side]
"""By sheet: the deals, and the rows of the others that can be told apart."""


def merge_books(paths: Sequence[Path], *, into: Path, today: date) -> MergeReport:
    """Merge reps' books into a team's book.

    Parameters
    ----------
    paths : sequence of Path
    into : Path
        Made from the template where it is not there yet; changed losslessly where it is.
    today : date
        Day for which the stored values of formulas in new rows are computed.

    Raises
    ------
    WorkbookError
        A book cannot be read or written, is given twice, is the team's book itself, or holds
        targets in another currency.
    ProblemsError
        A book holds deals that cannot be told apart.
    """
    _refuse_same(paths, into)
    books = [read_workbook(path) for path in paths]
    team_book = read_workbook(into, empty=True) if into.exists() else None
    team = _team(team_book)
    home = (team_book or books[0]).tables.settings.currency
    bases: dict[str, dict[str, dict[str, Record]]] = {}
    for book in books:
        base = read_base(into, book.path.stem) if team_book else None
        bases[book.path.stem] = _merged(team, _at_home(book, home), base, name=book.path.name)
    report = MergeReport(output=into, backup=None, language=books[0].language)
    if team_book is None:
        tables = _joined(books, team)
        build_workbook(into, tables=tables, language=books[0].language, today=today)
    else:
        report = _written(team_book, team, [book.tables for book in books], today)
    for name, made in bases.items():
        write_base(into, name, made)
    return _told(report, team)


def update_book(path: Path, tables: Tables, *, today: date) -> MergeReport:
    """Bring a workbook up to date with a second export.

    What the export changed since the last import is taken, what a person changed stays; where both
    did, the workbook's value stays and the conflict is told.

    Parameters
    ----------
    path : Path
    tables : Tables
        The export as it was read.
    today : date

    Raises
    ------
    WorkbookError
    """
    book = read_workbook(path, empty=True)
    team = _team(book)
    made = _merged(team, _filled(tables), read_base(path, _IMPORT), name="the export", trusted=True)
    report = _written(book, team, [tables], today)
    write_base(path, _IMPORT, made)
    return _told(report, team)


def remember_import(path: Path, tables: Tables) -> None:
    """Remember what an import wrote into a new workbook, for the next one."""
    write_base(path, _IMPORT, {sheet: held.rows for sheet, held in _filled(tables).items()})


def _filled(tables: Tables) -> dict[str, Records]:
    """Keep the columns that an export fills at all; the others are people's."""
    kept = {}
    for sheet, held in {_DEALS: table_records(tables), **sheet_records(tables)}.items():
        filled = {key for record in held.rows.values() for key in record}
        kept[sheet] = Records(tuple(key for key in held.keys if key in filled), held.rows)
    return kept


def _team(book: Book | None) -> _Team:
    held = _records(book) if book else {sheet: Records((), {}) for sheet in (_DEALS, *KEYED)}
    return {sheet: _Side(dict(records.rows)) for sheet, records in held.items()}


def _records(book: Book) -> dict[str, Records]:
    """Give the deals of a book, and the rows of its other sheets that can be told apart."""
    return {_DEALS: book_records(book), **sheet_records(book.tables)}


def _at_home(book: Book, home: str) -> dict[str, Records]:
    """Give a source's rows so that they say the same in a book of another currency.

    What such a book leaves blank is in its own currency, if it has said which that is. Targets
    cannot say theirs.

    Raises
    ------
    WorkbookError
        It holds targets.
    """
    held = _records(book)
    own = book.tables.settings.currency
    assumed = any(problem.rule == "settings-defaulted" for problem in book.problems)
    if own == home or assumed:
        return held
    if not book.tables.targets.empty:
        raise WorkbookError(
            f'"{book.path.name}" holds targets in {own}, and the books are merged in {home}; set '
            "the currency on the sheet Settings of both to the same, or take the targets out."
        )
    deals = held[_DEALS]
    rows = {row_id: {n.CURRENCY: own, **record} for row_id, record in deals.rows.items()}
    return {**held, _DEALS: replace(deals, rows=rows)}


def _merged(
    team: _Team,
    source: Mapping[str, Records],
    base: Mapping[str, dict[str, Record]] | None,
    *,
    name: str,
    trusted: bool = False,
) -> dict[str, dict[str, Record]]:
    """Merge a source into the team's rows; give what is to be compared with the next time."""
    made = {}
    for sheet, side in team.items():
        known = (base or {}).get(sheet)
        merged = merge_records(side.rows, source[sheet], known, name=name, authority=trusted)
        if sheet != _DEALS:
            merged.conflicts = [
                replace(one, sheet=sheet, deal_id=row_label(sheet, source[sheet].rows[one.deal_id]))
                for one in merged.conflicts
            ]
        side.take(merged)
        made[sheet] = merged.base
    return made


def _refuse_same(paths: Sequence[Path], into: Path) -> None:
    seen: dict[str, Path] = {}
    for path in paths:
        if path.resolve() == into.resolve():
            raise WorkbookError(f'"{path}" is the book to merge into; give the others only.')
        other = seen.setdefault(path.stem, path)
        if other is not path:
            raise WorkbookError(
                f'"{other}" and "{path}" have the same name, by which a rep is known; rename one.'
            )


def _written(book: Book, team: _Team, others: Sequence[Tables], today: date) -> MergeReport:
    """Write what was merged into the team's book."""
    made = BookEdits(book, Package.open(book.path), today)
    made.change_deals(team[_DEALS].updates, team[_DEALS].added)
    left = []
    for sheet in KEYED:
        added = list(team[sheet].added.values())
        if not made.change_rows(sheet, team[sheet].updates, added) and added:
            left.append(sheet)
    rows = {sheet: len(team[sheet].added) for sheet in KEYED}
    calls = [tables.activities[list(COLUMNS[_LOOSE])] for tables in others]
    fresh = made.fresh_rows(_LOOSE, calls)
    rows[_LOOSE] = len(fresh)
    if not made.change_rows(_LOOSE, {}, fresh) and fresh:
        left.append(_LOOSE)
    edits = made.edits()
    backup = None
    if edits != Edits():
        backup = apply_edits(book.path, book.path, edits, expected_digest=book.digest)
    return MergeReport(
        output=book.path,
        backup=backup,
        rows={sheet: count for sheet, count in rows.items() if count and sheet not in left},
        left_out=tuple(left),
        language=book.language,
    )


def _told(report: MergeReport, team: _Team) -> MergeReport:
    """Add to a report what became of the rows."""
    deals = team[_DEALS]
    touched = {*deals.added, *deals.updates}
    others = {sheet: len(team[sheet].updates) for sheet in KEYED if team[sheet].updates}
    return replace(
        report,
        new=tuple(deals.added),
        changed=tuple(deals.updates),
        gone=tuple(dict.fromkeys(deals.gone)),
        unchanged=len(deals.rows.keys() - touched),
        conflicts=tuple(conflict for side in team.values() for conflict in side.conflicts),
        changed_rows=others,
    )


def _joined(books: Sequence[Book], team: _Team) -> Tables:
    """Put the tables of several books together: merged where rows can be told apart."""
    others: dict[str, Any] = {sheet: record_frame(sheet, team[sheet].rows) for sheet in KEYED}
    calls = [book.tables.activities for book in books]
    held = [one[list(COLUMNS[_LOOSE])] for one in calls if not one.empty]
    joined = pd.concat(held, ignore_index=True) if held else calls[0]
    others[_LOOSE] = conform(_LOOSE, joined.set_axis(pd.RangeIndex(2, len(joined) + 2)))
    return replace(record_tables(team[_DEALS].rows, like=books[0].tables), **others)
