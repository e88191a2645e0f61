"""With no history the forecast says what the Stages sheet says: prior means, simulated anew."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from salespipe.bands import SIZES
from salespipe.models.priors import (
    SURE,
    Scale,
    conditional_probabilities,
    logit_sd,
    matched_logits,
)
from salespipe.models.win_rate import POOLED, WinRatePriors, prior_logits
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages

SEED = 11
DRAWS = 400_000
STEPS = open_stages(DEFAULT_STAGES)
PRIORS = WinRatePriors()


def test_chances_of_going_on_multiply_up_to_the_sheet():
    onward = conditional_probabilities(STEPS)
    from_here_on = np.cumprod(onward[::-1])[::-1]
    np.testing.assert_allclose(from_here_on, [step.probability for step in STEPS])
    assert onward[-1] == STEPS[-1].probability


@pytest.mark.parametrize("p", [0.1, 0.5, 0.93])
@pytest.mark.parametrize("strength", [8.0, 30.0, 200.0])
def test_logit_sd_is_that_of_a_beta(p, strength):
    drawn = np.random.default_rng(SEED).beta(strength * p, strength * (1 - p), DRAWS)
    spread = logit_sd(np.array([p]), strength=strength)[0]
    assert logit(drawn).std() == pytest.approx(spread, rel=0.01)


def test_a_chance_near_one_keeps_a_logit_with_bounds():
    certain = logit_sd(np.array([1.0, 0.999, 0.0]), strength=10.0)
    assert (certain < 2.3).all()


def _zero_sum(rng, sd, levels, draws):
    """Draw from N_0(0, sd): independent normals less their mean."""
    raw = sd * rng.standard_normal((draws, levels))
    return raw - raw.mean(axis=1, keepdims=True)


def _chances(steps, *, strength, draws, seed):
    """Draw P(win) of a deal in each stage from the priors as the model's formula states them.

    Each exit falls into an age group and a month of its own; owner, segment, source and size
    stay.
    """
    rng = np.random.default_rng(seed)
    priors = replace(PRIORS, strength=strength)
    mu, tau = prior_logits(steps, priors=priors)
    pooled = priors.pooled
    kept = sum(
        np.exp(np.log(pooled.median) + pooled.spread * rng.standard_normal(draws))
        * rng.standard_normal(draws)
        for _ in POOLED
    )
    kept = kept + _zero_sum(rng, priors.size, SIZES, draws)[:, 0]
    chance = np.ones(draws)
    chances = np.empty((len(steps), draws))
    for place in reversed(range(len(steps))):
        age = _zero_sum(rng, PRIORS.age, 4, draws)[:, 0]
        quarter = _zero_sum(rng, PRIORS.calendar.quarter_month, 3, draws)[:, 0]
        scale = PRIORS.calendar.shock_median * np.exp(
            PRIORS.calendar.shock_spread * rng.standard_normal(draws)
        )
        shock = scale * rng.standard_normal(draws)
        base = mu[place] + tau[place] * rng.standard_normal(draws)
        chance = chance * expit(base + age + quarter + shock + kept)
        chances[place] = chance
    return chances


# The matching itself averages over 2 x 4,000 draws: its own error is stated as below 0.001.
MATCHING = 0.001


@pytest.mark.parametrize("strength", [2.0, 10.0, 100.0])
def test_prior_mean_of_winning_is_the_sheets_probability(strength):
    chances = _chances(STEPS, strength=strength, draws=DRAWS, seed=SEED)
    error = 3 * chances.std(axis=1) / np.sqrt(DRAWS) + MATCHING
    wrong = np.abs(chances.mean(axis=1) - [step.probability for step in STEPS])
    assert (wrong < error).all(), dict(zip([s.name for s in STEPS], wrong, strict=True))


def test_without_the_matching_a_stage_would_be_off():
    """The naive centre logit(0.7) misses 70 %, so the test above can fail."""
    steps = (STEPS[-1],)
    mu = matched_logits(steps, base_sd=np.array([0.7]), kept=[Scale(0.4)], drawn_anew=[])
    naive = logit(0.7)
    eta = np.hypot(0.7, 0.4) * np.random.default_rng(SEED).standard_normal(DRAWS)
    assert expit(naive + eta).mean() < 0.69
    assert expit(mu[0] + eta).mean() == pytest.approx(0.70, abs=0.002)


@pytest.mark.parametrize("strength", [1.0, 10.0, 1000.0])
@pytest.mark.parametrize("chances", [(0.5,), (0.02, 0.98), (0.3, 0.3, 0.9), (0.69, 0.7, 0.99)])
def test_every_sheet_that_is_allowed_is_matched(chances, strength):
    """Equal stages, which no logit can say, come within half a percent of each other."""
    steps = tuple(Stage(f"S{i}", probability=p) for i, p in enumerate(chances))
    drawn = _chances(steps, strength=strength, draws=DRAWS, seed=SEED + 1).mean(axis=1)
    for mean, p, after in zip(drawn, chances, (*chances[1:], 1.0), strict=True):
        assert mean == pytest.approx(min(p, SURE * after), abs=0.003)
