"""Coaching: what each owner does well, and one next step, each with its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.entries import FATE, ON, STILL, entries, unrecorded
from salespipe.kpi.hierarchy import compare_groups
from salespipe.kpi.scope import Scope
from salespipe.kpi.scorecard import ALIKE, SURE
from salespipe.pipeline import Pipeline
from salespipe.stages import open_stages
from salespipe.tables import look_up

__all__ = ["ADVICE_COLUMNS", "advice"]

ADVICE_COLUMNS: Final = (
    "owner",
    "kind",  # strength | next step
    "what",  # text
    "evidence",  # text: the figures behind it
    "p",  # probability of being above (strength) or below (next step) the team
)
"""Columns of :func:`advice`, owners in order, strengths first."""

STRENGTH: Final = "strength"
NEXT: Final = "next step"

TOUCHED_DAYS: Final = 30


@dataclass(frozen=True)
class _Trait:
    """A habit or a skill: which cases of which owners are as they should be.

    Attributes
    ----------
    praise, step : str
        What is said where it is good, and what helps where it is not.
    cases : str
        What is counted, for the evidence.
    owner : Series
    good : Series of bool
    """

    praise: str
    step: str
    cases: str
    owner: pd.Series
    good: "pd.Series[bool]"


def advice(pipeline: Pipeline) -> pd.DataFrame:
    """Name strengths and one next step for every owner who has open or recent deals.

    Each trait is compared between owners by the model of the scorecard; only where owners differ
    at all is anything called a strength. Everyone gets one next step: the trait in which an owner
    is most probably below the team; the evidence says where that cannot be told apart.

    Returns
    -------
    DataFrame
        Columns :data:`ADVICE_COLUMNS`. For coaching, not for decisions about employment or pay.
    """
    rows: list[dict[str, object]] = []
    told = [one for trait in _traits(Scope(pipeline)) for one in _compared(trait)]
    for owner in sorted({one.owner for one in told}):
        own = [one for one in told if one.owner == owner]
        rows += [
            _row(one, STRENGTH, one.trait.praise, one.p_above)
            for one in own
            if one.differ and one.p_above >= SURE
        ]
        wanting = [one for one in own if one.good < one.n]
        if wanting:
            # What is surely below the team comes before what only looks like it.
            worst = min(wanting, key=lambda one: (not one.below, one.p_above))
            rows.append(_row(worst, NEXT, worst.trait.step, 1 - worst.p_above))
    return pd.DataFrame(rows, columns=list(ADVICE_COLUMNS))


class _Told(NamedTuple):
    """How one owner does in one trait, and how all do."""

    owner: str
    trait: _Trait
    good: int
    n: int
    team: float
    p_above: float
    differ: bool

    @property
    def below(self) -> bool:
        """Whether it is surely below the team."""
        return self.differ and self.p_above <= 1 - SURE


def _row(one: _Told, kind: str, what: str, p: float) -> dict[str, object]:
    side = "above" if kind == STRENGTH else "below"
    sure = f"{side} it with {100 * p:.0f} %" if p >= SURE and one.differ else ALIKE
    evidence = f"{one.good} of {one.n} {one.trait.cases}; the team {100 * one.team:.0f} %; {sure}"
    return dict(zip(ADVICE_COLUMNS, (one.owner, kind, what, evidence, p), strict=True))


def _compared(trait: _Trait) -> list[_Told]:
    """Compare owners in one trait."""
    owners, group = np.unique(trait.owner.to_numpy(object), return_inverse=True)
    good = trait.good.to_numpy(bool)
    nothing: npt.NDArray[np.float64] = np.empty((len(good), 0))
    found = compare_groups(nothing, group.astype(np.int64), good, groups=len(owners))
    counts = np.bincount(group, minlength=len(owners))
    hits = np.bincount(group, good, len(owners))
    team = float(good.mean())
    return [
        _Told(str(owner), trait, int(hit), int(count), team, float(p), found.differ)
        for owner, hit, count, p in zip(owners, hits, counts, found.p_above, strict=True)
    ]


def _traits(scope: Scope) -> Iterator[_Trait]:
    for trait in (*_habits(scope), *_conversions(scope)):
        if len(trait.owner.unique()) > 1:
            yield trait


def _habits(scope: Scope) -> Iterator[_Trait]:
    """Look at open deals on the as-of date, where the column is used at all."""
    deals, day = scope.deals, pd.Timestamp(scope.pipeline.as_of)
    deals = deals[(deals[n.OUTCOME] == n.OPEN) & (deals[n.OWNER] != n.UNKNOWN)]
    planned = deals[n.NEXT_STEP].notna() & ~(deals[n.NEXT_STEP_ON] < day)
    if deals[n.NEXT_STEP].notna().any():
        yield _Trait(
            "Open deals have a next step that is not late",
            "Agree on a next step and its date for every open deal",
            "open deals have a next step that is not late",
            deals[n.OWNER],
            planned,
        )
    dated = deals[deals[n.EXPECTED_CLOSE_ON].notna()]
    if len(dated):
        yield _Trait(
            "Expected close dates are kept up to date",
            "Agree on new close dates where the old ones are past",
            "open deals with an expected close are not past it",
            dated[n.OWNER],
            dated[n.EXPECTED_CLOSE_ON] >= day,
        )
    log = scope.pipeline.activities
    named = log[log[n.DEAL_ID].notna() & log[n.ACTIVITY_ON].notna()]
    if len(named):
        last = look_up(deals[n.DEAL_ID], named.groupby(n.DEAL_ID)[n.ACTIVITY_ON].max())
        yield _Trait(
            "Keeps in touch: open deals are contacted regularly",
            f"Get in touch with the deals not contacted for {TOUCHED_DAYS} days",
            f"open deals were contacted within {TOUCHED_DAYS} days",
            deals[n.OWNER],
            last >= day - pd.Timedelta(days=TOUCHED_DAYS),
        )


def _conversions(scope: Scope) -> Iterator[_Trait]:
    """Look at the entries into each stage that have been decided."""
    if unrecorded(scope):
        return
    stays = entries(scope)
    decided = stays[(stays[FATE] != STILL) & (stays[n.OWNER] != n.UNKNOWN)]
    for stage in open_stages(scope.pipeline.stages):
        here = decided[decided[n.STAGE] == stage.name]
        if len(here):
            yield _Trait(
                f"Takes deals on from {stage.name}",
                f"Go through deals lost in {stage.name} with a colleague who takes more on",
                f"decided deals went on from {stage.name}",
                here[n.OWNER],
                here[FATE] == ON,
            )
