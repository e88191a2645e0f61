"""What a month does to all deals alike: its place in the quarter, the market, and a shock."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

from salespipe.models.given import given
from salespipe.models.linear import Linear
from salespipe.models.zero_sums import add_zero_sum

__all__ = ["MARKET_TAILS", "CalendarPriors", "add_calendar_effect"]

type Floats = npt.NDArray[np.float64]

VAGUE = 10.0
"""Standard deviation that says nothing: a factor of 20,000 either way."""

MARKET_TAILS = 3.0
"""Degrees of freedom of the prior of an index' effect: most say nothing, a few say much."""

STEP = 12
"""The months' coordinates come in so many: a graph serves a year."""


@dataclass(frozen=True)
class CalendarPriors:
    """Prior scales, on the scale of the model's linear predictor.

    Attributes
    ----------
    quarter_month : float
        Standard deviation of the month-of-quarter effects (few levels: a fixed scale).
    shock_median, shock_spread : float
        Log-normal prior of the shocks' standard deviation: 0.09 to 0.44 with 95 %.
    market : float
        Scale of the effect of one standard deviation of a market index, a Student t with
        :data:`MARKET_TAILS` degrees of freedom: within 0.16 either way with 95 %.
    """

    quarter_month: float = 0.4
    shock_median: float = 0.2
    shock_spread: float = 0.4
    market: float = 0.05


def add_calendar_effect(
    quarter_of_month: npt.NDArray[np.int64],
    *,
    priors: CalendarPriors,
    market: Floats | None = None,
) -> tuple[Linear, pt.TensorVariable]:
    r"""Add the effect of each month to the model that is being built.

    .. math::

        m_t &= q_{month\ of\ quarter} + x_t' \beta + u_t, \quad q \sim N_0(0, 0.4), \quad
            \beta \sim t_3(0, 0.05) \\
        u_t &= \rho u_{t-1} + \sqrt{1 - \rho^2}\, \sigma z_t, \quad u_1 = \sigma z_1 \\
        z &\sim N(0, 1), \quad \rho \sim \mathrm{Beta}(6, 6), \quad
            \log \sigma \sim N(\log 0.2, 0.4)

    Deals of one month share its shock, which is what keeps a total's range honest: shocks do not
    average out over deals. Sampled are the differences of :math:`m`, which the data know, so that
    :math:`q`, :math:`u` and the long-run level, which they can hardly tell apart in a short
    history, do not slow the sampler. The
    log-normal scale keeps away from zero, where the posterior would narrow to a funnel.

    Parameters
    ----------
    quarter_of_month : ndarray of int, shape (month,)
        Place of each month in its fiscal quarter, 0 to 2.
    priors : CalendarPriors
    market : ndarray, shape (month, index), optional
        Standardised indices, the model's dimension ``index``.

    Returns
    -------
    effect : Linear
        Its levels are the months', :math:`m_t - \bar m`: to be added to a level that is sampled
        as that of the months seen.
    mean : TensorVariable
        :math:`\bar m`: the long-run level is the level of the months seen less this (a shift, so
        it needs no Jacobian).
    """
    quarter = add_zero_sum("quarter_effect", priors.quarter_month, {"quarter_month": 3})
    rho = pm.Beta("shock_rho", 6, 6)
    scale = pm.LogNormal("shock_sd", np.log(priors.shock_median), priors.shock_spread)
    # The months' differences, vague in themselves (the potentials below are their prior), and
    # their mean in units of the shocks' scale, which only the prior knows.
    seen = add_zero_sum("seen_month", VAGUE, {"month": len(quarter_of_month)}, step=STEP)
    mean = scale * pm.Flat("mean_month")
    pm.Potential("mean_month_jacobian", pt.log(scale))
    month = seen.values + mean
    explained = quarter.at(quarter_of_month)
    if market is not None and market.shape[1]:
        effect = pm.StudentT("market_effect", MARKET_TAILS, mu=0, sigma=priors.market, dims="index")
        explained = explained + pt.dot(given(market), effect)
    shock = pm.Deterministic("shock", month - explained, dims="month")
    pm.Potential("shock_first", pm.logp(pm.Normal.dist(0, scale), shock[0]))
    step = pm.Normal.dist(0, scale * pt.sqrt(1 - rho**2))
    pm.Potential("shock_next", pm.logp(step, shock[1:] - rho * shock[:-1]))
    return seen, mean
