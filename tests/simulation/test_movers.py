"""Which deals move the number, against closed forms."""

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.simulation import movers
from salespipe.simulation.followed import Followed
from salespipe.simulation.movers import find_movers
from salespipe.simulation.paths import Calendar, Wins

DRAWS = 40_000
CALENDAR = Calendar(first=0, month_ends=np.array([30.0, 60.0]))
CHANCES = np.array([0.5, 0.3, 0.9, 0.0])
AMOUNTS = np.array([100.0, 200.0, 50.0, 500.0])


@pytest.fixture(scope="module")
def followed() -> Followed:
    """Four independent deals won at 10 days, or in the month after those asked for."""
    rng = np.random.default_rng(1)
    won = rng.random((4, DRAWS)) < CHANCES[:, None]
    late = np.arange(4)[:, None] == 3
    return Followed(
        deals=pd.DataFrame({n.DEAL_ID: list("abcd")}),
        paths=None,
        wins=Wins(
            day=np.where(late, 45.0, np.full((4, DRAWS), 10.0)).ravel(),
            chance=np.repeat(CHANCES, DRAWS),
            won=(won | late).ravel(),
        ),
        money=np.repeat(AMOUNTS, DRAWS),
    )


def _found(followed, *, target=np.nan, new=None, kept=None):
    brought = np.where(followed.wins.won & (followed.wins.day < 30), followed.money, 0.0)
    kept = np.ones((DRAWS, 1)) if kept is None else kept
    total = (brought.reshape(4, DRAWS) * kept[:, 0]).sum(axis=0) + (0 if new is None else new)
    return find_movers(followed, CALENDAR, total=total, kept=kept, target=target)


def test_shares_of_independent_deals_are_their_variances(followed):
    own = AMOUNTS**2 * CHANCES * (1 - CHANCES)
    share = _found(followed).share
    np.testing.assert_allclose(share, own / own.sum(), atol=0.01)
    assert share.sum() == pytest.approx(1.0)
    assert share[3] == 0.0  # won only after the months asked for


def test_shares_and_what_else_comes_add_up_to_one(followed):
    new = np.random.default_rng(2).normal(0, 80, DRAWS)
    share = _found(followed, new=new).share
    own = AMOUNTS**2 * CHANCES * (1 - CHANCES)
    np.testing.assert_allclose(share, own / (own.sum() + 6400), atol=0.01)


def test_a_deal_counts_for_what_the_pooled_forecast_keeps_of_it(followed):
    rng = np.random.default_rng(3)
    share = _found(followed, kept=rng.uniform(0.2, 1.0, (DRAWS, 1))).share
    assert share.sum() == pytest.approx(1.0)


def test_swing_is_the_chance_that_the_deal_decides(followed):
    # 250 is reached with b and either a or c, or ... only so: 200 + 100 and 200 + 50.
    swing = _found(followed, target=250.0).swing
    a, b, c = CHANCES[:3]
    decides = [b * (1 - c), 1 - (1 - a) * (1 - c), b * (1 - a)]
    np.testing.assert_allclose(swing[:3], decides, atol=0.01)
    assert swing[3] == pytest.approx(1 - b * (1 - (1 - a) * (1 - c)), abs=0.01)


def test_without_a_target_nothing_is_said_of_it(followed):
    assert np.isnan(_found(followed).swing).all()


def test_nothing_depends_on_how_many_deals_are_looked_at_together(followed, monkeypatch):
    whole = _found(followed, target=250.0)
    monkeypatch.setattr(movers, "AT_ONCE", DRAWS)
    parts = _found(followed, target=250.0)
    np.testing.assert_allclose(parts.share, whole.share)
    np.testing.assert_array_equal(parts.swing, whole.swing)


def test_a_total_without_doubt_has_no_shares(followed):
    found = find_movers(
        followed, CALENDAR, total=np.full(DRAWS, 5.0), kept=np.zeros((DRAWS, 1)), target=5.0
    )
    assert (found.share == 0).all()
    assert (found.swing == 0).all()
