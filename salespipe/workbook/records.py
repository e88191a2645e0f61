"""Deals as plain records that can be compared and written: one value per deal and column."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pandas as pd

from salespipe import names as n
from salespipe.errors import ProblemsError
from salespipe.settings import Language
from salespipe.stages import Stage
from salespipe.tables import COLUMNS, Tables, conform
from salespipe.workbook.book import Book
from salespipe.workbook.schema import CATEGORY_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ENTERED",
    "Plain",
    "Record",
    "Records",
    "book_records",
    "label_of",
    "plain_value",
    "record_tables",
    "table_records",
]

type Plain = str | float | date | None
type Record = dict[str, Plain]

ENTERED: Final = "entered: "
"""What stands before a stage's name in the key of the day on which it was entered."""

_DOUBTFUL: Final = ("id-duplicate", "id-missing")


@dataclass(frozen=True)
class Records:
    """The deals of one source, or the rows of another sheet of it.

    Attributes
    ----------
    keys : tuple of str
        Columns: those of the table, of deals also days of stages under :data:`ENTERED`, and the
        source's own.
    rows : dict
        Record by deal id, or by what else identifies a row; a blank cell is left out.
    """

    keys: tuple[str, ...]
    rows: dict[str, Record]


def table_records(tables: Tables) -> Records:
    """Give the deals of tables as records."""
    frame = tables.deals
    entered = tables.stage_entries.drop_duplicates([n.DEAL_ID, n.STAGE], keep="last")
    deals: dict[str, Record] = {}
    for row in frame.to_dict("records"):
        values = ((str(key), plain_value(value)) for key, value in row.items())
        deals[str(row[n.DEAL_ID])] = {key: value for key, value in values if value is not None}
    for deal_id, stage, day in zip(
        entered[n.DEAL_ID], entered[n.STAGE], entered[n.ENTERED_ON], strict=True
    ):
        if deal_id in deals and pd.notna(day):
            deals[deal_id][f"{ENTERED}{stage}"] = day.date()
    stages = tuple(f"{ENTERED}{stage}" for stage in dict.fromkeys(entered[n.STAGE]))
    return Records((*map(str, frame.columns), *stages), deals)


def record_tables(deals: "Mapping[str, Record]", *, like: Tables) -> Tables:
    """Give tables whose deals are those of records, and all else that of other tables.

    What is no date or number where one belongs is missing; columns of a source's own are kept.
    """
    frame = pd.DataFrame(list(deals.values()), index=range(2, 2 + len(deals)), dtype=object)
    known = frame.drop(columns=[column for column in frame.columns if column.startswith(ENTERED)])
    for key, kind in COLUMNS["deals"].items():
        if key in known and kind == "date":
            known[key] = pd.to_datetime(known[key], errors="coerce")
        elif key in known and kind != "text":
            known[key] = pd.to_numeric(known[key], errors="coerce")
    entries = [
        (deal_id, key.removeprefix(ENTERED), pd.Timestamp(value))
        for deal_id, record in deals.items()
        for key, value in record.items()
        if key.startswith(ENTERED) and isinstance(value, date)
    ]
    columns = list(COLUMNS["stage_entries"])
    return replace(
        like,
        deals=conform("deals", known),
        stage_entries=conform("stage_entries", pd.DataFrame(entries, columns=columns)),
    )


def book_records(book: Book) -> Records:
    """Give the deals of a workbook as records; a cell that cannot be read is the text it shows.

    Raises
    ------
    ProblemsError
        A deal has no id, or one that stands twice: it could not be told which is which.
    """
    doubtful = [problem for problem in book.problems if problem.rule in _DOUBTFUL]
    if doubtful:
        first = doubtful[0]
        raise ProblemsError(
            f'In "{book.path.name}" {len(doubtful)} deal{"s" if len(doubtful) > 1 else ""} cannot '
            f"be told apart; mend first: {first}"
        )
    records = table_records(book.tables)
    found = {
        (problem.sheet, problem.cell): problem.value
        for problem in book.problems
        if problem.cell and problem.value and problem.deal_id
    }
    # Also columns in which no day can be read: they may hold text, or have been emptied.
    dated = [f"{ENTERED}{key}" for table, key in book.locator.columns if table == "stage_entries"]
    keys = list(dict.fromkeys((*COLUMNS["deals"], *records.keys, *dated)))
    for row, deal_id in book.tables.deals[n.DEAL_ID].items():
        record = records.rows[deal_id]
        for key in keys if found else ():
            if key not in record:
                table = "stage_entries" if key.startswith(ENTERED) else "deals"
                place = book.locator.find(table, key=key.removeprefix(ENTERED), row=int(str(row)))
                shown = found.get((place.sheet, place.cell))
                if shown:
                    record[key] = shown
    return replace(records, keys=tuple(keys))


def plain_value(value: object) -> Plain:
    """Give a value of a frame as a record holds it; None where it is missing or blank."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, (int, float)):
        return float(value)
    return str(value) or None


def label_of(key: str, value: Plain, *, stages: tuple[Stage, ...], language: Language) -> Plain:
    """Give what a person would see in the cell: stages and categories by their names."""
    if not isinstance(value, str):
        return value
    if key == n.STAGE:
        for stage in stages:
            if value in (stage.name, stage.kind if stage.kind != n.OPEN else ""):
                return (stage.name_zh or stage.name) if language == "zh" else stage.name
    if key == n.FORECAST_CATEGORY:
        labels: Mapping[str, tuple[str, str]] = CATEGORY_LABELS
        return labels[value][language == "zh"] if value in labels else value
    return value
