"""Learned scales of effects, guessed before they are sampled."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from salespipe.models.effects import Effect
from salespipe.models.expansion import Expansion, Prior
from salespipe.models.priors import Scale

__all__ = ["guessed"]

type Floats = npt.NDArray[np.float64]

EM_STEPS: Final = 50

FAR: Final = 50.0
"""Distance from its prior median, in logarithms, at which no scale can be."""


def guessed(effects: Sequence[Effect], expansion: Expansion, prior: Prior) -> list[Effect]:
    """Guess the learned scales from a quadratic likelihood, for how the effects are sampled.

    By some steps of the EM algorithm, in which both steps are closed forms (Dempster, Laird and
    Rubin, 1977, Journal of the Royal Statistical Society B 39, section 4.5).

    Parameters
    ----------
    effects : sequence of Effect
    expansion : Expansion
    prior : Prior
        What :func:`salespipe.models.effects.prior_of` gives for them.
    """
    matrix = prior.matrix
    curvature = matrix.T @ expansion.curvature @ matrix
    slope = matrix.T @ (expansion.slope + expansion.curvature @ (expansion.at - prior.offset))
    ends = np.cumsum([effect.map().shape[1] for effect in effects])
    own = [
        slice(end - effect.map().shape[1], end) for end, effect in zip(ends, effects, strict=True)
    ]
    precision, found = prior.precision.copy(), list(effects)
    for _ in range(EM_STEPS):
        covariance = np.linalg.inv(curvature + precision)
        squares = (covariance @ slope) ** 2 + np.diag(covariance)
        for place, (effect, columns) in enumerate(zip(effects, own, strict=True)):
            if effect.learned:
                guess = _likeliest(squares[columns], effect.scale)
                found[place] = replace(effect, guess=guess)
                np.fill_diagonal(precision[columns, columns], guess**-2.0)
    return found


def _likeliest(squares: Floats, prior: Scale) -> float:
    """Give the standard deviation that is likeliest for coordinates of these expected squares."""

    def slope(log_sd: float) -> float:
        pull = (np.log(prior.median) - log_sd) / prior.spread**2
        return float(squares.sum() * np.exp(-2 * log_sd) - len(squares) + pull)

    middle = np.log(prior.median)
    return float(np.exp(brentq(slope, middle - FAR, middle + FAR)))
