"""The forecast log beside a workbook: every forecast that was written, as it was; only added to.

``Book.xlsx`` has the folder ``Book.forecasts`` of Parquet parts (see :mod:`salespipe.parts`), one
for each forecast. What was forecast is never computed again from what is known later.
"""

from pathlib import Path
from typing import Final, Literal

import pandas as pd

from salespipe.parts import Fault, add_part, locked, read_shelf

__all__ = [
    "ABOVE",
    "BELOW",
    "COMMITTED",
    "GRID",
    "LOG_COLUMNS",
    "MARKET",
    "OWN",
    "SCHEMA",
    "append_forecast",
    "forecasts_path",
    "latest",
    "read_forecasts",
]

SCHEMA: Final = 1

OWN: Final = "salespipe"
"""Name of the product's own forecast among the methods."""

BELOW, ABOVE = "from the deals", "from the history"
"""The two views of the product's own forecast."""

COMMITTED: Final = "owners' commit"
"""What owners call committed: the money of such deals in the month of their expected close."""

MARKET: Final = "market"
"""Method of the rows that say what market indices add, in the mean, to spans of the forecast."""

GRID: Final = tuple(round(0.01 * step, 2) for step in range(1, 100))
"""Probabilities of the quantiles that are kept of every distribution."""

LOG_COLUMNS: Final[dict[str, Literal["str", "float64", "int64", "datetime64[us]", "object"]]] = {
    "as_of": "datetime64[us]",
    "method": "str",  # salespipe, one of its views, one of the simpler methods, or market
    "by": "str",  # total | owner | deal
    "group": "str",  # the owner, the deal's id, "" for the total
    "period": "str",  # 2026-11, 2026Q4, total; of a span its first and last month
    "kind": "str",  # month | quarter | total | span (the first months of the horizon together)
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "horizon": "int64",  # months from the first one to the end of the period
    "worst": "float64",
    "likely": "float64",
    "best": "float64",
    "mean": "float64",
    "won_so_far": "float64",
    "from_open": "float64",
    "from_new": "float64",
    "target": "float64",
    "p_target": "float64",
    "quantiles": "object",  # array of money at the probabilities of GRID; None for a deal
    "low_chance": "float64",  # probabilities of worst and best
    "high_chance": "float64",
    "currency": "str",
    "version": "str",
    "data_hash": "str",
    "seed": "int64",
}
"""Columns of the log and their types; money is in the workbook's currency of that day."""


def forecasts_path(workbook: Path) -> Path:
    """Give the folder of the forecast log that belongs to a workbook."""
    return workbook.with_name(f"{workbook.stem}.forecasts")


def read_forecasts(workbook: Path) -> tuple[pd.DataFrame, tuple[Fault, ...]]:
    """Read every forecast that was kept.

    Returns
    -------
    DataFrame
        Columns :data:`LOG_COLUMNS`, in the order of writing; of several forecasts as of one day
        the last.
    tuple of Fault

    Raises
    ------
    LedgerError
        The folder cannot be read at all.
    """
    shelf = read_shelf(forecasts_path(workbook), schema=SCHEMA)
    tables = [_conformed(part.table).assign(place=place) for place, part in enumerate(shelf.parts)]
    if not tables:
        return _conformed(pd.DataFrame()), shelf.faults
    log = pd.concat(tables, ignore_index=True)
    last = log.groupby("as_of")["place"].transform("max")
    log = log[log["place"] == last].sort_values("as_of", kind="stable")
    return _conformed(log), shelf.faults


def append_forecast(workbook: Path, rows: pd.DataFrame) -> Path | None:
    """Add a forecast to the log, unless the last one kept of that day is the same.

    Parameters
    ----------
    workbook : Path
    rows : DataFrame
        Columns :data:`LOG_COLUMNS`, all as of one day.

    Returns
    -------
    Path or None
        The part written.

    Raises
    ------
    LedgerError
        It cannot be written.
    """
    new = _conformed(rows)
    if new.empty:
        return None
    folder = forecasts_path(workbook)
    with locked(folder):
        shelf = read_shelf(folder, schema=SCHEMA)
        for part in reversed(shelf.parts):
            old = _conformed(part.table)
            if (old["as_of"] == new["as_of"].iloc[0]).any():
                if _same(old, new):
                    return None
                break
        return add_part(folder, new, number=shelf.last + 1, schema=SCHEMA, notes={})


def latest(log: pd.DataFrame, *, before: pd.Timestamp) -> pd.DataFrame:
    """Give the rows of the last forecast made before a day; none where there is none."""
    past = log[log["as_of"] < before]
    rows: pd.DataFrame = past[past["as_of"] == past["as_of"].max()]
    return rows


def _same(old: pd.DataFrame, new: pd.DataFrame) -> bool:
    receipt = ["data_hash", "seed", "version"]
    alike = old[receipt].iloc[0].equals(new[receipt].iloc[0])
    plain = [key for key in LOG_COLUMNS if key not in ("quantiles", *receipt)]
    return alike and old[plain].reset_index(drop=True).equals(new[plain].reset_index(drop=True))


def _conformed(rows: pd.DataFrame) -> pd.DataFrame:
    out = rows.reindex(columns=list(LOG_COLUMNS))
    whole = {key: 0 for key, kind in LOG_COLUMNS.items() if kind == "int64"}
    return out.fillna(whole).astype(LOG_COLUMNS).reset_index(drop=True)
