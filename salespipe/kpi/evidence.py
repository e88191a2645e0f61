"""Stage criteria: which deals lack the evidence, which evidence goes with winning, what is next."""

from typing import Final

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.kpi.criteria import NAME, criteria_in, criteria_lifts, shows
from salespipe.kpi.intervals import Estimate, difference, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import Scope
from salespipe.pipeline import Pipeline
from salespipe.stages import open_stages
from salespipe.tables import look_up

__all__ = ["NEEDS_COLUMNS", "evidence_lifts", "needs"]

TRAP = "Evidence is written down for deals that go well: that it goes with winning is no cause."

MIXED = "deals that got further have more evidence: look at the stages"

NEEDS_COLUMNS: Final = (
    "deal_id",
    "owner",
    "stage",
    "evidence",  # what is written down, "" where nothing is
    "lacking",  # bool: stands in a stage after the first without any evidence
    "entry",  # text: the entry criterion of its stage, which such evidence is to show
    "needs",  # text: the exit criteria of its stage that the evidence does not show yet
    "next_stage",  # where it then goes; "won" from the last one
)
"""Columns of :func:`needs`, one row per open deal."""


def needs(pipeline: Pipeline) -> pd.DataFrame:
    """Say of each open deal what it needs to go on, and whether it stands there without evidence.

    The criteria are those of the Stages sheet.

    Returns
    -------
    DataFrame
        Columns :data:`NEEDS_COLUMNS`, largest amount first.
    """
    steps = open_stages(pipeline.stages)
    place = {stage.name: number for number, stage in enumerate(steps)}
    after = [stage.name for stage in steps[1:]] + [n.WON]
    deals = pipeline.open_deals.sort_values(n.AMOUNT, ascending=False, kind="stable")
    number = deals[n.STAGE].map(place)
    known = deals[number.notna()]
    number = number[number.notna()].astype("int64")
    evidence = known[n.EXIT_EVIDENCE].fillna("")
    return pd.DataFrame(
        {
            "deal_id": known[n.DEAL_ID],
            "owner": known[n.OWNER].fillna(n.UNKNOWN),
            "stage": known[n.STAGE],
            "evidence": evidence,
            "lacking": (number > 0) & (evidence == ""),
            "entry": number.map(dict(enumerate(stage.entry for stage in steps))),
            "needs": [
                _not_shown(text, steps[k].exit) for text, k in zip(evidence, number, strict=True)
            ],
            "next_stage": number.map(dict(enumerate(after))),
        },
        columns=list(NEEDS_COLUMNS),
    ).reset_index(drop=True)


def _not_shown(evidence: str, criteria: str) -> str:
    """Give the criteria that evidence does not show; all of them where it shows all."""
    parts = criteria_in(criteria)
    left = [part for part in parts if not (evidence and shows(evidence, part))]
    return criteria if len(left) in (0, len(parts)) else "; ".join(left)


def evidence_lifts(scope: Scope) -> list[Row]:
    """Make the rows: by how much more often deals with evidence were won, and by criterion.

    Closed deals of the window are sorted by the last stage they stood in, and by whether anything
    is written down as evidence. The lift is the difference of the two shares won. Then each entry
    and each exit criterion is looked at alone.
    """
    closed = scope.closed
    measure = Measure(
        NAME,
        "share won with evidence less share won without",
        "share",
        f"deals closed in {scope.window.text}, by their last stage",
        TRAP,
    )
    if closed[n.EXIT_EVIDENCE].isna().all():
        return [measure.row(unknown("no closed deal has evidence written down"))]
    stays = scope.pipeline.stays
    last = stays.drop_duplicates(n.DEAL_ID, keep="last").set_index(n.DEAL_ID)[n.STAGE]
    stage = look_up(closed[n.DEAL_ID], last)
    with_it = closed[n.EXIT_EVIDENCE].notna().to_numpy(bool)
    won = (closed[n.OUTCOME] == n.WON).to_numpy(bool)
    rows = [measure.row(_lift(won[with_it], won[~with_it]), remark=MIXED)]
    for step in open_stages(scope.pipeline.stages):
        here = (stage == step.name).to_numpy(bool)
        lift = _lift(won[here & with_it], won[here & ~with_it])
        rows.append(measure.row(lift, by="stage", group=step.name))
    return [*rows, *criteria_lifts(scope)]


def _lift(with_it: np.ndarray, without: np.ndarray) -> Estimate:
    if not (len(with_it) and len(without)):
        return unknown("all or none have evidence", n=len(with_it) + len(without))
    return difference(with_it, without, note=f"{len(with_it)} with it, {len(without)} without")
