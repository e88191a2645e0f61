"""Scenarios: nothing is nothing, and every lever moves every draw the way it should."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from salespipe import names as n
from salespipe.days import month_number
from salespipe.errors import SettingsError
from salespipe.market import Market
from salespipe.results import SCENARIO_COLUMNS
from salespipe.simulation.forecast import forecast
from salespipe.simulation.levers import RAMP_MONTHS, Levers, usual_levers
from salespipe.simulation.record import record
from salespipe.simulation.scenarios import BASE, _owed, scenarios

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
    named = usual_levers(made)
    assert shown["scenario"].tolist() == [BASE, *named]
    assert shown["change"].iloc[0] == 0.0
    again = scenarios(made, named).table()
    np.testing.assert_allclose(shown.drop(columns="scenario"), again.drop(columns="scenario"))


@pytest.fixture(scope="module")
def with_index(small_fit):
    """Give a fit in which an index surely helps: what its models say of it is put in."""
    market = Market(
        ("Demand",),
        first=month_number(small_fit.exposure.start),
        history=np.zeros((12, 1)),
        ahead=np.array([[-2.0] * 4, [0.5] * 4, [1.5] * 4])[:, :, None],
    )
    trees = dict(small_fit.trees)
    for name, effect in (("win rate", 0.2), ("arrivals", 0.3), ("revenue history", 0.25)):
        posterior = trees[name]["posterior"].to_dataset()
        posterior = posterior.drop_vars("market_effect", errors="ignore")
        shape = (posterior.sizes["chain"], posterior.sizes["draw"], 1)
        posterior["market_effect"] = (("chain", "draw", "index"), np.full(shape, effect))
        trees[name] = xr.DataTree.from_dict({"posterior": posterior})
    history = replace(
        small_fit.history, market=np.zeros((len(small_fit.history.won), 1)), indices=("Demand",)
    )
    return forecast(replace(small_fit, trees=trees, market=market, history=history), months=4)


@slow
def test_the_better_the_market_the_more_every_draw_brings(with_index):
    paths = ("worst", "average", "likely", "best")
    moved = _totals(with_index, **{path: {"market": path} for path in paths})
    totals = np.array([moved[path] for path in paths])
    assert (np.diff(totals, axis=0) >= -CENT).all()
    assert (np.diff(totals, axis=0).mean(axis=1) > 0).all()


@slow
def test_a_path_taken_for_sure_is_the_forecast_of_that_path(with_index):
    """Worst, likely and best alike: what is drawn is that path, and it changes exactly nothing."""
    fit = with_index.fit
    sure = replace(fit.market, ahead=np.repeat(fit.market.ahead[1:2], 3, axis=0))
    made = forecast(replace(fit, market=sure), months=4)
    drawn = scenarios(made, {path: Levers(market=path) for path in ("worst", "best")}).draws
    for path in ("worst", "best"):
        np.testing.assert_array_equal(drawn[path], drawn[BASE])


@slow
def test_what_the_market_adds_is_what_its_average_lacks(with_index):
    assert with_index.market.shape == (len(with_index.months),)
    average = _totals(with_index, average={"market": "average"})["average"]
    assert with_index.market[:4].sum() == pytest.approx(-average.mean(), rel=0.02)
    note = with_index.notes[-1]
    share = with_index.market[:4].sum() / with_index.draws[:, :4].sum(axis=1).mean()
    assert f"change the total by {100 * share:+.1f} %" in note
    (effect,) = (one for one in with_index.notes if one.startswith("Demand"))
    assert "+22 % (+22 to +22) on the odds" in effect  # exp(0.2)
    assert "+35 % (+35 to +35) on new deals" in effect  # exp(0.3)
    rows = record(with_index)
    kept = rows[rows["method"] == "market"].set_index("end")["mean"]
    np.testing.assert_allclose(kept.to_numpy(), np.cumsum(with_index.market))


@slow
def test_the_market_s_scenarios_are_usual_where_there_is_an_index(made, with_index):
    named = {"Market: the worst path", "Market: the best path"}
    assert named <= set(usual_levers(with_index))
    without = replace(made, fit=replace(made.fit, market=Market()))
    assert not named & set(usual_levers(without))
