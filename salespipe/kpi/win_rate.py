"""Win rate: of deals old enough, of all created, of closed, by value; side by side."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, ratio, share, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import AGES, CYCLE, Scope, Window, month_of
from salespipe.kpi.survival import survive

__all__ = ["KNOWN_SHARE", "win_rates"]

NAME = "Win rate"

OF_RIPE = "Compares cohorts fairly, but speaks of deals that are at least so old: news comes late."
OF_ALL_AGES = "Assumes that deals still open will go on as deals of their age have gone."
OF_CREATED = (
    "Young deals count as not won: a simulated firm that wins 25 % reads 13 % for deals created "
    "in the last 180 days."
)
OF_CLOSED = (
    "Losses close late, so that a growing firm looks better than it is: a simulated firm that wins "
    "25 % reads 48 % for deals created in the last 180 days."
)
OF_VALUE = "One large deal can be the figure."

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

KNOWN_SHARE = 0.8
"""Least share of the deals whose amount must be known for a rate by value."""

NEGLIGIBLE = 0.05
"""Share of all deals that may lack an amount, of whatever kind: it moves the rate by no more."""


def win_rates(scope: Scope) -> list[Row]:
    """Make the rows of the win rate; the first is the headline.

    A deal that ended without a decision is lost: it counts as not won.
    """
    return [
        *_within_age(scope),
        *_censored(scope),
        *_of_created(scope),
        *_of_closed(scope),
        *_by_value(scope),
    ]


def _cohorts(scope: Scope, age: int) -> tuple[pd.DataFrame, Window, str]:
    """Give the deals of full months that are at least so old, the window and its description."""
    window = scope.cohorts(age)
    deals = _created_in(scope.deals, window)
    deals = deals.assign(hit=(deals[n.OUTCOME] == n.WON) & (deals[CYCLE] <= age))
    return deals, window, f"deals created in {window.text}, all at least {age} days old"


def _created_in(deals: pd.DataFrame, window: Window) -> pd.DataFrame:
    created = deals[window.holds(deals[n.CREATED_ON])]
    return created.assign(**{n.MONTH: month_of(created[n.CREATED_ON])})


def _within_age(scope: Scope) -> list[Row]:
    rows: list[Row] = []
    for age in (scope.ripe_age, *(age for age in AGES if age != scope.ripe_age)):
        headline = age == scope.ripe_age
        deals, window, population = _cohorts(scope, age)
        measure = Measure(
            NAME,
            f"won within {age} days of creation{' (headline)' if headline else ''}",
            "share",
            population,
            OF_RIPE,
        )
        hits = deals["hit"].to_numpy(bool)
        if headline:
            rows += tabulate(measure, deals, _hits, [hits], window=window)
        else:
            rows.append(measure.row(_hits(hits)))
    return rows


def _hits(hits: Flags) -> Estimate:
    return share(int(hits.sum()), len(hits)) if len(hits) else unknown("no deal of that age")


def _censored(scope: Scope) -> list[Row]:
    population = f"all deals, followed through {scope.window.text}"
    age = scope.ripe_age

    def by(days: float) -> Callable[..., Estimate]:
        return lambda *lives: survive(*lives).share_by(days)

    within = Measure(
        NAME,
        f"won within {age} days, open deals censored (cumulative incidence)",
        "share",
        population,
        OF_ALL_AGES,
    )
    last = scope.survival.days[-1] if len(scope.survival.days) else 0.0
    ever = replace(
        within,
        definition="won in the end, open deals censored (cumulative incidence)",
        population=f"{population}; the end is {last:.0f} days, the oldest close seen",
    )
    return [*tabulate(within, scope.deals, by(age), scope.lives), ever.row(by(last)(*scope.lives))]


def _of_created(scope: Scope) -> list[Row]:
    deals = _created_in(scope.deals, scope.window)
    measure = Measure(
        NAME,
        "won / all created",
        "share",
        f"deals created in {scope.window.text}",
        OF_CREATED,
    )

    def estimate(won: Flags, pending: Flags) -> Estimate:
        if not len(won):
            return unknown("no deal was created")
        note = f"{pending.sum()} still open" if pending.any() else ""
        return share(int(won.sum()), len(won), note=note)

    flags = [(deals[n.OUTCOME] == one).to_numpy(bool) for one in (n.WON, n.OPEN)]
    return tabulate(measure, deals, estimate, flags, window=scope.window, remarks=scope.unripe_wins)


def _of_closed(scope: Scope) -> list[Row]:
    deals = scope.closed
    measure = Measure(
        NAME,
        "won / (won + lost)",
        "share",
        f"deals closed in {scope.window.text}",
        OF_CLOSED,
    )

    def estimate(won: Flags) -> Estimate:
        return share(int(won.sum()), len(won)) if len(won) else unknown("no deal was closed")

    won = (deals[n.OUTCOME] == n.WON).to_numpy(bool)
    return tabulate(measure, deals, estimate, [won], window=scope.window)


def _by_value(scope: Scope) -> list[Row]:
    age = scope.ripe_age
    deals, window, population = _cohorts(scope, age)
    listed = bool((deals[n.LISTED_AMOUNT] > 0).any())
    key, said = (
        (n.LISTED_AMOUNT, "listed amounts, known from the first day")
        if listed
        else (n.AMOUNT, "amounts as they now stand, for want of listed ones")
    )
    measure = Measure(
        NAME,
        f"value won within {age} days of creation / value created",
        "share",
        f"{population}; {said}",
        OF_VALUE,
    )

    outcomes = deals[n.OUTCOME].value_counts().index
    kinds = outcomes.get_indexer(pd.Index(deals[n.OUTCOME]))

    def estimate(value: Floats, hits: Flags, kind: npt.NDArray[np.intp]) -> Estimate:
        if not len(value):
            return unknown("no deal of that age")
        known = value > 0
        counts = np.bincount(kind, minlength=len(outcomes))
        somes = np.bincount(kind[known], minlength=len(outcomes))
        too_many = (somes < KNOWN_SHARE * counts) & (counts - somes > NEGLIGIBLE * len(value))
        for k in map(int, np.argsort(-counts, kind="stable")):
            if too_many[k]:
                reason = f"only {somes[k]} of {counts[k]} {outcomes[k]} deals have an amount"
                return unknown(reason, n=int(known.sum()))
        missing = len(value) - int(known.sum())
        note = f"{missing} without an amount left out" if missing else ""
        return ratio(value[known] * hits[known], value[known], note=note)

    values = [deals[key].to_numpy("float64", na_value=np.nan), deals["hit"].to_numpy(bool), kinds]
    return tabulate(measure, deals, estimate, values, window=window)
