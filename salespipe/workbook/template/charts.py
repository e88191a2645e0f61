"""Native charts on plain ranges: the fan, the stage funnel and the trends."""

from typing import Any, Final

from xlsxwriter.utility import quote_sheetname, xl_cell_to_rowcol

from salespipe.settings import Language
from salespipe.workbook.money import large_money_code
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template.formats import COLOURS, FONTS
from salespipe.workbook.template.layout import BLOCKS, CELLS
from salespipe.workbook.template.text import phrase

__all__ = [
    "BLANK_ROWS",
    "count_chart",
    "fan_chart",
    "funnel_chart",
    "waterfall_chart",
    "win_rate_chart",
    "won_chart",
]

BLANK_ROWS: Final = 12
"""Rows that a chart shows before the first run."""

_MONEY: Final[dict[Language, str]] = {
    "en": '[>=10000000]#,##0,,"M";[>=10000]#,##0,"k";#,##0',
    "zh": large_money_code("", "zh"),
}


def _range(block: str, key: str, language: Language) -> list[object]:
    where = BLOCKS[block]
    first, column = xl_cell_to_rowcol(where.cell(0, key))
    title = SHEETS[where.sheet].title(language)
    return [title, first, column, first + BLANK_ROWS - 1, column]


def _cell(key: str, language: Language) -> str:
    spot = CELLS[key]
    row, column = spot.cell.rstrip("0123456789"), spot.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"={quote_sheetname(SHEETS[spot.sheet].title(language))}!${row}${column}"


def _series(
    block: str, key: str, language: Language, *, name: str, look: dict[str, object]
) -> dict[str, object]:
    categories = BLOCKS[block].keys[0]
    return {
        "name": name,
        "categories": _range(block, categories, language),
        "values": _range(block, key, language),
    } | look


def _line(colour: str, *, width: float = 2.25, dash: str = "solid") -> dict[str, object]:
    look = {"color": COLOURS[colour], "width": width, "dash_type": dash}
    return {"line": look, "marker": {"type": "none"}}


def _dress(
    chart: Any,  # noqa: ANN401 - xlsxwriter has no types
    *,
    title: str,
    axis: str,
    number_format: str,
    language: Language,
    legend: dict[str, object],
) -> None:
    font = {"name": FONTS[language], "color": COLOURS["ink"]}
    chart.set_title(
        {"name": _cell(title, language), "name_font": font | {"size": 12}, "overlay": False}
    )
    quiet = font | {"size": 9, "bold": False, "color": COLOURS["quiet"]}
    chart.set_y_axis(
        {
            "name": _cell(axis, language),
            "name_font": quiet,
            "num_font": quiet,
            "num_format": number_format,
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": COLOURS["rule"]}},
            "line": {"none": True},
        }
    )
    chart.set_x_axis({"num_font": quiet, "line": {"color": COLOURS["grey"]}})
    chart.set_legend({"position": "bottom", "font": quiet} | legend)
    chart.set_chartarea({"border": {"color": COLOURS["rule"]}})
    chart.show_hidden_data()


def fan_chart(book: Any, *, language: Language, size: tuple[int, int]) -> Any:  # noqa: ANN401
    """Make the fan: won revenue, then the range from worst to best, the likely line, the target.

    The range is a stack of two areas, the lower of which is invisible; it starts at the last month
    of the past, where it has no width.
    """
    areas = book.add_chart({"type": "area", "subtype": "stacked"})
    hidden: dict[str, object] = {"fill": {"none": True}, "border": {"none": True}}
    band: dict[str, object] = {"fill": {"color": COLOURS["sky"]}, "border": {"none": True}}
    worst = phrase("worst", language)
    areas.add_series(_series("fan", "worst", language, name=worst, look=hidden))
    areas.add_series(_series("fan", "range", language, name=phrase("range", language), look=band))
    lines = book.add_chart({"type": "line"})
    for key, look in {
        "won": _line("ink"),
        "likely": _line("blue", width=2.75),
        "target": _line("orange", width=1.75, dash="dash"),
    }.items():
        lines.add_series(_series("fan", key, language, name=phrase(key, language), look=look))
    areas.combine(lines)
    _dress(
        areas,
        title="fan_title",
        axis="fan_axis",
        number_format=_MONEY[language],
        language=language,
        legend={"delete_series": [0]},
    )
    areas.set_size({"width": size[0], "height": size[1]})
    return areas


