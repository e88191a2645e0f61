"""Changes of deals, and rows of other sheets, as edits of the workbook that holds them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import pandas as pd
from openpyxl.utils.cell import get_column_letter

from salespipe import names as n
from salespipe.settings import Language
from salespipe.tables import COLUMNS
from salespipe.workbook.book import Book
from salespipe.workbook.edits import Edits, Entry, Formula, Styled
from salespipe.workbook.headers import fold
from salespipe.workbook.package import Package, TablePart
from salespipe.workbook.records import ENTERED, Plain, Record, label_of, record_tables
from salespipe.workbook.schema import CALCULATED, DEAL_COLUMNS, SHEETS, entered_header
from salespipe.workbook.tables import table_area
from salespipe.workbook.template.calculated import calculated_formulas, calculated_values

__all__ = ["BookEdits"]

_IDENTITY: Final[dict[str, tuple[str, ...]]] = {
    "accounts": (n.ACCOUNT,),
    "contacts": (n.CONTACT, n.ACCOUNT),
    "activities": tuple(COLUMNS["activities"]),
    "targets": (n.MONTH, n.OWNER),
    "market": (n.MONTH, n.INDEX),
    "rates": (n.MONTH, n.CURRENCY),
    "feedback": (n.REPORTED_ON, n.OWNER, n.FEEDBACK),
}
"""What makes two rows of a sheet the same."""


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
            self._add_columns(title, table, last, headers)
            places |= {key: last + 1 + place for place, key in enumerate(headers)}
        rows = dict(
            zip(self.book.tables.deals[n.DEAL_ID], self.book.tables.deals.index, strict=True)
        )
        cells = self._cells.setdefault(title, {})
        for deal_id, record in updates.items():
            for key, value in record.items():
                cells[_address(rows[deal_id], places[key])] = self._entry(key, value)
        if added:
            self._add_deals(title, table, places, added)

    def add_rows(self, key: str, frames: Sequence[pd.DataFrame]) -> int:
        """Add to another sheet the rows of some sources that it does not hold; give how many."""
        old: pd.DataFrame = getattr(self.book.tables, key)
        fresh = _fresh(old, frames, _IDENTITY[key])
        table = self._table(key)
        if fresh.empty or table is None:
            return 0
        places = self._places(key)
        left = table_area(table).left
        rows: list[list[Entry]] = []
        for record in fresh.to_dict("records"):
            row: list[Entry] = [None] * len(table.columns)
            for column, value in record.items():
                if column in places:
                    row[places[str(column)] - left] = _plain(value)
            rows.append(row)
        if old.empty and not self.book.locator.has_rows(key):
            self._replaced[table.name] = rows
        else:
            self._added[table.name] = rows
        return len(rows)

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
        self, title: str, table: TablePart | None, last: int, keys: Sequence[str]
    ) -> None:
        cells = self._cells.setdefault(title, {})
        top = table_area(table).top if table else self.book.locator.header_rows["deals"]
        for column, key in enumerate(keys, start=last + 1):
            cells[_address(top, column)] = Styled(self._header(key), _address(top, last))
        if table and last == table_area(table).right:
            self._columns[table.name] = [self._header(key) for key in keys]

    def _add_deals(
        self,
        title: str,
        table: TablePart | None,
        places: Mapping[str, int],
        added: Mapping[str, Record],
    ) -> None:
        computed = self._computed(table, added)
        by_column = {column: key for key, column in places.items()}
        left = table_area(table).left if table else 1
        right = max([*places.values(), table_area(table).right if table else 1])
        inside = self._width(table) if table else right
        rows: list[list[Entry]] = []
        for deal_id, record in added.items():
            row: list[Entry] = []
            for column in range(left, right + 1):
                key = by_column.get(column, "")
                value: Entry = self._entry(key, record.get(key)) if key else None
                row.append(computed.get((deal_id, column), value))
            rows.append(row)
        deals, header_row = self.book.tables.deals, self.book.locator.header_rows["deals"]
        empty = deals.empty and not self.book.locator.has_rows("deals")
        if table is None:
            bottom, outside = int(deals.index.max()) if len(deals) else header_row, left
        else:
            bottom = header_row if empty else table_area(table).bottom
            outside = left + inside
            (self._replaced if empty else self._added)[table.name] = [row[:inside] for row in rows]
        cells = self._cells.setdefault(title, {})
        for number, row in enumerate(rows, start=bottom + 1):
            for column, value in enumerate(row[outside - left :], start=outside):
                if value is not None:
                    cells[_address(number, column)] = value

    def _width(self, table: TablePart) -> int:
        """Give the columns of a table, those among them that are being added."""
        return len(table.columns) + len(self._columns.get(table.name, ()))

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


def _address(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"


def _cached(value: object) -> float | str:
    return float(value) if isinstance(value, int | float) else str(value)


def _plain(value: object) -> Plain:
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return float(value) if isinstance(value, int | float) else str(value)


def _fresh(old: pd.DataFrame, sources: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    """Keep the rows that are not there yet.

    Rows that stand in one source twice count twice, those that stand in two sources once.
    """
    held = Counter(_identities(old, keys))
    parts = []
    for source in sources:
        left = held.copy()
        fresh = []
        for identity in _identities(source, keys):
            fresh.append(not left[identity])
            if left[identity]:
                left[identity] -= 1
            else:
                held[identity] += 1
        parts.append(source[fresh])
    return pd.concat(parts, ignore_index=True)


def _identities(frame: pd.DataFrame, keys: Sequence[str]) -> list[tuple[object, ...]]:
    values = frame.reindex(columns=list(keys)).astype(object)
    return [
        tuple(fold(v) if isinstance(v, str) else _plain(v) for v in row)
        for row in values.itertuples(index=False, name=None)
    ]
