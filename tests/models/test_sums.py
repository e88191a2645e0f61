"""Sums over cells and their levels, beside the same in plain numpy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from salespipe.models.sums import cell_sums, level_sums, pair_sums, pair_totals


@given(st.integers(0, 40), st.integers(1, 5), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_sums_are_products_with_the_matrix_of_levels(cells, summands, size, seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(size, size=(cells, summands))
    design = np.zeros((cells, size))
    for code in codes.T:
        design[np.arange(cells), code] += 1
    levels, weight = rng.normal(size=(3, size)), rng.normal(size=cells)
    matrix = rng.normal(size=(size, size))

    np.testing.assert_allclose(level_sums(levels, codes), levels @ design.T, atol=1e-12)
    np.testing.assert_allclose(cell_sums(codes, weight, size), design.T @ weight, atol=1e-12)
    np.testing.assert_allclose(
        pair_sums(codes, weight, size), design.T @ (weight[:, None] * design), atol=1e-12
    )
    np.testing.assert_allclose(
        pair_totals(codes, matrix), np.einsum("cl,lm,cm->c", design, matrix, design), atol=1e-12
    )
