"""The tool's sheets before their first run: titles, tables with one empty row, charts that wait."""

from collections.abc import Mapping
from typing import Any, Final

from salespipe.settings import Language
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.address import a1
from salespipe.workbook.template.charts import (
    count_chart,
    fan_chart,
    funnel_chart,
    waterfall_chart,
    win_rate_chart,
    won_chart,
)
from salespipe.workbook.template.formats import COLOURS, Formats
from salespipe.workbook.template.layout import BLOCKS, CELLS, FORMAT_CELLS
from salespipe.workbook.template.paper import print_setup
from salespipe.workbook.template.tables import TABLES, ToolTable
from salespipe.workbook.template.text import phrase

__all__ = [
    "write_block",
    "write_changes",
    "write_deal_forecast",
    "write_forecast",
    "write_forecast_log",
    "write_kpi",
    "write_review",
    "write_todo",
    "write_tool_table",
]

type Sheet = Any
"""An xlsxwriter worksheet: xlsxwriter has no types."""

_GAP: Final = 3
_LINE: Final = 15
_DATA_COLUMNS: Final = 12
_TWO_LINES: Final[Mapping[Language, int]] = {"en": 28, "zh": 31}
"""Height of a row of two lines of text; Chinese characters stand higher."""
_NOTES: Final = 50
"""Height of each of the three rows that hold the notes: room for ten lines of Chinese in all."""
_REPEATED: Final = 3
"""Columns of Deal forecast that stay on the screen and stand on both of its printed pages."""
_MOST_HEADLINES: Final = 40
"""Rows of headlines that print."""


def write_tool_table(
    sheet: Sheet, table: ToolTable, *, formats: Formats, language: Language, rows: int = 1
) -> None:
    """Write a table of the tool with `rows` empty body rows in the formats that rows will take."""
    columns = []
    for place, column in enumerate(table.columns, start=table.column):
        columns.append(
            {
                "header": column.header(language),
                "header_format": formats.header("steel", "text" if table.filters else column.show),
            }
        )
        sheet.set_column(place, place, column.width)
        for row in range(table.row + 1, table.row + 1 + rows):
            sheet.write_blank(row, place, None, formats.body(column.show))
    sheet.add_table(
        table.row,
        table.column,
        table.row + rows,
        table.column + len(table.columns) - 1,
        {
            "name": table.name,
            "columns": columns,
            "style": "Table Style Light 1",
            "autofilter": table.filters,
        },
    )
    sheet.set_row(table.row, 32)


def _open(
    sheet: Sheet,
    key: str,
    *,
    formats: Formats,
    language: Language,
    empty: str = "empty",
    tall: bool = False,
) -> None:
    sheet.hide_gridlines(2)
    sheet.set_tab_color(COLOURS["blue"])
    sheet.set_row(0, 30)
    if tall:
        # Not every program fits row heights to wrapped text when it opens a file.
        sheet.set_default_row(_TWO_LINES[language])
        for row in range(1, min(table.row for table in TABLES.values() if table.sheet == key)):
            sheet.set_row(row, _LINE)
    sheet.write_string(0, 0, SHEETS[key].title(language), formats.prose("title"))
    status = phrase(empty, language).format(book=phrase("book", language))
    sheet.write_string(CELLS[f"{key}_status"].cell, status, formats.prose("status"))
    start = SHEETS["start"].title(language)
    sheet.write_url(
        2,
        0,
        f"internal:'{start}'!A1",
        formats.prose("link"),
        phrase("go_start", language),
    )


def write_block(sheet: Sheet, block: str, *, formats: Formats) -> None:
    """Write the header row of a chart's numbers."""
    where, style = BLOCKS[block], formats.prose("data")
    for place, key in enumerate(where.keys, start=where.column):
        sheet.write_string(where.row, place, key, style)
        for row in range(where.row + 1, where.row + 1 + where.rows):
            sheet.write_blank(row, place, None, style)


