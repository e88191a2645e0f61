"""A KPI's definition, and the rows that it makes for the total and for every group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate
from salespipe.kpi.scope import Window
from salespipe.results import KPI_COLUMNS

__all__ = ["GROUPS", "Measure", "Row", "tabulate", "tidy"]

Row = dict[str, object]

GROUPS: Final = (n.OWNER, n.SEGMENT, n.SOURCE)
"""Columns by which every KPI is broken down, beside months and quarters."""

NO_REMARKS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Measure:
    """What is printed beside a number.

    Attributes
    ----------
    name, definition : str
    unit : {"share", "days", "money", "count", "number"}
    population : str
        Which observations are counted.
    trap : str
        How it misleads, in one line.
    """

    name: str
    definition: str
    unit: Literal["share", "days", "money", "count", "number"]
    population: str
    trap: str

    def row(
        self, estimate: Estimate, *, by: str = "total", group: str = "", remark: str = ""
    ) -> Row:
        """Set an estimate beside what it means."""
        said = "; ".join(text for text in (self.population, estimate.note, remark) if text)
        cells = (
            self.name,
            self.definition,
            by,
            group,
            estimate.value,
            estimate.low,
            estimate.high,
            estimate.n,
            self.unit,
            said,
            estimate.interval,
            self.trap,
        )
        return dict(zip(KPI_COLUMNS, cells, strict=True))


def tabulate(
    measure: Measure,
    frame: pd.DataFrame,
    estimate: Callable[[pd.DataFrame], Estimate],
    *,
    window: Window | None = None,
    remarks: Mapping[str, str] = NO_REMARKS,
    groups: Sequence[str] = GROUPS,
) -> list[Row]:
    """Make the rows of a measure: the total, each owner, segment, source, quarter and month.

    Parameters
    ----------
    measure : Measure
    frame : DataFrame
        Observations with the columns in `groups` and, where a window is given, ``month``.
    estimate : callable
        From some of the observations to an estimate.
    window : Window, optional
        Its months and quarters have a row each, one without observations too.
    remarks : mapping
        From months to what must be said of them.
    groups : sequence of str
        Columns; one that is blank throughout is left out, since it would repeat the total.
    """
    rows = [measure.row(estimate(frame))]
    for key in groups:
        if (frame[key] == n.UNKNOWN).all():
            continue
        rows += [
            measure.row(estimate(part), by=key, group=str(group))
            for group, part in frame.groupby(key)
        ]
    if window is None:
        return rows
    for label, months in window.quarters.items():
        said = [*dict.fromkeys(remarks[month] for month in months if month in remarks)]
        if len(months) < 3:
            said.append(f"{len(months)} of its 3 months")
        part = frame[frame[n.MONTH].isin(months)]
        rows.append(measure.row(estimate(part), by="quarter", group=label, remark="; ".join(said)))
    parts = dict(iter(frame.groupby(n.MONTH)))
    rows += [
        measure.row(
            estimate(parts.get(label, frame.iloc[:0])),
            by="month",
            group=label,
            remark=remarks.get(label, ""),
        )
        for label in window.months
    ]
    return rows


def tidy(rows: Sequence[Row]) -> pd.DataFrame:
    """Gather rows into a table with :data:`salespipe.results.KPI_COLUMNS`."""
    kinds = dict.fromkeys(KPI_COLUMNS, "str") | {
        "value": "float64",
        "low": "float64",
        "high": "float64",
        "n": "int64",
    }
    return pd.DataFrame(list(rows), columns=list(KPI_COLUMNS)).astype(kinds)
