"""What problems cost the forecast: the money and the width of the range that rest on deals."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.checks.stakes import Basis, Stakes
from salespipe.checks.words import LABELS
from salespipe.money import money_words
from salespipe.problems import SEVERITIES, Problem
from salespipe.results import COST_COLUMNS
from salespipe.settings import Settings
from salespipe.wording import Words, filled

__all__ = ["cost_table", "with_costs"]

_BASES: Final[dict[Basis, Words]] = {
    "weighted": Words("stage-weighted pipeline", "阶段加权金额"),
    "likely": Words("likely value", "预期金额"),
}
_SENTENCE: Final = Words(
    "{deals:,} {label} carry {share:.0%} of the {basis} ({amount}) and widen the range by {width}.",
    "{deals:,} 个{label}占{basis}的 {share:.0%}（{amount}），并使区间加宽 {width}。",
)
_ONE: Final = Words(
    'One deal among "{label}" carries {share:.0%} of the {basis} ({amount}) and '
    "widens the range by {width}.",
    "1 个{label}占{basis}的 {share:.0%}（{amount}），并使区间加宽 {width}。",
)
_OTHER: Final = Words('deals with "{rule}"', "涉及“{rule}”的商机")


def with_costs(problems: Iterable[Problem], stakes: Stakes) -> tuple[Problem, ...]:
    """Give each problem the value of the open deal it is about.

    Parameters
    ----------
    problems : iterable of Problem
    stakes : Stakes
    """
    known = stakes.worth.to_dict()
    return tuple(
        replace(problem, cost=float(known[problem.deal_id]))
        if problem.deal_id in known
        else problem
        for problem in problems
    )


def cost_table(problems: Iterable[Problem], stakes: Stakes, *, settings: Settings) -> pd.DataFrame:
    """Add up, rule by rule, what rests on the deals that break it.

    Parameters
    ----------
    problems : iterable of Problem
    stakes : Stakes
    settings : Settings
        Language and currency of the sentences.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.COST_COLUMNS`; one row per rule that touches an open deal,
        the dearest first.
    """
    frame = pd.DataFrame(
        [(p.rule, p.severity, p.deal_id) for p in problems if p.deal_id in stakes.worth.index],
        columns=["rule", "severity", n.DEAL_ID],
    )
    total = float(stakes.worth.sum())
    rows = []
    for rule, found in frame.groupby("rule"):
        ids = found[n.DEAL_ID].unique().tolist()
        amount = float(stakes.worth.reindex(ids).sum())
        share = amount / total if total else np.nan
        width = stakes.narrower(ids)
        severity = min(found["severity"], key=SEVERITIES.index)
        words = {
            "deals": len(ids),
            "label": _label(str(rule)),
            "share": share,
            "basis": _BASES[stakes.basis],
            "amount": money_words(amount, currency=settings.currency),
            "width": money_words(width, currency=settings.currency),
        }
        message = filled(_SENTENCE if len(ids) > 1 else _ONE, words, settings.language)
        rows.append((rule, severity, len(found), len(ids), amount, share, width, message))
    table = pd.DataFrame(rows, columns=list(COST_COLUMNS))
    return table.sort_values(["amount", "rule"], ascending=[False, True], ignore_index=True)


def _label(rule: str) -> Words:
    return LABELS.get(rule) or Words(_OTHER.en.format(rule=rule), _OTHER.zh.format(rule=rule))
