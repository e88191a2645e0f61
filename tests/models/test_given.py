"""Arrays as constants or as exchangeable data."""

import numpy as np
import pymc as pm

from salespipe.models.given import exchangeable, given, rounded, with_spare


def test_arrays_are_constants_unless_they_are_to_be_exchanged():
    with pm.Model() as fixed:
        assert given([1.0, 2.0]).data.tolist() == [1.0, 2.0]
    with pm.Model() as loose, exchangeable():
        first, second = given([1.0, 2.0]), given(np.arange(3))
    assert not fixed.data_vars
    assert [data.name for data in loose.data_vars] == ["given_0", "given_1"]
    assert first.get_value().tolist() == [1.0, 2.0]
    assert second.get_value().tolist() == [0, 1, 2]
    assert second.dtype.startswith("int")


def test_coordinates_come_in_steps_only_where_data_are_exchanged():
    matrix = np.ones((2, 5))
    assert rounded(5, 4) == 5
    assert with_spare(matrix, 4).shape == (2, 5)
    with exchangeable():
        assert [rounded(count, 4) for count in (0, 1, 4, 5)] == [0, 4, 4, 8]
        wider = with_spare(matrix, 4)
    assert wider[:, :5].tolist() == matrix.tolist()
    assert wider[:, 5:].tolist() == [[0.0] * 3] * 2
    assert rounded(5, 4) == 5
