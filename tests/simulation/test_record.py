"""A forecast as the log keeps it: what it says must be what the forecast says."""

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.forecast_log import (
    ABOVE,
    BELOW,
    COMMITTED,
    GRID,
    LOG_COLUMNS,
    OWN,
    append_forecast,
    read_forecasts,
)
from salespipe.kpi.bridge import bridge
from salespipe.simulation.forecast import forecast
from salespipe.simulation.record import record

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def made(small_fit):
    return forecast(small_fit)


@pytest.fixture(scope="module")
def kept(made):
    return record(made)


def test_periods_are_those_of_the_summary(made, kept):
    own = kept[(kept["method"] == OWN) & (kept["by"] == "total") & (kept["kind"] != "span")]
    table = made.summary()
    for key in ("period", "kind", "worst", "likely", "best", "mean", "from_open", "p_target"):
        assert own[key].tolist() == pytest.approx(table[key].tolist(), nan_ok=True), key
    grid = np.stack(own["quantiles"].to_list())
    # also of a quarter whose first months are over: what they won is in every quantile
    np.testing.assert_allclose(grid[:, GRID.index(0.5)], table["likely"])
    months = table["kind"] == "month"
    assert own["horizon"].to_numpy()[months].tolist() == list(range(1, months.sum() + 1))


def test_spans_are_the_first_months_together(made, kept):
    spans = kept[kept["kind"] == "span"]
    whole = made.draws.cumsum(axis=1)
    np.testing.assert_allclose(spans["likely"], np.median(whole, axis=0))
    np.testing.assert_allclose(spans["mean"], whole.mean(axis=0))


def test_deals_add_up_to_what_open_deals_bring(made, kept):
    deals = kept[kept["by"] == "deal"]
    by_month = deals.groupby("period")["mean"].sum()
    expected = pd.Series(made.open.total.mean(axis=0), [month.label for month in made.months])
    pd.testing.assert_series_equal(
        by_month.reindex(expected.index), expected, check_names=False, rtol=1e-9
    )
    assert set(deals["group"]) <= set(made.deals["deal_id"])


def test_owners_views_and_calls_are_kept_by_month(made, kept):
    months = kept[kept["kind"] == "month"]
    by_owner = months[(months["by"] == "owner") & (months["method"] == OWN)]
    total = made.summary().set_index("period")["mean"]
    sums = by_owner.groupby("period")["mean"].sum()
    np.testing.assert_allclose(sums, total[sums.index])
    assert {BELOW, ABOVE} <= set(months["method"]) or made.views.above is None
    committed = months[months["method"] == COMMITTED]
    assert (committed["worst"] == committed["best"]).all()
    opened = made.fit.pipeline.open_deals
    told = committed[committed["by"] == "total"]["likely"].sum()
    assert told <= opened[n.AMOUNT].sum() + made.won.by_owner.sum() + 1e-6


def test_it_goes_through_the_log_and_bridges_to_itself_with_nothing(made, kept, tmp_path):
    assert list(kept.columns) == list(LOG_COLUMNS)
    assert append_forecast(tmp_path / "b.xlsx", kept) is not None
    assert append_forecast(tmp_path / "b.xlsx", kept) is None
    log, _ = read_forecasts(tmp_path / "b.xlsx")
    pipeline = made.fit.pipeline
    same = bridge(log, log, pipeline, pipeline)
    assert same.before == same.after
    assert same.parts["amount"].abs().max() < 1e-6
