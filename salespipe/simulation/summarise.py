"""Quantiles: the one place where draws are reduced."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.periods import Period, months_after, quarter
from salespipe.results import GROUP_COLUMNS, PERIOD_COLUMNS
from salespipe.targets import owner_quotas, quota_of, team_quotas

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = ["TOTAL", "Groups", "open_needed", "summarise", "summarise_groups"]

type Floats = npt.NDArray[np.float64]

TOTAL = "total"
"""Label and kind of the row over all months asked for."""


@dataclass(frozen=True)
class Groups:
    """Money by month and group.

    Attributes
    ----------
    by_owner : ndarray, shape (month, owner)
    by_segment : ndarray, shape (month, segment)
    """

    by_owner: Floats
    by_segment: Floats


@dataclass(frozen=True)
class _Parts:
    """One period of one group: draws of what is to come, beside what is known."""

    won: float
    open: Floats
    new: Floats
    weighted: float
    target: float


def summarise(forecast: "Forecast") -> pd.DataFrame:
    """Give one row per month, per quarter that the months complete, and for the total.

    Worst, likely and best are quantiles of the simulated total, never sums of quantiles. The
    weighted pipeline of a month or quarter holds the open deals expected to close in it (from the
    as-of date on), that of the total all open deals.
    """
    quotas = team_quotas(forecast.fit.pipeline.targets)
    spans = _spans(forecast)
    rows = []
    for period, chosen, before in spans:
        parts = _Parts(
            won=before + float(forecast.won.by_owner[chosen].sum()),
            open=forecast.open.total[:, chosen].sum(axis=1),
            new=forecast.new.total[:, chosen].sum(axis=1),
            weighted=_weighted(forecast, period).sum(),
            target=quota_of(quotas, _months_of(forecast, period, chosen)),
        )
        rows.append(_row(period, parts, forecast.fit.pipeline.settings.quantiles))
    return pd.DataFrame(rows, columns=list(PERIOD_COLUMNS))


def summarise_groups(
    forecast: "Forecast", column: str, *, quotas: Callable[[str], pd.Series] | None
) -> pd.DataFrame:
    """Give the total of each owner or segment, largest mean first.

    Groups of which nothing is known to come are left out.

    Parameters
    ----------
    forecast : Forecast
    column : {"owner", "segment"}
    quotas : callable, optional
        Monthly quotas of a group.
    """
    owners = column == n.OWNER
    names = forecast.fit.exposure.owners if owners else forecast.fit.exposure.segments
    period = _total(forecast)
    chosen = slice(0, forecast.horizon)
    won = forecast.won.by_owner if owners else forecast.won.by_segment
    opened = forecast.open.by_owner if owners else forecast.open.by_segment
    new = forecast.new.by_owner if owners else forecast.new.by_segment
    weighted = _weighted(forecast, period)
    group = forecast.fit.pipeline.open_deals[column].fillna(n.UNKNOWN)
    rows = []
    for code, name in enumerate(names):
        quota = quotas(name) if quotas else pd.Series(dtype="float64")
        parts = _Parts(
            won=float(won[chosen, code].sum()),
            open=opened[:, chosen, code].sum(axis=1),
            new=new[:, chosen, code].sum(axis=1),
            weighted=weighted[group == name].sum(),
            target=quota_of(quota, list(forecast.months[chosen])),
        )
        row = _row(period, parts, forecast.fit.pipeline.settings.quantiles)
        if parts.won + parts.open.sum() + parts.new.sum() + parts.weighted > 0:
            rows.append({"group": name, **row})
    table = pd.DataFrame(rows, columns=list(GROUP_COLUMNS))
    return table.sort_values("mean", ascending=False, kind="stable", ignore_index=True)


def open_needed(forecast: "Forecast", *, chance: float) -> pd.DataFrame:
    """Give the open amount with which the quota of the whole horizon would be reached.

    What open deals bring is scaled, draw by draw, as if there were more or fewer of the same kind;
    the scale that the quota needs in a draw is (quota - won - new) / open, and the quantile of
    these scales at `chance` times today's open amount is what is needed.

    Parameters
    ----------
    forecast : Forecast
    chance : float
        Probability with which the quota is to be reached.

    Returns
    -------
    DataFrame
        ``by`` (total, owner), ``group``, ``deals`` that are open with an amount, and ``needed``:
        money, not below 0; infinite where no amount of such deals would do, NaN without a quota.
    """
    pipeline, chosen = forecast.fit.pipeline, slice(0, forecast.horizon)
    months = list(forecast.months[chosen])
    deals = pipeline.open_deals[pipeline.open_deals[n.AMOUNT] > 0]
    owner_of = deals[n.OWNER].fillna(n.UNKNOWN)
    opened, new = (part.by_owner[:, chosen].sum(axis=1) for part in (forecast.open, forecast.new))
    won = forecast.won.by_owner[chosen].sum(axis=0)
    left = quota_of(team_quotas(pipeline.targets), months) - won.sum() - new.sum(axis=1)
    needed = _needed(left, opened.sum(axis=1), deals[n.AMOUNT].sum(), chance)
    rows = [(TOTAL, "", len(deals), needed)]
    for code, owner in enumerate(forecast.fit.exposure.owners):
        quota = quota_of(owner_quotas(pipeline.targets, owner=owner), months)
        if np.isfinite(quota):
            own = deals.loc[owner_of == owner, n.AMOUNT]
            left = quota - won[code] - new[:, code]
            needed = _needed(left, opened[:, code], own.sum(), chance)
            rows.append((n.OWNER, owner, len(own), needed))
    return pd.DataFrame(rows, columns=["by", "group", "deals", "needed"])


def _needed(left: Floats, opened: Floats, amount: float, chance: float) -> float:
    """Give the open amount of which the given share of the draws would bring what is left."""
    if np.isnan(left).any():
        return float("nan")
    scale = np.divide(left, opened, out=np.full_like(left, np.inf), where=opened > 0)
    scale = np.where(left > 0, scale, 0.0)
    # A quantile between finite and infinite scales has no value: the next draw's is taken.
    needed = float(np.quantile(scale, chance, method="higher")) * amount
    return float("inf") if np.isnan(needed) else needed


def _row(period: Period, parts: _Parts, quantiles: tuple[float, float, float]) -> dict[str, object]:
    total = parts.won + parts.open + parts.new
    worst, likely, best = np.quantile(total, quantiles)
    known = np.isfinite(parts.target)
    return {
        "period": period.label,
        "kind": period.kind,
        "start": pd.Timestamp(period.start),
        "end": pd.Timestamp(period.end),
        "worst": float(worst),
        "likely": float(likely),
        "best": float(best),
        "mean": float(total.mean()),
        "won_so_far": parts.won,
        "from_open": float(parts.open.mean()),
        "from_new": float(parts.new.mean()),
        "weighted_pipeline": float(parts.weighted),
        "target": parts.target,
        "p_target": float((total >= parts.target).mean()) if known else float("nan"),
    }


def _total(forecast: "Forecast") -> Period:
    months = forecast.months[: forecast.horizon]
    return Period(months[0].start, months[-1].end, TOTAL, "total")


def _spans(forecast: "Forecast") -> list[tuple[Period, slice, float]]:
    """List the periods, the months of each, and what it won before the first of them."""
    months = forecast.months
    fiscal = forecast.fit.pipeline.settings.fiscal_year_start
    spans = [
        (month, slice(place, place + 1), 0.0)
        for place, month in enumerate(months[: forecast.horizon])
    ]
    quarters = dict.fromkeys(quarter(month.start, fiscal_year_start=fiscal) for month in months)
    for one in quarters:
        inside = [place for place, month in enumerate(months) if month.start in one]
        if months[inside[-1]].end == one.end:
            before = forecast.won_before if inside[0] == 0 else 0.0
            spans.append((one, slice(inside[0], inside[-1] + 1), before))
    return [*spans, (_total(forecast), slice(0, forecast.horizon), 0.0)]


def _months_of(forecast: "Forecast", period: Period, chosen: slice) -> list[Period]:
    """List the months whose quotas make up a period's target; a quarter has its past ones too."""
    if period.kind != "quarter":
        return list(forecast.months[chosen])
    return months_after(period.start, 3)


def _weighted(forecast: "Forecast", period: Period) -> pd.Series:
    """Amount times the stage's default probability, for open deals due in a period."""
    pipeline = forecast.fit.pipeline
    deals = pipeline.open_deals
    chance = deals[n.STAGE].map({stage.name: stage.probability for stage in pipeline.stages})
    weighted = deals[n.AMOUNT].fillna(0.0).clip(lower=0) * chance.astype("float64")
    if period.kind == "total":
        return weighted
    due = deals[n.EXPECTED_CLOSE_ON]
    inside = (due >= pd.Timestamp(period.start)) & (due < pd.Timestamp(period.end))
    return weighted.where(inside & (due > pipeline.day), 0.0)
