"""Backtests: what each method would have said on past dates, and how right it would have been."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.backtest.deal_scores import DEAL_SCORE_COLUMNS
from salespipe.backtest.ladder import Method, ladder
from salespipe.backtest.scored import QUARTER, ROW_COLUMNS, Scored
from salespipe.backtest.scores import LEVELS, binomial_band, wape
from salespipe.errors import AsOfError
from salespipe.market import as_known
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables

__all__ = [
    "DATES",
    "OWN",
    "QUARTER",
    "ROW_COLUMNS",
    "SUMMARY_COLUMNS",
    "Backtest",
    "backtest",
    "past_dates",
]

type Floats = npt.NDArray[np.float64]
type Progress = Callable[[str], None]

OWN: Final = "salespipe"
"""Name of the product's own forecast among the methods."""

DATES: Final = 6
"""Past dates looked at unless more or fewer are asked for."""

LEAST_MONTHS: Final = 3
"""Months of closings before the first date."""

GRACE: Final = pd.Timedelta(days=3)
"""A month whose last records are at most so old at its end is taken to be recorded to its end."""

SUMMARY_COLUMNS: Final = (
    "method", "horizon", "n", "crps_over_mean", "mae_over_mean", "bias_over_mean", "wape",
    "coverage_50", "coverage_80", "coverage_90", "band_80_low", "band_80_high",
)  # fmt: skip
"""Columns of a backtest's summary: one row per method and month ahead."""


