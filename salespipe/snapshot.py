"""Snapshots: what a sheet shows today, told apart from what its change log saw last.

A sheet overwrites; the log keeps. A deal that the log does not know yet, one that changed, and one
that is no longer there each give rows, dated by the sheet where it says when (the stage dates, the
closing day) and by the snapshot where it does not.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from salespipe import names as n
from salespipe.ledger import append_snapshot
from salespipe.pipeline import build_pipeline, moved_on
from salespipe.recall import STATE, last_states
from salespipe.tables import COLUMNS, Tables, among, conform, look_up

__all__ = ["TRACKED", "observe", "take_snapshot", "with_snapshot"]

TRACKED: Final = (
    n.STAGE,
    n.AMOUNT,
    n.EXPECTED_CLOSE_ON,
    n.OWNER,
    n.FORECAST_CATEGORY,
    n.CONFIDENCE,
)
"""What makes a row of the log when it changes."""

_DESCRIBED: Final = (n.SEGMENT, n.CURRENCY, n.CLOSED_ON)
"""What makes a row when it changes, but not when the log merely did not say it before."""

_COLUMNS: Final = list(COLUMNS["changes"])


def take_snapshot(workbook: Path, tables: Tables, *, as_of: date) -> Path | None:
    """Add to the change log what differs from its last known state.

    A log that has seen later days already is left alone: what was known on an earlier one it says
    itself.

    Parameters
    ----------
    workbook : Path
    tables : Tables
        As read from it, its change log with them.
    as_of : date
        The day that the snapshot stands for.

    Returns
    -------
    Path or None
        The part written, None if there was nothing to add.

    Raises
    ------
    SalespipeError
        No deal is known on that day, or the log cannot be written.
    """
    if _outdated(tables, as_of):
        return None
    return append_snapshot(workbook, observe(tables, as_of=as_of), as_of=as_of)


def with_snapshot(tables: Tables, *, as_of: date) -> Tables:
    """Give the tables as they would be read after a snapshot: what the past is looked at from.

    Until the log has seen today's sheet, what the sheet shows of a deal stands for the day of the
    last snapshot as well.
    """
    if _outdated(tables, as_of):
        return tables
    seen = observe(tables, as_of=as_of)
    changes = pd.concat([tables.changes[_COLUMNS], seen] if len(tables.changes) else [seen])
    changes = changes.sort_values(n.CHANGED_ON, kind="stable", ignore_index=True)
    snapshots = tuple(sorted({*tables.snapshots, as_of}))
    return replace(tables, changes=conform("changes", changes), snapshots=snapshots)


def _outdated(tables: Tables, as_of: date) -> bool:
    """Tell whether the log has seen later days already."""
    later = tables.changes[n.CHANGED_ON] >= pd.Timestamp(as_of) + pd.Timedelta(days=1)
    return bool(later.any()) or bool(tables.snapshots and as_of < tables.snapshots[-1])


def observe(tables: Tables, *, as_of: date) -> pd.DataFrame:
    """List what a snapshot sees that the change log does not know yet.

    Parameters
    ----------
    tables : Tables
    as_of : date

    Returns
    -------
    DataFrame
        Columns of ``tables.COLUMNS["changes"]``, in time order. Money is in each deal's own
        currency. A deal that is no longer on the sheet has the stage ``removed``.
    """
    pipeline = build_pipeline(tables, as_of=as_of, own_currencies=True)
    known = last_states(tables.changes)
    now = pipeline.deals.set_index(n.DEAL_ID)
    # What a sheet has overwritten since the day is not blank but unknown.
    hidden = among(now.index, moved_on(tables, as_of=as_of))
    for key in (*TRACKED, *_DESCRIBED):
        now[key] = now[key].where(now[key].notna() | ~hidden, known[key].reindex(now.index))
    there = now[among(now.index, known.index)]
    changed = _changed(there, known.loc[there.index])
    ends = _ends(
        now[~among(now.index, known.index) | among(now.index, there.index[changed])], known
    )
    ends = ends.fillna({n.CHANGED_ON: pipeline.day})
    parts: list[pd.DataFrame] = [
        _moves(pipeline.stays, known, ends.set_index(n.DEAL_ID)[n.CHANGED_ON]),
        ends,
        _gone(known, now.index, pipeline.day),
    ]
    rows = pd.concat(parts, ignore_index=True).sort_values(
        n.CHANGED_ON, kind="stable", ignore_index=True
    )
    rows[n.OBSERVED_ON] = pipeline.day
    earlier = rows.groupby(n.DEAL_ID)[[*TRACKED, *_DESCRIBED]].shift()
    repeated = rows.duplicated(n.DEAL_ID) & ~_changed(rows, earlier)
    return conform("changes", rows[~repeated].reset_index(drop=True))[_COLUMNS]


def _changed(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    differs = pd.DataFrame(
        {
            key: (now[key] != before[key]) & (now[key].notna() | before[key].notna())
            for key in (*TRACKED, *_DESCRIBED)
        }
    )
    for key in _DESCRIBED:
        differs[key] &= before[key].notna()
    return differs.any(axis=1)


def _moves(stays: pd.DataFrame, known: pd.DataFrame, until: "pd.Series[Any]") -> pd.DataFrame:
    """Date by the sheet the stages that a deal entered between the log's last row of it and today.

    What else changed meanwhile is seen in its last row only.
    """
    last = look_up(stays[n.DEAL_ID], known[n.CHANGED_ON])
    end = look_up(stays[n.DEAL_ID], until)
    stays = stays[(stays[n.ENTERED_ON] > last) & (stays[n.ENTERED_ON] <= end)]
    rows = known.reindex(stays[n.DEAL_ID]).reset_index()
    return rows.assign(
        **{n.STAGE: stays[n.STAGE].to_numpy(), n.CHANGED_ON: stays[n.ENTERED_ON].to_numpy()}
    )


def _gone(known: pd.DataFrame, now: pd.Index, day: pd.Timestamp) -> pd.DataFrame:
    """Give the deals that were there and are no longer."""
    left = known[~among(known.index, now) & (known[n.STAGE] != n.REMOVED)].copy()
    left[n.STAGE], left[n.CHANGED_ON] = n.REMOVED, day
    return left.reset_index()


def _ends(deals: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Give the states of today; a closing since the log's last row of a deal has its own day."""
    closed = deals[n.CLOSED_ON].where(deals[n.STAGE].isin([n.WON, n.LOST]))
    day = closed.where(closed > known[n.CHANGED_ON].reindex(deals.index))
    return deals[list(STATE)].assign(**{n.CHANGED_ON: day}).reset_index()
