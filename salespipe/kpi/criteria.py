"""Stage criteria one by one: which deals show them by evidence, and which goes with winning."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, difference, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import Scope
from salespipe.stages import Stage, open_stages
from salespipe.tables import look_up

__all__ = ["NAME", "criteria_in", "criteria_lifts", "shows"]

NAME: Final = "Evidence"
TRAP: Final = (
    "Only the last evidence of a deal is kept, and of many criteria one looks good by chance: "
    "that it goes with winning is no cause."
)

MOST: Final = 0.5
"""Evidence shows a criterion when it holds more than this share of the criterion's words."""

_SPLIT = re.compile(r"[\n;；]+")
# English words that carry a meaning are mostly longer than three letters; Chinese has no blanks
# between words, and most of its words are two characters: every pair of neighbours counts.
_WORDS = re.compile(r"[^\W\d_\u4e00-\u9fff]{4,}|\d+|(?=([\u4e00-\u9fff]{2}))")

Side = Literal["entry", "exit"]


@dataclass(frozen=True)
class _Criterion:
    stage: Stage
    side: Side
    text: str


def criteria_in(text: str) -> tuple[str, ...]:
    """Take a cell of the Stages sheet apart: criteria stand on lines or between semicolons."""
    return tuple(part.strip() for part in _SPLIT.split(text) if part.strip())


def shows(evidence: str, criterion: str) -> bool:
    """Tell whether evidence speaks of a criterion: most of its words are in it."""
    wanted = _words(criterion)
    return len(wanted & _words(evidence)) > MOST * len(wanted)


def _words(text: str) -> set[str]:
    found = _WORDS.finditer(unicodedata.normalize("NFKC", text).casefold())
    return {match[1] or match[0] for match in found}


def criteria_lifts(scope: Scope) -> list[Row]:
    """Make the rows: how much more often deals were won of which the evidence shows a criterion.

    Each criterion of each stage is looked at where a deal's last evidence still speaks of it: an
    entry criterion in deals whose last stage it was, an exit criterion in deals that went from it
    to the next stage and no further (of the last stage itself, in those that stood there).
    Evidence in which no criterion can be recognised counts neither way.
    """
    closed = scope.closed
    if closed[n.EXIT_EVIDENCE].isna().all():
        return []
    steps = open_stages(scope.pipeline.stages)
    found = list(_criteria(steps))
    evidence = closed[n.EXIT_EVIDENCE].fillna("")
    # A few sentences are written over and over: each is compared once.
    texts = evidence.unique()
    shown = {one: {text for text in texts if shows(text, one.text)} for one in found}
    spoken = {"", *(text for texts in shown.values() for text in texts)}
    clear = evidence.isin(spoken).to_numpy(bool)
    won = (closed[n.OUTCOME] == n.WON).to_numpy(bool)
    last, before = _last_two(scope, closed)
    rows: list[Row] = []
    for one in found:
        ends = one.side == "entry" or one.stage == steps[-1]
        if ends:
            here = (last == one.stage.name).to_numpy(bool)
        else:
            # Like with like: who went further, or past a stage, shows other evidence.
            then = steps[steps.index(one.stage) + 1].name
            here = ((before == one.stage.name) & (last == then)).to_numpy(bool)
        with_it = evidence.isin(shown[one]).to_numpy(bool)
        lift = _lift(won, with_it, here & clear, int((here & ~clear).sum()))
        rows.append(_measure(scope, one, ends=ends).row(lift, by="stage", group=one.stage.name))
    return rows


def _criteria(steps: tuple[Stage, ...]) -> Iterator[_Criterion]:
    for stage in steps:
        cells: dict[Side, str] = {"entry": stage.entry, "exit": stage.exit}
        for side, cell in cells.items():
            for text in dict.fromkeys(criteria_in(cell)):
                yield _Criterion(stage, side, text)


def _last_two(scope: Scope, closed: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the last open stage of each closed deal, and the one from which it came there."""
    stays = scope.pipeline.stays
    final = ~stays.duplicated(n.DEAL_ID, keep="last")
    last = stays[final].set_index(n.DEAL_ID)[n.STAGE]
    earlier = stays[~final].drop_duplicates(n.DEAL_ID, keep="last").set_index(n.DEAL_ID)[n.STAGE]
    return look_up(closed[n.DEAL_ID], last), look_up(closed[n.DEAL_ID], earlier)


def _measure(scope: Scope, one: _Criterion, *, ends: bool) -> Measure:
    where = "whose last stage it was" if ends else "that went from it to the next stage, their last"
    return Measure(
        NAME,
        f"share won, {one.side} criterion shown less not shown: {one.text}",
        "share",
        f"deals closed in {scope.window.text}, {where}",
        TRAP,
    )


def _lift(won: np.ndarray, with_it: np.ndarray, here: np.ndarray, unclear: int) -> Estimate:
    note = f"{unclear} with other evidence left out" if unclear else ""
    shown, bare = won[here & with_it], won[here & ~with_it]
    if not len(shown):
        return unknown("; ".join(filter(None, ("no evidence shows it", note))), n=len(bare))
    if not len(bare):
        return unknown("; ".join(filter(None, ("all evidence shows it", note))), n=len(shown))
    told = f"{len(shown)} with it, {len(bare)} without"
    return difference(shown, bare, note="; ".join(filter(None, (told, note))))
