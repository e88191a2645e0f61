"""What a simulation rests on: the posterior, the days to come, and what deals bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from salespipe.days import epoch_day, month_number
from salespipe.exposure import Exposure
from salespipe.inference.fit import Fit
from salespipe.periods import Period
from salespipe.pipeline import Pipeline
from salespipe.simulation.amounts import Amounts, learn_amounts
from salespipe.simulation.paths import Calendar
from salespipe.simulation.posterior import Apart, Posterior, draw_posterior, with_own_months
from salespipe.slips import Slips, count_slips

__all__ = ["DRAWS", "LEAST_DRAWS", "PATHS", "Setting", "set_up"]

DRAWS: Final = 2_000
"""Posterior draws simulated; each with its own months, deals and amounts."""

FEW_DEALS: Final = 50

MOST_DRAWS: Final = 4_000
"""Draws for few deals, whose sums single draws move more; there they cost next to nothing."""

LEAST_DRAWS: Final = 1_000
"""Draws simulated however many deals are open: a quantile's error is then 5 % of the spread."""

PATHS: Final = 2_000_000
"""Deals times draws from which on there are fewer draws."""


@dataclass(frozen=True)
class Setting:
    """What a simulation rests on.

    Attributes
    ----------
    pipeline : Pipeline
    exposure : Exposure
    posterior : Posterior
    slips : Slips
    calendar : Calendar
    amounts : Amounts
    seed : int
    """

    pipeline: Pipeline
    exposure: Exposure
    posterior: Posterior
    slips: Slips
    calendar: Calendar
    amounts: Amounts
    seed: int


def set_up(
    fit: Fit, months: Sequence[Period], *, draws: int | None = None, apart: Apart | None = None
) -> Setting:
    """Take draws out of a fit for the months to come; the same every time.

    Parameters
    ----------
    fit : Fit
    months : sequence of Period
        In order, the first one that of the day after the as-of date.
    draws, apart
        As :func:`salespipe.simulation.forecast.forecast` takes them.
    """
    pipeline, exposure = fit.pipeline, fit.exposure
    first = epoch_day(pipeline.day) + 1
    ends = [epoch_day(pd.Timestamp(month.end)) - first for month in months]
    numbers = np.array([month_number(pd.Timestamp(month.start)) for month in months])
    slips = count_slips(exposure)
    deals = len(pipeline.open_deals)
    usual = int(np.clip(PATHS // max(deals, 1), LEAST_DRAWS, DRAWS))
    count = draws or (MOST_DRAWS if deals <= FEW_DEALS else usual)
    posterior = draw_posterior(fit, months=numbers, slips=slips, draws=count)
    posterior = with_own_months(posterior, apart) if apart else posterior
    return Setting(
        pipeline=pipeline,
        exposure=exposure,
        posterior=posterior,
        slips=slips,
        calendar=Calendar(first=first, month_ends=np.array(ends, dtype=np.float64)),
        amounts=learn_amounts(pipeline, exposure, posterior=posterior),
        seed=apart.seed if apart else fit.seed,
    )
