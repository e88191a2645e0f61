"""The bottleneck: the stage that costs the most expected revenue, and how much."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.kpi.entries import entries, unrecorded, waits
from salespipe.kpi.intervals import Estimate, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import Scope
from salespipe.kpi.survival import Survival, Z
from salespipe.stages import Stage, open_stages

__all__ = ["bottlenecks"]

NAME = "Bottleneck"
FEWER = "Who entered lately may be another mix of deals; look at the deals before the stage."
LONGER = "Revenue that comes later is not lost: it is put off once; less than 0 is brought forward."
WORST = "The largest of several noisy figures looks larger than it is; its interval says how sure."

TOO_FEW = "too few entries"


@dataclass(frozen=True)
class _Halves:
    """A stage's entries in the older and in the newer half of the window.

    Attributes
    ----------
    stage : Stage
    before, lately : Survival
    entered : int
        Entries of the newer half.
    days : float
        Length of the newer half.
    worth : float
        What a deal that goes on from the stage brings on average; NaN where not known.
    """

    stage: Stage
    before: Survival
    lately: Survival
    entered: int
    days: float
    worth: float


def bottlenecks(scope: Scope) -> list[Row]:
    """Make the rows: by stage what fewer conversions and longer stays cost, and the worst stage.

    The window's newer half is set against its older one. Fewer going on costs entries x the loss
    in conversion x what a deal that goes on brings on average; longer stays put off what the
    stage passes on in as many days.
    """
    worst, fewer, longer, typical = _measures(scope)
    reason = unrecorded(scope) or ("" if len(scope.window.months) > 1 else "no two months yet")
    if reason:
        return [worst.row(unknown(reason))]
    rows: list[Row] = []
    costs: dict[str, Estimate] = {}
    for half in _halved(scope):
        usual = half.before.quantile(0.5).value
        found = {
            fewer: _of_conversion(half),
            longer: _of_dwell(half, usual),
            typical: _of_dwell(half, half.stage.typical_days),
        }
        for measure, one in found.items():
            rows.append(measure.row(one, by="stage", group=half.stage.name))
            if one.value > 0:
                costs[f"{half.stage.name}, {measure.definition}"] = one
    return [_worst(worst, costs), *rows]


def _measures(scope: Scope) -> tuple[Measure, Measure, Measure, Measure]:
    newer = f"newer half of {scope.window.text}"
    both = f"newer against older half of {scope.window.text}"
    put_off = "expected revenue put off"
    return (
        Measure(NAME, "what costs most", "money", both, WORST),
        Measure(NAME, "expected revenue lost since fewer went on", "money", both, FEWER),
        Measure(NAME, f"{put_off} since stays got longer", "money", both, LONGER),
        Measure(NAME, f"{put_off} by stays beyond the typical days", "money", newer, LONGER),
    )


def _halved(scope: Scope) -> list[_Halves]:
    window, stays = scope.window, entries(scope)
    middle = pd.Timestamp(f"{window.months[len(window.months) // 2]}-01")
    newer = stays[n.ENTERED_ON] >= middle
    days = float((window.end - middle).days)
    worth = _worth_beyond(scope, stays)
    found = []
    for stage in open_stages(scope.pipeline.stages):
        here = stays[n.STAGE] == stage.name
        old, new = waits(scope, stays[here & ~newer]), waits(scope, stays[here & newer])
        entered = int((here & newer).sum())
        found.append(_Halves(stage, old, new, entered, days, worth[stage.name]))
    return found


def _worth_beyond(scope: Scope, stays: pd.DataFrame) -> dict[str, float]:
    """Give what a deal that goes on from each stage brings on average, by the whole window."""
    won = scope.closed[(scope.closed[n.OUTCOME] == n.WON) & (scope.closed[n.AMOUNT] > 0)]
    mean = float(won[n.AMOUNT].mean()) if len(won) else float("nan")
    worth: dict[str, float] = {}
    chance = 1.0
    for stage in reversed(open_stages(scope.pipeline.stages)):
        worth[stage.name] = mean * chance
        chance *= _in_the_end(waits(scope, stays[stays[n.STAGE] == stage.name]))
    return worth


def _in_the_end(seen: Survival) -> float:
    """Give the share that goes on in the end."""
    return seen.share_by(float(seen.days[-1])).value if len(seen.days) else float("nan")


def _of_conversion(half: _Halves) -> Estimate:
    """Compare the halves at an age to which both are followed: later ends favour the older one."""
    if not (len(half.before.days) and len(half.lately.days)):
        return unknown(TOO_FEW, n=half.entered)
    age = float(min(half.before.days[-1], half.lately.days[-1]))
    before, lately = half.before.share_by(age), half.lately.share_by(age)
    size = half.entered * half.worth
    value = size * (before.value - lately.value)
    if np.isnan(value):
        return unknown(TOO_FEW, n=half.entered)
    error = np.hypot(before.high - before.low, lately.high - lately.low) / (2 * Z)
    if np.isnan(error):
        return Estimate(value, np.nan, np.nan, half.entered, "none: no spread")
    reach = Z * size * float(error)
    return Estimate(value, value - reach, value + reach, half.entered, "normal 90 %")


def _of_dwell(half: _Halves, usual: float) -> Estimate:
    """Say what is put off by a median stay longer than the usual one; less than 0 if shorter."""
    lately = half.lately.quantile(0.5)
    a_day = half.entered / half.days * _in_the_end(half.lately) * half.worth
    value = a_day * (lately.value - usual)
    if np.isnan(value):
        return unknown(TOO_FEW, n=half.entered)
    low, high = a_day * (lately.low - usual), a_day * (lately.high - usual)
    return Estimate(value, low, high, half.entered, lately.interval)


def _worst(measure: Measure, costs: dict[str, Estimate]) -> Row:
    """Name the stage and the reason that cost most."""
    if not costs:
        return measure.row(unknown("no stage converts less or holds longer than before"))
    where = max(costs, key=lambda key: costs[key].value)
    told = "" if costs[where].low > 0 else "cannot be told apart from chance"
    named = replace(measure, definition=f"{measure.definition}: {where}")
    return named.row(costs[where], remark=told)
