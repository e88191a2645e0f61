"""Sheets and columns recognised by what they are called, in either language and any order."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice

from salespipe.stages import Stage
from salespipe.workbook.areas import Area, column_letters
from salespipe.workbook.grid import Cell, Grid
from salespipe.workbook.parts import TablePart
from salespipe.workbook.readings import plain_text, show
from salespipe.workbook.schema import CALCULATED, SHEETS, Column, entered_header

__all__ = ["ENTERED", "Block", "Vocabulary", "find_block", "fold", "sheet_key"]

ENTERED = "entered "
"""What the key of a column begins with that holds the day on which a stage was entered."""

_SEARCHED_ROWS = 200
"""Rows that are not blank in which a header row is looked for."""

_TOTALS = frozenset({"total", "totals", "grandtotal", "subtotal", "sum", "合计", "总计", "小计"})


def fold(text: str) -> str:
    """Reduce a header to what counts: NFKC, case folded, letters and digits only."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def sheet_key(title: str) -> str:
    """Give the key of the sheet of the template with that name, in either language; else ``""``."""
    name = fold(title)
    keys = (s.key for s in SHEETS.values() if name in (fold(s.en), fold(s.zh)))
    return next(keys, "")


@dataclass(frozen=True)
class Vocabulary:
    """The headers that a sheet may carry.

    Attributes
    ----------
    columns : tuple of Column
    stages : tuple of Stage
        Open stages whose "Entered ..." columns are looked for.
    """

    columns: tuple[Column, ...]
    stages: tuple[Stage, ...] = ()

    def ranks(self) -> dict[str, list[tuple[int, str]]]:
        """Give, by folded header, the keys it may mean, each with a rank (0 is best)."""
        found: dict[str, list[tuple[int, str]]] = {}
        for column in self.columns:
            for rank, header in enumerate((column.en, column.zh, *column.aliases, column.key)):
                found.setdefault(fold(header), []).append((rank, column.key))
        for stage in self.stages:
            for header in _entered_headers(stage):
                found.setdefault(fold(header), []).append((0, _entered(stage)))
        return found

    @property
    def required(self) -> tuple[Column, ...]:
        """Columns that a sheet cannot do without."""
        return tuple(column for column in self.columns if column.required)


def _entered(stage: Stage) -> str:
    return f"{ENTERED}{stage.name}"


def _entered_headers(stage: Stage) -> Iterable[str]:
    yield entered_header(stage, "en")
    yield entered_header(stage, "zh")
    for name in filter(None, (stage.name, stage.name_zh)):
        yield from (f"Entered {name}", f"Date entered {name}", f"Entered {name} on")
        yield from (f"进入{name}", f"进入{name}日期", f"{name}日期")


@dataclass(frozen=True)
class Block:
    """A table on a sheet: an Excel Table, or rows under a header row.

    Attributes
    ----------
    header_row : int
    columns : dict
        Sheet column by key.
    entered : dict
        Sheet column by name of the stage that was entered.
    extra : dict
        Sheet column by header text, for headers that mean nothing known; unique.
    repeated : dict
        For each sheet column whose header means what another column already gives, that column.
    headers : dict
        Header text as it stands, by sheet column.
    rows : tuple of int
        Rows that hold something, down to the last one read.
    below : tuple of int
        Those of `rows` that stand directly below an Excel Table.
    apart : tuple of int
        Rows with content farther below, which are not read.
    table : str
        Name of the Excel Table, ``""`` if there is none.
    beside : tuple of int
        Columns with a header directly to the right of the Excel Table; they are read with it.
    """

    header_row: int
    columns: dict[str, int]
    entered: dict[str, int] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)
    repeated: dict[int, int] = field(default_factory=dict)
    headers: dict[int, str] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    below: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()
    table: str = ""
    beside: tuple[int, ...] = ()

    def missing(self, vocabulary: Vocabulary) -> tuple[Column, ...]:
        """List the required columns that are not there."""
        return tuple(c for c in vocabulary.required if c.key not in self.columns)


def find_block(grid: Grid, vocabulary: Vocabulary, tables: Sequence[TablePart]) -> Block | None:
    """Find the table of a sheet: the Excel Table or header row with the most known columns.

    Returns
    -------
    Block or None
        None where no row holds any known header.
    """
    ranks = vocabulary.ranks()
    best: tuple[int, int] = (0, 0)
    block = None
    for candidate in (*_from_tables(grid, ranks, tables), *_from_rows(grid, ranks, tables)):
        missing = len(candidate.missing(vocabulary))
        score = (len(vocabulary.required) - missing, len(candidate.columns))
        if score > best:
            best, block = score, candidate
    return block and _with_rows(grid, block, tables)


