"""Reading one figure off the rows of a KPI family."""

from collections.abc import Callable

import pandas as pd

from salespipe.kpi.measure import Row, tidy
from salespipe.kpi.scope import Scope
from salespipe.pipeline import Pipeline


def rows_of(family: Callable[[Scope], list[Row]], pipeline: Pipeline) -> pd.DataFrame:
    """Give the rows of a family as a table."""
    return tidy(family(Scope(pipeline)))


def pick(table: pd.DataFrame, definition: str, by: str = "total", group: str = "") -> pd.Series:
    """Give the one row whose definition begins so."""
    rows = table[
        table["definition"].str.startswith(definition)
        & (table["by"] == by)
        & (table["group"] == group)
    ]
    assert len(rows) == 1, table[["definition", "by", "group"]].to_string()
    return rows.iloc[0]
