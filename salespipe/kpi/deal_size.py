"""Average deal size: mean, median and typical value of won deals, beside those of open ones."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, log_mean, quantile, ratio, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import Scope

__all__ = ["deal_sizes"]

NAME = "Average deal size"
TRAP = "Open and won deals differ in size, and one large deal can be the mean."

LARGE_SHARE = 1 / 3
"""Share of the sum from which on the largest deal is mentioned."""

DEFINITIONS = (
    ("mean", "sum {which} / number {which}"),
    ("median", "median of {which} deals"),
    ("typical", "mean on the log scale (geometric) of {which} deals"),
)


def deal_sizes(scope: Scope) -> list[Row]:
    """Make the rows of the average deal size, in the workbook's currency.

    An amount of 0 is an amount not entered: it is left out and counted.
    """
    rows: list[Row] = []
    won = scope.closed[scope.closed[n.OUTCOME] == n.WON]
    for kind, definition in DEFINITIONS:
        measure = Measure(
            NAME,
            definition.format(which=n.WON),
            "money",
            f"deals won in {scope.window.text}",
            TRAP,
        )
        rows += tabulate(
            measure, won, partial(_size, kind=kind), _amounts(won), window=scope.window
        )
    pending = scope.deals[scope.deals[n.OUTCOME] == n.OPEN]
    for kind, definition in DEFINITIONS:
        measure = Measure(
            NAME,
            definition.format(which=n.OPEN),
            "money",
            f"deals open on {scope.pipeline.as_of}",
            TRAP,
        )
        rows += tabulate(measure, pending, partial(_size, kind=kind), _amounts(pending))
    return rows


def _amounts(deals: pd.DataFrame) -> list[npt.NDArray[np.float64]]:
    return [deals[n.AMOUNT].to_numpy("float64", na_value=np.nan)]


def _size(entered: npt.NDArray[np.float64], *, kind: str) -> Estimate:
    amounts = entered[entered > 0]
    missing = len(entered) - len(amounts)
    notes = [f"{missing} without an amount left out"] if missing else []
    if not len(amounts):
        return unknown(notes[0] if notes else "no such deal")
    if kind == "median":
        return quantile(amounts, 0.5, note="".join(notes))
    if kind == "typical":
        return log_mean(amounts, note="".join(notes))
    return ratio(amounts, note="; ".join(notes + _largest(amounts)))


def _largest(amounts: npt.NDArray[np.float64]) -> list[str]:
    part = amounts.max() / amounts.sum()
    if len(amounts) > 1 and part > LARGE_SHARE:
        return [f"the largest deal is {part:.0%} of the sum"]
    return []
