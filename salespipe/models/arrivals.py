"""Arrivals: how many deals are created in a month."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

from salespipe.models.calendar_effect import MARKET_TAILS
from salespipe.models.given import given, rounded, with_spare
from salespipe.models.zero_sums import add_zero_sum

__all__ = ["SEASON_MONTHS", "ArrivalsData", "ArrivalsPriors", "build_arrivals"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

SEASON_MONTHS = 24
"""Months of history from which on a month-of-year effect is told from chance."""

STEP = 12
"""The level's steps come in so many: a graph serves a year."""


@dataclass(frozen=True)
class ArrivalsPriors:
    """Prior scales on the log scale.

    Attributes
    ----------
    level : float
        How far the level may lie from the mean of all months.
    step_median, step_spread : float
        Log-normal prior of the level's monthly step: 0.03 to 0.21 with 95 %.
    quarter_month, year_month : float
        Effects of the month within the quarter and within the year.
    dispersion_median, dispersion_spread : float
        Log-normal prior of the negative binomial's alpha: at 20, months differ by 22 % beyond
        what counting explains; 5 to 80 with 95 %.
    market : float
        Scale of the effect of one standard deviation of a market index, a Student t with
        :data:`salespipe.models.calendar_effect.MARKET_TAILS` degrees of freedom.
    """

    level: float = 0.5
    step_median: float = 0.08
    step_spread: float = 0.5
    quarter_month: float = 0.3
    year_month: float = 0.2
    dispersion_median: float = 20.0
    dispersion_spread: float = 0.7
    market: float = 0.05


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
    market : ndarray, shape (month, index)
        Standardised market indices.
    indices : tuple of str
        Their names.
    """

    created: Ints
    share: Floats
    quarter_month: Ints
    year_month: Ints
    months: tuple[str, ...]
    market: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    indices: tuple[str, ...] = ()


def build_arrivals(data: ArrivalsData, *, priors: ArrivalsPriors) -> pm.Model:
    r"""Build the arrivals model.

    .. math::

        y_t &\sim \mathrm{NegBin}(share_t e^{\eta_t}, \alpha), \quad
            \eta_t = l_t + q_{month\ of\ quarter} + s_{month\ of\ year}
            + x_t' \beta \\
        l_t &= l_{t-1} + \sigma_l z_t, \quad \bar l \sim N(\log \bar y, 0.5), \quad
            \beta \sim t_3(0, 0.05)

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
        "step": list(range(1, rounded(len(data.months) - 1, STEP) + 1)),
        "quarter_month": [1, 2, 3],
        "year_month": list(range(1, 13)),
        "index": list(data.indices),
    }
    counted = np.log(max(float(data.created.sum() / data.share.sum()), 0.1))
    with pm.Model(coords=coords, check_bounds=False) as model:
        usual = pm.Normal("usual_level", given(counted), priors.level)
        step = pm.LogNormal("step_sd", np.log(priors.step_median), priors.step_spread)
        raw = pm.Normal("step_raw", 0, 1, dims="step")
        walk = pt.dot(given(with_spare(_walk(len(data.months)), STEP)), raw)
        level = pm.Deterministic("level", usual + step * walk, dims="month")
        quarter = add_zero_sum("quarter_effect", priors.quarter_month, {"quarter_month": 3})
        eta = level + quarter.at(data.quarter_month)
        if seasonal:
            year = add_zero_sum("year_effect", priors.year_month, {"year_month": 12})
            eta += year.at(data.year_month)
        if data.indices:
            eta += pt.dot(
                given(data.market),
                pm.StudentT("market_effect", MARKET_TAILS, mu=0, sigma=priors.market, dims="index"),
            )
        alpha = pm.LogNormal("alpha", np.log(priors.dispersion_median), priors.dispersion_spread)
        mean = given(data.share) * pt.exp(eta)
        pm.NegativeBinomial("created", mu=mean, alpha=alpha, observed=given(data.created))
    return model


def _walk(months: int) -> Floats:
    """Give the matrix from steps to a walk about its own mean, shape (month, month - 1)."""
    walk = np.tril(np.ones((months, months - 1)), -1)
    return np.asarray(walk - walk.mean(axis=0))
