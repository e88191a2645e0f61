"""The Start sheet: what this is, how to begin, and the numbers that matter."""

from collections.abc import Mapping
from typing import Any, Final

from xlsxwriter.utility import xl_cell_to_rowcol

from salespipe.settings import Language
from salespipe.workbook.areas import quote_sheet
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.charts import fan_chart
from salespipe.workbook.template.formats import COLOURS, Formats
from salespipe.workbook.template.layout import CELLS
from salespipe.workbook.template.outputs import write_tool_table
from salespipe.workbook.template.paper import print_setup
from salespipe.workbook.template.tables import RECEIPT_ROWS, TABLES
from salespipe.workbook.template.text import PHRASES, SHEET_NOTES, STEPS, phrase, start_title

__all__ = ["write_start"]

type Sheet = Any
"""An xlsxwriter worksheet: xlsxwriter has no types."""

_CARDS: Final = {
    "worst": ("start_worst", "start_worst_note", 2),
    "likely": ("start_likely", "start_likely_note", 2),
    "best": ("start_best", "start_best_note", 2),
    "p_target": ("start_p_target", "start_target_note", 2),
}
"""Cell of the figure, cell of the words below it, width in columns."""

_LEGEND: Final = (
    ("legend_required", "navy"),
    ("legend_optional", "steel"),
    ("legend_entered", "teal"),
    ("legend_calculated", "grey"),
    ("legend_warn", "warn"),
    ("legend_alarm", "alarm"),
)

_STEPS_ROW: Final = 8
_SHEETS_ROW: Final = 25
_LEGEND_ROW: Final = 27


def write_start(
    sheet: Sheet,
    *,
    book: Any,  # noqa: ANN401 - xlsxwriter has no types
    company: str,
    formats: Formats,
    language: Language,
    titles: Mapping[str, str],
) -> None:
    """Write the Start sheet as it is before the first run.

    Parameters
    ----------
    sheet, book, formats
    company : str
        Name for the title, ``""`` for none.
    language : {"en", "zh"}
    titles : mapping
        The workbook's sheets: key to name on the tab; those that are not in it are not listed.
    """
    sheet.hide_gridlines(2)
    sheet.set_tab_color(COLOURS["navy"])
    for first, last, width in ((0, 0, 2), (1, 6, 15), (7, 7, 3), (8, 8, 38), (9, 9, 26)):
        sheet.set_column(first, last, width)
    sheet.set_row(0, 32)
    title = start_title(company, language)
    sheet.write_string(CELLS["start_title"].cell, title, formats.prose("title"))
    sheet.write_string("B2", phrase("purpose", language), formats.prose("status"))
    status = phrase("start_empty", language).format(book=phrase("book", language))
    sheet.write_string(CELLS["start_status"].cell, status, formats.prose("heading"))
    _write_cards(sheet, formats=formats, language=language)
    _write_steps(sheet, formats=formats, language=language)
    write_receipt(sheet, formats=formats, language=language)
    sheet.insert_chart("B9", fan_chart(book, language=language, size=(655, 395)))
    _write_sheets(sheet, formats=formats, language=language, titles=titles)
    _write_legend(sheet, formats=formats, language=language)
    print_setup(sheet, language=language, header=None)
    sheet.fit_to_pages(1, 1)


def _write_cards(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    sheet.set_row(4, 20)
    sheet.set_row(5, 38)
    sheet.set_row(6, 20)
    for key, (figure, note, width) in _CARDS.items():
        row, column = xl_cell_to_rowcol(CELLS[figure].cell)
        end = column + width - 1
        look = formats.prose("figure_share" if key == "p_target" else "figure")
        sheet.merge_range(
            row - 1, column, row - 1, end, phrase(key, language), formats.prose("card")
        )
        sheet.merge_range(row, column, row, end, "–", look)
        _, column = xl_cell_to_rowcol(CELLS[note].cell)
        waiting = phrase("waiting", language)
        sheet.merge_range(row + 1, column, row + 1, end, waiting, formats.prose("caption"))


def _write_steps(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    sheet.write_string(_STEPS_ROW, 8, phrase("begin", language), formats.prose("heading"))
    for row, step in enumerate(STEPS, start=_STEPS_ROW + 1):
        text = step[language == "zh"].format(book=phrase("book", language))
        sheet.merge_range(row, 8, row, 9, text, formats.prose("plain"))
        sheet.set_row(row, 30)


def write_receipt(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    """Write the receipt of the last run, without a run."""
    table = TABLES["RunReceipt"]
    write_tool_table(sheet, table, formats=formats, language=language, rows=len(RECEIPT_ROWS))
    sheet.set_row(table.row, 20)
    for row, key in enumerate(RECEIPT_ROWS):
        text = phrase(f"receipt_{key}", language)
        sheet.write_string(table.cell(row, "item"), text, formats.body("text"))


def _write_sheets(
    sheet: Sheet, *, formats: Formats, language: Language, titles: Mapping[str, str]
) -> None:
    sheet.write_string(_SHEETS_ROW, 1, phrase("sheets", language), formats.prose("heading"))
    listed = [key for key in SHEET_NOTES if key in titles]
    for row, key in enumerate(listed, start=_SHEETS_ROW + 1):
        title, note = titles[key], SHEET_NOTES[key]
        place = f"internal:{quote_sheet(title)}!A1"
        sheet.write_url(row, 1, place, formats.prose("link"), title)
        who = phrase(SHEETS[key].filled_by, language)
        sheet.write_string(row, 2, who, formats.prose("status"))
        sheet.write_string(row, 3, note[language == "zh"], formats.prose("status"))


def _write_legend(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    sheet.write_string(_LEGEND_ROW, 8, phrase("legend", language), formats.prose("heading"))
    for row, (key, colour) in enumerate(_LEGEND, start=_LEGEND_ROW + 1):
        dark = colour not in {"warn", "alarm"}
        ink = "#FFFFFF" if dark else COLOURS["ink"]
        style = formats.make(
            {
                "bg_color": COLOURS[colour],
                "font_color": ink,
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        sheet.merge_range(row, 8, row, 9, PHRASES[key][language == "zh"], style)
