"""The KPI review: all KPIs of the method in one tidy table."""

import pandas as pd

from salespipe.kpi.activity import activity_volumes
from salespipe.kpi.conversion import conversions
from salespipe.kpi.deal_size import deal_sizes
from salespipe.kpi.measure import tidy
from salespipe.kpi.sales_cycle import sales_cycles
from salespipe.kpi.scope import Scope
from salespipe.kpi.win_rate import win_rates
from salespipe.pipeline import Pipeline

__all__ = ["review"]


def review(pipeline: Pipeline) -> pd.DataFrame:
    """Compute the five KPIs of the method, each with its definitions side by side.

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
        owner, segment, month and stage. Shares lie between 0 and 1, money is in the workbook's
        currency, intervals hold 90 %.
    """
    scope = Scope(pipeline)
    families = (win_rates, sales_cycles, deal_sizes, conversions, activity_volumes)
    return tidy([row for family in families for row in family(scope)])
