"""One team's book into many: each owner gets a book that holds nothing of the others.

What was forecast of an owner, and how right the owner's own calls were, goes with the owner's book
and stays in the team's: no other owner sees it.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from salespipe import names as n
from salespipe.backtest.accuracy import score
from salespipe.errors import WorkbookError
from salespipe.file_names import file_stems
from salespipe.forecast_log import append_forecast
from salespipe.ledger import append_changes
from salespipe.memory import scores
from salespipe.pipeline import build_pipeline
from salespipe.settings import Language
from salespipe.tables import COLUMNS, Tables
from salespipe.workbook.baseline import write_base
from salespipe.workbook.book import Book
from salespipe.workbook.publish import publish_scores
from salespipe.workbook.read import read_workbook
from salespipe.workbook.records import book_records
from salespipe.workbook.row_records import sheet_records
from salespipe.workbook.template import build_workbook

__all__ = ["SplitReport", "owned_tables", "split_book"]

_NOBODY = "no owner"


@dataclass(frozen=True)
class SplitReport:
    """What a split made.

    Attributes
    ----------
    books : dict
        Path and number of deals by owner; deals that are nobody's stand under ``no owner``.
    language : {"en", "zh"}
        Of the books.
    """

    books: dict[str, tuple[Path, int]]
    language: Language = "en"


def split_book(path: Path, *, output: Path, today: date) -> SplitReport:
    """Make one book per owner of a team's book.

    Parameters
    ----------
    path : Path
    output : Path
        Folder for the books; it is made where it is not there. A book that is there already is
        refused, since a rep may have worked in it.
    today : date
        Day for which the stored values of formulas are computed.

    Raises
    ------
    WorkbookError
        The book cannot be read, or one of the new ones is there already.
    ProblemsError
        Deals cannot be told apart.
    """
    book = read_workbook(path)
    records = book_records(book).rows
    log = book.tables.forecasts
    owners = book.tables.deals[n.OWNER].fillna("")
    places = _places(sorted(owners.unique()), output)
    output.mkdir(parents=True, exist_ok=True)
    made = {}
    for owner, place in places.items():
        tables = owned_tables(book, owner)
        build_workbook(place, tables=tables, language=book.language, today=today)
        append_changes(place, tables.changes)
        _hand_over(place, log[(log["by"] == "owner") & (log["group"] == owner)], tables, today)
        mine = {deal_id: records[deal_id] for deal_id in tables.deals[n.DEAL_ID]}
        others = {sheet: held.rows for sheet, held in sheet_records(tables).items()}
        write_base(path, place.stem, {"deals": mine, **others})
        made[owner or _NOBODY] = (place, len(tables.deals))
    return SplitReport(made, book.language)


def _hand_over(path: Path, log: pd.DataFrame, tables: Tables, today: date) -> None:
    """Give an owner what was forecast of them, what they called committed, and its scores."""
    if log.empty:
        return
    for _, made in log.groupby("as_of"):
        append_forecast(path, made)
    publish_scores(path, scores(score(log, build_pipeline(tables, as_of=today))))


def owned_tables(book: Book, owner: str) -> Tables:
    """Give the tables that concern one owner (``""``: nobody), and nothing of the others.

    Accounts and contacts are those of the owner's deals, activities and targets the owner's own;
    indices, rates, stages and settings belong to all.
    """
    tables = book.tables
    own = tables.deals[tables.deals[n.OWNER].fillna("") == owner]
    others = [key for key in own if key not in COLUMNS["deals"] and own[key].isna().all()]
    deals = own.drop(columns=others)  # a colleague's column
    ids, accounts = own[n.DEAL_ID], own[n.ACCOUNT].dropna()
    theirs = tables.activities[n.OWNER].notna() & (tables.activities[n.OWNER] != owner)
    held = tables.activities[n.DEAL_ID].isin(ids)
    loose = tables.activities[n.DEAL_ID].isna() & (tables.activities[n.OWNER] == owner)
    owned = tables.accounts[tables.accounts[n.ACCOUNT].isin(accounts)]
    foreign = owned[n.OWNER].notna() & (owned[n.OWNER] != owner)
    return replace(
        tables,
        deals=_renumbered(deals),
        stage_entries=tables.stage_entries[tables.stage_entries[n.DEAL_ID].isin(ids)],
        accounts=_renumbered(owned.assign(**{n.OWNER: owned[n.OWNER].mask(foreign)})),
        contacts=_renumbered(tables.contacts[tables.contacts[n.ACCOUNT].isin(accounts)]),
        activities=_renumbered(tables.activities[(held & ~theirs) | loose]),
        targets=_renumbered(tables.targets[tables.targets[n.OWNER] == owner]),
        feedback=_renumbered(tables.feedback[tables.feedback[n.OWNER] == owner]),
        forecasts=tables.forecasts.head(0),
        changes=_own_changes(tables.changes, ids, owner),
    )


def _own_changes(changes: pd.DataFrame, ids: "pd.Series[str]", owner: str) -> pd.DataFrame:
    mine = changes[changes[n.DEAL_ID].isin(ids)]
    # Who had the deal before is nobody's business but the team's.
    return mine.assign(**{n.OWNER: mine[n.OWNER].where(mine[n.OWNER] == owner)})


def _renumbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name=n.ROW))


def _places(owners: list[str], output: Path) -> dict[str, Path]:
    stems = file_stems(owner or _NOBODY for owner in owners)
    places = {owner: output / f"{stems[owner or _NOBODY]}.xlsx" for owner in owners}
    there = [place for place in places.values() if place.exists()]
    if there:
        raise WorkbookError(
            f'"{there[0]}" is there already, and a rep may have worked in it; merge it first, or '
            "give another folder."
        )
    return places
