"""Weighted pipeline: each open deal counted at its stage's default probability."""

import numpy as np
import numpy.typing as npt

from salespipe import names as n
from salespipe.kpi.intervals import Estimate, unknown
from salespipe.kpi.measure import Measure, Row, tabulate
from salespipe.kpi.scope import Scope
from salespipe.stages import open_stages

__all__ = ["weighted_pipelines"]

NAME = "Weighted pipeline"
TRAP = "It is a mean, not a likely outcome: a deal of 10,000 at 70 % brings 10,000 or nothing."
OPEN_TRAP = "Everything that is open, however old: it is not what will be won."


def weighted_pipelines(scope: Scope) -> list[Row]:
    """Make the rows of the open amount and the weighted one, also by stage."""
    shares = {stage.name: stage.probability for stage in open_stages(scope.pipeline.stages)}
    deals = scope.deals[scope.deals[n.OUTCOME] == n.OPEN]
    weight = deals[n.STAGE].map(shares).astype("float64")
    rows: list[Row] = []
    for definition, trap, worth in (
        ("sum of amount x stage probability", TRAP, deals[n.AMOUNT] * weight),
        ("sum of amount of open deals", OPEN_TRAP, deals[n.AMOUNT]),
    ):
        population = f"deals open on {scope.pipeline.as_of}"
        measure = Measure(NAME, definition, "money", population, trap)
        worths = worth.to_numpy("float64", na_value=np.nan)
        rows += tabulate(measure, deals, _total, [worths])
        rows += [
            measure.row(
                _total(worths[(deals[n.STAGE] == name).to_numpy(bool)]), by="stage", group=name
            )
            for name in shares
        ]
    return rows


def _total(worths: npt.NDArray[np.float64]) -> Estimate:
    if not len(worths):
        return unknown("no such deal")
    missing = int(np.isnan(worths).sum())
    note = f"{missing} without an amount left out" if missing else ""
    total = float(np.nansum(worths))
    return Estimate(total, np.nan, np.nan, len(worths), "none: a sum, not an estimate", note)
