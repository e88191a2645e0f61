"""The funnel of today: open deals by stage."""

import pandas as pd

from salespipe import names as n
from salespipe.pipeline import Pipeline
from salespipe.results import FUNNEL_COLUMNS
from salespipe.stages import open_stages

__all__ = ["funnel"]


def funnel(pipeline: Pipeline) -> pd.DataFrame:
    """Count and value the open deals in each stage.

    Neighbouring counts say how long deals stay, not how many go on: the conversion is in
    :func:`salespipe.kpi.review`.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.FUNNEL_COLUMNS`, one row per open stage in order. `value`
        is the sum of known amounts, `weighted` that sum times the stage's default probability.
    """
    stages = open_stages(pipeline.stages)
    deals = pipeline.deals[pipeline.deals[n.OUTCOME] == n.OPEN]
    by_stage = deals.groupby(n.STAGE)[n.AMOUNT].agg(["size", "sum"])
    by_stage = by_stage.reindex([stage.name for stage in stages], fill_value=0)
    value = by_stage["sum"].to_numpy("float64")
    cells = {
        "stage": by_stage.index.astype("str"),
        "count": by_stage["size"].to_numpy("int64"),
        "value": value,
        "weighted": value * [stage.probability for stage in stages],
    }
    return pd.DataFrame(cells, columns=list(FUNNEL_COLUMNS))
