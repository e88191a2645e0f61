"""A KPI's definition, and the rows that it makes for the total and for every group."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.kpi.intervals import Estimate
from salespipe.kpi.scope import Window
from salespipe.results import KPI_COLUMNS

__all__ = ["GROUPS", "Measure", "Row", "tabulate", "tidy"]

Row = dict[str, object]
Values = npt.NDArray[Any]
Places = npt.NDArray[np.intp]

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
    estimate: Callable[..., Estimate],
    values: Sequence[Values],
    *,
    window: Window | None = None,
    remarks: Mapping[str, str] = NO_REMARKS,
    groups: Sequence[str] = GROUPS,
) -> list[Row]:
    """Make the rows of a measure: the total, each owner, segment, source, quarter and month.

    Parameters
    ----------
    measure : Measure
    frame : DataFrame, n rows
        Observations with the columns in `groups` and, where a window is given, ``month``.
    estimate : callable
        From the values of some of the observations, an argument each, to an estimate. It is called
        once for every row: from arrays, since a table of a few rows costs more than the estimate.
    values : sequence of array, each of shape (n,)
        What is estimated from.
    window : Window, optional
        Its months and quarters have a row each, one without observations too.
    remarks : mapping
        From months to what must be said of them.
    groups : sequence of str
        Columns; one that is blank throughout is left out, since it would repeat the total.
    """

    def of(places: Places) -> Estimate:
        return estimate(*[column[places] for column in values])

    rows = [measure.row(estimate(*values))]
    for key in groups:
        parts = _split(frame[key])
        if parts.keys() <= {n.UNKNOWN}:
            continue
        rows += [measure.row(of(part), by=key, group=group) for group, part in parts.items()]
    if window is None:
        return rows
    nowhere = np.empty(0, np.intp)
    parts = _split(frame[n.MONTH])
    for label, months in window.quarters.items():
        said = [*dict.fromkeys(remarks[month] for month in months if month in remarks)]
        if len(months) < 3:
            said.append(f"{len(months)} of its 3 months")
        part = np.sort(np.concatenate([parts.get(month, nowhere) for month in months]))
        rows.append(measure.row(of(part), by="quarter", group=label, remark="; ".join(said)))
    return rows + [
        measure.row(
            of(parts.get(label, nowhere)), by="month", group=label, remark=remarks.get(label, "")
        )
        for label in window.months
    ]


def _split(labels: pd.Series) -> dict[str, Places]:
    """Give the places of each label, labels in order; a missing one is none."""
    codes, found = pd.factorize(labels, sort=True)
    order = np.argsort(codes, kind="stable")
    places = np.split(order, np.searchsorted(codes[order], np.arange(len(found))))[1:]
    return {str(label): part for label, part in zip(found, places, strict=True)}


def tidy(rows: Sequence[Row]) -> pd.DataFrame:
    """Gather rows into a table with :data:`salespipe.results.KPI_COLUMNS`."""
    kinds = dict.fromkeys(KPI_COLUMNS, "str") | {
        "value": "float64",
        "low": "float64",
        "high": "float64",
        "n": "int64",
    }
    return pd.DataFrame(list(rows), columns=list(KPI_COLUMNS)).astype(kinds)
