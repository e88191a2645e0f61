"""Revenue history: what a month brings in all, seen from above and without any single deal."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt

from salespipe.models.given import given
from salespipe.models.zero_sums import add_zero_sum, zero_sum

__all__ = [
    "BLOCK",
    "MIN_MONTHS",
    "SEASON_MONTHS",
    "TAILS",
    "TAIL_SCALE",
    "RevenueHistoryData",
    "RevenueHistoryPriors",
    "build_revenue_history",
    "layout",
    "places",
]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

MIN_MONTHS = 3
"""Full months of history without which there is no model: one of each place in the quarter."""

SEASON_MONTHS = 24
"""Months of history from which on a month-of-year effect is told from chance."""

TAILS = 5.0
"""Degrees of freedom of the noise: a month with a freak deal moves the level little."""

TAIL_SCALE = 0.868
"""Scale of that noise for a standard deviation of 1: 80 % of it lies where a normal's would."""

BLOCK = 12
"""Months come in blocks of so many, the last one padded: one compiled model fits many dates."""

YEAR = np.asarray(np.kron(np.eye(3), zero_sum(4)))
"""Basis of the month-of-year effects: zero sums over the year's quarters, place by place."""

PADDING = 1e3
"""A floor on the log scale that every month lies under: a censored month that says nothing."""


@dataclass(frozen=True)
class RevenueHistoryPriors:
    """Prior scales on the log scale of money: 0.1 is about 10 %.

    Attributes
    ----------
    level : float
        How far the typical month may lie from the mean month: a factor of 7 with 95 %.
    step_median, step_spread : float
        Log-normal prior of the level's monthly step: 0.01 to 0.16 with 95 %; 0.04 a month are 14 %
        over a year, as companies grow and shrink.
    trend : float
        Scale of the steady growth a month, a Student t with 3 degrees of freedom: without evidence
        within 2 % a month, with evidence anything.
    quarter_month : float
        Effects of the month within the quarter. Closing months bring up to three times the others,
        which is 0.5 either way, so a single quarter must be enough to show it.
    year_month : float
        Effects of the month within the year, beside those of the quarter.
    shock_median, shock_spread : float
        Log-normal prior of what months differ by beyond the counting of deals: 0.015 to 0.34 with
        95 %. The median is what real months say under a prior that says next to nothing (spread
        2): posterior medians of 0.045 in 38 months of a software company's deals and of 0.106 in
        12 months of a shop's orders; 0.07 is about their geometric mean.
    market : float
        Scale of the effect of one standard deviation of an index, a Student t with 3 degrees of
        freedom: most indices say nothing of a company's month, a few say much.
    """

    level: float = 1.0
    step_median: float = 0.04
    step_spread: float = 0.7
    trend: float = 0.006
    quarter_month: float = 0.5
    year_month: float = 0.2
    shock_median: float = 0.07
    shock_spread: float = 0.8
    market: float = 0.05


@dataclass(frozen=True)
class RevenueHistoryData:
    """Money won per full month.

    Attributes
    ----------
    won : ndarray of float, shape (month,)
        Money; a month below `floor` counts as one in which nothing was won.
    first : int
        Number of the first month, counted from year 0.
    fiscal_year_start : int
        Month, 1 to 12, in which the fiscal year begins.
    floor : float
        Money that the smallest of months with a win brings.
    counting : float
        Squared coefficient of variation of a month of mean revenue that comes from counting deals
        of unlike size alone.
    market : ndarray of float, shape (month, index)
        Standardised indices.
    indices : tuple of str
    running : int or None
        Number of the running month, where the as-of date is not the end of one.
    rest : ndarray of float, shape (month,)
        Share of each month's money that came when as many days were left as now; NaN where the
        month brought nothing.
    days_left : float
        Share of the running month's days that is still to come.
    """

    won: Floats
    first: int
    fiscal_year_start: int = 1
    floor: float = 1.0
    counting: float = 0.0
    market: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    indices: tuple[str, ...] = ()
    running: int | None = None
    rest: Floats = field(default_factory=lambda: np.zeros(0))
    days_left: float = 0.0

    @property
    def last(self) -> int:
        """Number of the last full month."""
        return self.first + len(self.won) - 1

    @property
    def centre(self) -> float:
        """Logarithm of the mean month's money."""
        return float(np.log(max(self.won.mean(), self.floor)))


def places(months: npt.ArrayLike, fiscal_year_start: int) -> tuple[Ints, Ints]:
    """Give the place in the quarter (0-2) and the fiscal quarter (0-3) of month numbers."""
    place = (np.asarray(months, dtype=np.int64) - (fiscal_year_start - 1)) % 12
    return place % 3, place // 3