def write_forecast(sheet: Sheet, *, book: Any, formats: Formats, language: Language) -> None:  # noqa: ANN401
    """Write the Forecast sheet: charts and periods; beside them owners, segments and funnel."""
    _open(sheet, "forecast", formats=formats, language=language)
    headings = {
        "ForecastPeriods": "by_period",
        "ForecastOwners": "by_owner",
        "ForecastSegments": "by_segment",
        "StageFunnel": "funnel",
        "ForecastScenarios": "scenarios",
    }
    _write_beside(sheet, headings, formats=formats, language=language, links=(3, 6, 9, 12))
    notes = CELLS["forecast_notes"].cell
    row = int(notes.lstrip("A")) - 1
    sheet.write_string(row - 1, 0, phrase("notes", language), formats.prose("heading"))
    last = len(TABLES["ForecastPeriods"].columns) - 1
    for line in range(row, row + 3):
        sheet.set_row(line, _NOTES)
    told = "\n".join(f"• {phrase(key, language)}" for key in ("parts_note", "sums_note"))
    sheet.merge_range(row, 0, row + 2, last, told, formats.prose("plain"))
    sheet.insert_chart("A5", fan_chart(book, language=language, size=(560, 370)))
    for chart, left, width in ((funnel_chart, 570, 385), (count_chart, 965, 290)):
        made = chart(book, language=language, size=(width, 370))
        sheet.insert_chart("A5", made, {"x_offset": left})
    left = BLOCKS["fan"].column
    _hide_chart_data(sheet, left, formats=formats, language=language)
    _chart_words(
        sheet,
        {
            "fan_title": "chart_empty",
            "fan_axis": "axis_empty",
            "funnel_title": "chart_empty",
            "funnel_axis": "axis_empty",
            "count_title": "chart_empty",
            "count_axis": "count_axis",
        },
        formats=formats,
        language=language,
    )
    for block in ("fan", "funnel"):
        write_block(sheet, block, formats=formats)
    sheet.freeze_panes(3, 0)
    print_setup(sheet, language=language, header=None)
    # Four pages side by side: fitting all of it to one page's width would print it too small.
    sheet.set_print_scale(56)
    beside = ("ForecastOwners", "ForecastSegments", "StageFunnel")
    sheet.set_v_pagebreaks([TABLES[name].column for name in beside])


def _link_blocks(
    sheet: Sheet,
    headings: dict[str, str],
    *,
    formats: Formats,
    language: Language,
    links: tuple[int, ...],
) -> None:
    # What stands to the right of the screen would not be looked for there.
    beside = [name for name in headings if TABLES[name].column]
    for place, name in zip(links, beside, strict=True):
        table = TABLES[name]
        target = f"internal:'{sheet.get_name()}'!{a1(table.row - 1, table.column)}"
        text = phrase(headings[name], language)
        sheet.write_url(2, place, target, formats.prose("link"), text)


def _hide_chart_data(sheet: Sheet, left: int, *, formats: Formats, language: Language) -> None:
    # Hidden columns are not printed; the charts are told to show hidden cells.
    sheet.write_string(0, left, phrase("chart_data", language), formats.prose("data"))
    sheet.set_column(left - 1, left + _DATA_COLUMNS, 11, None, {"hidden": True})


def _chart_words(
    sheet: Sheet, words: dict[str, str], *, formats: Formats, language: Language
) -> None:
    for spot, key in words.items():
        sheet.write_string(CELLS[spot].cell, phrase(key, language), formats.prose("data"))


