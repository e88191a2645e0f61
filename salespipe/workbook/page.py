"""What one of the tool's sheets says of a run, before it is known where that sheet is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from salespipe.results import Results
from salespipe.settings import Language
from salespipe.workbook.edits import Entry, Styled, Value
from salespipe.workbook.money import money_code
from salespipe.workbook.template.tables import ToolTable
from salespipe.workbook.template.text import phrase

__all__ = ["Page", "named_stages", "plain", "priced", "records", "status_line", "table_rows"]


@dataclass(frozen=True)
class Page:
    """What one sheet says.

    Attributes
    ----------
    cells : dict
        Key in :data:`salespipe.workbook.template.layout.CELLS` to entry.
    tables : dict
        Name in :data:`salespipe.workbook.template.layout.TABLES` to its body rows.
    blocks : dict
        Name in :data:`salespipe.workbook.template.layout.BLOCKS` to its rows.
    """

    cells: dict[str, Entry] = field(default_factory=dict)
    tables: dict[str, list[list[Entry]]] = field(default_factory=dict)
    blocks: dict[str, list[list[Value]]] = field(default_factory=dict)


def plain(value: object) -> Value:
    """Give a value of a frame as a cell takes it: missing becomes None, numpy becomes Python."""
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, str | bool | int | float | date):
        return value
    return str(value)


def table_rows(table: ToolTable, records: Iterable[Mapping[str, Entry]]) -> list[list[Entry]]:
    """Put records into the order of a table's columns."""
    keys = [column.key for column in table.columns]
    return [[record.get(key) for key in keys] for record in records]


def priced(
    table: ToolTable, rows: Iterable[Sequence[Entry]], *, currency: str
) -> list[list[Entry]]:
    """Give a table's rows with its money columns in the format of a currency."""
    code = money_code(currency)
    money = [column.show == "money" for column in table.columns]
    return [
        [
            Styled(entry, code=code) if is_money and not isinstance(entry, Styled) else entry
            for entry, is_money in zip(row, money, strict=True)
        ]
        for row in rows
    ]


def records(frame: pd.DataFrame) -> list[dict[str, Value]]:
    """Give the rows of a frame as plain values by column."""
    rows = frame.to_dict(orient="records")
    return [{str(key): plain(value) for key, value in row.items()} for row in rows]


def named_stages(
    rows: list[dict[str, Value]], results: Results, language: Language, *, key: str = "stage"
) -> list[dict[str, Value]]:
    """Call the stages what they are called in the language of the sheet."""
    labels = {stage.name: stage.label(language) for stage in results.stages}
    return [{**row, key: labels.get(str(row[key]), row[key])} for row in rows]


def status_line(results: Results, language: Language) -> str:
    """Say the as-of date, the currency and what worst, likely and best mean."""
    worst, likely, best = (f"{share:.0%}" for share in results.quantiles)
    return phrase("status", language).format(
        as_of=results.receipt.as_of.isoformat(),
        currency=results.currency,
        worst=worst,
        likely=likely,
        best=best,
    )
