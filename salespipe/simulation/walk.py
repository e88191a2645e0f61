"""Following paths through the stages, draw by draw.

Every deal is followed along the path on which it is not lost, and the chance of that path is
carried along: multiplied at each exit by the chance of going on. Whether it is lost is drawn once,
at the end. That gives the same distribution of wins as drawing at each exit, with far less noise
in expected values, and a better chance of winning never moves a simulated win away.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from salespipe.bands import AGE_CUTS, AGE_GROUPS, age_band, due_band
from salespipe.inference.workers import cores
from salespipe.simulation.paths import LONG_RUN_DAYS, Calendar, Paths, Wins
from salespipe.simulation.posterior import Posterior
from salespipe.slips import Slips

__all__ = ["walk"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

CHUNK: Final = 40_000
"""Paths walked at once: their arrays fit in the processor's cache."""

EPSILON: Final = 1e-6
"""Days by which a cut is overstepped, so that rounding cannot hold a path in front of it."""


def walk(
    paths: Paths,
    *,
    posterior: Posterior,
    slips: Slips,
    calendar: Calendar,
    seed: tuple[int, ...],
    until: float = LONG_RUN_DAYS,
) -> Wins:
    """Follow every path until it is won or time is up.

    Exits come at the rates of the timing model, constant between cuts (age bands, months, turns of
    the due band), so times are exact: a unit exponential is used up at the rate in force. The
    expected close date changes in the same way, at its own rates, to a new one as far ahead as one
    of those on record.

    Parameters
    ----------
    paths : Paths
    posterior : Posterior
    slips : Slips
    calendar : Calendar
    seed : tuple of int
        Each path's random numbers depend on it and on the path's place only, not on the
        posterior: two scenarios with the same seed share them.
    until : float
        Days after the first simulated day at which time is up.
    """

    def part(begin: int) -> Wins:
        chunk, rng = paths.part(slice(begin, begin + CHUNK)), np.random.default_rng([*seed, begin])
        return _Walk(chunk, posterior, slips, calendar, rng).wins(until)

    # Most of a step is NumPy's work on a chunk, which lets other threads run.
    with ThreadPoolExecutor(cores()) as threads:
        parts = list(threads.map(part, range(0, len(paths.draw), CHUNK)))
    if not parts:
        return Wins(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    return Wins(
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.chance for part in parts]),
        np.concatenate([part.won for part in parts]),
    )


class _Rounds:
    """Random numbers of each path's first, second, ... event, made when first needed."""

    def __init__(self, draw: Callable[[int], Floats], count: int) -> None:
        self.draw = draw
        self.count = count
        self.rounds: list[Floats] = []

    def take(self, nth: Ints, path: Ints) -> Floats:
        while len(self.rounds) <= nth.max(initial=0):
            self.rounds.append(self.draw(self.count))
        if len(self.rounds) == 1:
            return self.rounds[0][path]
        taken: Floats = np.stack(self.rounds)[nth, path]
        return taken


