"""Columns of one sheet as typed values, and what was noticed on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from salespipe import names as n
from salespipe.problems import Problem
from salespipe.settings import Language
from salespipe.tables import COLUMNS, Kind, conform
from salespipe.wording import Words
from salespipe.workbook.areas import cell_address
from salespipe.workbook.grid import Cell, Grid
from salespipe.workbook.headers import Block
from salespipe.workbook.notes import Note, problem_of
from salespipe.workbook.readings import READERS, Evidence, Reading, show, weigh
from salespipe.workbook.rule_words import BULK as BULK_WORDS
from salespipe.workbook.rule_words import DATE_ORDERS, DECIMAL_MARKS
from salespipe.workbook.schema import SHEETS

__all__ = ["Source", "Value", "read_column", "read_columns", "read_extra", "read_table"]

type Value = str | float | datetime | None

BULK = 20
"""Cells of one column up to which each is named, where a rule can speak of many at once."""

_TYPES = frozenset({"number-as-text", "date-as-text"})

_UNUSABLE = {"error": "error-value", "uncached": "uncached-formula"}


@dataclass(frozen=True)
class Source:
    """A table found on a sheet, and the notes on it.

    Attributes
    ----------
    table : str
        Key of :data:`salespipe.tables.COLUMNS`, or ``stages``.
    grid : Grid
    block : Block
    date1904 : bool
    notes : list of Note
        Grows as columns are read.
    ids, owners : dict
        Deal and owner by row, once they are read.
    """

    table: str
    grid: Grid
    block: Block
    date1904: bool = False
    notes: list[Note] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)

    @property
    def index(self) -> "pd.Index[int]":
        """The rows, as the index of a frame."""
        return pd.Index(list(self.block.rows), dtype="int64", name=n.ROW)

    def cells(self, column: int) -> list[Cell | None]:
        """Give the cells of a column, one for each row; None where it is blank."""
        return [self.grid.rows[row].get(column) for row in self.block.rows]

    def note(
        self,
        rule: str,
        *,
        key: str,
        row: int,
        value: str = "",
        taken: str | Words = "",
        hint: str | Words = "",
    ) -> None:
        """Note that a cell broke a rule; that a CSV file holds text is none."""
        if not self.grid.typed and rule in _TYPES:
            return
        column = self.block.columns.get(key) or self.block.entered.get(key, 0)
        self.notes.append(Note(rule, key, row, column, value, taken, hint))

    def noted(self, rules: Iterable[str], key: str) -> set[int]:
        """Give the rows in which a column broke one of some rules."""
        wanted = set(rules)
        return {note.row for note in self.notes if note.key == key and note.rule in wanted}

    def know(self, frame: pd.DataFrame) -> None:
        """Keep whose rows they are, also of those that are left out later."""
        for key, known in ((n.DEAL_ID, self.ids), (n.OWNER, self.owners)):
            if key in frame.columns:
                named = frame[key].dropna()
                known.update(zip(named.index.tolist(), map(str, named), strict=True))

    def problems(self, language: Language) -> list[Problem]:
        """Put the notes into words, in the order of the rows."""
        groups: dict[tuple[str, str], list[Note]] = {}
        for note in self.notes:
            groups.setdefault((note.rule, note.key), []).append(note)
        found = []
        for (rule, _), notes in groups.items():
            if rule in BULK_WORDS and len(notes) > BULK:
                found.append((notes[0].row, self._problem(notes[0], language, count=len(notes))))
            else:
                found += [(note.row, self._problem(note, language)) for note in notes]
        return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]

    def _problem(self, note: Note, language: Language, *, count: int = 0) -> Problem:
        if note.row and not note.column:
            note = replace(note, column=min(self.block.columns.values()))
        return problem_of(
            note,
            sheet=self.grid.title,
            language=language,
            table=self.table,
            headers=self.block.headers,
            count=count,
            deal_id="" if count else self.ids.get(note.row, ""),
            owner="" if count else self.owners.get(note.row, ""),
        )


def read_columns(source: Source) -> dict[str, list[Value]]:
    """Read the known columns of a table that are there; None for a blank or unusable cell."""
    kinds = COLUMNS[source.table]
    dated = [c for key, c in source.block.columns.items() if kinds[key] in ("date", "month")]
    dated += source.block.entered.values()
    pooled = weigh("date", [cell for column in dated for cell in source.cells(column) if cell])
    return {
        key: read_column(source, key, kind=kind, column=source.block.columns[key], pooled=pooled)
        for key, kind in kinds.items()
        if key in source.block.columns
    } | {
        stage: read_column(source, stage, kind="date", column=column, pooled=pooled)
        for stage, column in source.block.entered.items()
    }


def read_column(
    source: Source, key: str, *, kind: Kind, column: int, pooled: Evidence | None = None
) -> list[Value]:
    """Read one column.

    Parameters
    ----------
    source : Source
    key : str
        Its key, or the stage whose entering it dates.
    kind : {"text", "number", "money", "fraction", "date", "month"}
    column : int
        Place in the sheet.
    pooled : Evidence or None
        What all date columns together say of the order of day and month; asked where the column
        itself says nothing.
    """
    cells = source.cells(column)
    own = weigh(kind, [cell for cell in cells if cell], date1904=source.date1904)
    order = own.day_first if own.day_first is not None or pooled is None else pooled.day_first
    by = own.day_first_by if own.day_first is not None or pooled is None else pooled.day_first_by
    evidence = Evidence(own.decimal, order, source.date1904, own.decimal_by, by)
    read = READERS[kind]
    values: list[Value] = []
    decided = False
    for row, cell in zip(source.block.rows, cells, strict=True):
        if cell is None:
            values.append(None)
            continue
        rule = _UNUSABLE.get(cell.kind)
        reading = Reading(None, rule) if rule else read(cell, evidence)
        if reading.rule == "blank-word" and key == n.AMOUNT:
            reading = Reading(None, "not-a-number")
        if reading.rule:
            shown = _shown(reading)
            source.note(reading.rule, key=key, row=row, value=show(cell), taken=shown)
        values.append(reading.value)
        decided |= reading.decided
    if decided:
        source.notes.append(_decision(key, column, kind, evidence))
    return values


def _decision(key: str, column: int, kind: Kind, evidence: Evidence) -> Note:
    """Say how what could be read either way was read, and which cell shows it."""
    if kind in ("date", "month"):
        taken = DATE_ORDERS[bool(evidence.day_first)]
        shown = evidence.day_first_by
    else:
        taken, shown = DECIMAL_MARKS[evidence.decimal], evidence.decimal_by
    hint = f'"{show(shown)}" ({cell_address(shown.row, shown.column)})' if shown else ""
    return Note("locale-decided", key, 0, column, taken=taken, hint=hint)


def _shown(reading: Reading) -> str:
    value = reading.value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value * 100:g}" if reading.rule == "percent-as-number" else f"{value:,.15g}"
    return value or ""


def read_extra(source: Source) -> dict[str, "pd.Series[float] | pd.Series[str]"]:
    """Carry the unknown columns along: numbers or dates where every cell is one, else text."""
    carried = {}
    for header, column in source.block.extra.items():
        cells = source.cells(column)
        kinds = {cell.kind for cell in cells if cell}
        if kinds in ({"number"}, {"date"}):
            values: list[Value | bool] = [cell.value if cell else None for cell in cells]
            dtype = "float64" if kinds == {"number"} else "datetime64[us]"
        else:
            values, dtype = [show(cell) if cell else None for cell in cells], "str"
        carried[header] = pd.Series(values, index=source.index, dtype=dtype)
    return carried


def read_table(source: Source) -> pd.DataFrame:
    """Read a sheet's table; rows without what makes them one are left out."""
    frame = pd.DataFrame(read_columns(source), index=source.index, dtype=object)
    source.know(frame)
    lacking = pd.Series(data=False, index=frame.index)
    for column in SHEETS[source.table].columns:
        if column.required:
            blank = frame[column.key].isna() & ~lacking
            unusable = {note.row for note in source.notes if note.key == column.key}
            for row in blank.index[blank]:
                if row not in unusable:
                    source.note("key-missing", key=column.key, row=int(row))
            lacking |= blank
    carried = pd.DataFrame(read_extra(source), index=frame.index)[~lacking]
    return pd.concat([conform(source.table, frame[~lacking]), carried], axis=1)
