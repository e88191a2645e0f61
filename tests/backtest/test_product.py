"""The product as methods of a backtest: one fit a date, weights from scores known by then."""

from types import SimpleNamespace

import numpy as np
import pytest

from salespipe import names as n
from salespipe.backtest import product as product_module
from salespipe.backtest.product import Product
from salespipe.backtest.run import backtest
from salespipe.backtest.scores import crps
from salespipe.periods import months_after
from salespipe.pipeline import build_pipeline
from tests.small_tables import as_of, deal, tables

BELOW = np.linspace(0, 200, 11)[:, None] * np.ones(3)
ABOVE = np.linspace(50, 150, 11)[:, None] * np.ones(3)


def company():
    wins = [
        deal(f"w{m}", "won", f"2026-{m:02d}-01", f"2026-{m:02d}-20") | {n.AMOUNT: 100.0}
        for m in range(1, 10)
    ]
    return tables(deal("l", "lost", "2025-12-01", "2026-01-02"), *wins)


@pytest.fixture
def no_models(monkeypatch):
    """Let nothing be fitted; remember as of which dates it was asked, and with which record."""
    asked = []

    def forecast(pipeline, *, months, record, details, progress):
        assert not details  # nobody reads scenarios of past dates
        asked.append((pipeline.as_of, record))
        won = np.zeros((3, 1))
        return SimpleNamespace(
            months=months_after(pipeline.as_of, 3),
            won=SimpleNamespace(by_owner=won),
            views=SimpleNamespace(below=BELOW, above=ABOVE, weight=np.full(3, 0.3)),
            draws=(BELOW + ABOVE) / 2,
            deals=pipeline.open_deals,
        )

    monkeypatch.setattr(product_module, "fit", lambda pipeline, **_: pipeline)
    monkeypatch.setattr(product_module, "forecast", forecast)
    return asked


def test_one_fit_a_date_gives_all_three(no_models):
    product, pipeline = Product(), build_pipeline(company(), as_of=as_of("05-31"))
    methods = product.methods()
    drawn = {name: method(pipeline, months=2, seed=1) for name, method in methods.items()}
    assert len(no_models) == 1
    np.testing.assert_array_equal(drawn["from below"], BELOW[:, :2])
    np.testing.assert_array_equal(drawn["from above"], ABOVE[:, :2])
    np.testing.assert_array_equal(drawn["salespipe"], (BELOW + ABOVE)[:, :2] / 2)
    methods["salespipe"](pipeline, months=3, seed=1)
    assert len(no_models) == 2


def test_weights_learn_from_what_had_happened_by_the_date(no_models):
    made = backtest(
        company(), as_of=as_of("09-30"), dates=[as_of("04-30"), as_of("06-30")], months=3
    )
    (_, first), (_, second) = no_models
    assert first.below.size == 0
    # By the end of June the first two of the three months from May on were over.
    score = float(crps(BELOW[:, 0], 100.0))
    np.testing.assert_allclose(second.below, [[score, score, np.nan]])
    assert second.above[0, 0] == pytest.approx(float(crps(ABOVE[:, 0], 100.0)))
    assert made.weights == {"from below": [0.3] * 3, "from above": pytest.approx([0.7] * 3)}
    assert made.methods[-3:] == ("from below", "from above", "salespipe")


def test_money_won_before_the_date_is_not_held_against_the_views(no_models):
    product = Product()
    pipeline = build_pipeline(company(), as_of=as_of("05-25"))
    product.pooled(pipeline, months=3, seed=1)
    later = build_pipeline(company(), as_of=as_of("07-31"))
    # The stand-in says that nothing of May's 100 was won by the 25th, so all of it counts.
    assert product.record(later).below[0, 0] == pytest.approx(float(crps(BELOW[:, 0], 100.0)))
    assert np.isnan(product.record(pipeline).below).all()
