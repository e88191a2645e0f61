"""From a pipeline and its exposure table to the data of each model."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.bands import AGE_CUTS, AGE_GROUPS, DUE_BANDS
from salespipe.days import month_label, month_number, quarter_months
from salespipe.exposure import Exposure
from salespipe.market import Market, read_market
from salespipe.models.amount import AmountData
from salespipe.models.arrivals import ArrivalsData
from salespipe.models.timing import TimingData
from salespipe.models.win_rate import WinRateData
from salespipe.pipeline import Pipeline

__all__ = [
    "MIN_ARRIVALS",
    "MIN_ARRIVAL_MONTHS",
    "amount_data",
    "arrivals_data",
    "market_of",
    "timing_data",
    "win_rate_data",
]

type Ints = npt.NDArray[np.int64]

TODAY = DUE_BANDS.index("today")

HALF_DAY = 0.5
"""Days at risk counted for a deal on the day on which it leaves."""

MIN_ARRIVAL_MONTHS = 3
"""Months of history without which new business is not forecast at all."""

MIN_ARRIVALS = 10
"""Deals created in them without which new business is not forecast at all."""


def _span(exposure: Exposure) -> tuple[int, int]:
    """Months of the history: from the first exit that could be seen to the as-of date."""
    return month_number(exposure.start), month_number(exposure.end)


def _calendar(pipeline: Pipeline, exposure: Exposure) -> tuple[Ints, tuple[str, ...]]:
    """Give the months of the history: their place in the quarter, and their labels."""
    first, last = _span(exposure)
    months = range(first, last + 1)
    places = quarter_months(months, pipeline.settings.fiscal_year_start)
    return places, tuple(month_label(int(month)) for month in months)


def market_of(pipeline: Pipeline, exposure: Exposure) -> Market:
    """Read what the Market sheet says of the months of the history, and of those to forecast."""
    settings = pipeline.settings
    return read_market(
        pipeline.market,
        first=_span(exposure)[0],
        as_of=pipeline.as_of,
        horizon=settings.horizon,
        chances=(settings.quantiles[0], settings.quantiles[2]),
    )


def timing_data(pipeline: Pipeline, exposure: Exposure) -> TimingData:
    """Sum the exposure table over what the timing model does not tell apart."""
    keys = ["stage", "band", "month", "due"]
    table = exposure.cells.assign(exits=exposure.cells["onward"] + exposure.cells["lost"])
    table = table.assign(days=_days_at_risk(table))
    cells = table.groupby(keys, as_index=False)["exits"].sum()
    owners = np.arange(len(exposure.owners))
    days = table.pivot_table(index=keys, columns="owner", values="days", aggfunc="sum")
    by_owner = table.groupby("owner")["exits"].sum().reindex(owners, fill_value=0)
    places, months = _calendar(pipeline, exposure)
    return TimingData(
        stage=cells["stage"].to_numpy(),
        band=cells["band"].to_numpy(),
        due=cells["due"].to_numpy(),
        month=cells["month"].to_numpy() - _span(exposure)[0],
        quarter_of_month=places,
        days=days.reindex(columns=owners).fillna(0.0).to_numpy("float64"),
        exits=cells["exits"].to_numpy(),
        exits_of_owner=by_owner.to_numpy(),
        steps=pipeline.steps,
        bands=len(AGE_CUTS) + 1,
        owners=exposure.owners,
        months=months,
    )


def _days_at_risk(table: pd.DataFrame) -> pd.Series:
    """Correct the days at risk for exits known to the day only, where most of a day's deals go.

    On the day on which it is expected to close a deal may go almost surely. Counted as half a day,
    its time at risk would then be too long, and the rate too low: of C that go and S that stay,
    the share p = C / (C + S) is that of an exponential of rate -log(1 - p) that ends within a day,
    and the mean time of those that go is 1 / rate - (1 - p) / p.
    """
    due = table["due"] == TODAY
    gone = float(table.loc[due, "exits"].sum())
    stayed = max(float(table.loc[due, "days"].sum()) - HALF_DAY * gone, 0.0)
    if not gone:
        return table["days"]
    # Half a deal that stayed, at the least: none at all would make the rate infinite.
    share = gone / (gone + max(stayed, HALF_DAY))
    mean = -1 / np.log1p(-share) - (1 - share) / share
    shorter = table["days"] - (HALF_DAY - mean) * table["exits"]
    return table["days"].mask(due, shorter.clip(lower=0.0))


def win_rate_data(
    pipeline: Pipeline, exposure: Exposure, *, market: Market | None = None
) -> WinRateData:
    """Keep the cells with an exit, summed over the age bands of an age group."""
    table = exposure.cells.assign(
        age=AGE_GROUPS[exposure.cells["band"]],
        exits=exposure.cells["onward"] + exposure.cells["lost"],
        month=exposure.cells["month"] - _span(exposure)[0],
    )
    keys = ["stage", "age", "due", "month", "owner", "segment", "source", "size", "call"]
    cells = table[table["exits"] > 0].groupby(keys, as_index=False)[["exits", "onward"]].sum()
    places, months = _calendar(pipeline, exposure)
    market, (first, last) = market or Market(), _span(exposure)
    return WinRateData(
        **{key: cells[key].to_numpy() for key in (*keys, "exits", "onward")},
        quarter_of_month=places,
        steps=pipeline.steps,
        owners=exposure.owners,
        segments=exposure.segments,
        sources=exposure.sources,
        months=months,
        sized=bool(exposure.sizes),
        market=market.of(range(first, last + 1)),
        indices=market.indices,
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


def arrivals_data(
    pipeline: Pipeline, exposure: Exposure, *, market: Market | None = None
) -> ArrivalsData | None:
    """Count the deals created per month; None while there is too little to forecast from.

    The running month counts with the share of its days that has passed, and the history begins
    with the first month from which deals could be seen whatever became of them.
    """
    created = pipeline.deals[n.CREATED_ON].dropna()
    begin = max(exposure.since or exposure.start, created.min())
    first, last = month_number(begin), month_number(pipeline.day)
    numbers = created.dt.year * 12 + created.dt.month - 1
    counts = numbers.value_counts().reindex(range(first, last + 1), fill_value=0).sort_index()
    if len(counts) < MIN_ARRIVAL_MONTHS or counts.sum() < MIN_ARRIVALS:
        return None
    share = np.ones(len(counts))
    share[-1] = pipeline.day.day / pipeline.day.days_in_month
    share[0] = 1 - (begin.day - 1) / begin.days_in_month
    months = np.arange(first, last + 1)
    market = market or Market()
    return ArrivalsData(
        created=counts.to_numpy(dtype=np.int64),
        share=share,
        quarter_month=quarter_months(months, pipeline.settings.fiscal_year_start),
        year_month=months % 12,
        months=tuple(month_label(int(month)) for month in months),
        market=market.of(months.tolist()),
        indices=market.indices,
    )
