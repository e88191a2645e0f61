"""Read a CRM export through an import map into tables."""

from pathlib import Path
from typing import Any

import pandas as pd

from salespipe import names as n
from salespipe.errors import ImportMapError
from salespipe.sources.export_reader import ExportReader
from salespipe.sources.found_map import ended, known_map
from salespipe.sources.history import closing_days, first_amounts, first_days, stage_entries
from salespipe.sources.import_map import HistoryMap, ImportMap
from salespipe.sources.import_report import Imported
from salespipe.stages import open_stages
from salespipe.tables import COLUMNS, Tables, conform, empty
from salespipe.wording import Words

__all__ = ["read_export"]

_CLOSE = "close"


def read_export(export: Path, import_map: ImportMap) -> Imported:
    """Read an export and the files beside it that the map names.

    Parameters
    ----------
    export : Path
        CSV with one row per deal.
    import_map : ImportMap

    Returns
    -------
    Imported
        The tables and an account of what was read, not placed or left out.

    Raises
    ------
    ImportMapError
        A file or column is missing, a date or number cannot be read, a stage is unknown, or an
        id stands twice; the sentence says where.
    """
    reader = ExportReader(export, import_map)
    if import_map.lenient:
        import_map = known_map(reader, import_map)
        reader.know(import_map)
    deals = _deals(reader, import_map)
    changes = empty("changes")
    entries = _entries(reader, deals, import_map)
    if import_map.history:
        changes = _changes(reader, import_map.history, deals)
        deals = _from_history(reader, deals, changes, import_map.history)
        entries = pd.concat([entries, stage_entries(changes, open_stages(import_map.stages))])
    if import_map.listed_amount_for:
        outcome = deals[n.STAGE].where(deals[n.STAGE].isin([n.WON, n.LOST]), n.OPEN)
        listed = outcome.isin(import_map.listed_amount_for)
        deals[n.AMOUNT] = deals[n.AMOUNT].mask(listed, deals[n.LISTED_AMOUNT])
    deals = deals.drop(columns=[reader.entered_column(stage) for stage in import_map.entered])
    deals = conform("deals", deals)
    tables = Tables(
        deals=deals,
        stage_entries=_entry_rows(entries, deals),
        changes=conform("changes", changes),
        stages=import_map.stages,
        settings=import_map.settings,
        **_others(reader, import_map, deals),
    )
    return Imported(tables=tables, report=reader.report())


def _deals(reader: ExportReader, import_map: ImportMap) -> pd.DataFrame:
    days = dict(import_map.entered)
    close = reader.column(import_map.close_date) if import_map.close_date else None
    if import_map.close_date and close is None and not import_map.lenient:
        raise ImportMapError(
            f'{reader.export.name} has no column "{import_map.close_date[0]}", which '
            f"{import_map.file} reads as close_date; correct the map."
        )
    deals = reader.read(
        import_map.deals, extra=True, dates=days | ({_CLOSE: close} if close else {})
    )
    file = reader.export.name
    blank = deals[n.DEAL_ID].isna()
    reader.leave_out(file, "no deal id", deals.index[blank])
    deals = deals[~blank]
    _refuse_doubles(deals[n.DEAL_ID], file=file)
    deals[n.STAGE] = reader.stages(ended(reader, deals[n.STAGE], import_map), file=file)
    if close:
        deals = _closed(deals, reader.entered_column(_CLOSE))
    return deals.set_axis(pd.RangeIndex(2, len(deals) + 2), axis=0)


def _closed(deals: pd.DataFrame, column: str) -> pd.DataFrame:
    """Take a CRM's one close date for what it is: expected while open, a fact once closed."""
    over = deals[n.STAGE].isin([n.WON, n.LOST])
    for key, days in (
        (n.CLOSED_ON, deals[column].where(over)),
        (n.EXPECTED_CLOSE_ON, deals[column].mask(over)),
    ):
        deals[key] = deals[key].fillna(days) if deals[key].notna().any() else days
    return deals.drop(columns=column)


def _refuse_doubles(ids: pd.Series, *, file: str) -> None:
    double = ids[ids.duplicated(keep=False)]
    if len(double):
        first = double.iloc[0]
        rows = double.index[double == first]
        raise ImportMapError(
            f'{file}: the id "{first}" stands in rows {rows[0]} and {rows[1]} (ids that stand '
            f"more than once: {double.nunique():,}); keep one row per deal."
        )


