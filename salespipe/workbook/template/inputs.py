"""Sheets that people fill: an Excel Table with formats, drop-downs, hints and alerts."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from salespipe import names as n
from salespipe.errors import WorkbookUnsafeError
from salespipe.settings import Language
from salespipe.tables import COLUMNS
from salespipe.workbook.headers import Vocabulary, fold
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.currency import show_currency
from salespipe.workbook.template.fields import LIST_COLUMNS, STRICT_LISTS, Field, add_rule
from salespipe.workbook.template.formats import Formats
from salespipe.workbook.template.hints import hint
from salespipe.workbook.template.lists import INPUT_ROWS
from salespipe.workbook.template.paper import print_setup

__all__ = [
    "extra_fields",
    "last_ready_row",
    "write_input_table",
    "write_table_sheet",
    "write_value",
]

_TEXT_LIMIT: Final = 32_767
_ROW_LIMIT: Final = 1_048_575

_WRAPPED: Final = frozenset({n.NOTES, n.FEEDBACK, n.ANSWER, n.NEXT_STEP, n.EXIT_EVIDENCE})


def last_ready_row(filled: int) -> int:
    """Give the zero-based row down to which a sheet is ready for input."""
    return max(INPUT_ROWS, filled + 1000)


def write_value(sheet: Any, row: int, column: int, value: object, style: Any = None) -> None:  # noqa: ANN401
    """Write a value as what it is; a missing one leaves the cell as it is.

    Raises
    ------
    WorkbookUnsafeError
        A text is longer than a cell can hold.
    """
    if isinstance(value, str):
        if len(value) > _TEXT_LIMIT:
            where = f'On the sheet "{sheet.get_name()}", row {row + 1}, column {column + 1},'
            raise WorkbookUnsafeError(
                f"{where} the text has {len(value):,} characters and a cell holds "
                f"{_TEXT_LIMIT:,}; shorten it."
            )
        if value:
            sheet.write_string(row, column, value, style)
    elif pd.isna(value):  # type: ignore[call-overload]
        return
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    elif hasattr(value, "__float__"):
        sheet.write_number(row, column, float(value), style)
    else:
        write_value(sheet, row, column, str(value), style)


def write_input_table(
    sheet: Any,  # noqa: ANN401
    *,
    table: str,
    fields: Sequence[Field],
    rows: Iterable[Sequence[object]],
    formats: Formats,
    language: Language,
) -> int:
    """Write an Excel Table at A1 that is ready for input; give the number of body rows.

    Columns are formatted as a whole, so that a row typed below the Table looks like the others
    and yet the sheet's used range ends at the last filled row.
    """
    body = list(rows)
    count = max(len(body), 1)
    if count > _ROW_LIMIT:
        raise WorkbookUnsafeError(
            f'The sheet "{sheet.get_name()}" would need {count:,} rows and Excel allows '
            f"{_ROW_LIMIT:,}; leave out the oldest."
        )
    columns = []
    for place, field in enumerate(fields):
        style = formats.input(field.show, calculated=bool(field.formula))
        sheet.set_column(place, place, field.width, style)
        column: dict[str, object] = {
            "header": field.header,
            "header_format": formats.header(field.colour),
            "format": style,
        }
        if field.formula:
            column["formula"] = field.formula
        columns.append(column)
        add_rule(sheet, place, field, last=last_ready_row(count), language=language)
    sheet.set_row(0, 46 if table == SHEETS["deals"].table else 32)
    sheet.add_table(
        0,
        0,
        count,
        len(fields) - 1,
        {"name": table, "columns": columns, "style": "Table Style Light 1"},
    )
    _write_rows(sheet, fields=fields, body=body, formats=formats)
    return count


def _write_rows(
    sheet: Any,  # noqa: ANN401
    *,
    fields: Sequence[Field],
    body: Sequence[Sequence[object]],
    formats: Formats,
) -> None:
    styles = [formats.input(field.show, calculated=bool(field.formula)) for field in fields]
    for row, values in enumerate(body, start=1):
        for place, (field, style, value) in enumerate(zip(fields, styles, values, strict=True)):
            if field.formula:
                sheet.write_formula(row, place, field.formula, style, value)
            else:
                write_value(sheet, row, place, value, style)


def extra_fields(names: Iterable[object], taken: set[str]) -> list[Field]:
    """Give columns of a person's own a header that cannot be taken for a known column.

    Parameters
    ----------
    names : iterable
        Headers as they were.
    taken : set of str
        Headers that mean something, folded; the new ones are added.
    """
    fields = []
    for name in names:
        wanted = " ".join(str(name).split()) or "-"
        header, count = wanted, 1
        while fold(header) in taken:
            count += 1
            header = f"{wanted} ({count})"
        taken.add(fold(header))
        fields.append(Field(header=header, show="any", colour="steel"))
    return fields


def write_table_sheet(
    sheet: Any,  # noqa: ANN401
    *,
    key: str,
    frame: pd.DataFrame,
    currencies: Iterable[str],
    formats: Formats,
    language: Language,
) -> None:
    """Write one of the plain sheets: accounts, contacts, activities, targets and the like."""
    kinds = COLUMNS[key]
    fields = [
        Field(
            header=column.header(language),
            show="wrap" if column.key in _WRAPPED else _show(key, column.key),
            colour="navy" if column.required else "steel",
            width=column.width,
            check=_check(key, column.key),
            choices=LIST_COLUMNS.get((key, column.key), ""),
            strict=(key, column.key) in STRICT_LISTS,
            hint=hint(key, column.key, language),
        )
        for column in SHEETS[key].columns
    ]
    extra = [column for column in frame.columns if column not in kinds]
    fields += extra_fields(extra, {*Vocabulary(SHEETS[key].columns).ranks()})
    keys = [column.key for column in SHEETS[key].columns]
    count = write_input_table(
        sheet,
        table=SHEETS[key].table,
        fields=fields,
        rows=frame[[*keys, *extra]].itertuples(index=False, name=None),
        formats=formats,
        language=language,
    )
    money = [place for place, field in enumerate(fields) if field.show == "money"]
    if money:
        last = last_ready_row(count)
        show_currency(sheet, money, last=last, currencies=currencies, formats=formats)
    sheet.freeze_panes(1, 1)
    print_setup(sheet, language=language, header=0)


def _show(table: str, column: str) -> str:
    if column in {n.EMPLOYEES, n.MINUTES}:
        return "count"
    if column == n.RATE:
        return "rate"
    if column == n.DEAL_ID:
        return "id"
    kind = COLUMNS[table][column]
    return "number" if kind == "number" else kind


def _check(table: str, column: str) -> str:
    shown = _show(table, column)
    return "" if shown in {"id", "text"} else shown
