"""Priors from the Stages sheet, set so that with no history the forecast is what the sheet says."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, polygamma

from salespipe.stages import Stage

__all__ = ["Scale", "conditional_probabilities", "logit_sd", "matched_logits"]

type Floats = npt.NDArray[np.float64]

QUADRATURE = 20_000
"""Antithetic pairs with which prior means are matched; error of the mean below 0.0005."""

LEAST: Final = 0.5
"""Deals that wins and losses are worth at the least (Jeffreys' prior): with fewer, a chance near 0
or 1 would have a logit without bounds."""

SURE: Final = 0.995
"""Chance of going on between two stages that the sheet says are equally likely to win."""


def conditional_probabilities(steps: Sequence[Stage]) -> Floats:
    """Give the chance of going on from each open stage.

    p(stage) / p(next stage), the last one's being its own, so that their product from a stage
    onward is that stage's default probability of winning.
    """
    p = np.array([stage.probability for stage in steps], dtype=np.float64)
    return np.array(p / np.append(p[1:], 1.0), dtype=np.float64)


def logit_sd(p: Floats, *, strength: float) -> Floats:
    """Give the standard deviation of logit(X) for X ~ Beta(strength p, strength (1 - p)).

    Its variance is the sum of the trigamma functions at the two parameters, neither of which is
    taken as less than :data:`LEAST`.
    """
    wins, losses = np.maximum(strength * p, LEAST), np.maximum(strength * (1 - p), LEAST)
    variance = polygamma(1, wins) + polygamma(1, losses)
    return np.array(np.sqrt(variance), dtype=np.float64)


@dataclass(frozen=True)
class Scale:
    """Standard deviation of an effect, itself log-normal.

    Attributes
    ----------
    median : float
    spread : float
        Standard deviation of its logarithm; 0 for a fixed scale.
    """

    median: float
    spread: float = 0.0

    @property
    def variance(self) -> float:
        """Prior variance of an effect: the mean square of its standard deviation."""
        return float(self.median**2 * np.exp(2 * self.spread**2))


def matched_logits(
    steps: Sequence[Stage], *, base_sd: Floats, kept: Sequence[Scale], drawn_anew: Sequence[Scale]
) -> Floats:
    """Find the prior means of the stages' logits so that E[p(win)] is the sheet's probability.

    A logistic curve bends: a deal at logit(0.7) plus zero-mean effects wins less often than 70 %.
    Solved from the last stage back, since the effects that a deal keeps (its owner, its segment)
    make the chances of its stages move together.

    Parameters
    ----------
    steps : sequence of Stage
        Open stages, in order.
    base_sd : ndarray, shape (stage,)
        Prior standard deviation of each stage's logit.
    kept : sequence of Scale
        Effects that a deal keeps through all stages.
    drawn_anew : sequence of Scale
        Effects that differ from stage to stage (month, age).

    Returns
    -------
    ndarray, shape (stage,)
        Means on the logit scale.
    """
    rng = np.random.default_rng(20261031)

    def effects(scales: Sequence[Scale]) -> Floats:
        total = np.zeros(QUADRATURE)
        for scale in scales:
            sd = scale.median * np.exp(scale.spread * rng.standard_normal(QUADRATURE))
            total += sd * rng.standard_normal(QUADRATURE)
        return np.concatenate([total, -total])

    common = effects(kept)
    onward = np.ones(2 * QUADRATURE)
    logits = np.zeros(len(steps))
    for place in reversed(range(len(steps))):
        eta = common + effects([*drawn_anew, Scale(float(base_sd[place]))])
        target = min(steps[place].probability, SURE * float(onward.mean()))
        gap = partial(_gap, eta=eta, onward=onward, target=target)
        logits[place] = brentq(gap, -12.0, 12.0)
        onward = onward * expit(logits[place] + eta)
    return logits


def _gap(mean: float, *, eta: Floats, onward: Floats, target: float) -> float:
    return float(np.mean(expit(mean + eta) * onward)) - target