def _entries(reader: ExportReader, deals: pd.DataFrame, import_map: ImportMap) -> pd.DataFrame:
    """Turn one column of days per stage into one row per deal and stage."""
    parts = [
        pd.DataFrame(
            {
                n.DEAL_ID: deals[n.DEAL_ID],
                n.STAGE: stage,
                n.ENTERED_ON: deals[reader.entered_column(stage)],
            }
        ).dropna()
        for stage in import_map.entered
    ]
    return pd.concat([empty("stage_entries"), *parts])


def _entry_rows(entries: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Keep the first day of each deal in each stage, under the deal's row, in order."""
    rows = pd.Series(deals.index, index=deals[n.DEAL_ID])
    entries = entries.sort_values(n.ENTERED_ON, kind="stable")
    entries = entries.drop_duplicates([n.DEAL_ID, n.STAGE])
    entries = entries.set_index(pd.Index(entries[n.DEAL_ID].map(rows).astype("int64")))
    return conform("stage_entries", entries.sort_index(kind="stable"))


def _changes(reader: ExportReader, history: HistoryMap, deals: pd.DataFrame) -> pd.DataFrame:
    source = history.source
    changes = reader.read(source, order=history.order)
    nameless, undated = changes[n.DEAL_ID].isna(), changes[n.CHANGED_ON].isna()
    strange = ~changes[n.DEAL_ID].isin(deals[n.DEAL_ID])
    reader.leave_out(source.file, "no deal id", changes.index[nameless])
    reader.leave_out(source.file, "deal not in the export", changes.index[strange & ~nameless])
    reader.leave_out(source.file, "no day", changes.index[undated & ~strange & ~nameless])
    changes = changes[~(nameless | strange | undated)]
    changes[n.STAGE] = reader.stages(changes[n.STAGE], file=source.file)
    changes = conform("changes", changes)[list(COLUMNS["changes"])]
    changes = changes.sort_values(n.CHANGED_ON, kind="stable")
    return changes.set_axis(pd.RangeIndex(2, len(changes) + 2), axis=0)


def _from_history(
    reader: ExportReader, deals: pd.DataFrame, changes: pd.DataFrame, history: HistoryMap
) -> pd.DataFrame:
    """Fill the deal columns that the history decides."""
    known = {
        n.CREATED_ON: first_days,
        n.CLOSED_ON: closing_days,
        n.LISTED_AMOUNT: first_amounts,
    }
    for key in history.gives:
        # Not Series.map, which fails on an empty table of days.
        deals[key] = known[key](changes).reindex(deals[n.DEAL_ID]).to_numpy()
    last = deals[n.DEAL_ID].map(changes.groupby(n.DEAL_ID)[n.STAGE].last())
    bare, differs = last.isna(), last.notna() & (last != deals[n.STAGE])
    if bare.any():
        reader.note(
            Words(
                f"Deals without a row in {history.source.file}: {bare.sum():,}.",
                f"{history.source.file} 中没有记录的商机：{bare.sum():,} 个。",
            )
        )
    if differs.any():
        first = deals.loc[differs, n.DEAL_ID].iloc[0]
        reader.note(
            Words(
                f"Deals that end in {history.source.file} in another stage than in the export: "
                f"{differs.sum():,}, the first is {first}; both are kept, no closing day is taken.",
                f"{history.source.file} 中最后阶段与导出不同的商机：{differs.sum():,} 个，"
                f"首个为 {first}；两者均保留，不采用关闭日期。",
            )
        )
        if n.CLOSED_ON in history.gives:
            deals[n.CLOSED_ON] = deals[n.CLOSED_ON].mask(differs)
    return deals


def _others(reader: ExportReader, import_map: ImportMap, deals: pd.DataFrame) -> dict[str, Any]:
    """Read the further tables, several files of one table one after the other."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for source in import_map.others:
        part = reader.read(source)
        if source.table == "accounts":
            above = [account for frame in parts.get("accounts", []) for account in frame[n.ACCOUNT]]
            again = part[n.ACCOUNT].duplicated() | part[n.ACCOUNT].isin(above)
            reader.leave_out(source.file, "account name stands above already", part.index[again])
            part = part[~again]
        if n.DEAL_ID in source.columns:
            reader.unmatched(
                part[n.DEAL_ID], part[n.DEAL_ID].isin(deals[n.DEAL_ID]), file=source.file,
                column=source.columns[n.DEAL_ID], sought="the deals",
            )  # fmt: skip
        parts.setdefault(source.table, []).append(part)
    tables = {table: pd.concat(frames) for table, frames in parts.items()}
    return {
        table: conform(table, frame.set_axis(pd.RangeIndex(2, len(frame) + 2), axis=0))
        for table, frame in tables.items()
    }
