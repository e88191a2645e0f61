"""Where single cells, chart data and lists stand: one description for the template and publishing.

Every address is fixed; :mod:`salespipe.workbook.template.tables` has the tables.
"""

from dataclasses import dataclass
from typing import Final

from salespipe.workbook.template.address import a1

__all__ = [
    "BLOCKS",
    "CELLS",
    "FORMAT_CELLS",
    "LISTS",
    "LIST_ROWS",
    "STEP_KEYS",
    "Block",
    "Spot",
]


@dataclass(frozen=True)
class Spot:
    """A single cell on a tool's sheet.

    Attributes
    ----------
    sheet : str
        Key of the sheet in :data:`salespipe.workbook.schema.SHEETS`.
    cell : str
        A1 address.
    """

    sheet: str
    cell: str


@dataclass(frozen=True)
class Block:
    """Columns of numbers behind a chart, with one header row.

    Attributes
    ----------
    sheet : str
        Key of its sheet.
    row, column : int
        Zero-based place of the first header.
    keys : tuple of str
        One a column; the first holds the categories.
    rows : int
        Most rows that are ever filled.
    """

    sheet: str
    row: int
    column: int
    keys: tuple[str, ...]
    rows: int

    def cell(self, row: int, key: str) -> str:
        """Give the A1 address of a cell; row 0 is the first below the header."""
        return a1(self.row + 1 + row, self.column + self.keys.index(key))


_FORECAST_CHART_DATA: Final = 52
_KPI_CHART_DATA: Final = 22
_CHANGES_CHART_DATA: Final = 39

STEP_KEYS: Final = ("movement", "base", "total", "up", "down")
"""Columns behind a waterfall: what a step stands on (not drawn), and its one visible height."""

BLOCKS: Final[dict[str, Block]] = {
    "fan": Block(
        "forecast",
        6,
        _FORECAST_CHART_DATA,
        ("month", "won", "worst", "range", "likely", "target"),
        60,
    ),
    "funnel": Block(
        "forecast", 6, _FORECAST_CHART_DATA + 7, ("stage", "value", "weighted", "count"), 20
    ),
    "trend": Block(
        "kpi", 6, _KPI_CHART_DATA, ("month", "won", "target", "win_rate", "low", "high"), 60
    ),
    "waterfall": Block("changes", 6, _CHANGES_CHART_DATA, STEP_KEYS, 20),
    "bridge": Block("changes", 6, _CHANGES_CHART_DATA + 6, STEP_KEYS, 20),
}
"""Numbers behind the charts, to the right of everything that is printed."""

CELLS: Final[dict[str, Spot]] = {
    "start_title": Spot("start", "B1"),
    "start_status": Spot("start", "B4"),
    "start_worst": Spot("start", "B6"),
    "start_likely": Spot("start", "D6"),
    "start_best": Spot("start", "F6"),
    "start_p_target": Spot("start", "I6"),
    "start_worst_note": Spot("start", "B7"),
    "start_likely_note": Spot("start", "D7"),
    "start_best_note": Spot("start", "F7"),
    "start_target_note": Spot("start", "I7"),
    "forecast_status": Spot("forecast", "A2"),
    "forecast_notes": Spot("forecast", "A25"),
    "fan_title": Spot("forecast", a1(2, _FORECAST_CHART_DATA)),
    "fan_axis": Spot("forecast", a1(3, _FORECAST_CHART_DATA)),
    "funnel_title": Spot("forecast", a1(2, _FORECAST_CHART_DATA + 7)),
    "funnel_axis": Spot("forecast", a1(3, _FORECAST_CHART_DATA + 7)),
    "count_title": Spot("forecast", a1(2, _FORECAST_CHART_DATA + 10)),
    "count_axis": Spot("forecast", a1(3, _FORECAST_CHART_DATA + 10)),
    "deal_forecast_status": Spot("deal_forecast", "D2"),
    "kpi_status": Spot("kpi", "A2"),
    "won_title": Spot("kpi", a1(2, _KPI_CHART_DATA)),
    "won_axis": Spot("kpi", a1(3, _KPI_CHART_DATA)),
    "win_rate_title": Spot("kpi", a1(2, _KPI_CHART_DATA + 3)),
    "win_rate_axis": Spot("kpi", a1(3, _KPI_CHART_DATA + 3)),
    "review_status": Spot("review", "A2"),
    "todo_status": Spot("todo", "A2"),
    "todo_costs": Spot("todo", "A4"),
    "changes_status": Spot("changes", "A2"),
    "waterfall_title": Spot("changes", a1(2, _CHANGES_CHART_DATA)),
    "waterfall_axis": Spot("changes", a1(3, _CHANGES_CHART_DATA)),
    "bridge_title": Spot("changes", a1(2, _CHANGES_CHART_DATA + 6)),
    "bridge_axis": Spot("changes", a1(3, _CHANGES_CHART_DATA + 6)),
    "forecast_log_status": Spot("forecast_log", "A2"),
}
"""Single cells that publishing sets."""

FORMAT_CELLS: Final[dict[str, Spot]] = {
    "share": Spot("kpi", a1(2, _KPI_CHART_DATA + 7)),
    "days": Spot("kpi", a1(3, _KPI_CHART_DATA + 7)),
    "money": Spot("kpi", a1(4, _KPI_CHART_DATA + 7)),
    "count": Spot("kpi", a1(5, _KPI_CHART_DATA + 7)),
    "number": Spot("kpi", a1(6, _KPI_CHART_DATA + 7)),
}
"""Cells whose format a KPI takes by its unit."""

LISTS: Final = (
    "stages",
    "owners",
    "segments",
    "sources",
    "categories",
    "activity_types",
    "outcomes",
    "lost_reasons",
    "topics",
    "statuses",
    "kinds",
    "languages",
    "currencies",
)
"""Columns of the Lists sheet, in order; each is the defined name `list_<key>`."""

LIST_ROWS: Final = 200
"""Most entries of one list."""
