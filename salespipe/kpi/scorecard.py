"""Scorecard: owners' win rates on the same mix of deals, and whether they can be told apart."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.hierarchy import Comparison, compare_groups
from salespipe.kpi.intervals import Estimate, unknown
from salespipe.kpi.measure import Measure, Row
from salespipe.kpi.scope import CYCLE, Scope, month_of
from salespipe.kpi.win_rate import KNOWN_SHARE
from salespipe.pipeline import Pipeline

__all__ = [
    "ABOVE",
    "ALIKE",
    "BELOW",
    "NOTE",
    "SCORECARD_COLUMNS",
    "SURE",
    "scorecard",
    "scorecards",
]

NOTE: Final = "For coaching, not for decisions about employment or pay."
ALIKE: Final = "cannot be told apart"
ABOVE: Final = "above the team"
BELOW: Final = "below the team"

SURE: Final = 0.9
"""Probability of being on one side of the team from which on it is said, if owners differ."""

SIZES: Final = 5
"""Bands of equally many deals by amount."""

SCORECARD_COLUMNS: Final = (
    "owner",
    "n",  # deals, all old enough
    "won",  # of them, within the age
    "plain",  # won / n
    "value",  # share won if the owner had the team's mix of deals
    "low",  # its 90 % interval
    "high",
    "p_above",  # probability of being above the team
    "call",  # above the team | below the team | cannot be told apart
)
"""Columns of :func:`scorecard`."""

NAME = "Scorecard"
INTERVAL = "hierarchical logistic model (Laplace), 90 %"


def scorecard(pipeline: Pipeline) -> pd.DataFrame:
    """Compare owners' win rates after adjusting for their mix of deals.

    The deals are those of the headline win rate: created in twelve full months, and old enough.
    Segment, source, size and quarter of creation are what is adjusted for. Owners are pooled as
    far as they are alike, so that few deals make no champion. They are called above or below the
    team only where the score test finds that owners differ at all.

    Returns
    -------
    DataFrame
        Columns :data:`SCORECARD_COLUMNS`, highest value first; empty with fewer than two owners.
        For coaching, not for decisions about employment or pay.
    """
    return _table(Scope(pipeline))[0]


def scorecards(scope: Scope) -> list[Row]:
    """Make the rows of the scorecard for the review."""
    table, population = _table(scope)
    definition = f"won within {scope.ripe_age} days, on the team's mix of deals"
    measure = Measure(NAME, definition, "share", population, NOTE)
    if table.empty:
        return [measure.row(unknown("fewer than two owners have deals old enough"))]
    rows = []
    for row in table.to_dict("records"):
        value, low, high = (float(row[key]) for key in ("value", "low", "high"))
        found = Estimate(value, low, high, int(row["n"]), INTERVAL)
        said = f"{100 * row['p_above']:.0f} % sure to be above the team: {row['call']}"
        rows.append(measure.row(found, by=n.OWNER, group=str(row["owner"]), remark=said))
    return rows


def _table(scope: Scope) -> tuple[pd.DataFrame, str]:
    deals, population = _cohort(scope)
    owners = sorted(deals[n.OWNER].unique())
    if len(owners) < 2:
        return pd.DataFrame(columns=list(SCORECARD_COLUMNS)), population
    group = np.searchsorted(owners, deals[n.OWNER].to_numpy(object)).astype(np.int64)
    hits = deals["hit"].to_numpy(bool)
    found = compare_groups(_mix(deals, scope), group, hits, groups=len(owners))
    counts = np.bincount(group, minlength=len(owners))
    won = np.bincount(group, hits, len(owners)).astype(np.int64)
    table = pd.DataFrame(
        {
            "owner": owners,
            "n": counts,
            "won": won,
            "plain": won / counts,
            "value": found.rate,
            "low": found.low,
            "high": found.high,
            "p_above": found.p_above,
            "call": _calls(found),
        },
        columns=list(SCORECARD_COLUMNS),
    )
    return table.sort_values("value", ascending=False, kind="stable", ignore_index=True), population


def _calls(found: Comparison) -> list[str]:
    sides = [
        ABOVE if p >= SURE else BELOW if p <= 1 - SURE else ALIKE for p in found.p_above.tolist()
    ]
    return sides if found.differ else [ALIKE] * len(sides)


def _cohort(scope: Scope) -> tuple[pd.DataFrame, str]:
    """Give the deals of the headline win rate that have an owner."""
    age = scope.ripe_age
    window = scope.cohorts(age)
    deals = scope.deals[window.holds(scope.deals[n.CREATED_ON])]
    deals = deals[deals[n.OWNER] != n.UNKNOWN]
    hit = (deals[n.OUTCOME] == n.WON) & (deals[CYCLE] <= age)
    population = f"deals created in {window.text}, all at least {age} days old"
    return deals.assign(hit=hit, **{n.MONTH: month_of(deals[n.CREATED_ON])}), population


def _mix(deals: pd.DataFrame, scope: Scope) -> npt.NDArray[np.float64]:
    """Give what is adjusted for, as zeros and ones."""
    quarters = {
        month: label
        for label, months in scope.cohorts(scope.ripe_age).quarters.items()
        for month in months
    }
    known = {
        n.SEGMENT: deals[n.SEGMENT],
        n.SOURCE: deals[n.SOURCE],
        "quarter": deals[n.MONTH].map(quarters),
        "size": _sizes(deals),
    }
    return pd.get_dummies(pd.DataFrame(known), drop_first=True).to_numpy(np.float64)


def _sizes(deals: pd.DataFrame) -> npt.NDArray[np.str_]:
    """Sort deals into bands by amount; all into one where an amount tells how the deal ended."""
    listed = deals[n.LISTED_AMOUNT].fillna(deals[n.AMOUNT])
    known = (listed > 0).groupby(deals[n.OUTCOME]).mean()
    ranks = listed.where(listed > 0).rank(pct=True).fillna(0.0).to_numpy("float64")
    bands: npt.NDArray[np.str_] = np.ceil(ranks * SIZES).astype(np.int64).astype(np.str_)
    return bands if (known >= KNOWN_SHARE).all() else np.zeros_like(bands)
