import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from salespipe.screen.values import figure, money, percent, plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (float("nan"), None),
        (float("inf"), None),
        (np.float64("nan"), None),
        (pd.NaT, None),
        (None, None),
        (date(2026, 10, 31), "2026-10-31"),
        (datetime(2026, 10, 31, 12, 30), "2026-10-31"),  # noqa: DTZ001
        (pd.Timestamp("2026-10-31"), "2026-10-31"),
        (np.datetime64("2026-10-31"), "2026-10-31"),
        (Path("a") / "b", str(Path("a") / "b")),
        ("text", "text"),
        ((1, [np.nan, {"a": pd.NaT}]), [1, [None, {"a": None}]]),
        ({date(2026, 1, 1): 1}, {"2026-01-01": 1}),
    ],
)
def test_whatever_there_is_becomes_json(value, expected):
    made = plain(value)
    assert made == expected
    assert type(made) is type(expected)
    assert json.loads(json.dumps(made, allow_nan=False)) == expected


def test_what_is_not_known_is_a_dash():
    assert (money(1234567.4), money(float("nan"))) == ("1,234,567", "–")
    assert (percent(0.126), percent(float("nan"))) == ("13%", "–")


def test_figures_have_their_unit():
    assert figure(0.1234, "share") == "12.3%"
    assert figure(12345.6, "money") == "12,346"
    assert (figure(41.26, "days"), figure(41.26, "days", "zh")) == ("41.3 days", "41.3 天")
    assert figure(3.0, "number") == "3.0"
    assert figure(float("nan"), "share") == "–"
