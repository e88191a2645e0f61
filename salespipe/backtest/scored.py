"""What methods said on past dates, scored one by one as a backtest goes along."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe.backtest.deal_scores import score_deals
from salespipe.backtest.ladder import won_in
from salespipe.backtest.scores import LEVELS, central, crps, pit
from salespipe.backtest.spread import spread_point
from salespipe.days import month_number, month_start
from salespipe.periods import months_after
from salespipe.pipeline import Pipeline

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = ["QUARTER", "ROW_COLUMNS", "Scored"]

type Floats = npt.NDArray[np.float64]

QUARTER: Final = 3
"""Months of which the sum is scored as well."""

ROW_COLUMNS: Final = (
    "as_of", "horizon", "period", "actual", "method", "likely", "worst", "best", "crps", "pit",
    "low_50", "high_50", "low_80", "high_80", "low_90", "high_90",
)  # fmt: skip
"""Columns of a backtest's rows: one per date, month ahead and method."""


@dataclass
class Scored:
    """Rows as they come, and the errors of single numbers, which later dates learn from.

    Attributes
    ----------
    known : Pipeline
        As of now: what became of all that was forecast.
    over : int
        Number of the last month that is over by then.
    months, seed : int
    rows, quarters : list of tuple
        Of :data:`ROW_COLUMNS`: by month, and of the first :data:`QUARTER` months together.
    deals : list of tuple
        Of :data:`salespipe.backtest.deal_scores.DEAL_SCORE_COLUMNS`.
    seen : set of str
        Methods that had history enough at any date.
    points : list of tuple
        Single numbers that methods gave: method, months ahead, number of the month, money.
    """

    known: Pipeline
    over: int
    months: int
    seed: int
    rows: list[tuple[object, ...]] = field(default_factory=list)
    quarters: list[tuple[object, ...]] = field(default_factory=list)
    deals: list[tuple[object, ...]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    points: list[tuple[str, int, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look up once what each month brought."""
        self.actual = won_in(self.known)

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
        row = score_deals(forecast, self.known, over=month_start(self.over + 1))
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
