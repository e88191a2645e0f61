"""Constant linear maps of what is sampled, put together so that they compile quickly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytensor.tensor as pt

from salespipe.models.given import given

__all__ = ["Linear", "stacked", "summed"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Linear:
    """A constant linear map of what is sampled.

    Attributes
    ----------
    sampled : TensorVariable, shape (coordinate,)
    matrix : ndarray, shape (level, coordinate)
    constant : ndarray, shape (level,)
    """

    sampled: pt.TensorVariable
    matrix: Floats
    constant: Floats

    @property
    def values(self) -> pt.TensorVariable:
        """Value of every level, shape (level,)."""
        return given(self.constant) + pt.dot(given(self.matrix), self.sampled)

    def at(self, levels: Ints) -> pt.TensorVariable:
        """Value of some levels, in their order, shape (len(levels),)."""
        return given(self.constant[levels]) + pt.dot(given(self.matrix[levels]), self.sampled)


def stacked(*parts: Linear) -> pt.TensorVariable:
    """Give the values of several maps, one after another.

    As a sum of products with padded matrices: joining vectors, and splitting their gradient, takes
    seconds to compile.

    Parameters
    ----------
    *parts : Linear

    Returns
    -------
    TensorVariable, shape (level of any part,)
    """
    edges = np.cumsum([0, *(len(part.matrix) for part in parts)])
    total = given(np.concatenate([part.constant for part in parts]))
    for begin, part in zip(edges, parts, strict=False):
        padded = np.zeros((edges[-1], part.matrix.shape[1]))
        padded[begin : begin + len(part.matrix)] = part.matrix
        total = total + pt.dot(given(padded), part.sampled)
    return total


def summed(values: pt.TensorVariable, codes: Sequence[Ints]) -> pt.TensorVariable:
    """Sum for every cell its entries of `values`.

    Parameters
    ----------
    values : tensor
    codes : sequence of ndarray of int, shape (cell,)
        One array per summand.

    Returns
    -------
    TensorVariable, shape (cell,)
    """
    table = np.column_stack(codes)
    # A product with ones: summing along the second axis takes seconds to compile.
    taken = values[given(table.ravel())].reshape((-1, len(codes)))
    return pt.dot(taken, np.ones(len(codes)))
