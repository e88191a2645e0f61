import pandas as pd
import pytest

from salespipe.plots import coverage, record
from salespipe.results import PAST_COLUMNS
from tests.plots.conftest import texts_of

MONTHS = pd.date_range("2026-01-01", periods=4, freq="MS")


def past(actuals):
    """Give forecasts of 90 to 110 made the day before each month, and older ones of 0 to 1."""
    rows = [
        {"as_of": month - pd.Timedelta(days=back), "kind": "month", "period": f"{month:%Y-%m}"}
        | {"start": month, "worst": worst, "likely": likely, "best": best, "actual": actual}
        | {"inside": None if pd.isna(actual) else worst <= actual <= best}
        for month, actual in zip(MONTHS, actuals, strict=True)
        for back, worst, likely, best in ((1, 90.0, 100.0, 110.0), (32, 0.0, 0.5, 1.0))
    ]
    return pd.DataFrame(rows).reindex(columns=list(PAST_COLUMNS))


def test_only_the_last_forecast_before_a_month_counts(assert_nothing_cut):
    picture = record(past([95.0, 120.0, 100.0, float("nan")]), currency="EUR")
    assert_nothing_cut(picture)
    assert picture.get_suptitle() == ("2 of 3 months lay within the range said one month before")
    marks = {line.get_label(): line.get_ydata().tolist() for line in picture.axes[0].lines}
    assert marks["what came, within"] == [95.0, 100.0]
    assert marks["what came, outside"] == [120.0]
    assert marks["likely"] == [100.0] * 3


@pytest.fixture
def held():
    return pd.DataFrame(
        {"level": [50, 80, 90], "n": 13, "share": [0.38, 0.69, 1.0]}
        | {"low": [0.23, 0.54, 0.69], "high": [0.77, 1.0, 1.0]}
    )


def test_how_often_ranges_held_stands_in_the_band_that_so_few_months_allow(
    held, assert_nothing_cut
):
    picture = coverage(held)
    assert_nothing_cut(picture)
    bars = [(bar.get_y(), round(bar.get_height(), 2)) for bar in picture.axes[0].patches]
    assert bars == [(0.23, 0.54), (0.54, 0.46), (0.69, 0.31)]
    texts = {text.get_text() for text in texts_of(picture)}
    assert {"38 %", "69 %", "100 %"} <= texts
    assert "(months: 13, one ahead)" in picture.get_suptitle()


def test_both_speak_chinese(held, chinese, assert_nothing_cut):
    for picture in (
        coverage(held, language="zh"),
        record(past([95.0, 120.0, 1.0, 2.0]), currency="CNY", language="zh"),
    ):
        assert_nothing_cut(picture)
        assert "月" in picture.get_suptitle()
