"""Sales velocity: money a day that the open deals stand for, beside what was won a day."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, ratio, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import CYCLE, Scope, days_in, follow
from salespipe.kpi.survival import Z, survive
from salespipe.stages import open_stages
from salespipe.tables import look_up

__all__ = ["velocities"]

NAME = "Sales velocity"
STEADY = "Says what a steady pipeline brings a day; a growing one brings it later."
AS_IT_WAS = "What was won has been won: it says nothing of what is coming."
BIASED = (
    "Mixes a closed-only rate with a won-only cycle: where losses are slow it is too high twice, "
    "where they are quick too low."
)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def velocities(scope: Scope) -> list[Row]:
    """Make the rows of the sales velocity, in money a day.

    A deal is qualified once it has left the first stage. Deals, win rate and cycle all count from
    that day: by Little's law their quotient is then what a steady pipeline brings a day.
    """
    deals = scope.deals
    qualified_on = _qualified_on(scope)
    lives = follow(deals.assign(**{n.CREATED_ON: qualified_on}), scope.window)
    pending = (deals[n.OUTCOME] == n.OPEN).to_numpy(bool)
    counted = pending & qualified_on.notna().to_numpy(bool)
    closed = scope.window.holds(deals[n.CLOSED_ON]).to_numpy(bool) & ~pending
    won = closed & (deals[n.OUTCOME] == n.WON).to_numpy(bool)
    cycles = deals[CYCLE].to_numpy("float64")
    amounts = deals[n.AMOUNT].to_numpy("float64", na_value=np.nan)
    worths = np.where(won, amounts, np.nan)
    day = scope.pipeline.as_of
    heads = (
        (
            "qualified open deals x share of them won x mean won deal / mean days to close",
            f"deals open on {day}; rates and days followed through {scope.window.text}",
            STEADY,
        ),
        (
            "open deals x won / (won + lost) x mean won deal / mean days of won deals",
            f"deals open on {day}; deals closed in {scope.window.text}",
            BIASED,
        ),
    )
    unbiased, mixed = (Measure(NAME, *head[:1], "money", *head[1:]) for head in heads)
    return [
        *tabulate(unbiased, deals, _qualified, [counted, worths, *lives]),
        *_won_a_day(scope),
        *tabulate(mixed, deals, _mixed, [pending, closed, won, cycles, worths]),
    ]


def _qualified_on(scope: Scope) -> pd.Series:
    """Give the day on which each deal first stood in another than the first stage."""
    deals, steps = scope.deals, scope.pipeline.steps
    if len(open_stages(scope.pipeline.stages)) == 1 or len(steps) == 1:
        return deals[n.CREATED_ON]
    stays = scope.pipeline.stays
    later = stays[stays[n.STAGE] != steps[0].name].groupby(n.DEAL_ID)[n.ENTERED_ON].min()
    straight = deals[n.CLOSED_ON].where(deals[n.OUTCOME] == n.WON)
    return look_up(deals[n.DEAL_ID], later).fillna(straight)


@dataclass(frozen=True)
class _Worth:
    """Mean amount of won deals, and its relative standard error."""

    mean: float
    error: float
    n: int


def _worth(worths: Floats) -> _Worth | None:
    """Average what won deals brought; NaN where a deal is not won, or its amount not known."""
    amounts = worths[worths > 0]
    if len(amounts) < 2:
        return None
    mean = float(amounts.mean())
    return _Worth(mean, float(amounts.std(ddof=1) / np.sqrt(len(amounts)) / mean), len(amounts))


def _qualified(counted: Flags, worths: Floats, *lives: npt.NDArray[Any]) -> Estimate:
    pending = int(counted.sum())
    worth = _worth(worths)
    seen = survive(*lives)
    days = seen.mean()
    if worth is None or np.isnan(days.value) or not days.value:
        return unknown("too few won deals" if worth is None else days.note, n=pending)
    won = seen.share_by(float(seen.days[-1]))
    if np.isnan(won.low):
        return unknown(won.note or "too few won deals", n=pending)
    value = pending * won.value * worth.mean / days.value
    # Relative errors of three factors, taken as independent.
    parts = [
        worth.error,
        float(np.log(won.high / won.low)) / (2 * Z),
        (days.high - days.low) / (2 * Z * days.value),
    ]
    half = Z * float(np.sqrt(np.sum(np.square(parts))))
    low, high = value * np.exp(-half), value * np.exp(half)
    return Estimate(value, float(low), float(high), pending, "delta method 90 %", days.note)


def _mixed(pending: Flags, closed: Flags, won: Flags, cycles: Floats, worths: Floats) -> Estimate:
    days = cycles[won & ~np.isnan(cycles)]
    worth = _worth(worths)
    count = int(pending.sum())
    if worth is None or not days.sum() > 0:
        return unknown("too few won deals", n=count)
    value = count * len(days) / closed.sum() * worth.mean / days.mean()
    return Estimate(float(value), np.nan, np.nan, count, "none: for comparison only")


def _won_a_day(scope: Scope) -> list[Row]:
    window = scope.window
    measure = Measure(
        NAME, "won a day, as it was", "money", f"each day of {window.text}", AS_IT_WAS
    )
    if not window.months:
        return [measure.row(unknown("no full month yet"))]
    starts = pd.DatetimeIndex([f"{label}-01" for label in window.months])
    days = days_in(pd.Series(starts + pd.offsets.MonthBegin(1) - starts))
    won = scope.closed[scope.closed[n.OUTCOME] == n.WON]

    month = pd.Index(window.months).get_indexer(pd.Index(won[n.MONTH]))
    amounts = won[n.AMOUNT].to_numpy("float64", na_value=0.0)

    def estimate(month: npt.NDArray[np.intp], amounts: Floats) -> Estimate:
        by_month = np.bincount(month, amounts, minlength=len(days))
        return replace(ratio(by_month, days), n=len(amounts))

    return tabulate(measure, won, estimate, [month, amounts])
