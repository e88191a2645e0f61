"""Coordinates in which a posterior is round: all but independent, all but of variance 1.

A sampler that has to learn from its own draws how a hundred parameters hang together spends most of
its time on that. Most of it can be known beforehand: given the scales, the posterior is close to a
normal around its mode, and in the coordinates of that normal there is next to nothing to learn.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pymc.pytensorf import join_nonshared_inputs
from pytensor.graph.replace import graph_replace
from scipy.linalg import cholesky, solve_triangular

from salespipe.inference.compiled import Compiled

__all__ = ["Whitening", "dims_of", "is_wide", "whitened"]

type Floats = npt.NDArray[np.float64]
type Bools = npt.NDArray[np.bool_]
type Point = dict[str, npt.NDArray[np.generic]]

WIDE: Final = 80
"""Parameters from which on whitening takes less time than it saves."""

WHITE: Final = "white"

HELD: Final = ("log_sd",)
"""Parameters that are scales without being sampled through a transform."""

STEPS: Final = 50
"""Newton's steps at the most; three to eight are enough."""

ENOUGH: Final = 1e-3
"""Gain in log density below which Newton's steps end."""

WIDTH: Final = 1e-4
"""Of the central differences of the gradient."""

DIGITS: Final = 12
"""Binary digits of a parameter's standard deviation that are kept."""

LEAST: Final = 1e-2
"""Precision below which no direction is taken: a standard deviation of 10."""

LEAST_HELD: Final = 1.0
"""The same for scales, about as vague as their priors."""


def is_wide(start: Point) -> bool:
    """Say whether a model has so many parameters that whitening pays.

    Parameters
    ----------
    start : dict of str to ndarray
        Its initial point.
    """
    return sum(map(np.size, start.values())) >= WIDE


def whitened(model: pm.Model, start: Point) -> pm.Model:
    r"""Give the same posterior in other coordinates, :math:`x = c + F z`.

    Sampled is `z`, named :data:`WHITE`; :math:`c` and :math:`F` are ``pm.Data``, named ``centre``
    and ``factor``: to begin with 0 and the identity, so that :math:`z = x`. :math:`x` are the
    model's parameters one after another, as PyMC transforms them.

    Parameters
    ----------
    model : Model
    start : dict of str to ndarray
        Its initial point.
    """
    values = [model.rvs_to_values[variable] for variable in model.free_RVs]
    (density,), joined = join_nonshared_inputs(start, [model.logp()], values)
    size = sum(map(np.size, start.values()))
    with pm.Model(check_bounds=False) as white:
        z = pm.Flat(WHITE, shape=size)
        centre = pm.Data("centre", np.zeros(size))
        factor = pm.Data("factor", np.eye(size))
        pm.Potential("density", graph_replace(density, {joined: centre + pt.dot(factor, z)}))
    return white


@dataclass(frozen=True)
class Whitening:
    """Where a posterior lies, about, and how far it reaches in which directions.

    Attributes
    ----------
    centre : ndarray, shape (parameter,)
    factor : ndarray, shape (parameter, parameter)
        Times its own transpose: about the posterior's covariance.
    start : dict of str to ndarray
        The model's initial point, by which its parameters are told apart.
    """

    centre: Floats
    factor: Floats
    start: Point

    @classmethod
    def of(cls, model: pm.Model, start: Point, compiled: Compiled) -> Self:
        """Approximate a model's posterior.

        By Laplace's method: a normal around the mode, with the curvature there (Tierney and Kadane,
        1986, Journal of the American Statistical Association 81). The mode is taken given the
        scales, where they start, since of both together it often lies where scales vanish.
        With the scales the mode of the others moves: to first order, that is in the factor too.

        Parameters
        ----------
        model : Model
        start : dict of str to ndarray
            Its initial point.
        compiled
            What :func:`whitened` gives for it, compiled, with the model's data.
        """
        point, held = _joined(model, start)
        gradient = _gradient(compiled, len(point))
        free, scales = np.flatnonzero(~held), np.flatnonzero(held)
        mode = _mode(gradient, point, free)
        precision = -_hessian(gradient, mode, np.arange(len(mode)))
        factor = np.zeros_like(precision)
        root = _root(precision[np.ix_(free, free)], LEAST)
        factor[np.ix_(free, free)] = root
        if len(scales):
            across = precision[np.ix_(free, scales)]
            moved = root @ (root.T @ across)
            left = _root(precision[np.ix_(scales, scales)] - across.T @ moved, LEAST_HELD)
            factor[np.ix_(scales, scales)] = left
            factor[np.ix_(free, scales)] = -moved @ left
        # The last digits depend on how many threads multiplied matrices, and so would all draws.
        grain = 2.0 ** (np.ceil(np.log2(np.linalg.norm(factor, axis=1))) - DIGITS)
        rounded = np.round(factor / grain[:, None]) * grain[:, None]
        return cls(np.round(mode / grain) * grain, rounded, start)

    def data(self) -> dict[str, Floats]:
        """Give the data of a whitened model."""
        return {"centre": self.centre, "factor": self.factor}

    def parameters(self, model: pm.Model, drawn: xr.Dataset) -> xr.Dataset:
        """Give the parameters of a model from draws of its whitened form.

        Parameters
        ----------
        model : Model
        drawn : Dataset
            With :data:`WHITE`, dimensions ``chain`` and ``draw`` first.
        """
        flat = drawn[WHITE].to_numpy() @ self.factor.T + self.centre
        begin, found = 0, {}
        for variable in model.free_RVs:
            shape = np.shape(self.start[model.rvs_to_values[variable].name])
            end = begin + int(np.prod(shape))
            part = flat[..., begin:end].reshape(*flat.shape[:2], *shape)
            transform = model.rvs_to_transforms[variable]
            if transform is not None:
                whole = transform.backward(pt.as_tensor(part), *variable.owner.inputs)
                part = whole.eval(mode="FAST_COMPILE")
            dims = dims_of(model, variable.name, len(shape))
            found[variable.name] = (("chain", "draw", *dims), part)
            begin = end
        return xr.Dataset(found, coords={dim: drawn[dim] for dim in ("chain", "draw")})


