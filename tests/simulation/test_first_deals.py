"""What the forecast says before there is a history: what the Stages sheet says, and no more."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from salespipe import names as n
from salespipe.inference.fit import fit
from salespipe.pipeline import build_pipeline
from salespipe.simulation.forecast import forecast
from salespipe.tables import Tables, conform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

AS_OF = date(2026, 10, 31)
STAGE = "Proposal & Negotiation"
"""Wins 70 % by default; the next exit is the closing."""


def _closed(place, outcome):
    """Close a deal that went straight into the stage: dated there, so that stages are known."""
    closed = pd.Timestamp(AS_OF) - pd.Timedelta(days=10 + 9 * place)
    return {
        n.DEAL_ID: f"C{place}",
        n.STAGE: outcome,
        n.AMOUNT: 10_000.0,
        n.CREATED_ON: closed - pd.Timedelta(days=30),
        n.CLOSED_ON: closed,
    }


@cache
def _forecast(outcomes, created="2026-10-01"):
    """Forecast one open deal of 10,000 beside closed ones, all in the last stage."""
    closed = [_closed(place, outcome) for place, outcome in enumerate(outcomes)]
    one = {
        n.DEAL_ID: "D1",
        n.STAGE: STAGE,
        n.AMOUNT: 10_000.0,
        n.CREATED_ON: pd.Timestamp(created),
    }
    deals = pd.DataFrame([one, *closed], index=range(2, len(closed) + 3))
    deals = deals.assign(**{n.OWNER: "Ana", n.SEGMENT: "Large"})
    entered = deals.assign(**{n.STAGE: STAGE, n.ENTERED_ON: deals[n.CREATED_ON]})
    tables = Tables(
        deals=conform("deals", deals),
        stage_entries=conform("stage_entries", entered[[n.DEAL_ID, n.STAGE, n.ENTERED_ON]]),
    )
    return forecast(fit(build_pipeline(tables, as_of=AS_OF), seed=1), months=12)


@pytest.mark.parametrize("created", ["2026-10-01", "2026-09-20"])
def test_a_deal_of_10_000_at_70_percent_is_worth_7_000(created):
    """Within 2 %; the Monte-Carlo error is below 0.5 %, most of it the spread of the chance."""
    made = _forecast((), created)
    deal = made.deals.iloc[0]
    # A draw's value is chance times amount: the chance's prior spread is about 0.17.
    error = 10_000 * np.hypot(0.17, 0.7 * 0.15) / np.sqrt(len(made.draws))
    assert error < 0.01 * 7_000
    assert deal["expected_value"] == pytest.approx(7_000, rel=0.02)
    assert deal["p_won"] == pytest.approx(0.70, abs=0.014)


def test_worst_is_nothing_and_best_is_the_whole_deal():
    made = _forecast(())
    total = made.summary().set_index("kind").loc["total"]
    assert total["worst"] == 0.0
    assert total["best"] == pytest.approx(10_000, rel=0.15)
    # Within the year nearly all that will close has closed.
    assert total["mean"] == pytest.approx(7_000, rel=0.08)
    assert total["mean"] <= 7_000 * 1.05
    assert total["weighted_pipeline"] == pytest.approx(7_000)
    assert total["from_new"] == 0.0
    assert any("New business is not forecast" in note for note in made.notes)


def test_one_won_deal_does_not_make_92_percent():
    chance = _forecast((n.WON,)).deals.iloc[0]["p_won"]
    assert 0.60 < chance < 0.85
    assert chance > 0.69


@pytest.mark.parametrize("won", [0, 5, 10])
def test_ten_closed_deals_move_it_as_a_beta_would(won):
    """The sheet is worth 10 deals of 70 %: the posterior mean lies near that of the binomial."""
    outcomes = (n.WON,) * won + (n.LOST,) * (10 - won)
    chance = _forecast(outcomes).deals.iloc[0]["p_won"]
    beta = stats.beta(7 + won, 3 + 10 - won)
    # Owner, segment and months also take a share of what ten deals say.
    assert chance == pytest.approx(beta.mean(), abs=0.12)


@pytest.mark.parametrize("outcomes", [(), (n.WON,), (n.WON,) * 5 + (n.LOST,) * 5])
def test_ranges_are_not_narrower_than_chance_alone(outcomes):
    """One deal is won or not: the spread of its draws is at least the binomial's."""
    made = _forecast(outcomes)
    won = made.open.total.sum(axis=1) > 0
    share = won.mean()
    deal = made.deals.iloc[0]
    assert share == pytest.approx(deal["p_won_by_end"], abs=4 * 0.5 / np.sqrt(len(made.draws)))
    spread = made.open.total.sum(axis=1).std()
    assert spread >= 10_000 * np.sqrt(share * (1 - share)) * 0.95


@pytest.mark.filterwarnings("error")
def test_the_first_month_of_all_can_be_forecast():
    """All that is known began this month: no parameter may stand still in the gate."""
    made = _forecast((), "2026-10-12")
    assert made.fit.diagnostics.ok
    assert len(made.fit.trees["win rate"]["posterior"]["month"]) == 1
