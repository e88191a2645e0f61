"""The Lists sheet: what the drop-downs offer, each list a defined name."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from salespipe import names as n
from salespipe.settings import Language
from salespipe.tables import Tables
from salespipe.workbook.schema import CATEGORY_LABELS, SHEETS
from salespipe.workbook.template.formats import Formats
from salespipe.workbook.template.layout import LIST_ROWS, LISTS
from salespipe.workbook.template.paper import print_setup
from salespipe.workbook.template.text import LIST_DEFAULTS, phrase

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["INPUT_ROWS", "LIST_TOP", "list_entries", "write_lists"]

INPUT_ROWS: Final = 5000
"""Rows that are ready for input on a sheet that people fill."""

LIST_TOP: Final = 3
"""Zero-based row of the first entry of every list."""

_STAGE_ROWS: Final = 40

_SEEN: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "owners": (
        ("deals", n.OWNER),
        ("accounts", n.OWNER),
        ("activities", n.OWNER),
        ("targets", n.OWNER),
    ),
    "segments": (("deals", n.SEGMENT),),
    "sources": (("deals", n.SOURCE),),
    "activity_types": (("activities", n.ACTIVITY_TYPE),),
    "outcomes": (("activities", n.ACTIVITY_OUTCOME),),
    "lost_reasons": (("deals", n.LOST_REASON),),
    "topics": (("feedback", n.TOPIC),),
    "statuses": (("feedback", n.STATUS),),
    "currencies": (("deals", n.CURRENCY), ("rates", n.CURRENCY)),
}


def write_lists(
    book: Any,  # noqa: ANN401 - xlsxwriter has no types
    sheet: Any,  # noqa: ANN401
    *,
    formats: Formats,
    tables: Tables,
    language: Language,
) -> None:
    """Fill the Lists sheet and define the names of its lists."""
    sheet.write_string(0, 0, phrase("lists_note", language), formats.prose("status"))
    sheet.set_column(0, len(LISTS) - 1, 20)
    sheet.freeze_panes(LIST_TOP, 0)
    title = quote_sheetname(sheet.get_name())
    for column, key in enumerate(LISTS):
        sheet.write_string(
            LIST_TOP - 1, column, phrase(f"list_{key}", language), formats.header("grey")
        )
        if key == "stages":
            _write_stages(sheet, column=column, tables=tables, language=language)
            rows = _STAGE_ROWS
        else:
            rows = LIST_ROWS
            for row, entry in enumerate(list_entries(key, tables, language)[:LIST_ROWS]):
                sheet.write_string(LIST_TOP + row, column, entry)
        name = xl_col_to_name(column)
        cells = f"${name}${LIST_TOP + 1}:${name}${LIST_TOP + rows}"
        _define(book, f"list_{key}", title, f"${name}${LIST_TOP + 1}", cells)
    for key, table in (("accounts", "accounts"), ("deals", "deals")):
        top, cells = "$A$2", f"$A$2:$A${INPUT_ROWS + 1}"
        _define(book, f"list_{key}", quote_sheetname(SHEETS[table].title(language)), top, cells)
    print_setup(sheet, language=language, header=LIST_TOP - 1)
    sheet.protect("", {"select_locked_cells": True, "format_columns": True})


def _define(book: Any, name: str, title: str, top: str, cells: str) -> None:  # noqa: ANN401
    # INDEX rather than OFFSET: it is not volatile, so a large workbook does not recalculate it.
    filled = f'MAX(1,COUNTIF({title}!{cells},"?*"))'
    book.define_name(name, f"={title}!{top}:INDEX({title}!{cells},{filled})")


def _write_stages(sheet: Any, *, column: int, tables: Tables, language: Language) -> None:  # noqa: ANN401
    source = quote_sheetname(SHEETS["stages"].title(language))
    for row in range(_STAGE_ROWS):
        english, chinese = f"{source}!$B{row + 2}", f"{source}!$C{row + 2}"
        shown = f'IF({english}="","",{english})'
        if language == "zh":
            shown = f'IF({chinese}="",{shown},{chinese})'
        cached = tables.stages[row].label(language) if row < len(tables.stages) else ""
        sheet.write_formula(LIST_TOP + row, column, f"={shown}", None, cached)


def list_entries(key: str, tables: Tables, language: Language) -> list[str]:
    """Give what a list begins with: the usual entries, and those that the tables hold."""
    if key == "categories":
        return [pair[language == "zh"] for pair in CATEGORY_LABELS.values()]
    default = LIST_DEFAULTS.get(key, ((), ()))[language == "zh"]
    seen = sorted(
        {
            str(value).strip()
            for table, column in _SEEN.get(key, ())
            for value in _filled(getattr(tables, table)[column])
        }
    )
    if key == "currencies":
        seen = [tables.settings.currency, *seen]
    return list(dict.fromkeys([*default, *seen]))


def _filled(column: "pd.Series[Any]") -> Iterable[object]:
    return column.dropna().unique()
