"""Win rate: of the exits of a cell, how many go on."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt
from scipy.special import expit

from salespipe.models.calendar_effect import CalendarPriors, add_calendar_effect
from salespipe.models.centring import centred, levels, pooled
from salespipe.models.priors import Scale, conditional_probabilities, logit_sd, matched_logits
from salespipe.stages import Stage

__all__ = ["WinRateData", "WinRatePriors", "build_win_rate"]

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WinRatePriors:
    """Prior scales on the logit scale; 0.3 moves a chance of 50 % by 7 points.

    Attributes
    ----------
    age, due : float
        Standard deviations of effects with few levels: fixed, since a scale cannot be learned
        from two or three levels and makes the posterior a funnel.
    pooled_median, pooled_spread : float
        Log-normal prior of the scales of owners and segments: 0.05 (no difference that matters)
        to 0.8 (odds that differ fivefold) with 95 %, away from zero, where the posterior would
        narrow to a funnel.
    calendar : CalendarPriors
    strength : float
        How many closed deals the Stages sheet's probabilities are worth.
    """

    age: float = 0.3
    due: float = 0.4
    pooled_median: float = 0.2
    pooled_spread: float = 0.7
    calendar: CalendarPriors = field(default_factory=CalendarPriors)
    strength: float = 10.0


@dataclass(frozen=True)
class WinRateData:
    """Cells with at least one exit.

    Attributes
    ----------
    stage, age, due, month, owner, segment : ndarray of int, shape (cell,)
        Codes; `month` counts from the first month of the history.
    quarter_of_month : ndarray of int, shape (month,)
        Place in the fiscal quarter, 0 to 2, of each month of the history.
    exits, onward : ndarray of int, shape (cell,)
        Exits, and those of them that went on.
    steps : tuple of Stage
    owners, segments, months : tuple of str
        Level names.
    """

    stage: Ints
    age: Ints
    due: Ints
    month: Ints
    quarter_of_month: Ints
    owner: Ints
    segment: Ints
    exits: Ints
    onward: Ints
    steps: tuple[Stage, ...]
    owners: tuple[str, ...]
    segments: tuple[str, ...]
    months: tuple[str, ...]


def build_win_rate(data: WinRateData, *, priors: WinRatePriors) -> pm.Model:
    r"""Build the win-rate model.

    .. math::

        y_c &\sim \mathrm{Binomial}(n_c, p_c) \\
        \mathrm{logit}\, p_c &= \beta_{stage} + a_{age} + q_{month\ of\ quarter} + d_{due}
            + o_{owner} + g_{segment} + u_{month} \\
        \beta_s &\sim N(\mu_s, \tau_s), \quad a \sim N(0, 0.3), \quad q \sim N_0(0, 0.4),
            \quad d \sim N(0, 0.4) \\
        o &\sim N(0, \sigma_o), \quad g \sim N(0, \sigma_g), \quad
            u \sim \mathrm{AR1}(\rho, \sigma_u), \quad
            \log \sigma_{o,g} \sim N(\log 0.2, 0.7)

    N_0 sums to zero. :math:`\mu_s` makes the prior mean of winning the Stages sheet's probability
    and :math:`\tau_s` makes it worth `strength` deals (:mod:`salespipe.models.priors`). An unknown
    expected close date is the reference of the due effect.

    Parameters
    ----------
    data : WinRateData
    priors : WinRatePriors
    """
    tau = logit_sd(conditional_probabilities(data.steps), strength=priors.strength)
    mu = matched_logits(
        data.steps,
        base_sd=tau,
        kept=[Scale(priors.pooled_median, priors.pooled_spread)] * 2,
        drawn_anew=[
            Scale(priors.age * np.sqrt(3 / 4)),
            Scale(priors.calendar.quarter_month * np.sqrt(2 / 3)),
            Scale(priors.calendar.shock_median, priors.calendar.shock_spread),
        ],
    )
    coords = {
        "stage": [stage.name for stage in data.steps],
        "age_group": ["under 14", "14-45", "45-90", "over 90"],
        "quarter_month": [1, 2, 3],
        "due": ["overdue", "this month", "next month", "later"],
        "owner": list(data.owners),
        "segment": list(data.segments),
        "month": list(data.months),
    }
    with pm.Model(coords=coords) as model:
        effect, shift = add_calendar_effect(data.quarter_of_month, priors=priors.calendar)
        age, mean = centred(
            pm.ZeroSumNormal("age", priors.age, dims="age_group"), data.age, data.exits
        )
        shift += mean
        due, mean = centred(
            levels("due_effect", mean=np.zeros(4), sd=priors.due, dims="due", size=4),
            data.due,
            data.exits,
            reference=True,
        )
        shift += mean
        eta = effect[data.month]
        for name, code, names in (
            ("owner", data.owner, data.owners),
            ("segment", data.segment, data.segments),
        ):
            exits = np.bincount(code, weights=data.exits, minlength=len(names))
            level = pooled(
                name, median=priors.pooled_median, spread=priors.pooled_spread, exits=exits
            )
            level, mean = centred(level, code, data.exits)
            shift += mean
            eta += level[code]
        # Sampled is the level that the data know: that of the deals seen.
        seen = pm.Flat("seen_base", dims="stage")
        base = pm.Deterministic("base", seen - shift, dims="stage")
        pm.Potential("prior_of_base", pm.logp(pm.Normal.dist(mu, tau), base))
        # Small tables first: one look-up per cell and table keeps the gradient cheap.
        place = seen[:, None, None] + age[None, :, None] + due[None, None, :]
        eta += place[data.stage, data.age, data.due]
        pm.CustomDist("onward", data.exits, eta, logp=_logp, random=_random, observed=data.onward)
    return model


def _logp(
    value: pt.TensorVariable, exits: pt.TensorVariable, eta: pt.TensorVariable
) -> pt.TensorVariable:
    """Leave out the constant: a quarter of the time of ``pm.Binomial(logit_p=)``'s gradient."""
    return value * eta - exits * pt.softplus(eta)


def _random(
    exits: Ints, eta: Floats, rng: np.random.Generator, size: tuple[int, ...] | None
) -> Ints:
    return rng.binomial(exits, expit(eta), size=size)