def build_revenue_history(
    data: RevenueHistoryData, *, priors: RevenueHistoryPriors, reusable: bool = True
) -> pm.Model | None:
    r"""Build the model of revenue from above.

    .. math::

        \log y_t &\sim t_5(\eta_t, 0.868 \sqrt{c_t + \sigma^2}), \quad
            y_t < f \text{ known only as such (Tobit)} \\
        c_t &= \log(1 + v \bar y / e^{\mu_t}) \\
        \eta_t &= \mu_t + x_t' \beta, \quad
            \mu_t = l_t + q_{month\ of\ quarter} + s_{month\ of\ year} \\
        l_t &= l_{t-1} + g + \sigma_l z_t, \quad \bar l \sim N(\log \bar y, 1), \quad
            g \sim t_3(0, 0.006)

    :math:`v` is the squared coefficient of variation that the counting of deals explains in a month
    of mean revenue (:class:`RevenueHistoryData`), :math:`c_t` the variance of the log-normal that
    has it in a month in which :math:`e^{\mu_t}` is expected: a company that wins three deals a
    month needs no other reason for months that differ by a factor of two, three months of one that
    wins hundreds show a quarter's pattern, and of the months of a quarter the strong one, made of
    more deals, is the surest on the log scale. The market is left out of :math:`c_t`, so that a
    better one makes every draw larger.
    :math:`s` enters once :data:`SEASON_MONTHS` months are there and sums to zero over the months
    of the same place in the quarter, so that it does not overlap :math:`q`.

    The walk is sampled as its waves: the eigenvectors of a random walk's precision are cosines,
    with standard deviations :math:`\sigma_l / (2 \sin(\pi k / 2n))`. That is the same walk, but its
    coefficients hardly depend on each other in the posterior, as its steps would.

    All data are ``pm.Data`` and waves come in multiples of :data:`BLOCK`, so that one compiled
    model serves many as-of dates (see :func:`layout`).

    Parameters
    ----------
    data : RevenueHistoryData
    priors : RevenueHistoryPriors
    reusable : bool
        Whether it is to serve histories with months that brought nothing as well; months are then
        padded by censored ones that say nothing. If not, and if money was won in every month,
        nothing has to be censored, whose gradient takes longest to compile.

    Returns
    -------
    Model or None
        None with fewer than :data:`MIN_MONTHS` months, or if nothing was ever won.
    """
    if len(data.won) < MIN_MONTHS or not (data.won >= data.floor).any():
        return None
    table = layout(data)
    plain = not reusable and bool((data.won >= data.floor).all())
    months = len(data.won) if plain else len(table["log_won"])
    if plain:
        table = {name: value[:months] if value.ndim else value for name, value in table.items()}
    coords = {
        "month": list(range(months)),
        "wave": list(range(1, table["waves"].shape[1] + 1)),
        "quarter_month": [1, 2, 3],
        "quarter": [1, 2, 3, 4],
        "index": list(data.indices),
    }
    with pm.Model(coords=coords, check_bounds=False) as model:
        at = {
            name: pm.Data(name, value) if reusable else given(value)
            for name, value in table.items()
        }
        usual = pm.Normal("usual_level", at["centre"], priors.level)
        trend = pm.StudentT("trend", 3, mu=0, sigma=priors.trend)
        step = pm.LogNormal("step_sd", np.log(priors.step_median), priors.step_spread)
        size = pm.Normal("wave_size", 0, 1, dims="wave")
        level = usual + trend * at["time"] + step * (at["waves"] @ size)
        level = pm.Deterministic("level", level, dims="month")
        quarter = add_zero_sum("quarter_effect", priors.quarter_month, {"quarter_month": 3})
        eta = level + at["of_quarter"] @ quarter.sampled
        if len(data.won) >= SEASON_MONTHS:
            sizes = {"quarter_month": 3, "quarter": 4}
            year = add_zero_sum("year_effect", priors.year_month, sizes, basis=YEAR)
            eta += at["of_year"] @ year.sampled
        fewer = pt.exp(at["centre"] - eta)
        if data.indices:
            eta += at["market"] @ pm.StudentT(
                "market_effect", 3, mu=0, sigma=priors.market, dims="index"
            )
        shock = pm.LogNormal("shock_sd", np.log(priors.shock_median), priors.shock_spread)
        counting = pt.log1p(at["counting"] * fewer)
        scale = TAIL_SCALE * pt.sqrt(counting + shock**2)
        if plain:
            pm.StudentT("won", TAILS, mu=eta, sigma=scale, observed=at["log_won"])
        else:
            noise = pm.StudentT.dist(TAILS, mu=eta, sigma=scale)
            pm.Censored("won", noise, lower=at["log_floor"], upper=None, observed=at["log_won"])
    return model


def layout(data: RevenueHistoryData) -> dict[str, npt.NDArray[np.generic]]:
    """Give the model's ``pm.Data`` by name, months padded to a multiple of :data:`BLOCK`.

    A model compiled for one history serves every other whose arrays have the same lengths and that
    is on the same side of :data:`SEASON_MONTHS`.
    """
    count = len(data.won)
    months = -(-count // BLOCK) * BLOCK
    log_floor = np.full(months, PADDING)
    log_floor[:count] = np.log(data.floor)
    log_won = log_floor.copy()
    log_won[:count] = np.log(np.maximum(data.won, data.floor))
    place, season = places(data.first + np.arange(months), data.fiscal_year_start)
    time = np.zeros(months)
    time[:count] = np.arange(count) - (count - 1) / 2
    waves = np.zeros((months, months - 1))
    waves[:count, : count - 1] = _waves(count)
    table: dict[str, npt.NDArray[np.generic]] = {
        "log_won": log_won,
        "log_floor": log_floor,
        "centre": np.asarray(data.centre),
        "counting": np.asarray(data.counting),
        "time": time,
        "waves": waves,
        "of_quarter": zero_sum(3)[place],
    }
    if count >= SEASON_MONTHS:
        table["of_year"] = YEAR[place * 4 + season]
    if data.indices:
        table["market"] = np.zeros((months, len(data.indices)))
        table["market"][:count] = data.market
    return table


def _waves(count: int) -> Floats:
    """Give the waves of a random walk of unit steps about its mean, shape (month, month - 1)."""
    k = np.arange(1, count)
    angle = np.pi * k * (np.arange(count)[:, None] + 0.5) / count
    sizes = 1 / (2 * np.sin(np.pi * k / (2 * count)))
    return np.asarray(np.sqrt(2 / count) * np.cos(angle) * sizes, dtype=np.float64)
