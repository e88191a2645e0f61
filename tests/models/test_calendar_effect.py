"""The months' shocks are sampled through their differences; their prior must still be the AR(1)."""

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from salespipe.models.calendar_effect import VAGUE, CalendarPriors, add_calendar_effect

SEED = 5
PRIORS = CalendarPriors()
MONTHS = 7


def _build(months, *, market=None):
    places = np.arange(months, dtype=np.int64) % 3
    indices = range(0 if market is None else market.shape[1])
    coords = {"month": range(months), "quarter_month": [1, 2, 3], "index": indices}
    with pm.Model(coords=coords) as model:
        effect, mean = add_calendar_effect(places, priors=PRIORS, market=market)
        pm.Deterministic("effect", effect.values, dims="month")
        pm.Deterministic("mean", mean)
    return model, places


def _point(model, rng):
    """Draw a point of the sampler's space, wide enough to be unlike the prior's centre."""
    start = model.initial_point()
    return {name: rng.normal(0, 0.7, np.shape(value)) for name, value in start.items()}


def _direct(shock, rho, sd):
    """Log density of a stationary AR(1): covariance sd^2 rho^|i - j|, written out."""
    place = np.arange(len(shock))
    covariance = sd**2 * rho ** np.abs(place[:, None] - place[None, :])
    return stats.multivariate_normal.logpdf(shock, np.zeros(len(shock)), covariance)


@pytest.mark.parametrize("months", [1, 2, MONTHS, 30])
def test_prior_of_the_shocks_is_the_stationary_ar1(months):
    """Given rho, scale and quarter, the shocks are a linear map of what is sampled.

    What is sampled are the differences and the mean in units of the scale, so the map's volume
    is a constant times the scale. Log density less the priors of rho, scale and quarter, less the
    direct multivariate normal and that volume, must therefore be one constant.
    """
    model, _ = _build(months)
    shown = [model[name] for name in ("shock", "shock_rho", "shock_sd", "effect")]
    named = [model[name] for name in ("quarter_effect_coordinate", "shock_rho", "shock_sd")]
    evaluate = model.compile_fn(
        [model.logp(), model.logp(vars=named), *model.replace_rvs_by_values(shown)],
        mode="FAST_COMPILE",
    )
    rng = np.random.default_rng(SEED)
    differences = []
    for _ in range(25):
        whole, priors, shock, rho, sd, effect = evaluate(_point(model, rng))
        # The differences carry a prior that says nothing (standard deviation VAGUE).
        vague = -0.5 * np.sum(effect**2) / VAGUE**2
        direct = _direct(shock, rho, sd) + np.log(sd) + vague
        differences.append(float(whole - priors - direct))
    assert np.ptp(differences) < 1e-8, differences


def test_the_vague_prior_says_nothing_of_plausible_shocks():
    """It multiplies the density of shocks of 0.5 in 30 months by 0.97 at the least."""
    assert 0.5 * 30 * 0.5**2 / VAGUE**2 < 0.04


def test_what_the_market_explains_is_no_shock():
    """A month's effect is its quarter's, the indices' and a shock: the shock is what is left."""
    market = np.random.default_rng(SEED).normal(size=(MONTHS, 2))
    model, places = _build(MONTHS, market=market)
    shown = ["shock", "quarter_effect", "market_effect", "effect", "mean"]
    evaluate = model.compile_fn(
        model.replace_rvs_by_values([model[name] for name in shown]),
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
    )
    rng = np.random.default_rng(SEED)
    for _ in range(5):
        shock, quarter, beta, effect, mean = evaluate(_point(model, rng))
        np.testing.assert_allclose(effect + mean, quarter[places] + market @ beta + shock)


@pytest.mark.parametrize("market", [None, np.zeros((MONTHS, 0))])
def test_without_an_index_there_is_no_effect_of_one(market):
    model, _ = _build(MONTHS, market=market)
    assert "market_effect" not in model.named_vars


@pytest.mark.slow
def test_drawn_from_the_prior_shocks_have_the_stated_spread_and_memory():
    """Sampled without data, moments of the AR(1) and of the quarter come out."""
    import nutpie

    model, places = _build(MONTHS)
    tree = nutpie.sample(
        nutpie.compile_pymc_model(model),
        draws=1500,
        tune=700,
        chains=4,
        cores=2,
        seed=SEED,
        target_accept=0.95,
        progress_bar=False,
    )
    post = {
        name: tree["posterior"][name].to_numpy().reshape(6000, *tree["posterior"][name].shape[2:])
        for name in ("shock", "shock_sd", "shock_rho", "effect", "mean", "quarter_effect")
    }
    sd, rho = post["shock_sd"], post["shock_rho"]
    unit = post["shock"] / sd[:, None]
    # Tolerances: 6,000 draws of which about 2,000 are worth independent ones.
    np.testing.assert_allclose(unit.std(axis=0), 1.0, atol=0.07)
    lag = (unit[:, 1:] * unit[:, :-1]).mean(axis=0)
    np.testing.assert_allclose(lag, 0.5, atol=0.08)
    assert np.median(sd) == pytest.approx(PRIORS.shock_median, rel=0.05)
    assert rho.mean() == pytest.approx(0.5, abs=0.02)
    assert post["quarter_effect"].std() == pytest.approx(
        PRIORS.quarter_month * np.sqrt(2 / 3), rel=0.06
    )
    whole = post["effect"] + post["mean"][:, None]
    np.testing.assert_allclose(whole, post["quarter_effect"][:, places] + post["shock"], atol=1e-9)
    np.testing.assert_allclose(post["effect"].sum(axis=1), 0.0, atol=1e-9)


def test_a_history_of_one_month_has_no_constant_parameter():
    """A constant has no R-hat, and nothing would pass the gate in a company's first month."""
    model, _ = _build(1)
    assert "seen_month" not in model.named_vars
    assert np.isfinite(model.compile_logp()(model.initial_point()))
