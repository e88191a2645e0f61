"""The arrivals model: its likelihood, and when a month of the year has an effect."""

import numpy as np
import pytest
from scipy import stats

from salespipe.models.arrivals import SEASON_MONTHS, ArrivalsData, ArrivalsPriors, build_arrivals

SEED = 12


def _data(months, *, market=()):
    rng = np.random.default_rng(SEED)
    share = np.ones(months)
    share[-1] = 0.4
    return ArrivalsData(
        created=rng.poisson(20 * share),
        share=share,
        quarter_month=np.arange(months) % 3,
        year_month=np.arange(months) % 12,
        months=tuple(f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(months)),
        market=rng.normal(size=(months, len(market))),
        indices=tuple(market),
    )


@pytest.mark.parametrize("market", [(), ("Demand", "Rates")])
@pytest.mark.parametrize("months", [3, SEASON_MONTHS - 1, SEASON_MONTHS, SEASON_MONTHS + 7])
def test_likelihood_is_negative_binomial_and_the_year_enters_after_24_months(months, market):
    data = _data(months, market=market)
    model = build_arrivals(data, priors=ArrivalsPriors())
    seasonal = months >= SEASON_MONTHS
    assert ("year_effect" in model.named_vars) == seasonal
    names = ["level", "quarter_effect", "alpha"] + ["year_effect"] * seasonal
    names += ["market_effect"] * bool(market)
    evaluate = model.compile_fn(
        [
            model.logp(vars=[model["created"]]),
            *model.replace_rvs_by_values([model[name] for name in names]),
        ],
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    rng = np.random.default_rng(SEED)
    for _ in range(5):
        point = {
            name: value + rng.normal(0, 0.3, np.shape(value))
            for name, value in model.initial_point().items()
        }
        observed, level, quarter, alpha, *rest = evaluate(point)
        eta = level + quarter[data.quarter_month]
        if seasonal:
            eta = eta + rest.pop(0)[data.year_month]
        if market:
            eta = eta + data.market @ rest.pop(0)
        mean = data.share * np.exp(eta)
        # scipy counts failures before the alpha-th success, of chance alpha / (alpha + mean).
        direct = stats.nbinom.logpmf(data.created, alpha, alpha / (alpha + mean)).sum()
        assert float(observed) == pytest.approx(direct)


def test_no_deal_at_all_still_has_a_level():
    data = _data(4)
    none = ArrivalsData(
        np.zeros(4, dtype=np.int64), data.share, data.quarter_month, data.year_month, data.months
    )
    model = build_arrivals(none, priors=ArrivalsPriors())
    logp = model.compile_logp(mode="FAST_COMPILE")
    assert np.isfinite(logp(model.initial_point()))
