"""Scenarios: nothing is nothing, and every lever moves every draw the way it should."""

from dataclasses import replace

import numpy as np
import pytest

from salespipe import names as n
from salespipe.errors import SettingsError
from salespipe.results import SCENARIO_COLUMNS
from salespipe.simulation.forecast import forecast
from salespipe.simulation.scenarios import (
    BASE,
    RAMP_MONTHS,
    Levers,
    _owed,
    scenarios,
    usual_levers,
)


@pytest.mark.parametrize(
    ("levers", "said"),
    [
        ({"win_rate": 0}, "win_rate = 0; give a factor above 0"),
        ({"volume": -1}, "volume = -1; give a factor from 0"),
        ({"price": float("nan")}, "price = nan"),
        ({"slip_days": -5}, "slip_days = -5; give a number of days from 0 on"),
        ({"hires": float("inf")}, "hires = inf"),
        ({"won": ("D1",), "lost": ("D2", "D1")}, r"the same deal \(D1\)"),
    ],
)
def test_levers_that_cannot_be_pulled_so_far_are_refused(levers, said):
    with pytest.raises(SettingsError, match=said):
        Levers(**levers)


slow = pytest.mark.slow
CENT = 0.01
"""Sums of millions are exact to less."""


@pytest.fixture(scope="module")
def made(small_fit):
    return forecast(small_fit, months=4)


@pytest.fixture(scope="module")
def largest(made):
    """Give the three open deals that are worth most."""
    return tuple(made.deals["deal_id"].head(3))


def _totals(made, **named):
    """Give each scenario's total by draw, less the forecast's."""
    drawn = scenarios(made, {name: Levers(**levers) for name, levers in named.items()}).draws
    return {name: (drawn[name] - drawn[BASE]).sum(axis=1) for name in named}


@slow
def test_nothing_different_changes_exactly_nothing(made):
    drawn = scenarios(made, {"nothing": Levers()}).draws
    np.testing.assert_array_equal(drawn[BASE], made.draws[:, :4])
    assert (drawn["nothing"] - drawn[BASE] == 0).all()


@slow
@pytest.mark.parametrize(
    ("lever", "values"),
    [
        ("win_rate", (0.5, 0.8, 1.0, 1.25, 3.0)),
        ("volume", (0.0, 0.5, 1.0, 1.3)),
        ("price", (0.0, 0.9, 1.0, 1.2)),
        ("slip_days", (400.0, 30.0, 7.0, 0.0)),
        ("hires", (0.0, 1.0, 4.0)),
    ],
)
def test_every_lever_is_monotone_in_every_draw(made, lever, values):
    moved = _totals(made, **{str(value): {lever: value} for value in values})
    totals = np.array([moved[str(value)] for value in values])
    assert (np.diff(totals, axis=0) >= -CENT).all()
    assert (np.diff(totals.mean(axis=1)) > 0).all()


@slow
def test_deals_that_are_won_or_lost_move_the_total_by_no_more_than_they_bring(made, largest):
    one, two = largest[:1], largest[:2]
    moved = _totals(made, won={"won": one}, both={"won": two}, lost={"lost": one})
    assert (moved["both"] >= moved["won"] - CENT).all()
    assert (moved["won"] >= -CENT).all()
    assert (moved["lost"] <= CENT).all()
    row = made.deals.set_index("deal_id").loc[one[0]]
    # Against never: what it brings if it is won, whatever that is in a draw.
    swing = (moved["won"] - moved["lost"]).mean()
    assert swing == pytest.approx(row["amount"], rel=0.15)
    assert moved["won"].mean() < swing


@slow
def test_prices_of_nothing_leave_what_is_won_and_the_history(made):
    """Deals bring nothing; what the history adds to them is nobody's lever."""
    drawn = scenarios(made, {"free": Levers(price=0.0)}).draws["free"]
    assert (drawn >= made.won.by_owner.sum(axis=1)[:4] - 1e-9).all()
    assert drawn.mean() < made.draws[:, :4].mean() / 2


@slow
def test_who_joins_brings_as_much_as_the_others_once_the_ramp_is_over(made):
    team = made.fit.pipeline.deals[n.OWNER].nunique()
    more = _totals(made, hired={"hires": team}, doubled={"volume": 2.0})
    assert 0 < more["hired"].mean() < more["doubled"].mean()
    assert RAMP_MONTHS > 1


def test_what_a_month_cannot_give_the_next_ones_do():
    """Taken off the months that follow, so that nothing is below zero and sums do not rise."""
    moved = np.array([[-3.0, 5.0, 1.0], [2.0, -5.0, 1.0], [1.0, 1.0, 1.0], [-4.0, 1.0, 2.0]])
    left = moved + _owed(moved)
    np.testing.assert_allclose(left, [[0, 2, 1], [2, 0, 0], [1, 1, 1], [0, 0, 0]])


@slow
def test_a_deal_that_is_not_open_is_named(made):
    with pytest.raises(SettingsError, match="wins or loses NO-SUCH, which is no open deal"):
        scenarios(made, {"odd": Levers(lost=("NO-SUCH",))})


@slow
def test_the_table_says_what_each_changes(made):
    shown = scenarios(made).table()
    assert tuple(shown.columns) == SCENARIO_COLUMNS
    assert list(shown["scenario"]) == [BASE, *usual_levers(made)]
    whole = made.summary().iloc[-1]
    assert shown["mean"].iloc[0] == pytest.approx(whole["mean"])
    assert shown["likely"].iloc[0] == pytest.approx(whole["likely"])
    assert shown["change"].iloc[0] == 0
    np.testing.assert_allclose(shown["mean"] - shown["mean"].iloc[0], shown["change"], atol=1e-6)
    assert (shown["worst"] <= shown["likely"]).all()
    assert (shown["likely"] <= shown["best"]).all()


@slow
def test_without_open_deals_no_deal_is_named(made):
    named = usual_levers(replace(made, deals=made.deals.head(0)))
    assert not any(levers.won or levers.lost for levers in named.values())


@slow
def test_the_sheet_s_scenarios_are_those_of_deals_followed_again(made):
    shown = made.scenarios
    named = {name: levers for name, levers in usual_levers(made).items() if levers.win_rate == 1}
    assert shown["scenario"].tolist() == [BASE, *named]
    assert shown["change"].iloc[0] == 0.0
    again = scenarios(made, named).table()
    np.testing.assert_allclose(shown.drop(columns="scenario"), again.drop(columns="scenario"))
