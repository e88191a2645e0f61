"""The Deals sheet: ids that are unique, stages that are known, one date for each stage entered."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.settings import Settings
from salespipe.stages import Stage
from salespipe.tables import COLUMNS, conform
from salespipe.workbook.areas import column_letters
from salespipe.workbook.choices import CATEGORIES, StageNames, currency_code, likely_currency
from salespipe.workbook.columns import Source, Value, read_columns, read_extra
from salespipe.workbook.grid import Grid
from salespipe.workbook.headers import fold
from salespipe.workbook.readings import money_word, show

__all__ = ["currency_words", "read_deals"]

_SERIES: Final = re.compile(r"(.*?)(\d{1,9})", re.DOTALL)
_UNUSABLE = ("error-value", "uncached-formula")


def read_deals(
    source: Source, *, stages: tuple[Stage, ...], settings: Settings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the deals and the days on which they entered their stages.

    A row without an id gets one of its own; the second row with an id is left out; a stage that
    is not known is missing.

    Parameters
    ----------
    source : Source
        Takes the notes.
    stages : tuple of Stage
    settings : Settings

    Returns
    -------
    deals, stage_entries : DataFrame
        As in :class:`salespipe.tables.Tables`.
    """
    source = _without_stray_rows(source)
    columns = read_columns(source)
    columns[n.DEAL_ID] = _proposed(source, columns[n.DEAL_ID])
    columns[n.STAGE] = _stages(source, columns[n.STAGE], StageNames(stages))
    if n.FORECAST_CATEGORY in columns:
        columns[n.FORECAST_CATEGORY] = _categories(source, columns[n.FORECAST_CATEGORY])
    if n.CURRENCY in columns:
        columns[n.CURRENCY] = _currencies(source, columns[n.CURRENCY], settings.currency)
    columns[n.CURRENCY] = _signed(source, columns, settings.currency)
    frame = pd.DataFrame(columns, index=source.index, dtype=object)
    source.know(frame)
    _note_alike(source, frame[n.DEAL_ID])
    unique = ~frame.index.isin(_duplicates(source, frame[n.DEAL_ID]))
    entered = [stage for stage in source.block.entered if stage in frame.columns]
    entries = frame.loc[unique, [n.DEAL_ID, *entered]].melt(
        n.DEAL_ID, var_name=n.STAGE, value_name=n.ENTERED_ON, ignore_index=False
    )
    entries = entries[entries[n.ENTERED_ON].notna()].sort_index(kind="stable")
    known = [key for key in COLUMNS["deals"] if key in frame.columns]
    deals = conform("deals", frame.loc[unique, known])
    carried = pd.DataFrame(read_extra(source), index=frame.index)[unique]
    return pd.concat([deals, carried], axis=1), conform("stage_entries", entries)


def currency_words(deals: Source) -> list[str]:
    """List the currencies that deals name: in their column, else in most of their amounts."""
    column = deals.block.columns.get(n.CURRENCY, 0)
    named = [show(cell) for cell in deals.cells(column) if cell] if column else []
    if named:
        return named
    amounts = [cell for cell in deals.cells(deals.block.columns[n.AMOUNT]) if cell]
    shown = deals.grid.money
    signs = [money_word(cell) for cell in amounts]
    signs += [shown[cell[:2]].word for cell in amounts if cell[:2] in shown]
    signs = [word for word in signs if word]
    return signs if 2 * len(signs) > len(amounts) else []


def _without_stray_rows(source: Source) -> Source:
    """Leave out prose and sums around the deals."""
    block = source.block
    marks = [block.columns[key] for key in (n.DEAL_ID, n.STAGE, n.AMOUNT)]
    stray = []
    for row in block.rows:
        cells = source.grid.rows[row]
        if not cells.keys() & set(marks) or (not block.table and len(cells) == 1):
            first = next(iter(cells.values()))
            source.note("row-without-deal", key=n.DEAL_ID, row=row, value=show(first))
            stray.append(row)
    kept = tuple(row for row in block.rows if row not in set(stray))
    return replace(source, block=replace(block, rows=kept))


def _proposed(source: Source, values: list[Value]) -> list[Value]:
    """Give rows without an id one that no other row has."""
    free = _free_ids([value for value in values if isinstance(value, str)])
    ids: list[Value] = []
    for row, value in zip(source.block.rows, values, strict=True):
        ids.append(value or next(free))
        if not value:
            source.note("id-missing", key=n.DEAL_ID, row=row, taken=str(ids[-1]))
    return ids


