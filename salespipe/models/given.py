"""What models are given: constants, or data that can be exchanged after compiling.

A model that is fitted once is quickest to compile with constants. One that is fitted at many dates
is compiled once: built within :func:`exchangeable`, whatever depends on the data is ``pm.Data``,
and the number of what is sampled comes in steps, so that data sets of about the same size have one
graph and differ in these data alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

__all__ = ["exchangeable", "given", "rounded", "with_spare"]

type Floats = npt.NDArray[np.float64]

_exchangeable: ContextVar[bool] = ContextVar("exchangeable", default=False)


@contextmanager
def exchangeable() -> Iterator[None]:
    """Let models that are built in here keep their data exchangeable."""
    before = _exchangeable.set(True)
    try:
        yield
    finally:
        _exchangeable.reset(before)


def given(value: npt.ArrayLike) -> pt.TensorVariable:
    """Give an array to the model that is being built.

    Data are numbered in the order in which they are given: the same code gives the same array the
    same name in every model that it builds.
    """
    array = np.asarray(value)
    if not _exchangeable.get():
        return pt.as_tensor(array)
    return pm.Data(f"given_{len(pm.modelcontext(None).data_vars)}", array)


def rounded(count: int, step: int) -> int:
    """Round a number of coordinates up to a multiple of `step`, where data are exchangeable."""
    return -(-count // step) * step if _exchangeable.get() else count


def with_spare(matrix: Floats, step: int) -> Floats:
    """Append columns of zeros up to a number that is :func:`rounded`.

    The coordinates that they belong to move nothing: the posterior has their prior.
    """
    spare = rounded(matrix.shape[1], step) - matrix.shape[1]
    return np.hstack([matrix, np.zeros((len(matrix), spare))])
