"""Effects taken apart from the level that they are added to, so that the sampler is not slowed."""

import numpy as np
import numpy.typing as npt
import pytensor.tensor as pt

__all__ = ["centred"]


def centred(
    effect: pt.TensorVariable,
    code: npt.NDArray[np.int64],
    weight: npt.NDArray[np.int64],
    *,
    reference: bool = False,
) -> tuple[pt.TensorVariable, pt.TensorVariable]:
    r"""Subtract from an effect its mean over the data, and give that mean back.

    The data know :math:`\beta + \bar e`, the level of the deals seen, far better than
    :math:`\beta`. Sampling that sum and adding :math:`e - \bar e` leaves the model as it is (a
    shift, so no Jacobian) and takes the ridge out of its posterior.

    Parameters
    ----------
    effect : tensor, shape (level,)
    code : ndarray of int, shape (cell,)
        Level of each cell.
    weight : ndarray of int, shape (cell,)
        Exits of each cell.
    reference : bool
        Whether code 0 stands for a reference level of effect 0 that `effect` leaves out.

    Returns
    -------
    deviation : tensor, shape (level,) or (level + 1,)
        To be looked up by `code`.
    mean : tensor
        To be subtracted from the level sampled.
    """
    full = pt.concatenate([pt.zeros(1), effect]) if reference else effect
    counts = np.bincount(code, weights=weight)
    share = counts / max(counts.sum(), 1)
    # Levels above the last one seen have no weight; without any data the mean is 0.
    mean = (share * full[: len(share)]).sum()
    return full - mean, mean
