"""Effects that sum to zero, with one prior scale."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt
from scipy.linalg import helmert

from salespipe.models.given import with_spare
from salespipe.models.linear import Linear

__all__ = ["add_zero_sum", "zero_sum"]

type Floats = npt.NDArray[np.float64]


def zero_sum(*sizes: int) -> Floats:
    """Give an orthonormal basis of tables that sum to zero along every axis.

    Parameters
    ----------
    *sizes : int
        Of each axis.

    Returns
    -------
    ndarray, shape (product of sizes, product of sizes less 1 each)
        Standard normal coordinates give what ``ZeroSumNormal`` gives.
    """
    basis: Floats = np.eye(1)
    for size in sizes:
        basis = np.asarray(np.kron(basis, helmert(size).T if size > 1 else np.zeros((1, 0))))
    return basis


def add_zero_sum(
    name: str,
    scale: float | pt.TensorVariable,
    sizes: Mapping[str, int],
    *,
    basis: Floats | None = None,
    step: int = 1,
) -> Linear:
    """Add an effect that sums to zero along every dimension, with one prior scale.

    What ``pm.ZeroSumNormal`` is, as a product with a constant matrix: that one takes seconds longer
    to compile.

    Parameters
    ----------
    name : str
        Of the effect in the posterior; what is sampled is called ``<name>_coordinate``.
    scale : float or TensorVariable
        Standard deviation of the coordinates.
    sizes : mapping of str to int
        Length of each dimension by its name.
    basis : ndarray, shape (level, coordinate), optional
        Another orthonormal basis, for sums that are zero along some dimensions only.
    step : int
        The coordinates come in multiples of it; those to spare move nothing.
    """
    basis = with_spare(zero_sum(*sizes.values()) if basis is None else basis, step)
    nought = np.zeros(len(basis))
    if basis.shape[1] == 0:
        # One level alone is 0: a constant in the posterior would have no R-hat for the gate.
        return Linear(pt.zeros(1), nought[:, None], nought)
    sampled = pm.Normal(f"{name}_coordinate", 0, scale, shape=basis.shape[1])
    effect = Linear(sampled, basis, nought)
    table = effect.values if len(sizes) == 1 else effect.values.reshape(tuple(sizes.values()))
    pm.Deterministic(name, table, dims=tuple(sizes))
    return effect
