from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from salespipe.plots.picture import FONTS, Picture, installed_fonts
from salespipe.results import (
    DEAL_COLUMNS,
    FUNNEL_COLUMNS,
    GROUP_COLUMNS,
    HISTORY_COLUMNS,
    KPI_COLUMNS,
    PERIOD_COLUMNS,
)
from tests.requirements import missing

LONG = "The Extraordinarily Long-Named Consolidated Trading Company of Elsewhere"


def texts_of(picture: Picture) -> list[Text]:
    """Draw the figure and give all text that is on it; ticks beyond the limits never are."""
    picture.draw_without_rendering()
    beyond = set()
    for axes in picture.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            for tick in axis.get_major_ticks():
                if not low - slack <= tick.get_loc() <= high + slack:
                    beyond |= {id(tick.label1), id(tick.label2)}
    return [
        text
        for text in picture.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in beyond
    ]


@pytest.fixture
def assert_nothing_cut() -> Callable[[Picture], None]:
    """Give a function that finds text reaching over the edge of a figure."""

    def check(picture: Picture) -> None:
        texts = texts_of(picture)
        assert texts
        for text in texts:
            box = text.get_window_extent()
            for edge, limit in ((box.x0, 0), (box.y0, 0)):
                assert edge >= limit - 1, f"{text.get_text()!r} begins outside the figure"
            assert box.x1 <= picture.bbox.x1 + 1, f"{text.get_text()!r} is cut off on the right"
            assert box.y1 <= picture.bbox.y1 + 1, f"{text.get_text()!r} is cut off at the top"

    return check


@pytest.fixture
def chinese() -> str:
    """Give a Chinese name, if this machine has letters for it."""
    if not set(FONTS[1:]) & set(installed_fonts()):
        missing("no font with Chinese letters is installed")
    return "华东区 王小明"


@pytest.fixture
def summary() -> pd.DataFrame:
    """Give three months from the middle of the first, their quarter and the total."""
    labels = ["2026-10", "2026-11", "2026-12", "2026Q4", "total"]
    start = pd.to_datetime(["2026-10-01", "2026-11-01", "2026-12-01", "2026-10-01", "2026-10-01"])
    end = pd.to_datetime(["2026-11-01", "2026-12-01", "2027-01-01", "2027-01-01", "2027-01-01"])
    cells = {
        "period": labels,
        "kind": ["month"] * 3 + ["quarter", "total"],
        "start": start,
        "end": end,
        "worst": [40e3, 60e3, 50e3, 258e3, 258e3],
        "likely": [90e3, 150e3, 140e3, 474e3, 474e3],
        "best": [150e3, 280e3, 330e3, 812e3, 812e3],
        "mean": [100e3, 160e3, 170e3, 430e3, 430e3],
        "won_so_far": [30e3, 0.0, 0.0, 30e3, 30e3],
        "from_open": [70e3, 100e3, 60e3, 230e3, 230e3],
        "from_new": [0.0, 60e3, 110e3, 170e3, 170e3],
        "weighted_pipeline": [80e3, 90e3, 20e3, 190e3, 200e3],
        "target": [120e3, 120e3, 120e3, 360e3, 360e3],
        "p_target": [0.3, 0.6, 0.55, 0.7, 0.7],
    }
    return pd.DataFrame(cells, columns=list(PERIOD_COLUMNS))


@pytest.fixture
def history() -> pd.DataFrame:
    months = pd.date_range("2024-10-01", periods=24, freq="MS", unit="us")
    won = np.linspace(50e3, 200e3, 24)
    return pd.DataFrame(
        {"month": months, "won": won, "target": 120e3}, columns=list(HISTORY_COLUMNS)
    )


@pytest.fixture
def groups(summary) -> pd.DataFrame:
    """Give four owners, one of them without a target."""
    whole = summary.tail(1)
    rows = pd.concat([whole] * 4, ignore_index=True)
    rows["group"] = ["Ana", "Bo", "Cem", LONG]
    rows.loc[2, ["target", "p_target"]] = np.nan
    return rows[list(GROUP_COLUMNS)]


@pytest.fixture
def kpis() -> pd.DataFrame:
    """Give a win rate by month (the last two unripe), by owner and in total, and one of stages."""
    months = [f"2026-{month:02d}" for month in range(1, 11)]
    rows = [("Win rate", "won / created", "month", m, 0.2, 0.1, 0.35, 30, "share") for m in months]
    owners = ("Ana", "Bo", "Cem")
    rows += [
        ("Win rate", "won / created", "owner", owner, 0.1 * k, 0.05 * k, 0.15 * k, 40, "share")
        for k, owner in enumerate(owners, start=1)
    ]
    rows += [("Win rate", "won / created", "total", "", 0.2, 0.15, 0.25, 300, "share")]
    rows += [
        ("Stage conversion", "went on", "stage", stage, 0.6, 0.5, 0.7, 80, "share")
        for stage in ("Prospecting", "Qualification")
    ]
    table = pd.DataFrame(rows, columns=["name", "definition", *KPI_COLUMNS[2:9]])
    table = table.assign(population="deals created", interval="Jeffreys 90 %", trap="It misleads.")
    table.loc[8:9, "population"] += "; unripe: younger than the median cycle of 83 days"
    return table[list(KPI_COLUMNS)]


@pytest.fixture
def funnel_table() -> pd.DataFrame:
    cells = {
        "stage": ["Prospecting", "Qualification", "Proposal & Negotiation"],
        "count": [12, 6, 3],
        "value": [271e3, 142e3, 143e3],
        "weighted": [27.1e3, 28.4e3, 100.1e3],
    }
    return pd.DataFrame(cells, columns=list(FUNNEL_COLUMNS))


@pytest.fixture
def deals() -> pd.DataFrame:
    """Give twenty open deals, one nameless, one of unknown amount, one called like a formula."""
    count = 20
    chance = np.linspace(0.95, 0.01, count)
    table = pd.DataFrame({key: [None] * count for key in DEAL_COLUMNS}).assign(
        deal_id=[f"D-{k:03d}" for k in range(count)],
        account=["$ave & $pend", LONG, None, *["Firm"] * (count - 3)],
        amount=[np.nan, *np.linspace(2e6, 1e3, count - 1)],
        p_won=chance,
        p_won_by_end=chance * 0.8,
        expected_value=np.linspace(1e6, 1e3, count),
    )
    return table[list(DEAL_COLUMNS)]
