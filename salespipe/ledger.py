"""The change log beside a workbook: what was observed of each deal, and when; only ever added to.

``Book.xlsx`` has the folder ``Book.changes`` of Parquet parts (see :mod:`salespipe.parts`): one for
each import of a CRM's history, and one for each snapshot, which any engine that reads Parquet can
query. A part that is damaged or missing is told; what the others hold stays in use.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.errors import LedgerError
from salespipe.parts import Fault, Part, Shelf, add_part, locked, read_shelf
from salespipe.tables import COLUMNS, conform, empty

__all__ = [
    "SCHEMA",
    "Ledger",
    "append_changes",
    "append_snapshot",
    "ledger_path",
    "read_ledger",
]

SCHEMA: Final = 2
"""Version of the log's table; version 1 had neither the day of the snapshot nor what a deal is."""

_COLUMNS: Final = list(COLUMNS["changes"])


@dataclass(frozen=True)
class Ledger:
    """What the change log beside a workbook holds.

    Attributes
    ----------
    changes : DataFrame
        Columns of ``tables.COLUMNS["changes"]``, ordered by day and within a day by observation.
    snapshots : tuple of date
        Days as of which snapshots were taken, in order.
    faults : tuple of Fault
    """

    changes: pd.DataFrame
    snapshots: tuple[date, ...] = ()
    faults: tuple[Fault, ...] = ()


def ledger_path(workbook: Path) -> Path:
    """Give the folder of the change log that belongs to a workbook."""
    return workbook.with_name(f"{workbook.stem}.changes")


def read_ledger(workbook: Path) -> Ledger:
    """Read the change log; an empty one where there is none.

    Raises
    ------
    LedgerError
        The folder cannot be read at all.
    """
    return _ledger(read_shelf(ledger_path(workbook), schema=SCHEMA))


def append_changes(workbook: Path, changes: pd.DataFrame) -> Path | None:
    """Add an observed history to the change log, as far as the log does not hold it yet.

    A row that is there already is not added again, however often it is handed in; rows that occur
    twice in `changes` are kept twice. One exception keeps the log true: where a deal went back on
    the same day to a state that it already had that day, the state is written again, since the
    last row of a day is what holds at its end.

    Parameters
    ----------
    workbook : Path
    changes : DataFrame
        Columns of ``tables.COLUMNS["changes"]``, rows in the order of observation; other columns
        are not kept.

    Returns
    -------
    Path or None
        The part written, None if there was nothing new.

    Raises
    ------
    LedgerError
        A row has no deal id or no day, or the log cannot be written.
    """
    new = _conformed(workbook, changes)
    if new.empty:
        return None
    folder = ledger_path(workbook)
    with locked(folder):
        shelf = read_shelf(folder, schema=SCHEMA)
        fresh = _fresh(_ledger(shelf).changes, new)
        if fresh.empty:
            return None
        return add_part(folder, fresh, number=shelf.last + 1, schema=SCHEMA, notes={})


def append_snapshot(workbook: Path, changes: pd.DataFrame, *, as_of: date) -> Path | None:
    """Add what a snapshot saw, and that it was taken, even if it saw nothing new.

    Parameters
    ----------
    workbook : Path
    changes : DataFrame
        See :func:`salespipe.snapshot.observe`.
    as_of : date

    Returns
    -------
    Path or None
        The part written; None where the log has this snapshot and all of it already.

    Raises
    ------
    LedgerError
        A row has no deal id or no day, or the log cannot be written.
    """
    new = _conformed(workbook, changes)
    folder = ledger_path(workbook)
    with locked(folder):
        shelf = read_shelf(folder, schema=SCHEMA)
        ledger = _ledger(shelf)
        fresh = _fresh(ledger.changes, new)
        if fresh.empty and as_of in ledger.snapshots:
            return None
        notes = {"snapshot": as_of.isoformat()}
        return add_part(folder, fresh, number=shelf.last + 1, schema=SCHEMA, notes=notes)


def _conformed(workbook: Path, changes: pd.DataFrame) -> pd.DataFrame:
    new = conform("changes", changes.reset_index(drop=True))[_COLUMNS]
    nameless = new.index[new[[n.DEAL_ID, n.CHANGED_ON]].isna().any(axis=1)]
    if len(nameless):
        raise LedgerError(
            f"Row {nameless[0] + 1} of the changes for {ledger_path(workbook).name} has no deal id "
            "or no day; give it both."
        )
    return new


def _ledger(shelf: Shelf) -> Ledger:
    tables = [conform("changes", part.table)[_COLUMNS] for part in shelf.parts]
    told = {day for part in shelf.parts if (day := _snapshot(part))}
    if not tables:
        return Ledger(empty("changes"), (), shelf.faults)
    log = pd.concat(tables, ignore_index=True).sort_values(n.CHANGED_ON, kind="stable")
    seen = {day.date() for day in log[n.OBSERVED_ON].dropna().unique()}
    changes = conform("changes", log.reset_index(drop=True))
    return Ledger(changes, tuple(sorted(told | seen)), shelf.faults)


def _snapshot(part: Part) -> date | None:
    try:
        return date.fromisoformat(part.notes.get("snapshot", ""))
    except ValueError:
        return None


def _fresh(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Keep of the new rows those that the log lacks, and those that a day ends on again."""
    old = old[old[n.DEAL_ID].isin(new[n.DEAL_ID])]
    counted = [
        frame.assign(nth=frame.groupby(_COLUMNS, dropna=False).cumcount()) for frame in (old, new)
    ]
    lacking = ~pd.concat(counted, ignore_index=True).duplicated().to_numpy()[len(old) :]
    day = [n.DEAL_ID, n.CHANGED_ON]
    after = pd.concat([old, new[lacking]]).drop_duplicates(day, keep="last")
    ends = new.drop_duplicates(day, keep="last")
    agreed = pd.concat([after, ends]).duplicated().to_numpy()[len(after) :]
    return new[lacking | new.index.isin(ends.index[~agreed])]
