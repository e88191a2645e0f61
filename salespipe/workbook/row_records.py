"""Rows of the sheets beside Deals as records, each known by what makes it the same row."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.tables import COLUMNS, Tables, conform
from salespipe.workbook.headers import fold
from salespipe.workbook.records import Record, Records, plain_value

__all__ = ["KEYED", "record_frame", "row_ids", "row_label", "sheet_records"]

KEYED: Final[dict[str, tuple[str, ...]]] = {
    "accounts": (n.ACCOUNT,),
    "contacts": (n.CONTACT, n.ACCOUNT),
    "targets": (n.MONTH, n.OWNER),
    "market": (n.MONTH, n.INDEX),
    "rates": (n.MONTH, n.CURRENCY),
    "feedback": (n.REPORTED_ON, n.OWNER, n.FEEDBACK),
}
"""What makes two rows the same, by sheet; activities have no such thing."""


def row_ids(frame: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    """Give what identifies each row: its keys, without regard to case and punctuation."""
    values = frame.reindex(columns=list(keys)).astype(object)
    return [
        "|".join(fold(text) or text for text in _texts(row))
        for row in values.itertuples(index=False, name=None)
    ]


def row_label(sheet: str, record: Record) -> str:
    """Name a row to people."""
    return " / ".join(_texts([record.get(key) for key in KEYED[sheet]]))


def sheet_records(tables: Tables) -> dict[str, Records]:
    """Give the rows of each sheet as records; of two that are the same, the first."""
    return {sheet: _records(getattr(tables, sheet), keys) for sheet, keys in KEYED.items()}


def record_frame(sheet: str, records: Mapping[str, Record]) -> pd.DataFrame:
    """Give records as the table of a sheet, without columns of a source's own."""
    rows = pd.DataFrame(list(records.values()), index=range(2, 2 + len(records)), dtype=object)
    return conform(sheet, rows.reindex(columns=list(COLUMNS[sheet])))


def _records(frame: pd.DataFrame, keys: Sequence[str]) -> Records:
    found: dict[str, Record] = {}
    for row_id, row in zip(row_ids(frame, keys), frame.to_dict("records"), strict=True):
        values = ((str(key), plain_value(value)) for key, value in row.items())
        found.setdefault(row_id, {key: value for key, value in values if value is not None})
    return Records(tuple(map(str, frame.columns)), found)


def _texts(values: Sequence[object]) -> list[str]:
    plain = (plain_value(value) for value in values)
    return ["" if value is None else str(value) for value in plain]