def _from_tables(
    grid: Grid, ranks: dict[str, list[tuple[int, str]]], tables: Sequence[TablePart]
) -> Iterable[Block]:
    for table in tables:
        area = _bounds(table)
        if table.header_rows:
            row = grid.rows.get(area.top, {})
            beside = tuple(_beside(row, area.right, {_bounds(other).left for other in tables}))
            reached = beside[-1] if beside else area.right
            cells = [cell for column, cell in row.items() if area.left <= column <= reached]
            yield replace(_match(area.top, cells, ranks, table.name), beside=beside)


def _beside(row: Mapping[int, Cell], last: int, begins: set[int]) -> Iterable[int]:
    """Give the columns whose headers go on where a table ends, up to where another begins.

    Excel takes them into the table as they are typed; other programs do not.
    """
    for column in count(last + 1):
        if column in begins or column not in row or row[column].kind != "text":
            return
        yield column


def _from_rows(
    grid: Grid, ranks: dict[str, list[tuple[int, str]]], tables: Sequence[TablePart]
) -> Iterable[Block]:
    bounded = {_bounds(table).top for table in tables if table.header_rows}
    for number, row in islice(grid.rows.items(), _SEARCHED_ROWS):
        cells = list(row.values())
        if (
            number not in bounded
            and sum(cell.kind == "text" and fold(show(cell)) in ranks for cell in cells) > 1
        ):
            yield _match(number, _around(cells, ranks), ranks, "")


def _around(cells: list[Cell], ranks: dict[str, list[tuple[int, str]]]) -> list[Cell]:
    """Keep the known headers, all between them, and those that follow without a gap."""
    known = [place for place, cell in enumerate(cells) if fold(show(cell)) in ranks]
    first, last = known[0], known[-1]
    while first and cells[first - 1].column == cells[first].column - 1:
        first -= 1
    while last + 1 < len(cells) and cells[last + 1].column == cells[last].column + 1:
        last += 1
    return cells[first : last + 1]


def _match(
    row: int, cells: list[Cell], ranks: dict[str, list[tuple[int, str]]], table: str
) -> Block:
    """Give each key the column whose header names it best; the leftmost of equals."""
    headers = {cell.column: plain_text(show(cell)) for cell in cells}
    claims = sorted(
        (rank, column, key)
        for column, header in headers.items()
        for rank, key in ranks.get(fold(header), ())
    )
    chosen: dict[str, int] = {}
    for _, column, key in claims:
        if key not in chosen and column not in chosen.values():
            chosen[key] = column
    taken = {key for claims in ranks.values() for _, key in claims}
    calculated = {fold(name) for names in CALCULATED.values() for name in names}
    extra: dict[str, int] = {}
    repeated: dict[int, int] = {}
    for column, header in headers.items():
        if column in chosen.values() or fold(header) in calculated or not header:
            continue
        extra[_unique(header, column, taken | {*extra})] = column
        meant = [chosen[key] for _, key in ranks.get(fold(header), ()) if key in chosen]
        if meant:
            repeated[column] = meant[0]
    return Block(
        header_row=row,
        columns={key: column for key, column in chosen.items() if not key.startswith(ENTERED)},
        entered={
            key.removeprefix(ENTERED): column
            for key, column in chosen.items()
            if key.startswith(ENTERED)
        },
        extra=extra,
        repeated=repeated,
        headers=headers,
        table=table,
    )


def _unique(header: str, column: int, taken: set[str]) -> str:
    return f"{header} ({column_letters(column)})" if header in taken else header


def _bounds(table: TablePart) -> Area:
    return Area.parse(table.ref) or Area(0, 0, 0, 0)


def _with_rows(grid: Grid, block: Block, tables: Sequence[TablePart]) -> Block:
    filled = {*block.columns.values(), *block.entered.values(), *block.extra.values()}
    rows = [
        row for row, cells in grid.rows.items() if row > block.header_row and filled & cells.keys()
    ]
    if not block.table:
        return replace(block, rows=tuple(r for r in rows if not _is_total(grid, r, block)))
    table = next(t for t in tables if t.name == block.table)
    bottom = _bounds(table).bottom
    inside = [row for row in rows if row <= bottom - table.totals_rows]
    under = [row for row in rows if row > bottom]
    below = [row for place, row in enumerate(under) if row == bottom + 1 + place]
    apart = [row for row in under[len(below) :] if not _is_total(grid, row, block)]
    below = [row for row in below if not _is_total(grid, row, block)]
    return replace(block, rows=(*inside, *below), below=tuple(below), apart=tuple(apart))


def _is_total(grid: Grid, row: int, block: Block) -> bool:
    """Whether a row adds up the ones above it: its first text says so."""
    cells = grid.rows[row]
    first = next((cells[column] for column in sorted(block.headers) if column in cells), None)
    return first is not None and fold(show(first)) in _TOTALS