@dataclass(frozen=True)
class Backtest:
    """Forecasts as of past dates beside what happened.

    Attributes
    ----------
    rows : DataFrame
        Columns :data:`ROW_COLUMNS`. Money; `horizon` counts months from 1; months that are not
        over yet have no row.
    dates : tuple of date
    months : int
    methods : tuple of str
        Simplest first; the product's own forecast is :data:`OWN`.
    weights : dict of str to list of float
        Weight of each view in the product's forecast at the last date, by month ahead; empty
        where the product was not among the methods.
    notes : tuple of str
        What a reader has to know beside the numbers.
    quarters : DataFrame
        Columns :data:`ROW_COLUMNS`: the first three months ahead together, `horizon` 3; empty
        where fewer were forecast.
    deals : DataFrame
        Columns :data:`salespipe.backtest.deal_scores.DEAL_SCORE_COLUMNS`; empty where the product
        was not among the methods.
    """

    rows: pd.DataFrame
    dates: tuple[date, ...]
    months: int
    methods: tuple[str, ...]
    weights: dict[str, list[float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    quarters: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ROW_COLUMNS)))
    deals: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(DEAL_SCORE_COLUMNS))
    )

    def summary(self) -> pd.DataFrame:
        """Give the mean scores by method and month ahead.

        Returns
        -------
        DataFrame
            Columns :data:`SUMMARY_COLUMNS`: mean CRPS, absolute error and error of the median over
            the mean actual, the share of actuals within the central ranges, and the shares
            within 80 % ranges that so few dates of an honest forecast may show (95 %).
        """
        return self._means(self.rows)

    def quarter_summary(self) -> pd.DataFrame:
        """Give the mean scores of the first three months together, by method.

        Returns
        -------
        DataFrame
            As :meth:`summary`, `horizon` 3.
        """
        return self._means(self.quarters)

    def _means(self, scored: pd.DataFrame) -> pd.DataFrame:
        rows = []
        for method in self.methods:
            for horizon in range(1, self.months + 1):
                chosen = (scored["method"] == method) & (scored["horizon"] == horizon)
                if chosen.any():
                    rows.append((method, horizon, *_mean_scores(scored[chosen])))
        return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def backtest(
    tables: Tables,
    *,
    as_of: date,
    dates: Sequence[date] | None = None,
    months: int = 3,
    methods: Mapping[str, Method] | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> Backtest:
    """Forecast as of past dates with every method, and score what came of it.

    Parameters
    ----------
    tables : Tables
        Everything that is known now, such as ``book.tables``.
    as_of : date
        Last day of which anything is known: months are scored that are over by then.
    dates : sequence of date, optional
        As of which to forecast; by default the last :data:`DATES` month ends that can be scored in
        full.
    months : int
        Months to forecast at each date.
    methods : mapping of str to Method, optional
        By default the ladder, then the product with its two views.
    seed : int
        The same seed gives the same numbers on one machine.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    AsOfError
        There is no past date to forecast from.
    """
    tell = progress or (lambda _: None)
    chosen = (
        tuple(sorted(dates))
        if dates is not None
        else past_dates(tables, as_of=as_of, months=months)
    )
    if not chosen:
        raise AsOfError("A backtest needs at least one past date to forecast from; give one.")
    notes: tuple[str, ...] = ()
    product = None
    if methods is None:
        # Seconds of imports, for whoever brings no models of ours.
        from salespipe.backtest.product import Product  # noqa: PLC0415

        product = Product(progress=None)
        rungs, notes = ladder()
        methods = {**rungs, **product.methods()}
    last = _last_month_over(as_of)
    scored = Scored(
        known=build_pipeline(tables, as_of=as_of),
        over=last.year * 12 + last.month - 1,
        months=months,
        seed=seed,
    )
    for place, day in enumerate(chosen):
        pipeline = build_pipeline(as_known(tables, as_of=day), as_of=day)
        for name, method in methods.items():
            tell(f"As of {day} ({place + 1} of {len(chosen)}): {name}")
            scored.add(name, pipeline, method(pipeline, months=months, seed=seed))
        if product is not None:
            scored.add_deals(product.latest)
    left_out = [name for name in methods if name not in scored.seen]
    notes += tuple(f"{name} had too little history at every date." for name in left_out)
    weights = {}
    if product is not None:
        below = [float(share) for share in product.weight]
        weights = {"from below": below, "from above": [1 - share for share in below]}
    return Backtest(
        rows=pd.DataFrame(scored.rows, columns=list(ROW_COLUMNS)),
        quarters=pd.DataFrame(scored.quarters, columns=list(ROW_COLUMNS)),
        deals=pd.DataFrame(scored.deals, columns=list(DEAL_SCORE_COLUMNS)),
        dates=chosen,
        months=months,
        methods=tuple(name for name in methods if name in scored.seen),
        weights=weights,
        notes=(*notes, _few(len(chosen))),
    )


def past_dates(
    tables: Tables, *, as_of: date, months: int = 3, count: int = DATES
) -> tuple[date, ...]:
    """List the latest month ends from which all months ahead are over, oldest first.

    Parameters
    ----------
    tables : Tables
    as_of : date
        Last day of which anything is known.
    months : int
    count : int
        At most so many.

    Raises
    ------
    AsOfError
        There is none with three months of closings before it.
    """
    closed = tables.deals[n.CLOSED_ON].dropna()
    closed = closed[closed <= pd.Timestamp(as_of)]
    over = _last_month_over(as_of)
    first = pd.Period(closed.min(), "M") if len(closed) else over + 1
    if closed.empty or closed.min().day > 1 + GRACE.days:
        first += 1
    earliest, latest = first + LEAST_MONTHS - 1, over - months
    if latest < earliest:
        raise AsOfError(
            f"A backtest over {months} months needs {LEAST_MONTHS} full months of closings and "
            f"{months} more after them; there are {max((over - first).n + 1, 0)} up to {as_of}. "
            "Give fewer --months, or come back later."
        )
    span = pd.period_range(max(earliest, latest - count + 1), latest, freq="M")
    return tuple(period.end_time.date() for period in span)


def _last_month_over(as_of: date) -> pd.Period:
    return pd.Period(pd.Timestamp(as_of) + GRACE + pd.Timedelta(days=1), "M") - 1


def _few(dates: int) -> str:
    low, high = binomial_band(dates, 80)
    return (
        f"With {dates} date{'s' if dates > 1 else ''} an honest 80 % range may hold {low:.0%} to "
        f"{high:.0%} of what happened: this compares methods, it does not prove a range right."
    )


def _mean_scores(rows: pd.DataFrame) -> tuple[float, ...]:
    actual = rows["actual"].to_numpy("float64")
    mean = float(actual.mean())
    error = rows["likely"].to_numpy("float64") - actual

    def over_mean(value: float) -> float:
        return value / mean if mean > 0 else float("nan")

    held = [
        float(((rows[f"low_{level}"] <= actual) & (actual <= rows[f"high_{level}"])).mean())
        for level in LEVELS
    ]
    return (
        len(rows),
        over_mean(float(rows["crps"].mean())),
        over_mean(float(np.abs(error).mean())),
        over_mean(float(error.mean())),
        wape(rows["likely"], actual),
        *held,
        *binomial_band(len(rows), 80),
    )