def funnel_chart(book: Any, *, language: Language, size: tuple[int, int]) -> Any:  # noqa: ANN401
    """Make the funnel by value: open and weighted amount of each stage, first stage on top."""
    series = {"value": ("open_value", "blue"), "weighted": ("weighted", "orange")}
    return _bars(book, series, words="funnel", code=_MONEY[language], language=language, size=size)


def count_chart(book: Any, *, language: Language, size: tuple[int, int]) -> Any:  # noqa: ANN401
    """Make the funnel by count: open deals of each stage, first stage on top."""
    series = {"count": ("count_axis", "blue")}
    return _bars(book, series, words="count", code="#,##0", language=language, size=size)


def _bars(
    book: Any,  # noqa: ANN401
    series: dict[str, tuple[str, str]],
    *,
    words: str,
    code: str,
    language: Language,
    size: tuple[int, int],
) -> Any:  # noqa: ANN401
    chart = book.add_chart({"type": "bar"})
    for key, (name, colour) in series.items():
        look = {"fill": {"color": COLOURS[colour]}, "gap": 60, "overlap": 0}
        chart.add_series(_series("funnel", key, language, name=phrase(name, language), look=look))
    _dress(
        chart,
        title=f"{words}_title",
        axis=f"{words}_axis",
        number_format=code,
        language=language,
        legend={} if len(series) > 1 else {"none": True},
    )
    font = {"name": FONTS[language], "size": 9, "bold": False, "color": COLOURS["quiet"]}
    chart.set_x_axis(
        {
            "name": _cell(f"{words}_axis", language),
            "name_font": font,
            "num_font": font,
            "num_format": code,
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": COLOURS["rule"]}},
            "line": {"none": True},
        }
    )
    chart.set_y_axis(
        {"num_font": font, "reverse": True, "crossing": "max", "line": {"color": COLOURS["grey"]}}
    )
    chart.set_size({"width": size[0], "height": size[1]})
    return chart


def waterfall_chart(
    book: Any,  # noqa: ANN401
    block: str,
    *,
    language: Language,
    size: tuple[int, int],
) -> Any:  # noqa: ANN401
    """Make a waterfall: columns for levels, and floating ones for what rose and fell between."""
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    hidden: dict[str, object] = {"fill": {"none": True}, "border": {"none": True}, "gap": 40}
    chart.add_series(
        _series(block, "base", language, name=phrase("waterfall", language), look=hidden)
    )
    for key, colour in (("total", "steel"), ("up", "blue"), ("down", "orange")):
        look: dict[str, object] = {"fill": {"color": COLOURS[colour]}}
        name = phrase(f"step_{key}", language)
        chart.add_series(_series(block, key, language, name=name, look=look))
    _dress(
        chart,
        title=f"{block}_title",
        axis=f"{block}_axis",
        number_format=_MONEY[language],
        language=language,
        legend={"delete_series": [0]},
    )
    chart.set_size({"width": size[0], "height": size[1]})
    return chart


def won_chart(book: Any, *, language: Language, size: tuple[int, int]) -> Any:  # noqa: ANN401
    """Make the columns of won revenue by month, with the target as a line."""
    chart = book.add_chart({"type": "column"})
    look: dict[str, object] = {"fill": {"color": COLOURS["blue"]}, "gap": 50}
    chart.add_series(_series("trend", "won", language, name=phrase("won", language), look=look))
    line = book.add_chart({"type": "line"})
    look = _line("orange", width=1.75, dash="dash")
    line.add_series(
        _series("trend", "target", language, name=phrase("target", language), look=look)
    )
    chart.combine(line)
    _dress(
        chart,
        title="won_title",
        axis="won_axis",
        number_format=_MONEY[language],
        language=language,
        legend={},
    )
    chart.set_size({"width": size[0], "height": size[1]})
    return chart


def win_rate_chart(book: Any, *, language: Language, size: tuple[int, int]) -> Any:  # noqa: ANN401
    """Make the line of the win rate by month between the ends of its interval."""
    chart = book.add_chart({"type": "line"})
    for key, name, look in (
        ("high", "interval", _line("sky", width=1.25)),
        ("win_rate", "win_rate_axis", _line("blue")),
        ("low", "interval", _line("sky", width=1.25)),
    ):
        label = phrase(name, language)
        chart.add_series(_series("trend", key, language, name=label, look=look))
    _dress(
        chart,
        title="win_rate_title",
        axis="win_rate_axis",
        number_format="0%",
        language=language,
        legend={"delete_series": [2]},
    )
    chart.show_blanks_as("gap")
    chart.set_size({"width": size[0], "height": size[1]})
    return chart
