"""Amount: what a won deal brings against what was listed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

from salespipe.models.given import given
from salespipe.models.zero_sums import add_zero_sum

__all__ = ["NU", "AmountData", "AmountPriors", "build_amount"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

NU = 5.0
"""Degrees of freedom of the Student t: single odd deals do not move the centre."""

GRAIN = 0.001
"""Ratios are told apart to a tenth of a percent, so that alike ones can be counted together."""


@dataclass(frozen=True)
class AmountPriors:
    """Prior scales on the log scale; 0.1 is about 10 %.

    Attributes
    ----------
    centre : float
        How far the usual ratio may lie from 1.
    scale_median, scale_spread : float
        Log-normal prior of a single deal's scale: 0.02 to 0.4 with 95 %.
    segment_median, segment_spread : float
        Log-normal prior of the segments' standard deviation: 0.01 to 0.1 with 95 %.
    """

    centre: float = 0.05
    scale_median: float = 0.1
    scale_spread: float = 0.7
    segment_median: float = 0.03
    segment_spread: float = 0.6


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
        g \sim N_0(0, \sigma_g)

    N_0 sums to zero. Won deals of a segment whose ratios agree to :data:`GRAIN` are one cell,
    counted: however many there are, there are only some hundred cells.

    Parameters
    ----------
    data : AmountData
    priors : AmountPriors
    """
    with pm.Model(coords={"segment": list(data.segments)}, check_bounds=False) as model:
        centre = pm.Normal("centre", 0, priors.centre)
        spread = pm.LogNormal("segment_sd", np.log(priors.segment_median), priors.segment_spread)
        # Summing to zero, so that only `centre` carries the level; centred, since won deals know
        # their segment's ratio far better than the prior does.
        apart = add_zero_sum("segment_apart", spread, {"segment": len(data.segments)})
        pm.Deterministic("location", centre + apart.values, dims="segment")
        scale = pm.LogNormal("scale", np.log(priors.scale_median), priors.scale_spread)
        if len(data.log_ratio):
            cells = np.column_stack([data.segment, np.round(data.log_ratio / GRAIN)])
            (segment, ratio), count = _counted(cells)
            mu = centre + apart.at(segment.astype(np.int64))
            pm.CustomDist(
                "log_ratio", given(count), mu, scale, logp=_logp, observed=given(GRAIN * ratio)
            )
    return model


def _counted(rows: Floats) -> tuple[Floats, Floats]:
    """Give the rows that differ, as columns, and how often each is there."""
    unique, count = np.unique(rows, axis=0, return_counts=True)
    return unique.T, count.astype(np.float64)


def _logp(
    value: pt.TensorVariable,
    count: pt.TensorVariable,
    mu: pt.TensorVariable,
    scale: pt.TensorVariable,
) -> pt.TensorVariable:
    """Give the log density of a Student t times the deals of a cell, but for a constant."""
    apart = (value - mu) / scale
    return -count * (pt.log(scale) + (NU + 1) / 2 * pt.log1p(apart**2 / NU))
