"""The simple methods: what each says of a small company."""

import sys

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.backtest import ladder as ladder_module
from salespipe.backtest.ladder import (
    BENCHMARKS,
    LADDER,
    ladder,
    last_month,
    mean_of_three,
    monthly_won,
    seasonal_naive,
    stage_weighted,
)
from salespipe.pipeline import build_pipeline
from tests.small_tables import as_of, deal, tables

AMOUNTS = [100.0, 200.0, 600.0, 110.0, 210.0]


def company(*more, amounts=AMOUNTS):
    """Win one deal in the middle of each month from January on."""
    wins = [
        deal(f"w{m}", "won", f"2026-{m:02d}-02", f"2026-{m:02d}-15") | {n.AMOUNT: amount}
        for m, amount in enumerate(amounts, start=1)
    ]
    return tables(deal("first", "lost", "2026-01-01", "2026-01-03"), *wins, *more)


def pipeline(day="05-31", *more):
    return build_pipeline(company(*more), as_of=as_of(day))


def test_months_won_are_full_ones():
    np.testing.assert_allclose(monthly_won(pipeline()), AMOUNTS)
    np.testing.assert_allclose(monthly_won(pipeline("05-30")), AMOUNTS[:4])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (last_month, [210, 210, 210, 210]),
        (mean_of_three, [920 / 3] * 4),
        (seasonal_naive, [600, 110, 210, 600]),
    ],
)
def test_medians_are_what_the_rule_says(method, expected):
    draws = method(pipeline(), months=4, seed=1)
    np.testing.assert_allclose(np.median(draws, axis=0), expected, rtol=1e-3)
    np.testing.assert_array_equal(draws, method(pipeline(), months=4, seed=1))


def test_a_rule_that_was_right_is_surer():
    repeating = company(amounts=[100.0, 200.0, 600.0] * 3)
    known = build_pipeline(repeating, as_of=as_of("09-30"))
    right, wrong = (
        np.log(method(known, months=3, seed=1)).std() for method in (seasonal_naive, last_month)
    )
    assert right < wrong


def test_too_short_a_history_says_nothing():
    assert last_month(pipeline("02-28"), months=3, seed=1) is None


def test_the_running_month_brings_at_least_what_it_has_brought():
    rich = deal("x", "won", "2026-06-01", "2026-06-02") | {n.AMOUNT: 5_000.0}
    draws = last_month(pipeline("06-20", rich), months=2, seed=1)
    assert (draws[:, 0] >= 5_000).all()
    assert np.median(draws[:, 1]) < 1_000


def test_stage_weighted_counts_deals_in_the_month_of_their_expected_close():
    opened = [
        deal("a", "A", "2026-05-01") | {n.AMOUNT: 1_000.0, n.EXPECTED_CLOSE_ON: "2026-06-10"},
        deal("b", "B", "2026-05-01") | {n.AMOUNT: 1_000.0, n.EXPECTED_CLOSE_ON: "2026-07-31"},
        deal("later", "C", "2026-05-01") | {n.AMOUNT: 9e6, n.EXPECTED_CLOSE_ON: "2026-08-01"},
        deal("overdue", "C", "2026-05-01") | {n.AMOUNT: 100.0, n.EXPECTED_CLOSE_ON: "2026-05-31"},
        deal("undated", "C", "2026-05-01") | {n.AMOUNT: 300.0},
        deal("blank", "C", "2026-05-01") | {n.AMOUNT: None},
    ]
    total = stage_weighted(pipeline("05-31", *opened), months=2, seed=1)
    # The default probabilities are 20, 40 and 80 %; 320 are in equal parts over the months.
    np.testing.assert_allclose(total, [[200 + 160, 400 + 160]])


def test_nothing_after_the_date_is_seen():
    later = deal("z", "won", "2026-06-01", "2026-06-09") | {n.AMOUNT: 9e9}
    for name, method in LADDER.items():
        before = method(pipeline(), months=3, seed=1)
        after = method(pipeline("05-31", later), months=3, seed=1)
        np.testing.assert_array_equal(before, after, err_msg=name)


def test_what_is_not_installed_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr(ladder_module, "find_spec", lambda _: None)
    methods, notes = ladder()
    assert set(methods) == set(LADDER)
    assert "AutoETS and AutoARIMA are left out" in notes[0]
    monkeypatch.setattr(ladder_module, "find_spec", lambda _: "there")
    assert set(ladder()[0]) == {*LADDER, *BENCHMARKS}
    assert ladder()[1] == ()


class _Model:
    """Stands in for a model of statsforecast: knows seasons only from seven months on."""

    def __init__(self, season_length):
        self.season = season_length

    def forecast(self, y, h, level):
        assert level == [80]
        if len(y) < 7 and self.season > 1:
            raise NotImplementedError("tiny datasets")
        mean = np.full(h, float(self.season))
        return {"mean": mean, "lo-80": mean - 1.2816, "hi-80": mean + 1.2816}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_model_falls_back_on_no_season(monkeypatch, name):
    models = type(sys)("statsforecast.models")
    models.AutoETS = models.AutoARIMA = _Model
    monkeypatch.setitem(sys.modules, "statsforecast", type(sys)("statsforecast"))
    monkeypatch.setitem(sys.modules, "statsforecast.models", models)
    draws = BENCHMARKS[name](pipeline(), months=2, seed=1)
    assert np.median(draws) == pytest.approx(1.0, abs=0.1)
    assert draws.min() == 0
    long = build_pipeline(company(amounts=[100.0] * 8), as_of=as_of("08-31"))
    assert np.median(BENCHMARKS[name](long, months=2, seed=1)) == pytest.approx(3.0, abs=0.1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_benchmark_models_follow_a_quarter(name):
    pytest.importorskip("statsforecast", reason='the extra "benchmarks" is not installed')
    rng = np.random.default_rng(1)
    amounts = np.tile([100.0, 200.0, 600.0], 4) * np.exp(rng.normal(0, 0.05, 12))
    known = build_pipeline(company(amounts=list(amounts)), as_of=pd.Timestamp("2026-12-31").date())
    middle = np.median(BENCHMARKS[name](known, months=3, seed=1), axis=0)
    np.testing.assert_allclose(middle, [100, 200, 600], rtol=0.25)
