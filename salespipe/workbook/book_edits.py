"""Changes of deals, and rows of other sheets, as edits of the workbook that holds them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from salespipe import names as n
from salespipe.settings import Language
from salespipe.tables import COLUMNS
from salespipe.workbook.areas import cell_address
from salespipe.workbook.book import Book
from salespipe.workbook.edits import Edits, Entry, Formula, Styled
from salespipe.workbook.headers import fold
from salespipe.workbook.package import Package
from salespipe.workbook.parts import TablePart
from salespipe.workbook.records import (
    ENTERED,
    Plain,
    Record,
    label_of,
    plain_value,
    record_tables,
)
from salespipe.workbook.row_records import KEYED, row_ids
from salespipe.workbook.schema import CALCULATED, DEAL_COLUMNS, SHEETS, entered_header
from salespipe.workbook.tables import table_area
from salespipe.workbook.template.calculated import calculated_formulas, calculated_values

__all__ = ["BookEdits"]


@dataclass
class BookEdits:
    """Edits of one workbook in the making.

    Attributes
    ----------
    book : Book
    package : Package
        The same workbook, as parts.
    day : date
        Day for which the stored values of formulas in new rows are computed.
    """

    book: Book
    package: Package
    day: date
    _cells: dict[str, dict[str, Entry]] = field(default_factory=dict)
    _added: dict[str, list[list[Entry]]] = field(default_factory=dict)
    _columns: dict[str, list[str]] = field(default_factory=dict)
    _replaced: dict[str, list[list[Entry]]] = field(default_factory=dict)

    def edits(self) -> Edits:
        """Give what was gathered."""
        return Edits(
            cells=self._cells, rows=self._replaced, added=self._added, columns=self._columns
        )

    def change_deals(self, updates: Mapping[str, Record], added: Mapping[str, Record]) -> None:
        """Set values of deals that are there, and add new deals below them.

        Columns that the sheet lacks are added to the right of its table.
        """
        if not updates and not added:
            return
        places = self._deal_places()
        wanted = dict.fromkeys(key for r in (*updates.values(), *added.values()) for key in r)
        headers = [key for key in wanted if key not in places]
        table = self._table("deals")
        title = self.book.locator.titles["deals"]
        last = max([*places.values(), table_area(table).right if table else 0])
        if headers:
            top = self.book.locator.header_rows["deals"]
            self._add_columns(title, table, headers, top=top, last=last)
            places |= {key: last + 1 + place for place, key in enumerate(headers)}
        rows = dict(
            zip(self.book.tables.deals[n.DEAL_ID], self.book.tables.deals.index, strict=True)
        )
        cells = self._cells.setdefault(title, {})
        for deal_id, record in updates.items():
            for key, value in record.items():
                cells[cell_address(rows[deal_id], places[key])] = self._entry(key, value)
        if added:
            self._add_deals(table, places, added)

    def fresh_rows(self, key: str, frames: Sequence[pd.DataFrame]) -> list[Record]:
        """Give the rows of some sources that another sheet does not hold.

        Rows that stand in one source twice count twice, those that stand in two sources once.
        """
        held = Counter(_identities(getattr(self.book.tables, key)[list(COLUMNS[key])]))
        fresh: list[Record] = []
        for frame in frames:
            left = held.copy()
            for identity, row in zip(_identities(frame), frame.to_dict("records"), strict=True):
                if left[identity]:
                    left[identity] -= 1
                else:
                    held[identity] += 1
                    fresh.append({str(k): plain_value(v) for k, v in row.items()})
        return fresh

    def change_rows(self, key: str, updates: Mapping[str, Record], added: Sequence[Record]) -> bool:
        """Set values of rows of another sheet, and add rows; False where it has no table.

        Parameters
        ----------
        key : str
            Of the sheet.
        updates : mapping
            Values by what identifies the row; see :mod:`salespipe.workbook.row_records`.
        added : sequence
        """
        table = self._table(key)
        if not (updates or added) or table is None:
            return table is not None
        old: pd.DataFrame = getattr(self.book.tables, key)
        places = self._places(key)
        title, area = self.book.locator.titles[key], table_area(table)
        wanted = dict.fromkeys(column for r in (*updates.values(), *added) for column in r)
        headers = [column for column in wanted if column not in places]
        last = max([*places.values(), area.right])
        if headers:
            self._add_columns(title, table, headers, top=area.top, last=last)
            places |= {column: last + 1 + place for place, column in enumerate(headers)}
        cells = self._cells.setdefault(title, {})
        rows_by_id: dict[str, int] = {}
        if updates:
            for row_id, row in zip(row_ids(old, KEYED[key]), old.index, strict=True):
                rows_by_id.setdefault(row_id, int(row))
        for row_id, record in updates.items():
            for column, value in record.items():
                cells[cell_address(rows_by_id[row_id], places[column])] = value
        if added:
            self._append(key, table, [_line(places, record, area.left) for record in added])
        return True

    def _deal_places(self) -> dict[str, int]:
        entered = self._places("stage_entries")
        return self._places("deals") | {f"{ENTERED}{stage}": c for stage, c in entered.items()}

    def _places(self, table: str) -> dict[str, int]:
        known = self.book.locator.columns
        return {key: column for (name, key), column in known.items() if name == table}

    def _table(self, key: str) -> TablePart | None:
        """Give the Excel Table in which a sheet's first known column stands."""
        title = self.book.locator.titles.get(key)
        top = self.book.locator.header_rows.get(key)
        first = min(self._places(key).values(), default=0)
        for table in self.package.tables:
            if table.sheet == title and table.header_rows:
                area = table_area(table)
                if area.top == top and area.left <= first <= area.right:
                    return table
        return None

    def _header(self, key: str) -> str:
        language = self._language
        if key.startswith(ENTERED):
            named = {stage.name: stage for stage in self.book.tables.stages}
            stage = named.get(key.removeprefix(ENTERED))
            return entered_header(stage, language) if stage else key
        known = {column.key: column.header(language) for column in DEAL_COLUMNS}
        return known.get(key, key)

    @property
    def _language(self) -> Language:
        return self.book.language

    def _entry(self, key: str, value: Plain) -> Plain:
        return label_of(key, value, stages=self.book.tables.stages, language=self._language)

    def _add_columns(
        self, title: str, table: TablePart | None, keys: Sequence[str], *, top: int, last: int
    ) -> None:
        cells = self._cells.setdefault(title, {})
        for column, key in enumerate(keys, start=last + 1):
            cells[cell_address(top, column)] = Styled(self._header(key), cell_address(top, last))
        if table and last == table_area(table).right:
            self._columns[table.name] = [self._header(key) for key in keys]

    def _add_deals(
        self, table: TablePart | None, places: Mapping[str, int], added: Mapping[str, Record]
    ) -> None:
        computed = self._computed(table, added)
        by_column = {column: key for key, column in places.items()}
        left = table_area(table).left if table else 1
        right = max([*places.values(), table_area(table).right if table else 1])
        rows: list[list[Entry]] = []
        for deal_id, record in added.items():
            row: list[Entry] = []
            for column in range(left, right + 1):
                key = by_column.get(column, "")
                value: Entry = self._entry(key, record.get(key)) if key else None
                row.append(computed.get((deal_id, column), value))
            rows.append(row)
        self._append("deals", table, rows)

    def _append(self, key: str, table: TablePart | None, rows: list[list[Entry]]) -> None:
        """Put rows below those of a sheet: into its Excel Table, and beside it what is wider."""
        locator = self.book.locator
        old: pd.DataFrame = getattr(self.book.tables, key)
        empty = old.empty and not locator.has_rows(key)
        bottom, left, inside = locator.header_rows[key], 1, 0
        if table is not None:
            area = table_area(table)
            last = area.bottom - table.totals_rows
            bottom, left = (bottom if empty else last), area.left
            inside = len(table.columns) + len(self._columns.get(table.name, ()))
            held = self._replaced if empty else self._added
            held[table.name] = [row[:inside] for row in rows]
        elif not empty:
            bottom = int(old.index.max())
        cells = self._cells.setdefault(locator.titles[key], {})
        for number, row in enumerate(rows, start=bottom + 1):
            for column, value in enumerate(row[inside:], start=left + inside):
                if value is not None:
                    cells[cell_address(number, column)] = value

    def _computed(
        self, table: TablePart | None, added: Mapping[str, Record]
    ) -> dict[tuple[str, int], Entry]:
        """Give the template's formulas for new rows, where its calculated columns are."""
        if table is None or table.name != SHEETS["deals"].table:
            return {}
        language = self._language
        left = table_area(table).left
        folded = {fold(pair[language == "zh"]): key for key, pair in CALCULATED.items()}
        columns = {
            left + place: folded[fold(header)]
            for place, header in enumerate(table.columns)
            if fold(header) in folded
        }
        stages = self.book.tables.stages
        formulas = calculated_formulas(stages, language)
        values = calculated_values(
            record_tables(added, like=self.book.tables), today=self.day, language=language
        ).to_dict("records")
        return {
            (deal_id, column): Formula(formulas[key].removeprefix("="), _cached(row[key]))
            for deal_id, row in zip(added, values, strict=True)
            for column, key in columns.items()
        }


def _cached(value: object) -> float | str:
    return float(value) if isinstance(value, int | float) else str(value)


def _line(places: Mapping[str, int], record: Record, left: int) -> list[Entry]:
    row: list[Entry] = [None] * (max(places.values()) + 1 - left)
    for key, value in record.items():
        row[places[key] - left] = value
    return row


def _identities(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return [
        tuple(fold(v) if isinstance(v, str) else plain_value(v) for v in row)
        for row in frame.astype(object).itertuples(index=False, name=None)
    ]
