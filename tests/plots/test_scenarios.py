"""The figure of scenarios: one bar each, the largest change on top, without the forecast."""

import pandas as pd

from salespipe import plots
from salespipe.results import SCENARIO_COLUMNS

TABLE = pd.DataFrame(
    [
        ("As forecast", 8.0, 10.0, 12.0, 10.0, 0.0, 0.5),
        ("Better", 9.0, 11.0, 13.0, 11.0, 1.0, 0.6),
        ("Much worse", 4.0, 6.0, 8.0, 6.0, -4.0, 0.1),
    ],
    columns=list(SCENARIO_COLUMNS),
)


def test_bars_are_the_changes_largest_on_top(assert_nothing_cut):
    picture = plots.scenarios(TABLE, currency="USD")
    assert_nothing_cut(picture)
    axes = picture.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [1.0, -4.0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Better", "Much worse"]


def test_gains_and_losses_differ_in_colour():
    axes = plots.scenarios(TABLE, currency="USD").axes[0]
    gain, loss = (bar.get_facecolor() for bar in axes.patches)
    assert gain != loss


def test_the_forecast_alone_gives_an_empty_figure():
    axes = plots.scenarios(TABLE.head(1), currency="USD").axes[0]
    assert not axes.patches
