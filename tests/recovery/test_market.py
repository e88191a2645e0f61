"""A market index that matters is found, and one that does not is left alone."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.days import month_label
from salespipe.inference.fit import fit
from salespipe.pipeline import build_pipeline
from salespipe.synthetic import Company, simulate_company
from salespipe.tables import conform

pytestmark = [pytest.mark.slow, pytest.mark.recovery, pytest.mark.timeout(900)]

COMPANY = Company(
    deals=2500,
    months=36,
    future_months=1,
    n_owners=4,
    market_win=0.5,
    market_arrivals=0.4,
    market_scale=8.0,
    shock_scale=0.15,
)


@pytest.fixture(scope="module")
def fitted():
    simulated = simulate_company(COMPANY, seed=21, as_of=COMPANY.end)
    tables = simulated.tables
    noise = np.random.default_rng(22).normal(50, 10, len(tables.market))
    other = tables.market.assign(**{n.INDEX: "Noise", n.VALUE: noise})
    future = other[n.WORST].notna()
    other.loc[future, [n.WORST, n.VALUE, n.BEST]] = [40.0, 50.0, 60.0]
    market = conform("market", pd.concat([tables.market, other], ignore_index=True))
    pipeline = build_pipeline(replace(tables, market=market), as_of=COMPANY.end)
    return simulated.truth, fit(pipeline, seed=1)


@pytest.mark.parametrize(
    ("model", "truth"), [("win rate", COMPANY.market_win), ("arrivals", COMPANY.market_arrivals)]
)
def test_the_index_that_matters_is_found_and_the_other_left_alone(fitted, model, truth):
    simulated, made = fitted
    assert made.market.indices == ("Demand index", "Noise")
    drawn = made.trees[model]["posterior"]["market_effect"].to_numpy().reshape(-1, 2)
    first = pd.Period(month_label(made.market.first), "M").start_time
    months = pd.date_range(first, periods=len(made.market.history), freq="MS")
    past = simulated.market.reindex(months).dropna()
    per_sd = truth * past.std(ddof=0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    assert low[0] > 0
    assert low[0] <= per_sd <= high[0]
    assert low[1] < 0 < high[1]
    assert abs(drawn[:, 1].mean()) < 0.5 * drawn[:, 0].mean()
