"""Won revenue by month, beside its target."""

import pandas as pd

from salespipe import names as n
from salespipe.kpi.scope import Scope, full_months
from salespipe.pipeline import Pipeline
from salespipe.results import HISTORY_COLUMNS
from salespipe.targets import team_quotas

__all__ = ["history"]


def history(pipeline: Pipeline, *, months: int = 24) -> pd.DataFrame:
    """Sum the won amounts by month of closing.

    Only full months are given: the running month is left out, as are months before the data
    begins, of which it is not known that nothing was won.

    Parameters
    ----------
    pipeline : Pipeline
    months : int
        At most so many, up to the last full month.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.HISTORY_COLUMNS`, oldest month first. `target` is the
        team's quota (owner left blank), else the sum of the owners'; NaN where there is none.
    """
    scope = Scope(pipeline)
    window = full_months(pipeline.as_of, begin=scope.begin, months=months)
    days = pd.DatetimeIndex([f"{label}-01" for label in window.months], dtype="datetime64[us]")
    won = scope.deals[scope.deals[n.OUTCOME] == n.WON]
    by_month = won.groupby(won[n.CLOSED_ON].dt.to_period("M").dt.start_time)[n.AMOUNT].sum()
    cells = {
        "month": days,
        "won": by_month.reindex(days, fill_value=0.0).to_numpy("float64"),
        "target": team_quotas(pipeline.targets).reindex(days).to_numpy("float64"),
    }
    return pd.DataFrame(cells, columns=list(HISTORY_COLUMNS))
