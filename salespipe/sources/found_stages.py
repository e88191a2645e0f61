"""The stages of an export that a preset cannot know: taken from the export itself, and said."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.stages import DEFAULT_STAGES, Stage, open_stages
from salespipe.wording import Words
from salespipe.workbook.choices import CLOSED
from salespipe.workbook.headers import fold

__all__ = ["found_stages", "outcome_of"]

_ENDS: Final = tuple(stage for stage in DEFAULT_STAGES if stage.kind != n.OPEN)
_SUFFIX: Final = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")
_LEAST, _MOST = 0.05, 0.95


def outcome_of(value: str, known: Mapping[str, str]) -> str:
    """Say whether a stage is an end: ``won``, ``lost``, or ``""`` for an open one.

    What stands in brackets behind it, such as the name of a pipeline, is passed over.
    """
    bare = _SUFFIX.sub("", value)
    for word in (value, bare):
        if known.get(word) in (n.WON, n.LOST):
            return known[word]
    return CLOSED.get(fold(bare), "")


def found_stages(
    values: "pd.Series[str]",
    *,
    known: Mapping[str, str],
    standard: Iterable[Stage],
    chances: "pd.Series[float] | None",
) -> tuple[tuple[Stage, ...], dict[str, str], Words | None]:
    """Make the stages of an export.

    Parameters
    ----------
    values : Series of str
        Stages as exported, of all deals and of their history.
    known : mapping
        Ends and stages that the preset knows.
    standard : iterable of Stage
        What the CRM offers when it is new: their probabilities serve where they occur.
    chances : Series of float or None
        The export's own probability beside each value, 0 to 1.

    Returns
    -------
    stages : tuple of Stage
    stage_values : dict
        Value in the export to ``won``, ``lost`` or the name of an open stage.
    note : Words or None
        What was assumed, in a sentence; None if nothing.
    """
    distinct = [value for value in dict.fromkeys(values) if value]
    ends = {value: end for value in distinct if (end := outcome_of(value, known))}
    offered = {fold(stage.name): stage for stage in open_stages(standard)}
    steps: dict[str, Stage] = {}
    names: dict[str, str] = {}
    opened = [value for value in distinct if value not in ends]
    for place, value in enumerate(opened):
        name = _SUFFIX.sub("", value) or value
        chance = _chance(values, value, chances)
        like = offered.get(fold(name))
        if chance is None:
            chance = like.probability if like else 0.1 + 0.6 * (place + 1) / (len(opened) + 1)
        stage = replace(like, name=name) if like else Stage(name)
        steps.setdefault(name, replace(stage, probability=min(max(chance, _LEAST), _MOST)))
        names[value] = name
    if not steps:
        return DEFAULT_STAGES, ends, None
    stages = sorted(steps.values(), key=lambda stage: stage.probability)
    shown = ", ".join(f"{stage.name} ({stage.probability:.0%})" for stage in stages)
    note = Words(
        f"Stages and chances taken for them: {shown}; change them on the sheet Stages.",
        f"采用的阶段及其概率：{shown}；可在“阶段”表中修改。",
    )
    return (*stages, *_ENDS), {**ends, **names}, note


def _chance(
    values: "pd.Series[str]", value: str, chances: "pd.Series[float] | None"
) -> float | None:
    if chances is None:
        return None
    mean = chances[values == value].mean()
    return None if pd.isna(mean) else float(mean)
