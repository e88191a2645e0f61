"""Chances of winning before any deal has closed: draws from the win-rate model's prior."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from salespipe.bands import AGE_NAMES, SIZES
from salespipe.models.priors import Scale
from salespipe.models.win_rate import POOLED, WinRatePriors, prior_logits
from salespipe.stages import Stage

__all__ = ["draw_prior_chances"]

type Floats = npt.NDArray[np.float64]


def draw_prior_chances(
    steps: Sequence[Stage], *, priors: WinRatePriors, draws: int, seed: int
) -> Floats:
    """Draw the chance that a deal is won, from every stage, as it is before any history.

    A deal keeps its owner, segment, source and size; each of its exits falls into an age group and
    a month of its own. No close date is known, and nobody has called it anything.

    Parameters
    ----------
    steps : sequence of Stage
        Open stages, in order.
    priors : WinRatePriors
    draws, seed : int

    Returns
    -------
    ndarray, shape (draw, stage)
        The mean over draws is the Stages sheet's probability.
    """
    rng = np.random.default_rng(seed)
    mu, tau = prior_logits(steps, priors=priors)

    def effect(scale: Scale) -> Floats:
        sd = scale.median * np.exp(scale.spread * rng.standard_normal(draws))
        drawn: Floats = sd * rng.standard_normal(draws)
        return drawn

    kept = sum((effect(priors.pooled) for _ in POOLED), _one_of(SIZES, priors.size, draws, rng))
    chances = np.empty((draws, len(steps)))
    chance = np.ones(draws)
    for place in reversed(range(len(steps))):
        calendar = priors.calendar
        eta = mu[place] + tau[place] * rng.standard_normal(draws) + kept
        eta += _one_of(len(AGE_NAMES), priors.age, draws, rng)
        eta += _one_of(3, calendar.quarter_month, draws, rng)
        eta += effect(Scale(calendar.shock_median, calendar.shock_spread))
        chance = chance * expit(eta)
        chances[:, place] = chance
    return chances


def _one_of(levels: int, sd: float, draws: int, rng: np.random.Generator) -> Floats:
    """Draw one of several effects that sum to zero."""
    drawn: Floats = sd * np.sqrt(1 - 1 / levels) * rng.standard_normal(draws)
    return drawn