class _Walk:
    """Paths on their way; `path` lists those that are, the other arrays run beside it."""

    def __init__(
        self,
        paths: Paths,
        posterior: Posterior,
        slips: Slips,
        calendar: Calendar,
        rng: np.random.Generator,
    ) -> None:
        count = len(paths.draw)
        exits, dates = rng.spawn(2)
        self.paths, self.posterior, self.slips, self.calendar = paths, posterior, slips, calendar
        self.luck = rng.random(count)
        self.exit_clocks = _Rounds(exits.standard_exponential, count)
        self.landings = _Rounds(rng.random, count)
        self.slip_clocks = _Rounds(dates.standard_exponential, count)
        self.new_dates = _Rounds(dates.random, count)
        self.day, self.chance = np.full(count, np.inf), np.ones(count)
        self.path = np.arange(count)
        self.draw = paths.draw
        self.stage, self.moment, self.age = paths.stage.copy(), paths.start.copy(), paths.age.copy()
        self.due = paths.due - calendar.first
        self.exits, self.changes = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self.clock = self.exit_clocks.take(self.exits, self.path)
        self.slips_at_all = bool(slips.changes.sum())
        self.patience = (
            self.slip_clocks.take(self.changes, self.path)
            if self.slips_at_all
            else np.full(count, np.inf)
        )
        self.dated = self.slips_at_all or bool(np.isfinite(self.due).any())
        self.turns = _due_turns(self.due, calendar.first) if self.dated else None

    def wins(self, until: float) -> Wins:
        ends = np.append(self.calendar.month_ends, max(until, self.calendar.month_ends[-1]))
        while len(self.path):
            self._step(ends, until)
        return Wins(self.day, self.chance, self.luck < self.chance)

    def _step(self, ends: Floats, until: float) -> None:
        """Go on to the next event or cut of every path."""
        first, posterior, draw, stage = self.calendar.first, self.posterior, self.draw, self.stage
        band = age_band(self.age)
        group = AGE_GROUPS[band]
        month = np.searchsorted(self.calendar.month_ends, self.moment, side="right")
        late = (
            due_band(self.moment + first, self.due + first)
            if self.dated
            else np.zeros(len(stage), dtype=np.int64)
        )
        rate = np.exp(
            posterior.log_rate[draw, stage, band]
            + posterior.due_rate[draw, stage, late]
            + posterior.month_rate[draw, month, group]
            + self.paths.pace[self.path]
        )
        slip = posterior.slip_rate[draw, late] if self.slips_at_all else np.zeros(len(stage))
        span = _to_next_cut(self.moment, self.age, band=band, ends=ends[month], turns=self.turns)
        wait = self.clock / rate
        with np.errstate(divide="ignore"):
            push = self.patience / slip
        step = np.minimum(np.minimum(wait, push), span + EPSILON)
        self.clock = self.clock - rate * step
        self.patience = self.patience - slip * step
        self.moment, self.age = self.moment + step, self.age + step
        inside = self.moment < until
        gone = np.flatnonzero((wait <= step) & inside)
        moved = np.flatnonzero((push <= step) & (wait > step) & inside)
        self._leave(gone, group=group[gone], month=month[gone], late=late[gone])
        self._slip(moved, late=late[moved])
        self._keep(inside & (self.stage < posterior.landing.shape[1]))

    def _leave(self, gone: Ints, *, group: Ints, month: Ints, late: Ints) -> None:
        """Carry the chance of going on along, and land where onward exits do."""
        posterior = self.posterior
        here, draw, stage = self.path[gone], self.draw[gone], self.stage[gone]
        self.chance[here] *= expit(
            posterior.logit[draw, stage, group]
            + posterior.due_logit[draw, stage, late]
            + posterior.month_logit[draw, month]
            + self.paths.merit[here]
        )
        luck = self.landings.take(self.exits[gone], here)
        stages = posterior.landing.shape[1]
        lands = (luck[:, None] > posterior.landing[draw, stage, late]).sum(axis=1)
        self.stage[gone] = np.minimum(lands, stages)
        self.age[gone] = 0.0
        self.exits[gone] += 1
        won = gone[self.stage[gone] == stages]
        self.day[self.path[won]] = self.moment[won]
        on = gone[self.stage[gone] < stages]
        self.clock[on] = self.exit_clocks.take(self.exits[on], self.path[on])

    def _slip(self, moved: Ints, *, late: Ints) -> None:
        """Give paths a new expected close date, as far ahead as one on record for their band."""
        if not len(moved) or self.turns is None:
            return
        here = self.path[moved]
        begin, end = self.slips.begins[late], self.slips.begins[late + 1]
        luck = self.new_dates.take(self.changes[moved], here)
        ahead = self.slips.ahead[(begin + luck * (end - begin)).astype(np.int64)]
        today = np.floor(self.moment[moved])
        self.due[moved] = today + ahead
        self.changes[moved] += 1
        self.patience[moved] = self.slip_clocks.take(self.changes[moved], here)
        self.turns[moved] = _due_turns(self.due[moved], self.calendar.first)

    def _keep(self, keep: npt.NDArray[np.bool_]) -> None:
        if keep.all():
            return
        for name in (
            "path",
            "draw",
            "stage",
            "moment",
            "age",
            "due",
            "exits",
            "changes",
            "clock",
            "patience",
        ):
            setattr(self, name, getattr(self, name)[keep])
        if self.turns is not None:
            self.turns = self.turns[keep]


def _due_turns(due: Floats, first: int) -> Floats:
    """Give the days on which the due band turns: to next month, this month, today, overdue.

    Parameters
    ----------
    due : ndarray
        Days after the first simulated day; NaN where no close date is known.
    first : int
        That day, counted from 1970-01-01.

    Returns
    -------
    ndarray, shape (path, 4)
        Days after the first simulated day; NaN where no close date is known.
    """
    known = np.isfinite(due)
    day = np.where(known, np.floor(due), 0).astype(np.int64) + first
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    begins = np.column_stack([month - 1, month]).astype("datetime64[M]").astype("datetime64[D]")
    days = np.column_stack([begins.astype(np.int64), day, day + 1])
    turns: Floats = days.astype(np.float64) - first
    turns[~known] = np.nan
    return turns


def _to_next_cut(
    now: Floats, age: Floats, *, band: Ints, ends: Floats, turns: Floats | None
) -> Floats:
    """Days until a rate may change."""
    cuts = np.append(AGE_CUTS, np.inf)[band] - age
    days: Floats = np.minimum(cuts, ends - now)
    if turns is not None:
        ahead = turns - now[:, None]
        days = np.minimum(days, np.where(ahead > 0, ahead, np.inf).min(axis=1))
    return days
