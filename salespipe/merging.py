"""Many books into one: reps' books and a CRM's exports merged into a workbook, three ways."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from salespipe.errors import WorkbookError
from salespipe.tables import COLUMNS, Tables, conform
from salespipe.workbook.baseline import read_base, write_base
from salespipe.workbook.book import Book
from salespipe.workbook.book_edits import BookEdits
from salespipe.workbook.edits import Edits
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from salespipe.workbook.read import read_workbook
from salespipe.workbook.records import Record, Records, book_records, record_tables, table_records
from salespipe.workbook.template import build_workbook
from salespipe.workbook.three_way import Conflict, Merged, merge_records

__all__ = ["MergeReport", "merge_books", "remember_import", "update_book"]

_OTHERS = ("accounts", "contacts", "activities", "targets", "market", "rates", "feedback")
_IMPORT = "import"


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
    rows : dict
        Rows added to other sheets, by sheet.
    """

    output: Path
    backup: Path | None
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    unchanged: int = 0
    conflicts: tuple[Conflict, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)


@dataclass
class _Team:
    """The team's deals while sources are merged into them."""

    deals: dict[str, Record]
    updates: dict[str, Record] = field(default_factory=dict)
    added: dict[str, Record] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def take(self, merged: Merged) -> None:
        self.conflicts += merged.conflicts
        self.gone += merged.gone
        for deal_id, record in merged.added.items():
            self.added[deal_id] = dict(record)
            self.deals[deal_id] = self.added[deal_id]
        for deal_id, values in merged.updates.items():
            self.deals[deal_id] = {**self.deals[deal_id], **values}
            if deal_id in self.added:
                self.added[deal_id] = self.deals[deal_id]
            else:
                self.updates[deal_id] = {**self.updates.get(deal_id, {}), **values}


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
        A book cannot be read or written, is given twice, or is the team's book itself.
    ProblemsError
        A book holds deals that cannot be told apart.
    """
    _refuse_same(paths, into)
    books = [read_workbook(path) for path in paths]
    team_book = read_workbook(into, empty=True) if into.exists() else None
    team = _Team(dict(book_records(team_book).deals) if team_book else {})
    bases: dict[str, dict[str, Record]] = {}
    for book in books:
        name = book.path.stem
        base = read_base(into, name) if team_book else None
        merged = merge_records(team.deals, book_records(book), base, name=book.path.name)
        team.take(merged)
        bases[name] = merged.base
    if team_book is None:
        backup: Path | None = None
        rows: dict[str, int] = {}
        build_workbook(
            into, tables=_joined(books, team.deals), language=books[0].language, today=today
        )
    else:
        backup, rows = _written(team_book, team, [book.tables for book in books], today)
    for name, base in bases.items():
        write_base(into, name, base)
    return _report(into, backup, team, rows)


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
    team = _Team(dict(book_records(book).deals))
    source = _told(table_records(tables))
    merged = merge_records(
        team.deals, source, read_base(path, _IMPORT), name="the export", authority=True
    )
    team.take(merged)
    backup, rows = _written(book, team, [tables], today)
    write_base(path, _IMPORT, merged.base)
    return _report(path, backup, team, rows)


def remember_import(path: Path, tables: Tables) -> None:
    """Remember what an import wrote into a new workbook, for the next one."""
    write_base(path, _IMPORT, _told(table_records(tables)).deals)


def _told(records: Records) -> Records:
    """Keep the columns that an export fills at all; the others are people's."""
    filled = {key for record in records.deals.values() for key in record}
    return Records(tuple(key for key in records.keys if key in filled), records.deals)


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


def _written(
    book: Book, team: _Team, others: Sequence[Tables], today: date
) -> tuple[Path | None, dict[str, int]]:
    made = BookEdits(book, Package.open(book.path), today)
    made.change_deals(team.updates, team.added)
    rows: dict[str, int] = {}
    for key in _OTHERS:
        frames = [getattr(tables, key)[list(COLUMNS[key])] for tables in others]
        given = [frame for frame in frames if not frame.empty]
        if given:
            count = made.add_rows(key, given)
            rows |= {key: count} if count else {}
    edits = made.edits()
    if edits == Edits():
        return None, rows
    return apply_edits(book.path, book.path, edits, expected_digest=book.digest), rows


def _report(output: Path, backup: Path | None, team: _Team, rows: dict[str, int]) -> MergeReport:
    touched = {*team.added, *team.updates}
    return MergeReport(
        output=output,
        backup=backup,
        new=tuple(team.added),
        changed=tuple(team.updates),
        gone=tuple(dict.fromkeys(team.gone)),
        unchanged=len(team.deals.keys() - touched),
        conflicts=tuple(team.conflicts),
        rows=rows,
    )


def _joined(books: Sequence[Book], deals: dict[str, Record]) -> Tables:
    """Put the tables of several books together, and the merged deals in their place."""
    others: dict[str, Any] = {}
    for key in _OTHERS:
        frames = [getattr(book.tables, key) for book in books]
        held = [one[list(COLUMNS[key])] for one in frames if not one.empty]
        joined = pd.concat(held, ignore_index=True) if held else frames[0]
        if key != "activities":
            joined = joined.drop_duplicates(ignore_index=True)
        others[key] = conform(key, joined.set_axis(pd.RangeIndex(2, len(joined) + 2)))
    return replace(record_tables(deals, like=books[0].tables), **others)