def dims_of(model: pm.Model, name: str, count: int) -> tuple[str, ...]:
    """Give the dimensions of one of a model's variables, made up where it names none."""
    named = model.named_vars_to_dims.get(name)
    return tuple(named or (f"{name}_dim_{place}" for place in range(count)))


def _joined(model: pm.Model, start: Point) -> tuple[Floats, Bools]:
    """Give where a model's parameters start, and which of them are scales and the like."""
    places, held = [], []
    for variable in model.free_RVs:
        values = np.ravel(start[model.rvs_to_values[variable].name])
        scale = model.rvs_to_transforms[variable] is not None or variable.name in HELD
        places.append(values)
        held.append(np.full(len(values), scale))
    return np.concatenate(places), np.concatenate(held)


def _gradient(compiled: Compiled, size: int) -> Callable[[Floats], tuple[float, Floats]]:
    """Give the function that the sampler calls: the log density and its gradient."""
    function: Any = compiled.compiled_logp_func.ctypes
    data = ctypes.c_void_p(compiled.user_data.ctypes.data)

    def evaluate(at: Floats) -> tuple[float, Floats]:
        at, slope, density = np.ascontiguousarray(at), np.zeros(size), np.zeros(1)
        arrays = [
            one.ctypes.data_as(ctypes.POINTER(ctypes.c_double)) for one in (at, slope, density)
        ]
        failed = function(size, *arrays, data)
        return (-np.inf, slope) if failed else (float(density[0]), slope)

    return evaluate


def _hessian(
    gradient: Callable[[Floats], tuple[float, Floats]], at: Floats, which: npt.NDArray[np.intp]
) -> Floats:
    """Give the second derivatives along some of the coordinates."""
    rows = np.empty((len(which), len(at)))
    for row, place in enumerate(which):
        step = np.zeros(len(at))
        step[place] = WIDTH
        rows[row] = (gradient(at + step)[1] - gradient(at - step)[1]) / (2 * WIDTH)
    square = rows[:, which]
    return np.asarray((square + square.T) / 2)


def _mode(
    gradient: Callable[[Floats], tuple[float, Floats]], start: Floats, free: npt.NDArray[np.intp]
) -> Floats:
    """Climb to the mode over some of the coordinates by Newton's steps."""
    at = start
    density, slope = gradient(at)
    for _ in range(STEPS):
        curvature, directions = np.linalg.eigh(-_hessian(gradient, at, free))
        bounded = np.maximum(np.abs(curvature), LEAST)
        step = directions @ (directions.T @ slope[free] / bounded)
        for shorter in 0.5 ** np.arange(STEPS):
            there = at.copy()
            there[free] += shorter * step
            higher, next_slope = gradient(there)
            if higher >= density:
                break
        else:
            return at
        gain, at, density, slope = higher - density, there, higher, next_slope
        if gain < ENOUGH:
            break
    return at


def _root(precision: Floats, least: float) -> Floats:
    """Give a square root of a covariance from its inverse, whose eigenvalues are at least this."""
    curvature, directions = np.linalg.eigh((precision + precision.T) / 2)
    bounded = (directions * np.maximum(curvature, least)) @ directions.T
    # Not the directions themselves: where two curvatures are alike, rounding turns them at will.
    lower = cholesky(bounded, lower=True)
    return np.asarray(solve_triangular(lower, np.eye(len(lower)), lower=True).T)
