"""Effects taken apart from the level that they are added to, so that the sampler is not slowed."""

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

__all__ = ["centred", "levels", "pooled"]


def levels(name: str, *, mean: npt.ArrayLike, sd: float, dims: str, size: int) -> pt.TensorVariable:
    r"""Add independent normal effects to the model that is being built, sampled apart.

    :math:`e_i = m_i + c + d_i` with :math:`c \sim N(0, s / \sqrt k)` and :math:`d \sim N_0(0, s)`
    summing to zero is the same as :math:`e_i \sim N(m_i, s)`, but leaves to the sampler one
    direction that the data may know nothing of, instead of one that runs through all effects.

    Parameters
    ----------
    name, dims : str
        Name of the effect in the posterior, and of its dimension.
    mean : array_like
        Prior means.
    sd : float
        Prior standard deviation of each effect.
    size : int
        Number of effects.
    """
    common = pm.Normal(f"{name}_common", 0, sd / np.sqrt(size))
    apart = pm.ZeroSumNormal(f"{name}_apart", sd, dims=dims)
    return pm.Deterministic(name, np.asarray(mean) + common + apart, dims=dims)


def pooled(
    name: str, *, median: float, spread: float, exits: npt.NDArray[np.float64]
) -> pt.TensorVariable:
    r"""Add normal effects with a learned scale to the model that is being built.

    :math:`e_l \sim N(0, \sigma), \log \sigma \sim N(\log median, spread)`, sampled as a common
    part, of which the data know nothing, and deviations that sum to zero (see :func:`levels`). The
    deviations are :math:`\sigma^{1 - w} x` with :math:`x \sim N_0(0, \sigma^w)`: centred
    (:math:`w = 1`) where the data know a level better than the prior does, non-centred
    (:math:`w = 0`) where they know little of it, and in between in between (Papaspiliopoulos,
    Roberts and Sköld, 2007, Statistical Science 22(1)).

    Parameters
    ----------
    name : str
        Name of the dimension; the effect is ``<name>_effect``, its scale ``<name>_sd``.
    median, spread : float
        Log-normal prior of the scale.
    exits : ndarray, shape (level,)
        Exits of each level; one carries an information of about 0.2 on the logit scale.
    """
    scale = pm.LogNormal(f"{name}_sd", np.log(median), spread)
    common = scale * pm.Normal(f"{name}_common", 0, 1 / np.sqrt(len(exits)))
    if len(exits) == 1:
        return pm.Deterministic(f"{name}_effect", common[None], dims=name)
    known = 0.2 * float(np.mean(exits)) * median**2
    weight = known / (1 + known)
    apart = pm.ZeroSumNormal(f"{name}_apart", scale**weight, dims=name)
    return pm.Deterministic(f"{name}_effect", common + scale ** (1 - weight) * apart, dims=name)


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
