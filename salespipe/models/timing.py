"""Timing: how fast deals leave a stage."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

from salespipe.models.calendar_effect import CalendarPriors, add_calendar_effect
from salespipe.models.centring import centred, levels
from salespipe.stages import Stage

__all__ = ["TimingData", "TimingPriors", "build_timing"]

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TimingPriors:
    """Prior scales on the log scale; 0.7 is a factor of 2.

    Attributes
    ----------
    base : float
        How far a stage's rate may lie from 1 / its typical days.
    band : float
        Logistic prior of the step between neighbouring age bands, standard deviation 1.8 times
        this: mostly within a factor of 1.7, but deals may all but stop closing at some age, which
        its exponential tails allow. Twice as wide, 2 to 4 % of deals would never close, and a
        forecast without history would fall short of the Stages sheet's probabilities. A fixed
        scale: one that is learned makes a funnel.
    due : float
        Standard deviation of the due bands' effects.
    due_mean : tuple of float
        Prior means for overdue, this month, next month, later: an owner's date says something
        before there is a record of what it is worth.
    calendar : CalendarPriors
    """

    base: float = 0.5
    band: float = 0.15
    due: float = 0.5
    due_mean: tuple[float, float, float, float] = (0.2, 0.7, 0.2, -0.5)
    calendar: CalendarPriors = field(default_factory=CalendarPriors)


@dataclass(frozen=True)
class TimingData:
    """Cells with days at risk.

    Attributes
    ----------
    stage, band, due, month : ndarray of int, shape (cell,)
        Codes; `month` counts from the first month of the history.
    quarter_of_month : ndarray of int, shape (month,)
        Place in the fiscal quarter, 0 to 2, of each month of the history.
    days : ndarray of float, shape (cell,)
        Deal-days at risk.
    exits : ndarray of int, shape (cell,)
    steps : tuple of Stage
    bands : int
        Number of age bands.
    months : tuple of str
    """

    stage: Ints
    band: Ints
    due: Ints
    month: Ints
    quarter_of_month: Ints
    days: Floats
    exits: Ints
    steps: tuple[Stage, ...]
    bands: int
    months: tuple[str, ...]


def build_timing(data: TimingData, *, priors: TimingPriors) -> pm.Model:
    r"""Build the timing model.

    .. math::

        y_c &\sim \mathrm{Poisson}(days_c\, \lambda_c) \\
        \log \lambda_c &= \gamma_{stage, band} + q_{month\ of\ quarter}
            + d_{due} + u_{month} \\
        \gamma_{s,0} &\sim N(-\log(typical\ days_s), 0.5), \quad
            \gamma_{s,b} - \gamma_{s,b-1} \sim \mathrm{Logistic}(0, 0.15)

    Rates are per day. The random walk over age bands smooths, and carries the last level seen
    into bands without data.

    Parameters
    ----------
    data : TimingData
    priors : TimingPriors
    """
    coords = {
        "stage": [stage.name for stage in data.steps],
        "band": np.arange(data.bands),
        "quarter_month": [1, 2, 3],
        "due": ["overdue", "this month", "next month", "later"],
        "month": list(data.months),
    }
    typical = np.array([stage.typical_days for stage in data.steps])
    with pm.Model(coords=coords) as model:
        effect, mean = add_calendar_effect(data.quarter_of_month, priors=priors.calendar)
        due = levels("due_effect", mean=priors.due_mean, sd=priors.due, dims="due", size=4)
        due_all, due_mean = centred(due, data.due, data.exits, reference=True)
        # Sampled is the level that the data know, of the months and due bands seen. Bands are
        # levels tied by a walk, not steps added up, for the same reason.
        seen = pm.Flat("seen_log_rate", dims=("stage", "band"))
        log_rate = pm.Deterministic("log_rate", seen - mean - due_mean, dims=("stage", "band"))
        first = pm.Normal.dist(-np.log(typical), priors.base)
        pm.Potential("first_band", pm.logp(first, log_rate[:, 0]))
        step = pm.Logistic.dist(0, priors.band)
        pm.Potential("walk", pm.logp(step, log_rate[:, 1:] - log_rate[:, :-1]))
        place = seen[:, :, None] + due_all[None, None, :]
        eta = place[data.stage, data.band, data.due] + effect[data.month]
        pm.Poisson("exits", data.days * pt.exp(eta), observed=data.exits)
    return model
