"""What managers and analysts of a made-up company write for the months ahead."""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.synthetic.company import Company
from salespipe.synthetic.truth import MARKET_RHO, Truth

__all__ = ["MARKET_INDEX", "plan_market", "plan_targets"]

MARKET_INDEX: Final = "Demand index"
"""Name of the one market index."""

_MONTHS_AHEAD: Final = 12
_Z90: Final = 1.2816
"""Standard normal quantile of 90 %."""


def plan_targets(company: Company, truth: Truth, *, as_of: date) -> pd.DataFrame:
    """Set quotas from the first month to a year past the date.

    An owner's quota is what the owner's share of average months' deals is expected to bring, times
    the stretch, in whole hundreds; it knows the parameters but nothing of what happened.
    """
    value = np.exp(truth.amount_log_mean.to_numpy() + truth.amount_log_sd**2 / 2)
    # Mean of exp(shift + scale t), t of 5 degrees of freedom (variance 5/3), to second order.
    value = value * np.exp(truth.final_shift + truth.final_scale**2 * 5 / 6)
    by_owner = (truth.win_chance()[:, :, 0] * truth.segment_share.to_numpy() * value).sum(axis=1)
    quota = truth.arrivals_level * truth.owner_share.to_numpy() * by_owner * company.target_stretch
    months = pd.date_range(company.start, _last_month(company, as_of), freq="MS", unit="us")
    return pd.DataFrame(
        {
            n.MONTH: months.repeat(quota.size),
            n.OWNER: np.tile(truth.owner_win.index.to_numpy(), months.size),
            n.QUOTA: np.tile(np.round(quota, -2), months.size),
        }
    )


def plan_market(company: Company, truth: Truth, *, as_of: date) -> pd.DataFrame:
    """List the index of the complete months, then what an analyst assumes for those to come.

    The assumption is the index process' own forecast from the last known value: back toward 100,
    worst and best at its 10 % and 90 % quantiles.
    """
    night = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    months = pd.date_range(company.calendar[0], _last_month(company, as_of), freq="MS", unit="us")
    index = (100 + 10 * truth.market).reindex(months)
    known = (months + pd.offsets.MonthBegin()) <= night
    last = 100.0 if not known.any() else index[known].iloc[-1]
    ahead = np.arange(1, (~known).sum() + 1)
    likely = 100 + (last - 100) * MARKET_RHO**ahead
    spread = _Z90 * company.market_scale * np.sqrt(1 - MARKET_RHO ** (2 * ahead))
    table = pd.DataFrame({n.MONTH: months, n.INDEX: MARKET_INDEX, n.VALUE: index.to_numpy()})
    table.loc[~known, n.VALUE] = np.round(likely, 1)
    table.loc[~known, n.WORST] = np.round(likely - spread, 1)
    table.loc[~known, n.BEST] = np.round(likely + spread, 1)
    return table


def _last_month(company: Company, as_of: date) -> pd.Timestamp:
    ahead = max(_MONTHS_AHEAD, company.settings.horizon)
    return pd.Timestamp(as_of).replace(day=1) + pd.DateOffset(months=ahead)