def _free_ids(taken: list[str]) -> Iterator[str]:
    """Go on with the most usual series of ids: D-0007 after D-0006."""
    series: dict[tuple[str, int], list[int]] = {}
    for deal_id in taken:
        if match := _SERIES.fullmatch(deal_id):
            series.setdefault((match[1], len(match[2])), []).append(int(match[2]))
    prefix, width = max(series, key=lambda key: len(series[key]), default=("deal-", 1))
    used = set(taken)
    for number in count(max(series.get((prefix, width), [0])) + 1):
        if (proposed := f"{prefix}{number:0{width}}") not in used:
            yield proposed


def _duplicates(source: Source, ids: "pd.Series[str]") -> list[int]:
    """List the rows whose id stands above already."""
    letter = column_letters(source.block.columns[n.DEAL_ID])
    first: dict[str, int] = {}
    again = []
    for row, deal_id in zip(source.block.rows, ids, strict=True):
        if deal_id in first:
            hint = f"{letter}{first[deal_id]}"
            source.note("id-duplicate", key=n.DEAL_ID, row=row, value=deal_id, hint=hint)
            again.append(row)
        else:
            first[deal_id] = row
    return again


def _note_alike(source: Source, ids: "pd.Series[str]") -> None:
    """Note ids that people take for one another, such as 001 and 1."""
    letter = column_letters(source.block.columns[n.DEAL_ID])
    first: dict[str, tuple[str, int]] = {}
    for row, deal_id in zip(source.block.rows, ids, strict=True):
        other, above = first.setdefault(fold(deal_id).lstrip("0"), (deal_id, row))
        if other != deal_id:
            hint = f"{letter}{above}"
            source.note("id-alike", key=n.DEAL_ID, row=row, value=deal_id, taken=other, hint=hint)


def _stages(source: Source, values: list[Value], names: StageNames) -> list[Value]:
    unusable = source.noted(_UNUSABLE, n.STAGE)
    stages: list[Value] = []
    for row, value in _by_row(source, values):
        stage = names.find(value) if value else None
        if value and stage is None:
            source.note("unknown-stage", key=n.STAGE, row=row, value=value, hint=names.hint(value))
        elif not value and row not in unusable:
            source.note("stage-missing", key=n.STAGE, row=row)
        stages.append(stage)
    return stages


def _categories(source: Source, values: list[Value]) -> list[Value]:
    categories: list[Value] = []
    for row, value in _by_row(source, values):
        if value and fold(value) not in CATEGORIES:
            source.note("unknown-category", key=n.FORECAST_CATEGORY, row=row, value=value)
        categories.append(CATEGORIES.get(fold(value)))
    return categories


def _currencies(source: Source, values: list[Value], home: str) -> list[Value]:
    codes: list[Value] = []
    for row, value in _by_row(source, values):
        code = currency_code(value, home=home) if value else None
        if value and code is None:
            taken = likely_currency(value, home=home)
            source.note("unknown-currency", key=n.CURRENCY, row=row, value=value, hint=taken)
            code = taken if taken != home else None
        codes.append(code)
    return codes


def _signed(source: Source, columns: dict[str, list[Value]], home: str) -> list[Value]:
    """Take the currency from the amount, such as €5,000, where the row names none.

    Where it names another, that counts: a column of its own is said on purpose, and what stands
    beside a number may have come along when it was copied. A number format, which people set for
    a whole column, disputes nothing then.
    """
    told = columns.get(n.CURRENCY) or [None] * len(source.block.rows)
    stated = source.block.columns.get(n.CURRENCY, 0)
    for key in (n.AMOUNT, n.LISTED_AMOUNT):
        if key not in columns or not (column := source.block.columns[key]):
            continue
        for place, (row, cell) in enumerate(
            zip(source.block.rows, source.cells(column), strict=True)
        ):
            word = money_word(cell)
            shown = "" if word else _shown(source.grid, row, column)
            if not cell or not (word or shown) or columns[key][place] is None:
                continue
            code = currency_code(word or shown, home=home)
            code = code or likely_currency(word or shown, home=home)
            disputed = stated in source.grid.rows[row]
            if code == (told[place] or home) or (shown and disputed):
                continue
            rule = "currency-disputed" if disputed else "currency-from-amount"
            rule = "currency-from-format" if shown else rule
            hint = str(told[place] or home) if disputed else code
            taken = shown.upper() or code
            source.note(rule, key=key, row=row, value=show(cell), taken=taken, hint=hint)
            if not disputed:
                told[place] = code
    return told


def _shown(grid: Grid, row: int, column: int) -> str:
    """Give the currency that an amount is shown in; Excel's own formats follow the reader."""
    shown = grid.money.get((row, column))
    return shown.word if shown and not shown.local else ""


def _by_row(source: Source, values: list[Value]) -> Iterable[tuple[int, str]]:
    texts = (value if isinstance(value, str) else "" for value in values)
    return zip(source.block.rows, texts, strict=True)