def write_deal_forecast(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    """Write the Deal forecast sheet."""
    _open(sheet, "deal_forecast", formats=formats, language=language, tall=True)
    table = TABLES["DealForecast"]
    write_tool_table(sheet, table, formats=formats, language=language)
    keys = [column.key for column in table.columns]
    # Beside the columns that both printed pages show: there it would be cut off on the second.
    told = phrase("empty", language).format(book=phrase("book", language))
    sheet.merge_range(1, _REPEATED, 1, keys.index("worst") - 1, told, formats.prose("plain"))
    sheet.set_row(1, _TWO_LINES[language])
    for key in ("p_won", "p_won_by_end"):
        place = keys.index(key)
        bar: dict[str, object] = {"type": "data_bar", "bar_color": COLOURS["sky"]}
        bar |= {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
        sheet.conditional_format(table.row + 1, place, table.row + 1, place, bar)
    sheet.freeze_panes(table.row + 1, _REPEATED)
    print_setup(sheet, language=language, header=table.row)
    _print_wide(sheet, keys.index("share_of_variance"))
    sheet.repeat_columns(0, _REPEATED - 1)


def write_kpi(sheet: Sheet, *, book: Any, formats: Formats, language: Language) -> None:  # noqa: ANN401
    """Write the KPI sheet: two trends and the headlines, which print; beside them every KPI."""
    _open(sheet, "kpi", formats=formats, language=language, tall=True)
    headings = {"KpiHeadlines": "kpi_headlines", "Kpi": "kpi_all"}
    _write_beside(sheet, headings, formats=formats, language=language, links=(1,))
    sheet.insert_chart("A5", won_chart(book, language=language, size=(620, 310)))
    rates = win_rate_chart(book, language=language, size=(560, 310))
    sheet.insert_chart("A5", rates, {"x_offset": 630})
    left = BLOCKS["trend"].column
    _hide_chart_data(sheet, left, formats=formats, language=language)
    _chart_words(
        sheet,
        {
            "won_title": "chart_empty",
            "won_axis": "axis_empty",
            "win_rate_title": "chart_empty",
            "win_rate_axis": "win_rate_axis",
        },
        formats=formats,
        language=language,
    )
    write_block(sheet, "trend", formats=formats)
    for unit, spot in FORMAT_CELLS.items():
        sheet.write_blank(spot.cell, None, formats.body(unit))
    sheet.write_string(1, left + 7, phrase("kpi_formats", language), formats.prose("data"))
    sheet.freeze_panes(3, 1)
    # A thousand rows are to be filtered, not printed; a manager takes the headlines along.
    table = TABLES["KpiHeadlines"]
    print_setup(sheet, language=language, header=table.row)
    sheet.print_area(0, 0, table.row + _MOST_HEADLINES, len(table.columns) - 1)
    sheet.fit_to_pages(1, 0)


def write_review(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    """Write the Review sheet: the agenda; beside it scorecard, advice and what deals need."""
    _open(sheet, "review", formats=formats, language=language, tall=True)
    names = ("Agenda", "Scorecard", "Advice", "DealNeeds")
    headings = dict(zip(names, ("agenda", "scorecard", "advice", "needs"), strict=True))
    _write_beside(sheet, headings, formats=formats, language=language, links=(1, 2, 4))
    note = TABLES["Scorecard"]
    words = phrase("coaching_note", language)
    sheet.write_string(note.row - 2, note.column, words, formats.prose("status"))
    table = TABLES["Agenda"]
    sheet.freeze_panes(table.row + 1, 1)
    print_setup(sheet, language=language, header=table.row)
    sheet.set_print_scale(60)
    sheet.set_v_pagebreaks([TABLES[name].column for name in names[1:]])


def _write_beside(
    sheet: Sheet,
    headings: dict[str, str],
    *,
    formats: Formats,
    language: Language,
    links: tuple[int, ...],
) -> None:
    """Write tables side by side, each under its heading; columns of links to those out of sight."""
    for name, heading in headings.items():
        table = TABLES[name]
        write_tool_table(sheet, table, formats=formats, language=language)
        sheet.write_string(
            table.row - 1, table.column, phrase(heading, language), formats.prose("heading")
        )
        if table.column:
            sheet.set_column(table.column - 1, table.column - 1, _GAP)
    _link_blocks(sheet, headings, formats=formats, language=language, links=links)


def _print_wide(sheet: Sheet, second: int) -> None:
    """Print on two pages side by side, the second from a column on and right after the first."""
    sheet.fit_to_pages(2, 0)
    sheet.set_v_pagebreaks([second])
    sheet.print_across()


def write_todo(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    """Write the To do sheet; errors and warnings are told apart by colour and by word."""
    _open(sheet, "todo", formats=formats, language=language, tall=True)
    table = TABLES["ToDo"]
    # As wide as the table: a longer line would make the printed page as wide as itself.
    costs, last = int(CELLS["todo_costs"].cell.lstrip("A")) - 1, len(table.columns) - 1
    sheet.merge_range(costs, 0, costs, last, "", formats.prose("plain"))
    sheet.set_row(costs, _TWO_LINES[language])
    write_tool_table(sheet, table, formats=formats, language=language)
    place = [column.key for column in table.columns].index("severity")
    for key, colour in (("error", "alarm"), ("warning", "warn"), ("follow_up", "note")):
        style = formats.make({"bg_color": COLOURS[colour], "font_color": COLOURS["ink"]})
        rule = {"type": "cell", "criteria": "==", "format": style}
        rule["value"] = f'"{phrase(key, language)}"'
        sheet.conditional_format(table.row + 1, place, table.row + 1, place, rule)
    sheet.freeze_panes(table.row + 1, 2)
    print_setup(sheet, language=language, header=table.row)


def write_changes(sheet: Sheet, *, book: Any, formats: Formats, language: Language) -> None:  # noqa: ANN401
    """Write the Changes sheet: the waterfall and, beside it, the forecast bridge."""
    _open(sheet, "changes", formats=formats, language=language, empty="changes_empty", tall=True)
    line = phrase("changes_line", language)
    sheet.write_string(2, 1, line, formats.prose("status"))
    words: dict[str, str] = {}
    headings = {
        "Waterfall": "waterfall",
        "ForecastBridge": "bridge",
        "ChangeGroups": "change_groups",
        "IdleDeals": "idle_deals",
    }
    for name, heading in headings.items():
        table = TABLES[name]
        write_tool_table(sheet, table, formats=formats, language=language)
        sheet.write_string(
            table.row - 1, table.column, phrase(heading, language), formats.prose("heading")
        )
        if table.column:
            sheet.set_column(table.column - 1, table.column - 1, _GAP)
        if heading in BLOCKS:
            chart = waterfall_chart(book, heading, language=language, size=(700, 310))
            sheet.insert_chart(4, table.column, chart)
            write_block(sheet, heading, formats=formats)
            words |= {f"{heading}_title": "chart_empty", f"{heading}_axis": "axis_empty"}
        else:
            target = f"internal:'{sheet.get_name()}'!{a1(table.row - 1, table.column)}"
            place = 3 if heading == "change_groups" else 5
            sheet.write_url(3, place, target, formats.prose("link"), phrase(heading, language))
    _hide_chart_data(sheet, BLOCKS["waterfall"].column, formats=formats, language=language)
    _chart_words(sheet, words, formats=formats, language=language)
    sheet.freeze_panes(3, 0)
    print_setup(sheet, language=language, header=None)
    sheet.set_print_scale(48)
    beside = ("ForecastBridge", "ChangeGroups", "IdleDeals")
    sheet.set_v_pagebreaks([TABLES[name].column for name in beside])


def write_forecast_log(sheet: Sheet, *, formats: Formats, language: Language) -> None:
    """Write the Forecast log sheet."""
    _open(sheet, "forecast_log", formats=formats, language=language, empty="log_empty")
    sheet.write_string(2, 1, phrase("log_line", language), formats.prose("status"))
    table = TABLES["ForecastLog"]
    scores = TABLES["ForecastScores"]
    for one in (table, scores):
        write_tool_table(sheet, one, formats=formats, language=language)
    sheet.set_column(scores.column - 1, scores.column - 1, _GAP)
    heading = phrase("forecast_scores", language)
    sheet.write_string(scores.row - 1, scores.column, heading, formats.prose("heading"))
    sheet.freeze_panes(table.row + 1, 1)
    print_setup(sheet, language=language, header=table.row)
    # At a scale of its own the page breaks where it is told to; fitted, the scores lose a column.
    sheet.set_print_scale(62)
    sheet.set_v_pagebreaks([scores.column])
    sheet.print_across()
