"""Stage conversion: what became of the deals that entered a stage."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.entries import BACK, FATE, GONE, ON, STILL, entries, unrecorded, waits
from salespipe.kpi.intervals import Estimate, share, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import Scope
from salespipe.stages import open_stages

__all__ = ["conversions"]

NAME = "Stage conversion"
TRAP = (
    "The ratio of today's counts in neighbouring stages measures how long deals stay, and leaving "
    "lost deals out tends to 100 %; here every deal that entered counts."
)
EVENTUAL = "Assumes that those still there will go on as others of their age have gone."
YOUNG = "Entries still there have not decided yet: read it beside the rate with them censored."

Flags = npt.NDArray[np.bool_]

FATES = (
    (ON, "went on (to a later stage or won)"),
    (n.LOST, "were lost"),
    (BACK, "went back"),
    (STILL, "are still there"),
)


def conversions(scope: Scope) -> list[Row]:
    """Make the rows of the stage conversion, one stage after the other.

    The share that went on is broken down by owner, segment and month of entry too; what follows
    each stage is listed as a from-to matrix, in which skipped stages and returns are seen.
    """
    stays = entries(scope)
    reason = unrecorded(scope)
    rows: list[Row] = []
    for stage in open_stages(scope.pipeline.stages):
        here = stays[stays[n.STAGE] == stage.name]
        if reason:
            measure = _measure(scope, f"went on from {stage.name}")
            rows.append(measure.row(unknown(reason, n=len(here)), by="stage", group=stage.name))
        else:
            rows += _of_stage(scope, stage.name, here)
    return rows


def _measure(scope: Scope, definition: str, trap: str = TRAP) -> Measure:
    population = f"entries into the stage in {scope.window.text}"
    return Measure(NAME, definition, "share", population, trap)


def _of_stage(scope: Scope, stage: str, stays: pd.DataFrame) -> list[Row]:
    gone = (stays[FATE] == GONE).to_numpy(bool)
    went = {fate: (stays[FATE] == fate).to_numpy(bool) for fate, _ in FATES}
    rows = [
        _measure(scope, words, YOUNG if fate == ON else TRAP).row(
            _fraction(went[fate], gone), by="stage", group=stage
        )
        for fate, words in FATES
    ]
    eventual = _measure(scope, "went on in the end, those still there censored", EVENTUAL)
    waited = waits(scope, stays)
    last = waited.days[-1] if len(waited.days) else 0.0
    rows.append(eventual.row(waited.share_by(last), by="stage", group=stage))
    for target in sorted(stays[n.NEXT_STAGE].dropna().unique(), key=_order(scope).__getitem__):
        measure = _measure(scope, f"next is {target}")
        there = (stays[n.NEXT_STAGE] == target).to_numpy(bool)
        rows.append(measure.row(_fraction(there, gone), by="stage", group=stage))
    broken_down = tabulate(
        _measure(scope, f"went on from {stage}", YOUNG),
        stays,
        _fraction,
        [went[ON], gone],
        window=scope.window,
        remarks=scope.unripe_after(waited.quantile(0.5).value, f"stay in {stage}"),
    )
    return rows + broken_down[1:]


def _fraction(hits: Flags, gone: Flags) -> Estimate:
    if not len(hits):
        return unknown("no deal entered")
    note = f"{gone.sum()} left for an unknown stage" if gone.any() else ""
    return share(int(hits.sum()), len(hits), note=note)


def _order(scope: Scope) -> dict[str, int]:
    steps = [stage.name for stage in open_stages(scope.pipeline.stages)]
    return {name: place for place, name in enumerate([*steps, n.WON, n.LOST])}
