"""The KPI review: all KPIs of the method in one tidy table."""

import pandas as pd

from salespipe.kpi.activity import activity_volumes
from salespipe.kpi.attainment import attainments
from salespipe.kpi.bottleneck import bottlenecks
from salespipe.kpi.conversion import conversions
from salespipe.kpi.coverage import coverages
from salespipe.kpi.deal_size import deal_sizes
from salespipe.kpi.evidence import evidence_lifts
from salespipe.kpi.linearity import linearities
from salespipe.kpi.loss_reasons import loss_reasons
from salespipe.kpi.measure import tidy
from salespipe.kpi.sales_cycle import sales_cycles
from salespipe.kpi.scope import Scope
from salespipe.kpi.scorecard import scorecards
from salespipe.kpi.slippage import slippages
from salespipe.kpi.stage_time import stage_times
from salespipe.kpi.velocity import velocities
from salespipe.kpi.weighted_pipeline import weighted_pipelines
from salespipe.kpi.win_rate import win_rates
from salespipe.pipeline import Pipeline

__all__ = ["review"]

FAMILIES = (
    # The five of the method, then what explains them, then money against its target.
    win_rates,
    sales_cycles,
    deal_sizes,
    conversions,
    activity_volumes,
    stage_times,
    bottlenecks,
    loss_reasons,
    velocities,
    weighted_pipelines,
    coverages,
    slippages,
    attainments,
    linearities,
    scorecards,
    evidence_lifts,
)


def review(pipeline: Pipeline) -> pd.DataFrame:
    """Compute the KPIs of the method, each with its definitions side by side.

    They look back on the last twelve full months before the as-of date, or on as many as the data
    has; the population of each row says which. The first definition of the win rate is the
    headline. A figure that cannot be given is NaN, with the reason in its population.

    Parameters
    ----------
    pipeline : Pipeline

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.KPI_COLUMNS`; one row per definition for the total, each
        owner, segment, source, stage, loss reason, quarter and month. Shares lie between 0 and 1
        (attainment may exceed it), money is in the workbook's
        currency, intervals hold 90 %.
    """
    scope = Scope(pipeline)
    return tidy([row for family in FAMILIES for row in family(scope)])
