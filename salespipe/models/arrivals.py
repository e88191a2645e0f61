"""Arrivals: how many deals are created in a month."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

__all__ = ["SEASON_MONTHS", "ArrivalsData", "ArrivalsPriors", "build_arrivals"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

SEASON_MONTHS = 24
"""Months of history from which on a month-of-year effect is told from chance."""


@dataclass(frozen=True)
class ArrivalsPriors:
    """Prior scales on the log scale.

    Attributes
    ----------
    level : float
        How far the first month's level may lie from the mean of all months.
    walk_shape, walk_rate : float
        Gamma prior of the level's monthly step, mean 0.1.
    quarter_month, year_month : float
        Effects of the month within the quarter and within the year.
    dispersion_shape, dispersion_rate : float
        Gamma prior of the negative binomial's alpha, mean 20: months differ by about 22 % beyond
        what counting explains.
    """

    level: float = 0.5
    walk_shape: float = 2.0
    walk_rate: float = 20.0
    quarter_month: float = 0.3
    year_month: float = 0.2
    dispersion_shape: float = 2.0
    dispersion_rate: float = 0.1


@dataclass(frozen=True)
class ArrivalsData:
    """Deals created per month.

    Attributes
    ----------
    created : ndarray of int, shape (month,)
    share : ndarray of float, shape (month,)
        Share of the month's days that was seen; 1 for a full month.
    quarter_month, year_month : ndarray of int, shape (month,)
        Place in the quarter (0-2) and in the year (0-11).
    months : tuple of str
    """

    created: Ints
    share: Floats
    quarter_month: Ints
    year_month: Ints
    months: tuple[str, ...]


def build_arrivals(data: ArrivalsData, *, priors: ArrivalsPriors) -> pm.Model:
    r"""Build the arrivals model.

    .. math::

        y_t &\sim \mathrm{NegBin}(share_t e^{\eta_t}, \alpha), \quad
            \eta_t = l_t + q_{month\ of\ quarter} + s_{month\ of\ year} \\
        l_t &= l_{t-1} + \sigma_l z_t, \quad l_1 \sim N(\log \bar y, 0.5)

    The month of year enters once :data:`SEASON_MONTHS` months are there. Variance is
    :math:`\mu + \mu^2 / \alpha`.

    Parameters
    ----------
    data : ArrivalsData
    priors : ArrivalsPriors
    """
    seasonal = len(data.months) >= SEASON_MONTHS
    coords = {
        "month": list(data.months),
        "step": list(data.months[1:]),
        "quarter_month": [1, 2, 3],
        "year_month": list(range(1, 13)),
    }
    usual = np.log(max(float(data.created.sum() / data.share.sum()), 0.1))
    with pm.Model(coords=coords) as model:
        first = pm.Normal("first_level", usual, priors.level)
        step = pm.Gamma("step_sd", priors.walk_shape, priors.walk_rate)
        raw = pm.Normal("step_raw", 0, 1, dims="step")
        walk = pt.concatenate([pt.zeros(1), pt.cumsum(step * raw)])
        level = pm.Deterministic("level", first + walk, dims="month")
        quarter = pm.ZeroSumNormal("quarter_effect", priors.quarter_month, dims="quarter_month")
        eta = level + quarter[data.quarter_month]
        if seasonal:
            year = pm.ZeroSumNormal("year_effect", priors.year_month, dims="year_month")
            eta += year[data.year_month]
        alpha = pm.Gamma("alpha", priors.dispersion_shape, priors.dispersion_rate)
        pm.NegativeBinomial(
            "created", mu=data.share * pt.exp(eta), alpha=alpha, observed=data.created
        )
    return model
