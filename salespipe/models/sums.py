"""Sums over cells and the levels that each is made of, compiled to machine code.

A history of a million deals has more than a million cells, of a dozen levels each.
"""

import numpy as np
import numpy.typing as npt

from salespipe.machine_code import compiled

__all__ = ["cell_sums", "level_sums", "pair_sums", "pair_totals"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]


@compiled
def level_sums(levels: Floats, codes: Ints) -> Floats:
    """Sum each cell's levels.

    Parameters
    ----------
    levels : ndarray, shape (draw, level)
    codes : ndarray of int, shape (cell, summand)

    Returns
    -------
    ndarray, shape (draw, cell)
    """
    found = np.empty((len(levels), len(codes)))
    for draw in range(len(levels)):
        for cell in range(len(codes)):
            total = 0.0
            for place in range(codes.shape[1]):
                total += levels[draw, codes[cell, place]]
            found[draw, cell] = total
    return found


@compiled
def cell_sums(codes: Ints, weight: Floats | Ints, size: int) -> Floats:
    """Sum for each level the weights of the cells that have it.

    Parameters
    ----------
    codes : ndarray of int, shape (cell, summand)
    weight : ndarray, shape (cell,)
    size : int
        Number of levels.

    Returns
    -------
    ndarray, shape (level,)
    """
    found = np.zeros(size)
    for cell in range(len(codes)):
        for place in range(codes.shape[1]):
            found[codes[cell, place]] += weight[cell]
    return found


@compiled
def pair_sums(codes: Ints, weight: Floats, size: int) -> Floats:
    """Sum for any two levels the weights of the cells that have both.

    Parameters
    ----------
    codes : ndarray of int, shape (cell, summand)
    weight : ndarray, shape (cell,)
    size : int
        Number of levels.

    Returns
    -------
    ndarray, shape (level, level)
    """
    half, both = np.zeros((size, size)), np.zeros((size, size))
    for cell in range(len(codes)):
        for one in range(codes.shape[1]):
            both[codes[cell, one], codes[cell, one]] += weight[cell]
            for other in range(one):
                half[codes[cell, one], codes[cell, other]] += weight[cell]
    return both + half + half.T


@compiled
def pair_totals(codes: Ints, matrix: Floats) -> Floats:
    """Sum a matrix' entries of all pairs of each cell's levels.

    Parameters
    ----------
    codes : ndarray of int, shape (cell, summand)
    matrix : ndarray, shape (level, level)

    Returns
    -------
    ndarray, shape (cell,)
        With a covariance of levels, the variances of the cells' sums.
    """
    found = np.empty(len(codes))
    for cell in range(len(codes)):
        total = 0.0
        for one in range(codes.shape[1]):
            for other in range(codes.shape[1]):
                total += matrix[codes[cell, one], codes[cell, other]]
        found[cell] = total
    return found
