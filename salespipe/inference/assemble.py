"""From a pipeline and its exposure table to the data of each model."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.exposure import AGE_CUTS, AGE_GROUPS, Exposure
from salespipe.models.amount import AmountData
from salespipe.models.arrivals import ArrivalsData
from salespipe.models.timing import TimingData
from salespipe.models.win_rate import WinRateData
from salespipe.periods import month_of_quarter
from salespipe.pipeline import Pipeline

__all__ = [
    "MIN_ARRIVALS",
    "MIN_ARRIVAL_MONTHS",
    "amount_data",
    "arrivals_data",
    "month_number",
    "timing_data",
    "win_rate_data",
]

type Ints = npt.NDArray[np.int64]

MIN_ARRIVAL_MONTHS = 3
"""Months of history without which new business is not forecast at all."""

MIN_ARRIVALS = 10
"""Deals created in them without which new business is not forecast at all."""


def month_number(day: pd.Timestamp) -> int:
    """Give the number of a day's calendar month, counted from year 0."""
    return int(day.year * 12 + day.month - 1)


def quarter_months(months: npt.ArrayLike, fiscal_year_start: int) -> Ints:
    """Give the place in the fiscal quarter of month numbers."""
    numbers = np.asarray(months, dtype=np.int64) % 12 + 1
    return (
        np.asarray(
            month_of_quarter(1, fiscal_year_start=fiscal_year_start) + numbers - 1, dtype=np.int64
        )
        % 3
    )


def _labels(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, last + 1))


def _span(exposure: Exposure) -> tuple[int, int]:
    """Months of the history: from the first exit that could be seen to the as-of date."""
    return month_number(exposure.start), month_number(exposure.end)


def timing_data(pipeline: Pipeline, exposure: Exposure) -> TimingData:
    """Sum the exposure table over what the timing model does not tell apart."""
    keys = ["stage", "band", "month", "due"]
    cells = exposure.cells.groupby(keys, as_index=False)[["days", "onward", "lost"]].sum()
    first, last = _span(exposure)
    return TimingData(
        stage=cells["stage"].to_numpy(),
        band=cells["band"].to_numpy(),
        due=cells["due"].to_numpy(),
        month=cells["month"].to_numpy() - first,
        quarter_of_month=quarter_months(
            range(first, last + 1), pipeline.settings.fiscal_year_start
        ),
        days=cells["days"].to_numpy(),
        exits=(cells["onward"] + cells["lost"]).to_numpy(),
        steps=pipeline.steps,
        bands=len(AGE_CUTS) + 1,
        months=_labels(first, last),
    )


def win_rate_data(pipeline: Pipeline, exposure: Exposure) -> WinRateData:
    """Keep the cells with an exit, summed over the age bands of an age group."""
    table = exposure.cells.assign(
        age=AGE_GROUPS[exposure.cells["band"]],
        exits=exposure.cells["onward"] + exposure.cells["lost"],
    )
    keys = ["stage", "age", "due", "month", "owner", "segment"]
    cells = table[table["exits"] > 0].groupby(keys, as_index=False)[["exits", "onward"]].sum()
    first, last = _span(exposure)
    return WinRateData(
        stage=cells["stage"].to_numpy(),
        age=cells["age"].to_numpy(),
        due=cells["due"].to_numpy(),
        month=cells["month"].to_numpy() - first,
        quarter_of_month=quarter_months(
            range(first, last + 1), pipeline.settings.fiscal_year_start
        ),
        owner=cells["owner"].to_numpy(),
        segment=cells["segment"].to_numpy(),
        exits=cells["exits"].to_numpy(),
        onward=cells["onward"].to_numpy(),
        steps=pipeline.steps,
        owners=exposure.owners,
        segments=exposure.segments,
        months=_labels(first, last),
    )


def amount_data(pipeline: Pipeline, exposure: Exposure) -> AmountData:
    """Pair final and listed amounts of won deals; the log remembers the first amount, if any."""
    won = pipeline.deals[pipeline.deals[n.OUTCOME] == n.WON]
    pairs = won[(won[n.AMOUNT] > 0) & (won[n.LISTED_AMOUNT] > 0)]
    place = {name: code for code, name in enumerate(exposure.segments)}
    return AmountData(
        log_ratio=np.log((pairs[n.AMOUNT] / pairs[n.LISTED_AMOUNT]).to_numpy("float64")),
        segment=np.array(
            [place[name] for name in pairs[n.SEGMENT].fillna(n.UNKNOWN)], dtype=np.int64
        ),
        segments=exposure.segments,
    )


def arrivals_data(pipeline: Pipeline, exposure: Exposure) -> ArrivalsData | None:
    """Count the deals created per month; None while there is too little to forecast from.

    The running month counts with the share of its days that has passed, and the history begins
    with the first month from which deals could be seen whatever became of them.
    """
    created = pipeline.deals[n.CREATED_ON].dropna()
    begin = max(exposure.start, created.min())
    first, last = month_number(begin), month_number(pipeline.day)
    numbers = created.dt.year * 12 + created.dt.month - 1
    counts = numbers.value_counts().reindex(range(first, last + 1), fill_value=0).sort_index()
    if len(counts) < MIN_ARRIVAL_MONTHS or counts.sum() < MIN_ARRIVALS:
        return None
    share = np.ones(len(counts))
    share[-1] = pipeline.day.day / pipeline.day.days_in_month
    share[0] = 1 - (begin.day - 1) / begin.days_in_month
    months = np.arange(first, last + 1)
    return ArrivalsData(
        created=counts.to_numpy(dtype=np.int64),
        share=share,
        quarter_month=quarter_months(months, pipeline.settings.fiscal_year_start),
        year_month=months % 12,
        months=_labels(first, last),
    )
