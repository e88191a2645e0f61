"""Amount: what a won deal brings against what was listed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymc as pm

__all__ = ["NU", "AmountData", "AmountPriors", "build_amount"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

NU = 5.0
"""Degrees of freedom of the Student t: single odd deals do not move the centre."""


@dataclass(frozen=True)
class AmountPriors:
    """Prior scales on the log scale; 0.1 is about 10 %.

    Attributes
    ----------
    centre : float
        How far the usual ratio may lie from 1.
    scale_shape, scale_rate : float
        Gamma prior of a single deal's scale, mean 0.1.
    segment_shape, segment_rate : float
        Gamma prior of the segments' standard deviation, mean 0.05.
    """

    centre: float = 0.05
    scale_shape: float = 2.0
    scale_rate: float = 20.0
    segment_shape: float = 2.0
    segment_rate: float = 40.0


@dataclass(frozen=True)
class AmountData:
    """Won deals of which both amounts are known.

    Attributes
    ----------
    log_ratio : ndarray of float, shape (deal,)
        log(final amount / listed amount).
    segment : ndarray of int, shape (deal,)
    segments : tuple of str
    """

    log_ratio: Floats
    segment: Ints
    segments: tuple[str, ...]


def build_amount(data: AmountData, *, priors: AmountPriors) -> pm.Model:
    r"""Build the amount model.

    .. math::

        \log(final / listed) \sim t_5(\mu + g_{segment}, s), \quad \mu \sim N(0, 0.05), \quad
        g \sim N(0, \sigma_g)

    Parameters
    ----------
    data : AmountData
    priors : AmountPriors
    """
    with pm.Model(coords={"segment": list(data.segments)}) as model:
        centre = pm.Normal("centre", 0, priors.centre)
        spread = pm.Gamma("segment_sd", priors.segment_shape, priors.segment_rate)
        raw = pm.Normal("segment_raw", 0, 1, dims="segment")
        location = pm.Deterministic("location", centre + spread * raw, dims="segment")
        scale = pm.Gamma("scale", priors.scale_shape, priors.scale_rate)
        if len(data.log_ratio):
            pm.StudentT(
                "log_ratio", nu=NU, mu=location[data.segment], sigma=scale, observed=data.log_ratio
            )
    return model
