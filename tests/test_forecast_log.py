import numpy as np
import pandas as pd
import pytest

from salespipe.forecast_log import (
    GRID,
    LOG_COLUMNS,
    OWN,
    append_forecast,
    forecasts_path,
    latest,
    read_forecasts,
)


def rows(as_of, likely=5.0, **other):
    told = {
        "as_of": pd.Timestamp(as_of),
        "method": OWN,
        "by": "total",
        "group": "",
        "period": "2026-02",
        "kind": "month",
        "horizon": 1,
        "likely": likely,
        "quantiles": np.linspace(1, 9, len(GRID)),
        "data_hash": "abc",
        "seed": 1,
    }
    return pd.DataFrame([told | other]).reindex(columns=list(LOG_COLUMNS))


@pytest.fixture
def book(tmp_path):
    return tmp_path / "b.xlsx"


def test_what_was_forecast_comes_back(book):
    assert read_forecasts(book)[0].empty
    append_forecast(book, rows("2026-01-31"))
    log, faults = read_forecasts(book)
    assert faults == ()
    assert list(log.columns) == list(LOG_COLUMNS)
    assert log["likely"].tolist() == [5.0]
    assert log["quantiles"].iloc[0][[0, -1]].tolist() == [1.0, 9.0]
    assert forecasts_path(book).name == "b.forecasts"


def test_the_same_forecast_is_kept_once_and_a_later_one_of_the_day_counts(book):
    assert append_forecast(book, rows("2026-01-31")) is not None
    assert append_forecast(book, rows("2026-01-31")) is None
    append_forecast(book, rows("2026-02-28", 7.0))
    assert append_forecast(book, rows("2026-01-31", 6.0, data_hash="new")) is not None
    log, _ = read_forecasts(book)
    assert log["likely"].tolist() == [6.0, 7.0]
    assert append_forecast(book, rows("2026-01-31").head(0)) is None


def test_the_last_forecast_before_a_day(book):
    log = pd.concat([rows("2026-01-31"), rows("2026-02-28", 7.0)], ignore_index=True)
    assert latest(log, before=pd.Timestamp("2026-02-28"))["likely"].tolist() == [5.0]
    assert latest(log, before=pd.Timestamp("2026-01-31")).empty


def test_damage_is_told_and_the_other_forecasts_hold(book):
    part = append_forecast(book, rows("2026-01-31"))
    append_forecast(book, rows("2026-02-28", 7.0))
    part.write_bytes(b"x")
    log, faults = read_forecasts(book)
    assert log["likely"].tolist() == [7.0]
    assert [fault.kind for fault in faults] == ["damaged"]
