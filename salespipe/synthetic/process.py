"""The process itself, in continuous time: deals arrive, stay in stages, go on or are lost."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from salespipe import names as n
from salespipe.synthetic.company import AGE_CUTS, Company
from salespipe.synthetic.truth import Truth, quarter_months, stream

__all__ = ["STILL_THERE", "World", "simulate_world"]

STILL_THERE = -1
"""Next stage of a stay that has not ended when the simulation does."""


@dataclass(frozen=True)
class World:
    """Everything that ever happens, before and after any as-of date.

    Times are days since the first day of `months`, fractions of a day included. Stages count
    from 0; the number after the last open stage is won, the next one lost.

    Attributes
    ----------
    months : DatetimeIndex
        First days of the months simulated.
    deals : DataFrame
        By order of creation: deal_id, created (time), owner and segment (positions),
        listed_amount and final_amount (whole money; the second only matters if won).
    stays : DataFrame
        One row per deal and stage entered, by deal and time: deal (position), stage, entered,
        left (time; infinite while still there), next_stage.
    n_stages : int
        Number of open stages.
    """

    months: pd.DatetimeIndex
    deals: pd.DataFrame
    stays: pd.DataFrame
    n_stages: int

    @property
    def days(self) -> float:
        """Length of the simulation."""
        return float(_month_edges(self.months)[-1])

    def day(self, date_: date) -> float:
        """Turn a date into days since the first one."""
        return float((pd.Timestamp(date_) - self.months[0]).days)

    def dates(self, times: npt.ArrayLike) -> pd.DatetimeIndex:
        """Turn times into dates, rounded down to whole days; an infinite one is missing."""
        days = np.floor(np.asarray(times, dtype=float))
        days = np.where(np.isfinite(days), days, np.nan)
        return (self.months[0] + pd.to_timedelta(days, unit="D")).as_unit("us")


def simulate_world(company: Company, truth: Truth, *, seed: int) -> World:
    """Simulate all months of a company."""
    deals = _arrive(company, truth, rng=stream(seed, "arrivals"))
    deals = deals.join(_amounts(truth, deals[n.SEGMENT], rng=stream(seed, "amounts")))
    stays = _walk_stages(company, truth, deals, rng=stream(seed, "stays"))
    return World(company.calendar, deals, stays, len(company.steps))


def _arrive(company: Company, truth: Truth, *, rng: np.random.Generator) -> pd.DataFrame:
    mean, size = truth.arrivals_mean.to_numpy(), truth.arrivals_dispersion
    # A negative binomial is a Poisson whose mean varies as a gamma of this shape.
    luck = rng.gamma(size, 1 / size, mean.size) if np.isfinite(size) else np.ones(mean.size)
    counts = rng.poisson(mean * luck)
    month = np.repeat(np.arange(mean.size), counts)
    edges = _month_edges(company.calendar)
    created = np.sort(edges[month] + rng.random(month.size) * np.diff(edges)[month])
    return pd.DataFrame(
        {
            n.DEAL_ID: [f"D-{k:05d}" for k in range(1, created.size + 1)],
            "created": created,
            n.OWNER: rng.choice(company.n_owners, size=created.size, p=truth.owner_share),
            n.SEGMENT: rng.choice(len(company.segments), size=created.size, p=truth.segment_share),
        }
    )


def _amounts(truth: Truth, segment: pd.Series, *, rng: np.random.Generator) -> pd.DataFrame:
    centre = truth.amount_log_mean.to_numpy()[segment]
    listed = np.round(np.exp(centre + truth.amount_log_sd * rng.normal(size=segment.size)))
    change = truth.final_shift + truth.final_scale * rng.standard_t(5, size=segment.size)
    return pd.DataFrame(
        {
            n.LISTED_AMOUNT: np.maximum(listed, 1.0),
            "final_amount": np.maximum(np.round(listed * np.exp(change)), 1.0),
        }
    )


def _walk_stages(
    company: Company, truth: Truth, deals: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    steps = len(company.steps)
    waits = rng.exponential(size=(len(deals), steps))
    luck = rng.random((len(deals), steps))
    leap = rng.random((len(deals), steps)) < truth.skip
    deal, entered = np.arange(len(deals)), deals["created"].to_numpy()
    stage = np.zeros(len(deals), dtype=int)
    parts = []
    while deal.size:
        owner = deals[n.OWNER].to_numpy()[deal]
        left = _leave(
            company, truth, entered=entered, stage=stage, owner=owner, wait=waits[deal, stage]
        )
        gone = np.isfinite(left)
        going_on = _chance_to_go_on(company, truth, deals.iloc[deal], stage=stage, left=left)
        ahead = np.minimum(stage + 1 + leap[deal, stage], steps)
        after = np.where(luck[deal, stage] < going_on, ahead, steps + 1)
        after = np.where(gone, after, STILL_THERE)
        columns = {"deal": deal, n.STAGE: stage, "entered": entered, "left": left}
        parts.append(pd.DataFrame({**columns, n.NEXT_STAGE: after}))
        on = gone & (after < steps)
        deal, stage, entered = deal[on], after[on], left[on]
    stays = pd.concat(parts, ignore_index=True)
    return stays.sort_values(["deal", n.STAGE], ignore_index=True)


def _chance_to_go_on(
    company: Company, truth: Truth, deals: pd.DataFrame, *, stage: np.ndarray, left: np.ndarray
) -> np.ndarray:
    """Give the chance to go on of each stay, in the month in which it ends."""
    by_month = (
        truth.moq_win.to_numpy()[quarter_months(company)]
        + truth.market_beta * truth.market.to_numpy()
        + truth.shock_win.to_numpy()
    )
    edges = _month_edges(company.calendar)
    # A stay that never ends needs no chance; any month will do.
    month = np.searchsorted(edges[1:-1], left, side="right")
    return np.asarray(
        expit(
            truth.logit_continue.to_numpy()[stage]
            + truth.owner_win.to_numpy()[deals[n.OWNER]]
            + truth.segment_win.to_numpy()[deals[n.SEGMENT]]
            + by_month[month]
        )
    )


def _leave(
    company: Company,
    truth: Truth,
    *,
    entered: np.ndarray,
    stage: np.ndarray,
    owner: np.ndarray,
    wait: np.ndarray,
) -> np.ndarray:
    """Find when each stay ends: once its rate has added up to `wait`, a unit exponential.

    The rate is constant between cuts (age bands and month ends), so all stays walk from cut to
    cut together; a stay that outlives the last month ends at infinity.
    """
    edges = _month_edges(company.calendar)
    by_month = truth.moq_timing.to_numpy()[quarter_months(company)] + truth.shock_timing.to_numpy()
    by_stay = truth.log_rate.to_numpy()[stage] + truth.owner_timing.to_numpy()[owner]
    by_age = truth.age_effect.to_numpy()
    age_ends = np.array([*AGE_CUTS, np.inf])
    left = np.full(entered.size, np.inf)
    now, wait = entered.copy(), wait.copy()
    band = np.zeros(entered.size, dtype=int)
    month = np.searchsorted(edges, entered, side="right") - 1
    walking = np.arange(entered.size)
    while walking.size:
        at, in_month = band[walking], month[walking]
        age_end = entered[walking] + age_ends[at]
        cut = np.minimum(age_end, edges[in_month + 1])
        rate = np.exp(by_stay[walking] + by_age[at] + by_month[in_month])
        hazard = rate * (cut - now[walking])
        ends = wait[walking] < hazard
        left[walking[ends]] = now[walking[ends]] + wait[walking[ends]] / rate[ends]
        band[walking] += age_end <= cut
        month[walking] += edges[in_month + 1] <= cut
        wait[walking] -= hazard
        now[walking] = cut
        walking = walking[~ends & (month[walking] < edges.size - 1)]
    return left


def _month_edges(months: pd.DatetimeIndex) -> np.ndarray:
    """Give the days, counted from the first one, on which months begin and the last one ends."""
    ends = pd.date_range(months[0], periods=months.size + 1, freq="MS", unit="us")
    return np.asarray((ends - months[0]).days, dtype=float)
