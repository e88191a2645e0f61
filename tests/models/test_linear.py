import numpy as np
import pytensor.tensor as pt

from salespipe.models.linear import Linear, stacked, summed


def test_cells_sum_their_own_entries():
    values = pt.as_tensor(np.array([1.0, 10.0, 100.0, 1_000.0]))
    total = summed(values, [np.array([0, 1, 0]), np.array([2, 3, 3])])
    assert total.eval().tolist() == [101.0, 1_010.0, 1_001.0]


def _map(sampled, rows, constant):
    return Linear(pt.as_tensor(np.array(sampled)), np.array(rows), np.array(constant))


def test_levels_are_a_map_of_what_is_sampled():
    part = _map([2.0, 3.0], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0.0, 10.0, 100.0])
    assert part.values.eval().tolist() == [2.0, 13.0, 105.0]
    assert part.at(np.array([2, 0])).eval().tolist() == [105.0, 2.0]


def test_maps_are_stacked_in_their_order():
    parts = _map([2.0], [[1.0], [4.0]], [0.5, 0.0]), _map([3.0, 5.0], [[1.0, 1.0]], [0.25])
    assert stacked(*parts).eval().tolist() == [2.5, 8.0, 8.25]
