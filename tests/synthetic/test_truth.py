import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from salespipe.settings import Settings
from salespipe.stages import Stage
from salespipe.synthetic.company import AGE_CUTS, Company
from salespipe.synthetic.process import simulate_world
from salespipe.synthetic.truth import draw_truth, quarter_months, stream

SEED = 11


def test_shapes_and_labels() -> None:
    company = Company(n_owners=5, months=6, future_months=3, burn_in=2)
    truth = draw_truth(company, seed=SEED)
    stages = [step.name for step in company.steps]
    assert truth.log_rate.index.tolist() == truth.logit_continue.index.tolist() == stages
    assert truth.age_effect.index.tolist() == [0, *AGE_CUTS]
    for effect in (truth.owner_timing, truth.owner_win, truth.owner_bias, truth.owner_share):
        assert effect.index.equals(truth.owner_win.index)
        assert effect.size == 5
    for effect in (truth.segment_win, truth.segment_share, truth.amount_log_mean):
        assert tuple(effect.index) == company.segments
    for path in (truth.shock_timing, truth.shock_win, truth.market, truth.arrivals_mean):
        assert path.index.equals(company.calendar)
        assert path.size == 11


def test_effects_sum_to_zero_and_shares_to_one() -> None:
    truth = draw_truth(Company(moq_win=(1.0, 2.0, 4.0)), seed=SEED)
    for effect in (
        truth.age_effect, truth.moq_timing, truth.moq_win, truth.moq_arrivals, truth.season,
        truth.owner_timing, truth.owner_win, truth.segment_win,
    ):  # fmt: skip
        assert effect.sum() == pytest.approx(0, abs=1e-12)
        assert effect.abs().max() > 0
    assert truth.owner_share.sum() == pytest.approx(1)
    assert truth.segment_share.sum() == pytest.approx(1)
    np.testing.assert_allclose(np.diff(truth.moq_win), [1, 2])


def test_chances_of_going_on_multiply_up_to_the_lifted_probability() -> None:
    truth = draw_truth(Company(win_lift=1.5), seed=SEED)
    assert np.prod(expit(truth.logit_continue)) == pytest.approx(0.15)
    plain = draw_truth(Company(win_lift=1.0), seed=SEED)
    np.testing.assert_allclose(
        expit(plain.logit_continue), [0.1 / 0.2, 0.2 / 0.35, 0.35 / 0.5, 0.5 / 0.7, 0.7]
    )


def test_without_age_effects_the_rate_is_one_over_the_typical_days() -> None:
    company = Company(age_effect=(0.0,) * 11)
    rates = np.exp(draw_truth(company, seed=SEED).log_rate)
    np.testing.assert_allclose(rates, [1 / step.typical_days for step in company.steps])


def test_shocks_are_ar1_with_the_marginal_scale() -> None:
    company = Company(deals=1, months=6000, shock_scale=0.25, shock_rho=0.5)
    shock = draw_truth(company, seed=SEED).shock_win
    assert shock.std() == pytest.approx(0.25, rel=0.05)
    assert shock.autocorr(1) == pytest.approx(0.5, abs=0.04)
    assert shock.autocorr(2) == pytest.approx(0.25, abs=0.05)


def test_owners_differ_by_their_spread() -> None:
    truth = draw_truth(Company(n_owners=400, owner_spread=0.3), seed=SEED)
    assert truth.owner_win.std() == pytest.approx(0.3, rel=0.1)
    assert draw_truth(Company(owner_spread=0.0), seed=SEED).owner_win.abs().max() == 0


def test_quarter_months_follow_the_fiscal_year() -> None:
    company = Company(settings=Settings(fiscal_year_start=3), future_months=0)
    places = pd.Series(quarter_months(company), index=company.calendar)
    assert places["2025-03-01"] == 0
    assert places["2025-05-01"] == 2


def test_win_chance_is_what_the_process_does() -> None:
    stages = (
        Stage("First", probability=0.3, typical_days=4),
        Stage("Second", probability=0.5, typical_days=4),
        Stage("Third", probability=0.7, typical_days=4),
        Stage("W", kind="won"),
        Stage("L", kind="lost"),
    )
    company = Company(
        stages=stages, deals=20_000, future_months=12, skip=0.3, n_owners=2, segments=("A", "B"),
        moq_win=(0, 0, 0), shock_scale=0, market_win=0, owner_spread=0.5,
    )  # fmt: skip
    truth = draw_truth(company, seed=SEED)
    world = simulate_world(company, truth, seed=SEED)
    early = world.deals.index[world.deals["created"] < 900]
    won = world.stays.loc[world.stays["next_stage"] == 3, "deal"]
    shares = (
        world.deals.loc[early]
        .assign(won=early.isin(won))
        .groupby(["owner", "segment"])["won"]
        .agg(["mean", "size"])
    )
    chance = truth.win_chance()[:, :, 0].ravel()
    error = np.sqrt(chance * (1 - chance) / shares["size"])
    assert (np.abs(shares["mean"] - chance) < 3.5 * error).all()
    assert np.ptp(chance) > 0.05


def test_parts_have_random_numbers_of_their_own() -> None:
    assert stream(1, "a").random() == stream(1, "a").random()
    assert len({stream(1, "a").random(), stream(1, "b").random(), stream(2, "a").random()}) == 3
