"""What each owner's call is worth by that owner's own record, shrunk to the team's."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from salespipe import names as n
from salespipe.bands import CALLS
from salespipe.inference.fit import Fit
from salespipe.simulation.win_chances import (
    PROB,
    absorbed,
    effects_of,
    exits_of,
    landing_of,
    thinned,
)

__all__ = ["CALL_CHANCE_COLUMNS", "call_chances"]

type Floats = npt.NDArray[np.float64]

CALL_CHANCE_COLUMNS: Final = ("owner", "call", "value", "low", "high", "n")
"""Columns of :func:`call_chances`."""

DRAWS: Final = 400
"""Posterior draws: a 5 % quantile is then off by a tenth of the spread."""

SAME: Final = ["stage", "age", "due", "quarter_month", n.SEGMENT, n.SOURCE, "size"]
"""What stays as it is in all comparisons."""


def call_chances(fit: Fit) -> pd.DataFrame:
    """Give the chance that a new deal is won, by who owns it and what the owner calls it.

    All else is equal: every owner and call is given the same exits, those of the whole history. The
    chances rest on what became of each owner's own calls and, where those are few, on what became
    of the team's (the trust effect of :func:`salespipe.models.win_rate.build_win_rate`).

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DataFrame
        :data:`CALL_CHANCE_COLUMNS`: median and interval of probability
        :data:`salespipe.simulation.win_chances.PROB` as shares, and the number of exits of deals
        that the owner called so; by owner, calls in their order. Only what an owner has called is
        in it.
    """
    exits, landing = exits_of(fit), landing_of(fit)
    effects = effects_of(fit, draws=DRAWS)
    made = exits[exits["call"] > 0].groupby([n.OWNER, "call"], as_index=False)["exits"].sum()
    cells = thinned(exits.groupby(SAME, as_index=False)[["exits"]].sum())
    parts: dict[int, pd.DataFrame] = {
        stage: cells[cells["stage"] == stage] for stage in sorted(set(cells["stage"]))
    }
    others = {stage: _summed(part, effects) for stage, part in parts.items()}
    rows = []
    for owner, call, count in made.itertuples(index=False):
        said = effects["call"][:, [owner * len(CALLS) + call]] + effects[n.OWNER][:, [owner]]
        onward: Floats = expit(effects["stage"] + said)
        for stage, part in parts.items():
            chance = expit(others[stage] + said)
            onward[:, stage] = np.average(chance, axis=1, weights=part["exits"])
        won = absorbed(onward, landing)[:, 0]
        low, value, high = np.quantile(won, [(1 - PROB) / 2, 0.5, (1 + PROB) / 2])
        said_so = CALLS[call].replace("_", " ")
        rows.append((fit.exposure.owners[owner], said_so, value, low, high, int(count)))
    return pd.DataFrame(rows, columns=list(CALL_CHANCE_COLUMNS))


def _summed(part: pd.DataFrame, effects: dict[str, Floats]) -> Floats:
    """Sum what stays as it is, by draw and cell."""
    total: Floats = np.add.reduce([effects[key][:, part[key].to_numpy()] for key in SAME])
    return total
