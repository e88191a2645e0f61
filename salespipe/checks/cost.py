"""What problems cost the forecast: the money that rests on deals which break a rule."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.checks.finding import Facts
from salespipe.checks.words import LABELS
from salespipe.problems import SEVERITIES, Problem
from salespipe.settings import Settings
from salespipe.tables import Tables
from salespipe.wording import Words, filled

__all__ = ["COST_COLUMNS", "cost_table", "weighted_values", "with_costs"]

COST_COLUMNS: Final = ("rule", "severity", "count", "deals", "amount", "share", "message")
"""Columns of :func:`cost_table`."""

_BASES: Final = {
    "weighted": Words("stage-weighted pipeline", "阶段加权金额"),
    "likely": Words("likely value", "预期金额"),
}
_SENTENCE: Final = Words(
    "{deals:,} {label} carry {share:.0%} of the {basis} ({currency} {amount:,.0f}).",
    "{deals:,} 个{label}占{basis}的 {share:.0%}（{currency} {amount:,.0f}）。",
)
_ONE: Final = Words(
    'One deal among "{label}" carries {share:.0%} of the {basis} ({currency} {amount:,.0f}).',
    "1 个{label}占{basis}的 {share:.0%}（{currency} {amount:,.0f}）。",
)
_OTHER: Final = Words('deals with "{rule}"', "涉及“{rule}”的商机")


def weighted_values(tables: Tables, *, as_of: date) -> "pd.Series[float]":
    """Value the open deals by their stages: amount × default probability, by deal id.

    An amount that is missing is taken for the median of the others, an unknown stage for the mean
    probability, since that is how much hangs on mending them. Money is in the workbook's currency;
    a deal without an exchange rate counts 0.
    """
    facts = Facts(tables, as_of)
    deals = facts.deals
    ahead = deals[n.CLOSED_ON] > facts.day
    open_ = deals[~deals[n.STAGE].isin([n.WON, n.LOST]) | ahead]
    rate = facts.rates[n.RATE].reindex(open_.index).fillna(0.0)
    amount = open_[n.AMOUNT].fillna(open_[n.LISTED_AMOUNT])
    amount = amount.fillna(deals.loc[deals[n.AMOUNT] > 0, n.AMOUNT].median()).clip(lower=0)
    probability = {stage.name: stage.probability for stage in tables.stages}
    chance = open_[n.STAGE].map(probability).astype("float64")
    value = amount * rate * chance.fillna(chance.mean() if chance.notna().any() else 0.5)
    return value.fillna(0.0).groupby(open_[n.DEAL_ID]).sum()


def with_costs(problems: Iterable[Problem], values: "pd.Series[float]") -> tuple[Problem, ...]:
    """Give each problem the value of the open deal it is about.

    Parameters
    ----------
    problems : iterable of Problem
    values : Series
        Money by deal id: :func:`weighted_values`, or the forecast's expected value.
    """
    known = values.to_dict()
    return tuple(
        replace(problem, cost=float(known[problem.deal_id]))
        if problem.deal_id in known
        else problem
        for problem in problems
    )


def cost_table(
    problems: Iterable[Problem],
    values: "pd.Series[float]",
    *,
    settings: Settings,
    basis: str = "weighted",
) -> pd.DataFrame:
    """Add up, rule by rule, what rests on the deals that break it.

    Parameters
    ----------
    problems : iterable of Problem
    values : Series
        Money by deal id.
    settings : Settings
        Language and currency of the sentences.
    basis : {"weighted", "likely"}
        What the values are.

    Returns
    -------
    DataFrame
        One row per rule that touches an open deal, the dearest first: `rule`, `severity` (the
        worst), `count` of problems, `deals`, `amount`, `share` of the total, `message`.
    """
    frame = pd.DataFrame(
        [(p.rule, p.severity, p.deal_id) for p in problems if p.deal_id in values.index],
        columns=["rule", "severity", n.DEAL_ID],
    )
    total = float(values.sum())
    rows = []
    for rule, found in frame.groupby("rule"):
        ids = found[n.DEAL_ID].unique()
        amount = float(values.reindex(ids).sum())
        share = amount / total if total else np.nan
        severity = min(found["severity"], key=SEVERITIES.index)
        words = {
            "deals": len(ids),
            "label": _label(str(rule)),
            "share": share,
            "basis": _BASES[basis],
            "currency": settings.currency,
            "amount": amount,
        }
        message = filled(_SENTENCE if len(ids) > 1 else _ONE, words, settings.language)
        rows.append((rule, severity, len(found), len(ids), amount, share, message))
    table = pd.DataFrame(rows, columns=list(COST_COLUMNS))
    return table.sort_values(["amount", "rule"], ascending=[False, True], ignore_index=True)


def _label(rule: str) -> Words:
    return LABELS.get(rule) or Words(_OTHER.en.format(rule=rule), _OTHER.zh.format(rule=rule))
