"""What is worth saying of a sheet's layout: merged and hidden cells, stray rows, odd columns."""

from collections.abc import Iterable

from salespipe.wording import Words
from salespipe.workbook.areas import column_letters
from salespipe.workbook.grid import Grid
from salespipe.workbook.headers import Block
from salespipe.workbook.notes import Note
from salespipe.workbook.readings import show

__all__ = ["layout_notes"]


def layout_notes(grid: Grid, block: Block) -> Iterable[Note]:
    """Note what a table's surroundings may do to what is read from it."""
    if not block.table:
        yield Note("header-found", taken=str(block.header_row))
        yield from _headless(grid, block)
    if block.beside:
        named = ", ".join(f'"{block.headers[column]}"' for column in block.beside)
        place = min(block.beside)
        yield Note("columns-beside-table", row=block.header_row, column=place, hint=named)
    if block.below:
        yield Note("rows-below-table", row=block.below[0], hint=_rows(block.below))
    if block.apart:
        yield Note("rows-apart", row=block.apart[0], hint=_rows(block.apart))
    hidden = [row for row in block.rows if row in grid.hidden]
    if hidden:
        some = f"{len(hidden):,} rows are" if hidden[1:] else "1 row is"
        yield Note("hidden-rows", hint=Words(some, f"{len(hidden):,} 行"))
    if block.extra:
        yield Note("unknown-columns", hint=", ".join(block.extra))
    for column, used in block.repeated.items():
        taken = f"{block.headers[used]} ({column_letters(used)})"
        yield Note("repeated-column", row=block.header_row, column=column, taken=taken)
    yield from _merges(grid, block)


def _headless(grid: Grid, block: Block) -> Iterable[Note]:
    """Note cells beside the columns that have a header: often a row with one mark too many."""
    found = [
        (row, column)
        for row in block.rows
        for column in grid.rows.get(row, {}).keys() - block.headers.keys()
    ]
    if found:
        row, column = min(found)
        some = f"{len(found):,} cells stand" if found[1:] else "1 cell stands"
        hint = Words(some, f"{len(found):,} 个单元格")
        value = show(grid.rows[row][column])
        yield Note("cells-without-header", row=row, column=column, value=value, hint=hint)


def _rows(rows: tuple[int, ...]) -> Words:
    if len(rows) == 1:
        return Words(f"Row {rows[0]} stands", f"第 {rows[0]} 行")
    return Words(
        f"{len(rows):,} rows ({rows[0]} to {rows[-1]}) stand",
        f"{len(rows):,} 行（第 {rows[0]} 至 {rows[-1]} 行）",
    )


def _merges(grid: Grid, block: Block) -> Iterable[Note]:
    if not block.rows:
        return
    columns = {*block.columns.values(), *block.entered.values(), *block.extra.values()}
    for area in grid.merged:
        inside = area.top <= block.rows[-1] and area.bottom >= block.rows[0]
        if inside and not columns.isdisjoint(range(area.left, area.right + 1)):
            yield Note("merged-cells", row=area.top, column=area.left, value=str(area))
