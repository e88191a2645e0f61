"""Backtests: what each method would have said on past dates, and how right it would have been."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.backtest.deal_scores import DEAL_SCORE_COLUMNS, score_deals
from salespipe.backtest.ladder import Method, ladder, won_in
from salespipe.backtest.scores import LEVELS, binomial_band, central, crps, pit, wape
from salespipe.backtest.spread import spread_point
from salespipe.days import month_number
from salespipe.errors import AsOfError
from salespipe.market import as_known
from salespipe.periods import months_after
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.tables import Tables

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

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

QUARTER: Final = 3
"""Months of which the sum is scored as well."""

LEAST_MONTHS: Final = 3
"""Months of closings before the first date."""

GRACE: Final = pd.Timedelta(days=3)
"""A month whose last records are at most so old at its end is taken to be recorded to its end."""

ROW_COLUMNS: Final = (
    "as_of", "horizon", "period", "actual", "method", "likely", "worst", "best", "crps", "pit",
    "low_50", "high_50", "low_80", "high_80", "low_90", "high_90",
)  # fmt: skip
"""Columns of a backtest's rows: one per date, month ahead and method."""

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
    scored = _Scored(tables, as_of, months, seed)
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


@dataclass
class _Scored:
    """Rows as they come, and the errors of single numbers, which later dates learn from."""

    tables: Tables
    as_of: date
    months: int
    seed: int
    rows: list[tuple[object, ...]] = field(default_factory=list)
    quarters: list[tuple[object, ...]] = field(default_factory=list)
    deals: list[tuple[object, ...]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    points: list[tuple[str, int, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = build_pipeline(self.tables, as_of=self.as_of)
        self.actual = won_in(self.known)
        over = _last_month_over(self.as_of)
        self.over = over.year * 12 + over.month - 1

    def add(self, name: str, pipeline: Pipeline, draws: Floats | None) -> None:
        """Score a method's draws as of a date."""
        if draws is None:
            return
        periods = months_after(pipeline.as_of, self.months)
        numbers = [month_number(pd.Timestamp(period.start)) for period in periods]
        if len(draws) == 1:
            draws = self._spread(name, pipeline, draws[0], numbers)

        def scores(column: Floats, actual: float, period: str, horizon: int) -> tuple[object, ...]:
            worst, likely, best = np.quantile(column, pipeline.settings.quantiles)
            ends = [float(end) for level in LEVELS for end in central(column, level)]
            score, place = float(crps(column, actual)), float(pit(column, actual))
            return (pipeline.as_of, horizon, period, actual, name, float(likely),
                    float(worst), float(best), score, place, *ends)  # fmt: skip

        actual = [float(self.actual.get(number, 0.0)) for number in numbers]
        for ahead, (period, number) in enumerate(zip(periods, numbers, strict=True)):
            if number > self.over:
                continue
            self.rows.append(scores(draws[:, ahead], actual[ahead], period.label, ahead + 1))
            self.seen.add(name)
        if self.months >= QUARTER and numbers[QUARTER - 1] <= self.over:
            together = draws[:, :QUARTER].sum(axis=1)
            label = f"{periods[0].label} to {periods[QUARTER - 1].label}"
            self.quarters.append(scores(together, sum(actual[:QUARTER]), label, QUARTER))

    def add_deals(self, forecast: "Forecast") -> None:
        """Score the chances of the deals that were open as of a date."""
        day = pd.Timestamp(year=(self.over + 1) // 12, month=(self.over + 1) % 12 + 1, day=1)
        row = score_deals(forecast, self.known, over=day)
        if row is not None:
            self.deals.append(row)

    def _spread(self, name: str, pipeline: Pipeline, point: Floats, numbers: list[int]) -> Floats:
        """Spread single numbers as widely as earlier ones were wrong, as far as known by then."""
        won = won_in(pipeline)
        full = month_number(pipeline.day + pd.Timedelta(days=1)) - 1
        least = 0.05 * max(float(won.mean()) if len(won) else 0.0, 1.0)
        rng = np.random.default_rng(self.seed)
        columns = []
        for ahead, value in enumerate(point):
            errors = [
                float(np.log(max(won.get(number, 0.0), least) / max(said, least)))
                for method, distance, number, said in self.points
                if method == name and distance == ahead and number <= full
            ]
            columns.append(spread_point(float(value), errors, rng=rng, least=least))
        self.points += [
            (name, ahead, number, float(value))
            for ahead, (number, value) in enumerate(zip(numbers, point, strict=True))
        ]
        return np.column_stack(columns)


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
