"""Loss reasons: why deals are lost, by their owners, and from which stage."""

import pandas as pd

from salespipe import names as n
from salespipe.kpi.entries import unrecorded
from salespipe.kpi.intervals import Estimate, ratio, share, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import Scope
from salespipe.stages import open_stages
from salespipe.tables import look_up

__all__ = ["loss_reasons"]

NAME = "Loss reasons"
TRAP = "The owner's word, chosen afterwards: price is easier to write than what was missed."
FROM = "Where most deals are, most are lost: read it beside the share lost of those that entered."

REASON = "reason"


def loss_reasons(scope: Scope) -> list[Row]:
    """Make the rows: share of lost deals by reason, by count and by value, and by last stage."""
    lost = scope.closed[scope.closed[n.OUTCOME] == n.LOST]
    lost = lost.assign(**{REASON: lost[n.LOST_REASON].fillna(n.UNKNOWN)})
    population = f"deals lost in {scope.window.text}"
    by_count = Measure(NAME, "share of lost deals", "share", population, TRAP)
    by_value = Measure(NAME, "share of the amount of lost deals", "share", population, TRAP)
    if lost.empty or lost[n.LOST_REASON].isna().all():
        reason = "no deal was lost" if lost.empty else "no lost deal has a reason"
        return [by_count.row(unknown(reason, n=len(lost))), *_by_stage(scope, lost, population)]
    reasons = lost[REASON].value_counts().index
    rows = [
        by_count.row(share(int((lost[REASON] == one).sum()), len(lost)), by=REASON, group=one)
        for one in reasons
    ]
    rows += [by_value.row(_of_value(lost, one), by=REASON, group=one) for one in reasons]
    return rows + _by_stage(scope, lost, population)


def _of_value(lost: pd.DataFrame, reason: str) -> Estimate:
    listed = lost[n.LISTED_AMOUNT].fillna(lost[n.AMOUNT])
    known = lost[listed > 0]
    amounts = listed[known.index].to_numpy("float64")
    missing = len(lost) - len(known)
    note = f"{missing} without an amount left out" if missing else ""
    return ratio(amounts * (known[REASON] == reason).to_numpy(bool), amounts, note=note)


def _by_stage(scope: Scope, lost: pd.DataFrame, population: str) -> list[Row]:
    if lost.empty or unrecorded(scope):
        return []
    stays = scope.pipeline.stays
    last = stays[stays[n.NEXT_STAGE] == n.LOST].drop_duplicates(n.DEAL_ID, keep="last")
    stage = look_up(lost[n.DEAL_ID], last.set_index(n.DEAL_ID)[n.STAGE])
    definition = "share of lost deals, by the stage they were lost from"
    measure = Measure(NAME, definition, "share", population, FROM)
    return [
        measure.row(share(int((stage == step.name).sum()), len(lost)), by="stage", group=step.name)
        for step in open_stages(scope.pipeline.stages)
    ]
