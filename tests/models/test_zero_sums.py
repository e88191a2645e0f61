import numpy as np
import pymc as pm
import pytest

from salespipe.models.given import exchangeable
from salespipe.models.zero_sums import add_zero_sum, zero_sum


@pytest.mark.parametrize("sizes", [(4,), (3, 4), (1,), (2, 1)])
def test_zero_sum_bases_are_orthonormal_and_sum_to_zero_along_every_axis(sizes):
    basis = zero_sum(*sizes)
    assert basis.shape == (np.prod(sizes), np.prod([size - 1 for size in sizes]))
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-12)
    table = basis.reshape(*sizes, -1)
    for axis in range(len(sizes)):
        np.testing.assert_allclose(table.sum(axis=axis), 0, atol=1e-12)


def _drawn(sizes, **more):
    with pm.Model(coords={dim: range(size) for dim, size in sizes.items()}) as model:
        add_zero_sum("effect", 0.4, sizes, **more)
        tree = pm.sample_prior_predictive(draws=20_000, random_seed=5)
    return model, tree["prior"]["effect"].to_numpy()[0]


def test_an_effect_sums_to_zero_and_has_its_scale():
    _, drawn = _drawn({"row": 3, "column": 4})
    for axis in (1, 2):
        np.testing.assert_allclose(drawn.sum(axis=axis), 0, atol=1e-12)
    # Of the 12 squared, (3 - 1) (4 - 1) are free.
    assert drawn.std() == pytest.approx(0.4 * np.sqrt(6 / 12), rel=0.02)


def test_coordinates_to_spare_move_nothing():
    with exchangeable():
        model, drawn = _drawn({"level": 3}, step=8)
    assert model["effect_coordinate"].eval().shape == (8,)
    assert drawn.std() == pytest.approx(0.4 * np.sqrt(2 / 3), rel=0.02)


def test_one_level_alone_is_nought_and_not_sampled():
    with pm.Model() as model:
        effect = add_zero_sum("effect", 0.4, {"level": 1})
    assert not model.free_RVs
    assert effect.values.eval().tolist() == [0.0]
