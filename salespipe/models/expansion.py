"""A likelihood of many cells, replaced by a quadratic that costs the same for any number of them.

With thousands of exits the log likelihood of the win-rate model is all but a parabola where its
posterior lies. Evaluating that takes a product with one small matrix, where the cells take a
thousand times as long at a million deals. How close it is gets measured on the draws themselves;
where it is not close enough, the cells are sampled as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pytensor.tensor as pt
from scipy.special import expit

from salespipe.models.given import given

__all__ = ["Cells", "Closeness", "Expansion"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

STEPS: Final = 30
"""Newton's steps at the most; five or six are enough."""

ENOUGH: Final = 1e-6
"""Change of every level at which Newton's steps end."""

NODES: Final = 7
"""Of the Gauss-Hermite rule that averages over a cell's uncertainty: exact for polynomials of
degree 13."""

DRAWS: Final = 400
"""Draws on which the closeness is measured."""

FEWEST: Final = 100
"""Draws for so many cells that more would take a minute; there the quadratic is closest."""

ENTRIES: Final = 50_000_000
"""Entries of a table of draws and cells from which on there are fewer draws."""

CHUNK: Final = 2_000_000
"""Entries of a table of draws and cells that are in memory at once."""

MOST_SPREAD: Final = 0.4
"""Standard deviation of the log weights from which on the quadratic is not close."""

MOST_SHIFT: Final = 0.1
"""Posterior standard deviations by which no level's mean may be off: less than twice the error of
a mean of 400 effective draws."""


@dataclass(frozen=True)
class Closeness:
    """How far draws from a quadratic are from draws of the posterior with the cells themselves.

    Attributes
    ----------
    spread : float
        Standard deviation of the logarithm of the weights by which one becomes the other.
    shift : float
        Largest shift of a level's mean that they make, in posterior standard deviations, beyond two
        standard errors of its own.
    """

    spread: float
    shift: float

    @property
    def enough(self) -> bool:
        """Whether the draws may stand for those of the cells."""
        return self.spread <= MOST_SPREAD and self.shift <= MOST_SHIFT


@dataclass(frozen=True)
class Cells:
    """Binomial counts whose logits are sums of levels.

    Attributes
    ----------
    codes : ndarray of int, shape (cell, summand)
        The levels that a cell's logit is the sum of.
    exits, onward : ndarray of int, shape (cell,)
    levels : int
        How many there are.
    """

    codes: Ints
    exits: Ints
    onward: Ints
    levels: int

    def log_likelihood(self, levels: Floats) -> Floats:
        """Give the log likelihood of draws of the levels, shape (draw, level): shape (draw,)."""
        rows = max(1, CHUNK // max(len(self.codes), 1))
        return np.concatenate(
            [self._likelihood(levels[at : at + rows]) for at in range(0, len(levels), rows)]
        )

    def _likelihood(self, levels: Floats) -> Floats:
        logit = np.zeros((len(levels), len(self.codes)))
        for code in self.codes.T:
            logit += levels[:, code]
        likelihood: Floats = logit @ self.onward - np.logaddexp(0.0, logit) @ self.exits
        return likelihood

    def expanded(self, deviation: Sequence[float] | Floats) -> "Expansion":
        r"""Replace the likelihood by a quadratic around its maximum.

        Not the Taylor polynomial, but the one whose slope and curvature are those of the
        likelihood averaged over a normal approximation of the posterior: the best in the mean over
        it (statistical linearisation; Opper and Archambeau, 2009, Neural Computation 21(3),
        equations 6 and 7). What is left over is of third order and, to first order, moves no mean.

        Parameters
        ----------
        deviation : sequence of float, shape (level,)
            About how far each level may lie from 0 a priori: keeps the maximum finite.
        """
        precision = 1 / np.asarray(deviation, dtype=np.float64) ** 2
        at = np.zeros(self.levels)
        for _ in range(STEPS):
            chance = expit(at[self.codes].sum(axis=1))
            slope, curvature = self._moments(chance, chance * (1 - chance))
            step = np.linalg.solve(curvature + np.diag(precision), slope - precision * at)
            at = at + step
            if np.abs(step).max() < ENOUGH:
                break
        covariance = np.linalg.inv(curvature + np.diag(precision))
        logit, variance = at[self.codes].sum(axis=1), np.zeros(len(self.codes))
        for one in self.codes.T:
            for other in self.codes.T:
                variance += covariance[one, other]
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        chance, information = np.zeros(len(logit)), np.zeros(len(logit))
        for node, weight in zip(nodes, weights / weights.sum(), strict=True):
            drawn = expit(logit + np.sqrt(variance) * node)
            chance += weight * drawn
            information += weight * drawn * (1 - drawn)
        return Expansion(self, at, *self._moments(chance, information))

    def _moments(self, chance: Floats, information: Floats) -> tuple[Floats, Floats]:
        """Sum the slope and the curvature of the log likelihood over the cells."""
        size = self.levels
        left, weight = self.onward - self.exits * chance, self.exits * information
        slope, curvature = np.zeros(size), np.zeros(size * size)
        for one in self.codes.T:
            slope += np.bincount(one, weights=left, minlength=size)
            for other in self.codes.T:
                curvature += np.bincount(one * size + other, weights=weight, minlength=size**2)
        return slope, curvature.reshape(size, size)


@dataclass(frozen=True)
class Expansion:
    """A quadratic in place of the cells' log likelihood.

    Attributes
    ----------
    cells : Cells
    at : ndarray, shape (level,)
        Where it is taken.
    slope : ndarray, shape (level,)
    curvature : ndarray, shape (level, level)
        The matrix of second derivatives with its sign changed.
    """

    cells: Cells
    at: Floats
    slope: Floats
    curvature: Floats

    def density(self, levels: pt.TensorVariable) -> pt.TensorVariable:
        """Give the log likelihood of the levels of a model, but for a constant."""
        # Written out in powers of the levels, so that nothing is subtracted first.
        linear = self.slope + self.curvature @ self.at
        return pt.dot(given(linear), levels) - 0.5 * pt.dot(
            levels, pt.dot(given(self.curvature), levels)
        )

    def closeness(self, levels: Floats) -> Closeness:
        """Measure how far draws made with the quadratic are from draws made with the cells.

        Parameters
        ----------
        levels : ndarray, shape (draw, level)
            Draws; a few hundred of them are looked at.
        """
        count = int(np.clip(ENTRIES // len(self.cells.codes), FEWEST, DRAWS))
        seen = levels[np.linspace(0, len(levels) - 1, count).astype(np.int64)]
        apart = seen - self.at
        quadratic = apart @ self.slope - 0.5 * np.einsum(
            "dl,lm,dm->d", apart, self.curvature, apart, optimize=True
        )
        log_weight = self.cells.log_likelihood(seen) - quadratic
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        deviation = np.maximum(seen.std(axis=0), np.finfo(np.float64).tiny)
        scaled = (seen - seen.mean(axis=0)) / deviation
        shift = np.abs(weight @ scaled)
        error = np.sqrt((weight - 1 / len(weight)) ** 2 @ scaled**2)
        return Closeness(
            spread=float(log_weight.std()),
            shift=float(np.maximum(shift - 2 * error, 0.0).max()),
        )
