"""The true parameters of a made-up company."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from salespipe import names as n
from salespipe.periods import month_of_quarter
from salespipe.synthetic.company import AGE_CUTS, Company, PerQuarterMonth
from salespipe.synthetic.fiction import owner_names

__all__ = ["MARKET_RHO", "Truth", "draw_truth", "quarter_months", "stream"]

MARKET_RHO = 0.95
"""Month-to-month persistence of the market index."""

_SHARE_CONCENTRATION = 20.0


@dataclass(frozen=True)
class Truth:
    """Every parameter of the process, set or drawn; nothing here depends on the as-of date.

    A deal of owner o and segment g that has been in stage s for a days leaves it in month m at
    the daily rate ``exp(log_rate[s] + age_effect[band(a)] + moq_timing[q(m)] + owner_timing[o] +
    shock_timing[m])``; it then goes on with probability ``sigmoid(logit_continue[s] +
    moq_win[q(m)] + owner_win[o] + segment_win[g] + market_beta * market[m] + shock_win[m])`` and
    is lost otherwise, where ``q(m)`` is the month of the fiscal quarter.

    Attributes
    ----------
    log_rate, logit_continue : Series
        By open stage. With the effects of age alone, the mean stay is the stage's typical days.
    age_effect : Series
        By the day on which the age band begins; sums to 0.
    moq_timing, moq_win, moq_arrivals : Series
        By month of the fiscal quarter (0, 1, 2); each sums to 0.
    owner_timing, owner_win, owner_bias : Series
        By owner; the first two sum to 0. The last is overconfidence, logit.
    segment_win : Series
        By segment; sums to 0.
    shock_timing, shock_win, market, arrivals_mean : Series
        By month simulated. `market` is (index - 100) / 10; the mean of deals created in a month
        is ``arrivals_level * exp(moq_arrivals[q] + season[month] + market_arrivals * market)``.
    market_beta, market_arrivals : float
    arrivals_level, arrivals_dispersion : float
        Deals per month; variance is mean + mean^2 / dispersion.
    season : Series
        By month of the year (1-12), log; sums to 0.
    owner_share, segment_share : Series
        Shares of new deals.
    skip : float
        Probability that going on passes over the next stage (to won from the last but one).
    amount_log_mean : Series
        By segment: mean log listed amount, money.
    amount_log_sd, final_shift, final_scale : float
        Within a segment; log(final / listed) is shift + scale x Student t(5).
    """

    log_rate: pd.Series
    age_effect: pd.Series
    moq_timing: pd.Series
    owner_timing: pd.Series
    shock_timing: pd.Series
    logit_continue: pd.Series
    moq_win: pd.Series
    owner_win: pd.Series
    segment_win: pd.Series
    market_beta: float
    market: pd.Series
    shock_win: pd.Series
    arrivals_level: float
    arrivals_dispersion: float
    moq_arrivals: pd.Series
    season: pd.Series
    market_arrivals: float
    arrivals_mean: pd.Series
    owner_share: pd.Series
    segment_share: pd.Series
    owner_bias: pd.Series
    skip: float
    amount_log_mean: pd.Series
    amount_log_sd: float
    final_shift: float
    final_scale: float

    def win_chance(self) -> np.ndarray:
        """Give the chance to win from the entry into each stage, in an average month.

        Returns
        -------
        ndarray, shape (owner, segment, stage)
        """
        going_on = expit(
            self.owner_win.to_numpy()[:, None, None]
            + self.segment_win.to_numpy()[None, :, None]
            + self.logit_continue.to_numpy()
        )
        n_stages = going_on.shape[2]
        chance = np.ones((*going_on.shape[:2], n_stages + 2))
        for stage in reversed(range(n_stages)):
            # From the last open stage both ways of going on are won: the padding is 1.
            after, beyond = chance[:, :, stage + 1], chance[:, :, stage + 2]
            landing = (1 - self.skip) * after + self.skip * beyond
            chance[:, :, stage] = going_on[:, :, stage] * landing
        return chance[:, :, :n_stages]


def stream(seed: int, part: str) -> np.random.Generator:
    """Give each part of the simulation random numbers of its own: no part disturbs another."""
    return np.random.default_rng([seed, *part.encode()])


def quarter_months(company: Company) -> np.ndarray:
    """Give the place in its fiscal quarter (0, 1, 2) of each month simulated."""
    first = company.settings.fiscal_year_start
    return np.array(
        [month_of_quarter(month, fiscal_year_start=first) for month in company.calendar.month]
    )


def draw_truth(company: Company, *, seed: int) -> Truth:
    """Set or draw every parameter."""
    rng = stream(seed, "truth")
    months = company.calendar
    owners = pd.Index(owner_names(company.n_owners, rng=rng), name=n.OWNER)
    segments = pd.Index(company.segments, name=n.SEGMENT)
    stages = pd.Index([step.name for step in company.steps], name=n.STAGE)
    market = _series(np.round(_ar1(rng, months.size, MARKET_RHO) * company.market_scale, 1), months)
    age = _centred(company.age_effect, pd.Index([0, *AGE_CUTS], name="age"))
    moq_arrivals = _per_quarter_month(company.moq_arrivals)
    season = _season(company.season)
    return Truth(
        log_rate=_series([_log_rate(step.typical_days, age) for step in company.steps], stages),
        age_effect=age,
        moq_timing=_per_quarter_month(company.moq_timing),
        owner_timing=_centred(rng.normal(0, company.owner_timing_spread, owners.size), owners),
        shock_timing=_series(
            _ar1(rng, months.size, company.shock_rho) * company.timing_shock_scale, months
        ),
        logit_continue=_series(_logit_continue(company), stages),
        moq_win=_per_quarter_month(company.moq_win),
        owner_win=_centred(rng.normal(0, company.owner_spread, owners.size), owners),
        segment_win=_centred(rng.normal(0, company.segment_spread, segments.size), segments),
        market_beta=company.market_win,
        market=market / 10,
        shock_win=_series(_ar1(rng, months.size, company.shock_rho) * company.shock_scale, months),
        arrivals_level=company.deals / company.months,
        arrivals_dispersion=company.arrivals_dispersion,
        moq_arrivals=moq_arrivals,
        season=season,
        market_arrivals=company.market_arrivals,
        arrivals_mean=_series(
            company.deals
            / company.months
            * np.exp(
                moq_arrivals.to_numpy()[quarter_months(company)]
                + season.loc[months.month].to_numpy()
                + company.market_arrivals * market.to_numpy() / 10
            ),
            months,
        ),
        owner_share=_series(rng.dirichlet(np.full(owners.size, _SHARE_CONCENTRATION)), owners),
        segment_share=_series(
            rng.dirichlet(np.full(segments.size, _SHARE_CONCENTRATION)), segments
        ),
        owner_bias=_series(
            rng.normal(company.rep_bias, company.rep_bias_spread, owners.size), owners
        ),
        skip=company.skip,
        amount_log_mean=np.log(company.amount_median)
        + _centred(rng.normal(0, company.amount_spread, segments.size), segments),
        amount_log_sd=company.amount_log_sd,
        final_shift=company.final_shift,
        final_scale=company.final_scale,
    )


def _log_rate(mean_stay: float, age: pd.Series) -> float:
    """Find the log rate that, with the effects of age, gives a mean stay (days).

    The mean is the integral of survival, band by band.
    """
    widths = np.diff([0, *AGE_CUTS, np.inf])

    def surplus(log_rate: float) -> float:
        rates = np.exp(log_rate + age.to_numpy())
        hazard = rates * widths
        survival = np.exp(-np.concatenate([[0.0], hazard[:-1].cumsum()]))
        return float((survival * -np.expm1(-hazard) / rates).sum() - mean_stay)

    widest = np.abs(age.to_numpy()).max() + 0.1
    return float(brentq(surplus, -np.log(mean_stay) - widest, -np.log(mean_stay) + widest))


def _logit_continue(company: Company) -> np.ndarray:
    """Turn default probabilities into chances of going on, lifted alike in every stage.

    p(stage) / p(next stage) multiplies up to the first stage's probability p; raised to the power
    log(lift x p) / log(p) they multiply up to lift x p.
    """
    chances = np.array([step.probability for step in company.steps])
    going_on = chances / np.append(chances[1:], 1.0)
    new_deal = min(0.95, company.win_lift * chances[0])
    going_on = going_on ** (np.log(new_deal) / np.log(chances[0]))
    # Two stages of the same probability lose nothing between them; a little keeps logits finite.
    return np.asarray(logit(np.minimum(going_on, 0.99)))


def _ar1(rng: np.random.Generator, size: int, rho: float) -> np.ndarray:
    """Draw a stationary AR(1) path of marginal variance 1."""
    path = rng.normal(size=size)
    for k in range(1, size):
        path[k] = rho * path[k - 1] + np.sqrt(1 - rho**2) * path[k]
    return path


def _season(amplitude: float) -> pd.Series:
    """Give a wave with its crest in March and its trough in September."""
    month = pd.RangeIndex(1, 13, name="month_of_year")
    return _series(amplitude * np.cos(2 * np.pi * (month.to_numpy() - 3) / 12), month)


def _per_quarter_month(effect: PerQuarterMonth) -> pd.Series:
    return _centred(effect, pd.RangeIndex(3, name="month_of_quarter"))


def _centred(values: npt.ArrayLike, index: pd.Index) -> pd.Series:
    effects = np.asarray(values, dtype=float)
    return _series(effects - effects.mean(), index)


def _series(values: npt.ArrayLike, index: pd.Index) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=index)
