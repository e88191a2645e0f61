from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe.synthetic.company import Company
from salespipe.synthetic.plans import plan_market, plan_targets
from salespipe.synthetic.process import simulate_world
from salespipe.synthetic.truth import draw_truth

SEED = 4


def test_market_shows_complete_months_and_assumes_the_rest() -> None:
    company = Company()
    truth = draw_truth(company, seed=SEED)
    market = plan_market(company, truth, as_of=date(2025, 3, 30)).set_index("month")
    known = market["worst"].isna()
    assert known.index[known].max() == pd.Timestamp("2025-02-01")
    index = 100 + 10 * truth.market
    np.testing.assert_allclose(market.loc[known, "value"], index.loc[market.index[known]])
    ahead = market[~known]
    assert len(ahead) == 13
    assert (ahead["worst"] < ahead["value"]).all()
    assert (ahead["value"] < ahead["best"]).all()
    width = ahead["best"] - ahead["worst"]
    assert (width.diff().dropna() > 0).all()
    assert abs(ahead["value"].iloc[-1] - 100) < abs(ahead["value"].iloc[0] - 100)


def test_a_month_is_complete_on_its_last_day() -> None:
    company = Company()
    truth = draw_truth(company, seed=SEED)
    market = plan_market(company, truth, as_of=date(2025, 3, 31)).set_index("month")
    assert pd.isna(market.loc["2025-03-01", "worst"])
    assert market.loc["2025-04-01", "worst"] < market.loc["2025-04-01", "value"]


def test_the_assumed_path_knows_nothing_of_the_future() -> None:
    company = Company(burn_in=0)
    truth = draw_truth(company, seed=SEED)
    first = plan_market(company, truth, as_of=date(2024, 5, 10))
    assert first["value"].eq(100).all()


def test_targets_are_expected_revenue_stretched() -> None:
    knobs = {
        "deals": 60_000, "months": 24, "future_months": 12, "shock_scale": 0, "market_win": 0,
        "market_arrivals": 0, "season": 0, "moq_win": (0, 0, 0), "arrivals_dispersion": np.inf,
        "target_stretch": 1.05,
    }  # fmt: skip
    company = Company(**knobs)
    truth = draw_truth(company, seed=SEED)
    targets = plan_targets(company, truth, as_of=company.end)
    team = targets.groupby("month")["quota"].sum()
    assert len(team) == 24 + 12
    assert team.min() == team.max()
    world = simulate_world(company, truth, seed=SEED)
    won = world.stays[world.stays["next_stage"] == world.n_stages]
    steady = won[(won["left"] > 365) & (won["left"] < 365 * 3)]
    monthly = world.deals["final_amount"].iloc[steady["deal"]].sum() / 24
    assert team.iloc[0] == pytest.approx(1.05 * monthly, rel=0.05)
