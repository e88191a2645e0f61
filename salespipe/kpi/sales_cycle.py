"""Sales cycle: days from creation to close, of closed deals and of all deals."""

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, quantile, ratio, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import CYCLE, Scope, month_of
from salespipe.kpi.survival import survive

__all__ = ["sales_cycles"]

NAME = "Sales cycle"

CLOSED_ONLY = (
    "Slow deals are still open and not in it: a true mean of 90 days reads 64 for deals created "
    "in the last 180 days."
)
CENSORED = "Won and lost together: a deal that is quickly lost shortens it."

QUANTILES = ((0.5, "median"), (0.8, "80th percentile"))


def sales_cycles(scope: Scope) -> list[Row]:
    """Make the rows of the sales cycle: all deals by Kaplan-Meier, then won and lost apart."""
    rows: list[Row] = []
    for q, word in QUANTILES:
        rows += _censored(scope, word, q)
    rows += _censored(scope, "mean")
    for outcome in (n.WON, n.LOST):
        for q, word in QUANTILES:
            rows += _closed(scope, outcome, q, word)
    return [*rows, *_mean_of_closed(scope)]


def _censored(scope: Scope, word: str, q: float | None = None) -> list[Row]:
    """Make the rows of a quantile, or of the mean."""
    window = scope.window
    measure = Measure(
        NAME,
        f"{word} of creation to close, open deals censored (Kaplan-Meier)",
        "days",
        f"all deals, followed through {window.text}; months are of creation",
        CENSORED,
    )

    def estimate(*lives: npt.NDArray[Any]) -> Estimate:
        seen = survive(*lives)
        return seen.mean() if q is None else seen.quantile(q)

    deals = scope.deals
    created = deals[n.CREATED_ON].where(window.holds(deals[n.CREATED_ON]))
    return tabulate(
        measure,
        deals.assign(**{n.MONTH: month_of(created)}),
        estimate,
        scope.lives,
        window=window,
        remarks=scope.unripe,
    )


def _closed(scope: Scope, outcome: str, q: float, word: str) -> list[Row]:
    measure = Measure(
        NAME,
        f"{word} of creation to close, {outcome} deals",
        "days",
        f"deals {outcome} in {scope.window.text}",
        CLOSED_ONLY,
    )
    closed = scope.closed
    deals = closed[(closed[n.OUTCOME] == outcome) & closed[CYCLE].notna()]
    estimate = partial(_cycle_quantile, q=q, outcome=outcome)
    days = deals[CYCLE].to_numpy("float64")
    return tabulate(measure, deals, estimate, [days], window=scope.window)


def _mean_of_closed(scope: Scope) -> list[Row]:
    measure = Measure(
        NAME,
        "mean of creation to close, closed deals only",
        "days",
        f"deals closed in {scope.window.text}",
        CLOSED_ONLY,
    )
    deals = scope.closed[scope.closed[CYCLE].notna()]
    return tabulate(measure, deals, ratio, [deals[CYCLE].to_numpy("float64")], window=scope.window)


def _cycle_quantile(days: npt.NDArray[np.float64], *, q: float, outcome: str) -> Estimate:
    if not len(days):
        return unknown(f"no {outcome} deal has both dates")
    return quantile(days, q)
