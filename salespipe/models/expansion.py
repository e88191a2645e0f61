"""A likelihood of many cells, replaced by a quadratic that costs the same for any number of them.

With thousands of exits the log likelihood of a model is all but a parabola where its posterior
lies. Evaluating that takes a product with one small matrix, where the cells take a
thousand times as long at a million deals. How close it is gets measured on the draws themselves;
where it is not close enough, the cells are sampled as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pytensor.tensor as pt
from scipy.special import expit

from salespipe.models.given import given
from salespipe.models.sums import cell_sums, level_sums, pair_sums, pair_totals

__all__ = ["BINOMIAL", "LEVELS", "POISSON", "Cells", "Closeness", "Expansion", "Family", "Prior"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

LEVELS: Final = "levels"
"""What the levels of all effects are called in the posterior of a model with an expansion."""

STEPS: Final = 30
"""Newton's steps at the most; five or six are enough."""

ENOUGH: Final = 1e-6
"""Change of every level at which Newton's steps end."""

NODES: Final = 7
"""Of the Gauss-Hermite rule that averages over a cell's uncertainty: exact for polynomials of
degree 13."""

DRAWS: Final = 400
"""Draws on which the closeness is measured."""

FEWEST: Final = 50
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
class Family:
    r"""An exponential family with its natural parameter, the linear predictor.

    Attributes
    ----------
    partition : callable
        The function :math:`A` of the log likelihood :math:`y \eta - w A(\eta)`.
    mean, information : callable
        Its first and second derivative.
    """

    partition: Callable[[Floats], Floats]
    mean: Callable[[Floats], Floats]
    information: Callable[[Floats], Floats]


def _softplus(logit: Floats) -> Floats:
    """Give the logarithm of 1 + exp, in a third of the time that ``np.logaddexp`` takes."""
    return np.asarray(np.maximum(logit, 0.0) + np.log1p(np.exp(-np.abs(logit))))


def _variance(logit: Floats) -> Floats:
    """Give the variance of one Bernoulli trial; the rarer outcome's chance keeps all digits."""
    rarer = expit(-np.abs(logit))
    return np.asarray(rarer * (1 - rarer))


BINOMIAL: Final = Family(partition=_softplus, mean=expit, information=_variance)
"""Counts out of `weight`, by the logit of their chance."""

POISSON: Final = Family(np.exp, np.exp, np.exp)
"""Counts over an exposure of `weight`, by the logarithm of their rate."""


@dataclass(frozen=True)
class Prior:
    """About the prior of levels: a linear map of normal coordinates.

    Attributes
    ----------
    offset : ndarray, shape (level,)
    matrix : ndarray, shape (level, coordinate)
        The levels are the offset and this times the coordinates, whose mean is 0.
    precision : ndarray, shape (coordinate, coordinate)
    """

    offset: Floats
    matrix: Floats
    precision: Floats


@dataclass(frozen=True)
class Cells:
    """Counts whose linear predictors are sums of levels.

    Attributes
    ----------
    family : Family
    codes : ndarray of int, shape (cell, summand)
        The levels that a cell's predictor is the sum of.
    weight : ndarray, shape (cell,)
        Of how many, or over what exposure, is counted.
    counted : ndarray, shape (level,)
        What was counted in all cells with a level: sufficient, cell by cell it need not be known.
    """

    family: Family
    codes: Ints
    weight: Floats
    counted: Floats

    def log_likelihood(self, levels: Floats) -> Floats:
        """Give the log likelihood of draws of the levels, shape (draw, level): shape (draw,)."""
        rows = max(1, CHUNK // max(len(self.codes), 1))
        return np.concatenate(
            [self._likelihood(levels[at : at + rows]) for at in range(0, len(levels), rows)]
        )

    def _likelihood(self, levels: Floats) -> Floats:
        predictor = level_sums(levels, self.codes)
        likelihood: Floats = levels @ self.counted - self.family.partition(predictor) @ self.weight
        return likelihood

    def expanded(self, prior: Prior) -> "Expansion":
        r"""Replace the likelihood by a quadratic around its maximum.

        Not the Taylor polynomial, but the one whose slope and curvature are those of the
        likelihood averaged over a normal approximation of the posterior: the best in the mean over
        it (statistical linearisation; Opper and Archambeau, 2009, Neural Computation 21(3),
        equations 6 and 7). What is left over is of third order and, to first order, moves no mean.

        Parameters
        ----------
        prior : Prior
            Keeps the maximum finite, and to where the levels can be.
        """
        matrix, family = prior.matrix, self.family

        def density(place: Floats) -> float:
            likelihood = self.log_likelihood((prior.offset + matrix @ place)[None, :])[0]
            return float(likelihood - place @ prior.precision @ place / 2)

        place = np.zeros(matrix.shape[1])
        height = density(place)
        for _ in range(STEPS):
            (predictor,) = level_sums((prior.offset + matrix @ place)[None, :], self.codes)
            slope, curvature = self._moments(family.mean(predictor), family.information(predictor))
            precision = matrix.T @ curvature @ matrix + prior.precision
            step = np.linalg.solve(precision, matrix.T @ slope - prior.precision @ place)
            # Far from the maximum a step may lead beyond it, and for rates a long way.
            while (higher := density(place + step)) < height and np.abs(step).max() >= ENOUGH:
                step /= 2
            place, height = place + step, higher
            if np.abs(step).max() < ENOUGH:
                break
        at = prior.offset + matrix @ place
        variance = pair_totals(self.codes, matrix @ np.linalg.solve(precision, matrix.T))
        (predictor,) = level_sums(at[None, :], self.codes)
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        expected, information = np.zeros(len(predictor)), np.zeros(len(predictor))
        for node, weight in zip(nodes, weights / weights.sum(), strict=True):
            drawn = predictor + np.sqrt(np.maximum(variance, 0.0)) * node
            expected += weight * family.mean(drawn)
            information += weight * family.information(drawn)
        return Expansion(self, at, *self._moments(expected, information))

    def _moments(self, mean: Floats, information: Floats) -> tuple[Floats, Floats]:
        """Sum the slope and the curvature of the log likelihood over the cells."""
        size = len(self.counted)
        slope = self.counted - cell_sums(self.codes, self.weight * mean, size)
        return slope, pair_sums(self.codes, self.weight * information, size)


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
