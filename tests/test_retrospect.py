from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from salespipe.kpi.waterfall import MOVEMENTS
from salespipe.pipeline import build_pipeline
from salespipe.retrospect import look_back, missing_forecast
from tests.kpi.test_bridge import FEB, MAR, forecast
from tests.test_memory import NONE, tables  # noqa: F401 (a fixture)
from tests.test_snapshot import FIRST, SECOND


@pytest.fixture
def pipeline(tables):  # noqa: F811
    return build_pipeline(tables, as_of=SECOND)


@pytest.fixture
def log():
    """Give forecasts of the end of January and of February, the first scored by now."""
    then = forecast([FEB, MAR], likely=[80.0], mean=[90.0], deals={"a": [50.0]})
    here = forecast([MAR, pd.Timestamp("2026-04-01")], likely=[10.0], mean=[12.0], deals={})
    kept = then[then["kind"] == "span"].assign(
        kind="month", group="", period="2026-02", worst=50.0, best=140.0,
        quantiles=[[float(k) for k in range(51, 150)]],
    )  # fmt: skip
    log = pd.concat(
        [then.assign(as_of=pd.Timestamp(FIRST)), kept.assign(as_of=pd.Timestamp(FIRST)),
         here.assign(as_of=pd.Timestamp(SECOND))],
        ignore_index=True,
    )  # fmt: skip
    return log.assign(currency="USD")


def test_a_look_back_has_all_of_it(tables, pipeline, log):  # noqa: F811
    seen = look_back(tables, pipeline, log)
    assert seen.bridged
    assert seen.scored
    assert seen.steps()["name"].tolist() == [
        "New",
        "Grown",
        "Won",
        "Shrunk",
        "Deleted from the sheet",
    ]
    assert seen.steps("bridge")["amount"].sum() == pytest.approx(
        seen.changes.likely_after - seen.changes.likely_before
    )
    shown = seen.groups()
    assert {"new", "won", "removed"} <= set(shown)
    assert not {"reopened", "owner_in"} & set(shown)
    moved = shown[[key for key in MOVEMENTS if key in shown]]
    assert moved.any().all()
    for kind in ("waterfall", "bridge", "record", "coverage"):
        assert seen.plot(kind).get_suptitle(), kind


def test_in_chinese(tables, pipeline, log):  # noqa: F811
    chinese = replace(pipeline, settings=replace(pipeline.settings, language="zh"))
    seen = look_back(tables, chinese, log)
    assert "新增" in seen.steps()["name"].tolist()
    assert "可能收入" in seen.plot("bridge").get_suptitle()
    assert " to " not in seen.plot("bridge").get_suptitle()


def test_where_nothing_is_remembered_nothing_is_drawn(tables, pipeline):  # noqa: F811
    fresh = replace(tables, changes=tables.changes.head(0), snapshots=())
    seen = look_back(fresh, build_pipeline(fresh, as_of=SECOND), NONE)
    assert seen.changes is None
    assert not seen.bridged
    assert not seen.scored
    assert (len(seen.steps()), len(seen.groups())) == (0, 0)
    assert [seen.plot(kind) for kind in ("waterfall", "bridge", "record", "coverage")] == [None] * 4


def test_a_forecast_is_missing_where_none_was_kept_and_deals_were_known(tables, pipeline, log):  # noqa: F811
    assert missing_forecast(tables, log, pipeline) is None
    assert missing_forecast(tables, NONE, pipeline) == FIRST
    young = replace(tables, deals=tables.deals.assign(created_on=pd.Timestamp("2026-02-03")))
    assert missing_forecast(young, NONE, pipeline) is None
    assert date(2026, 1, 31) == FIRST
