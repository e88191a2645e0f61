"""salespipe's own forecast as methods of a backtest: its two views, and what it makes of both."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe.backtest.ladder import Method, won_in
from salespipe.backtest.scores import crps
from salespipe.days import month_number
from salespipe.inference.fit import fit
from salespipe.pipeline import Pipeline
from salespipe.simulation.forecast import Forecast, forecast
from salespipe.simulation.pool import Record

__all__ = ["Product"]

type Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Past:
    """What was forecast as of an earlier date, of money still to come after it."""

    first: int
    so_far: float
    below: Floats
    above: Floats | None


@dataclass
class Product:
    """Fits once for each date, however many of its methods are asked for.

    Its views are weighed by their scores at earlier dates of the same backtest, as far as what
    they forecast had happened by then; dates have to come in order.

    Attributes
    ----------
    progress : callable, optional
        Told what is being done.
    weight : ndarray, shape (month,)
        Of the view from below, at the latest date.
    """

    progress: Callable[[str], None] | None = None
    weight: Floats = field(default_factory=lambda: np.zeros(0))
    _past: list[_Past] = field(default_factory=list, repr=False)
    _latest: tuple[Pipeline, int, int, Forecast] | None = field(default=None, repr=False)

    def methods(self) -> dict[str, Method]:
        """Give the methods by name, the product's own forecast last."""
        return {
            "from below": self.from_below,
            "from above": self.from_above,
            "salespipe": self.pooled,
        }

    def pooled(self, pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
        """Forecast as `salespipe run` does."""
        return self._made(pipeline, months, seed).draws[:, :months]

    def from_below(self, pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
        """Forecast from the deals alone."""
        made = self._made(pipeline, months, seed)
        return (made.views.below + made.won.by_owner.sum(axis=1))[:, :months]

    def from_above(self, pipeline: Pipeline, *, months: int, seed: int) -> Floats | None:
        """Forecast from the revenue history alone; None where there is too little of it."""
        made = self._made(pipeline, months, seed)
        if made.views.above is None:
            return None
        return (made.views.above + made.won.by_owner.sum(axis=1))[:, :months]

    @property
    def latest(self) -> Forecast:
        """The whole forecast of the date that was looked at last."""
        if self._latest is None:
            raise LookupError("nothing has been forecast yet")
        return self._latest[3]

    def record(self, pipeline: Pipeline) -> Record:
        """Score the views of earlier dates on what is known in a pipeline.

        Parameters
        ----------
        pipeline : Pipeline
            Months that are over as of its date count.
        """
        last = month_number(pipeline.day + pd.Timedelta(days=1)) - 1
        won = won_in(pipeline)
        below, above = [], []
        for past in self._past:
            if past.above is None:
                continue
            numbers = past.first + np.arange(past.below.shape[1])
            actual = won.reindex(numbers, fill_value=0.0).to_numpy("float64").copy()
            actual[0] -= past.so_far
            actual[numbers > last] = np.nan
            below.append(crps(past.below, actual))
            above.append(crps(past.above, actual))
        width = max((len(row) for row in below), default=0)
        if width == 0:
            return Record(np.zeros((0, 0)), np.zeros((0, 0)))
        filled = [
            np.array([np.pad(row, (0, width - len(row)), constant_values=np.nan) for row in rows])
            for rows in (below, above)
        ]
        return Record(filled[0], filled[1])

    def _made(self, pipeline: Pipeline, months: int, seed: int) -> Forecast:
        if self._latest is not None:
            known, asked, used, made = self._latest
            if known is pipeline and (asked, used) == (months, seed):
                return made
        record = self.record(pipeline)
        fitted = fit(pipeline, seed=seed, again=True, progress=self.progress)
        made = forecast(fitted, months=months, record=record, details=False, progress=self.progress)
        self._latest = (pipeline, months, seed, made)
        self.weight = made.views.weight[:months]
        self._past.append(
            _Past(
                month_number(pd.Timestamp(made.months[0].start)),
                float(made.won.by_owner[0].sum()),
                made.views.below,
                made.views.above,
            )
        )
        return made
