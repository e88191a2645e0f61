"""One path through the stages, step by step, compiled to machine code.

All that is compiled stands here: what numba keeps on disk is made anew when this file changes, and
would not notice a change in another one. For the same reason bands come in as arguments.
"""

from math import exp, floor, inf, log
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from salespipe.machine_code import compiled

__all__ = ["Days", "Effects", "Given", "Keys", "Outcomes", "Starts", "follow", "mixed", "uniform"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

EPSILON: Final = 1e-6
"""Days by which a cut is overstepped, so that rounding cannot hold a path in front of it."""

GAMMA: Final = np.uint64(0x9E3779B97F4A7C15)
FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
SECOND: Final = np.uint64(0x94D049BB133111EB)
FRACTION: Final = 2.0**-53

NONE, OVERDUE, TODAY, THIS_MONTH, NEXT_MONTH, LATER = range(6)
"""Places in :data:`salespipe.bands.DUE_BANDS`."""


class Starts(NamedTuple):
    """Where paths begin: see :class:`salespipe.simulation.paths.Paths`.

    `due` is counted from the first simulated day and lies within the days of :class:`Days`; NaN if
    unknown.
    """

    draw: Ints
    start: Floats
    stage: Ints
    age: Floats
    due: Floats
    pace: Floats
    merit: Floats


class Effects(NamedTuple):
    """What moves paths: see :class:`salespipe.simulation.posterior.Posterior`, and the slips.

    `slips` says whether expected close dates change at all; `ahead` and `begins` are those of
    :class:`salespipe.slips.Slips`.
    """

    log_rate: Floats
    due_rate: Floats
    month_rate: Floats
    logit: Floats
    due_logit: Floats
    month_logit: Floats
    landing: Floats
    slip_rate: Floats
    slips: bool
    ahead: Floats
    begins: Ints


class Days(NamedTuple):
    """The calendar, in days after the first simulated one.

    Attributes
    ----------
    ends : ndarray, shape (month + 1,)
        Ends of the simulated months, and of all time after them.
    cuts : ndarray, shape (band,)
        Ends of the age bands; the last one is infinite.
    groups : ndarray of int, shape (band,)
        Age group of each band.
    month : ndarray of int
        Calendar month of each day, the first entry that of the day before the first simulated
        one.
    begins : ndarray
        First day of each of these months.
    until : float
        When time is up.
    """

    ends: Floats
    cuts: Floats
    groups: Ints
    month: Ints
    begins: Floats
    until: float


class Keys(NamedTuple):
    """What the random numbers of a simulation come from, one key for each use."""

    exits: np.uint64
    landings: np.uint64
    changes: np.uint64
    dates: np.uint64
    luck: np.uint64


class Given(NamedTuple):
    """All that a simulation rests on."""

    starts: Starts
    effects: Effects
    days: Days
    keys: Keys


class Outcomes(NamedTuple):
    """What became of paths: see :class:`salespipe.simulation.paths.Wins`."""

    day: Floats
    chance: Floats
    won: npt.NDArray[np.bool_]


@compiled
def mixed(state: np.uint64) -> np.uint64:
    """Give the SplitMix64 number of a state (Steele, Lea and Flood 2014, with Stafford's mix 13).

    A generator that counts: the nth number of any path is there without those before it, whatever
    other paths do, which is what lets scenarios share their luck.
    """
    state = (state ^ (state >> np.uint64(30))) * FIRST
    state = (state ^ (state >> np.uint64(27))) * SECOND
    return state ^ (state >> np.uint64(31))


@compiled
def uniform(key: np.uint64, path: int, nth: int) -> float:
    """Give a path's nth number of a use: uniform, above 0 and below 1."""
    start = mixed(key + np.uint64(path) * GAMMA)
    number = mixed(start + np.uint64(nth + 1) * GAMMA)
    return (float(number >> np.uint64(11)) + 0.5) * FRACTION


@compiled
def _exponential(key: np.uint64, path: int, nth: int) -> float:
    return -log(uniform(key, path, nth))


@compiled
def _due_band(today: int, due: float, days: Days) -> tuple[int, float]:
    """Give the band of an expected close date, and the day on which the next one begins."""
    if np.isnan(due):
        return NONE, inf
    if today > due:
        return OVERDUE, inf
    if today == due:
        return TODAY, due + 1
    month = days.month[int(due) + 1]
    ahead = month - days.month[today + 1]
    if ahead <= 0:
        return THIS_MONTH, due
    if ahead == 1:
        return NEXT_MONTH, days.begins[month]
    return LATER, days.begins[month - 1]


@compiled
def _landed(luck: float, landing: Floats) -> int:
    """Give the stage in which an onward exit lands, from the cumulative chances."""
    stage = 0
    while stage < len(landing) - 1 and luck > landing[stage]:
        stage += 1
    return stage


@compiled
def _go(path: int, given: Given) -> tuple[float, float, int]:
    """Follow a path; give the day of its win, its chance not to be lost, and the steps taken."""
    starts, effects, days, keys = given
    draw, stage, won = starts.draw[path], starts.stage[path], effects.landing.shape[1]
    moment, age, due = starts.start[path], starts.age[path], starts.due[path]
    clock = _exponential(keys.exits, path, 0)
    patience = _exponential(keys.changes, path, 0)
    chance, exits, changes, steps, band, month = 1.0, 0, 0, 0, 0, 0
    while True:
        steps += 1
        while age >= days.cuts[band]:
            band += 1
        while month < len(days.ends) - 1 and moment >= days.ends[month]:
            month += 1
        group = days.groups[band]
        late, turn = _due_band(floor(moment), due, days)
        rate = exp(
            effects.log_rate[draw, stage, band]
            + effects.due_rate[draw, stage, late]
            + effects.month_rate[draw, month, group]
            + starts.pace[path]
        )
        slip = effects.slip_rate[draw, late] if effects.slips else 0.0
        cut = min(days.cuts[band] - age, days.ends[month] - moment, turn - moment) + EPSILON
        wait = clock / rate
        push = patience / slip if slip > 0 else inf
        step = min(wait, push, cut)
        clock -= rate * step
        patience -= slip * step
        moment += step
        age += step
        if moment >= days.until:
            return inf, chance, steps
        if wait <= step:
            logit = (
                effects.logit[draw, stage, group]
                + effects.due_logit[draw, stage, late]
                + effects.month_logit[draw, month]
                + starts.merit[path]
            )
            chance *= 1 / (1 + exp(-logit))
            luck = uniform(keys.landings, path, exits)
            stage = _landed(luck, effects.landing[draw, stage, late])
            if stage == won:
                return moment, chance, steps
            exits += 1
            clock = _exponential(keys.exits, path, exits)
            age, band = 0.0, 0
        elif push <= step:
            begin, end = effects.begins[late], effects.begins[late + 1]
            which = begin + int(uniform(keys.dates, path, changes) * (end - begin))
            due = min(max(floor(moment) + effects.ahead[which], -1.0), len(days.month) - 2.0)
            changes += 1
            patience = _exponential(keys.changes, path, changes)


@compiled
def follow(begin: int, end: int, given: Given, outcomes: Outcomes) -> int:
    """Follow the paths from `begin` up to `end`, and write down what became of them.

    Parameters
    ----------
    begin, end : int
    given : Given
    outcomes : Outcomes
        Filled in.

    Returns
    -------
    int
        Steps taken, over all these paths.
    """
    steps = 0
    for path in range(begin, end):
        day, chance, taken = _go(path, given)
        outcomes.day[path], outcomes.chance[path] = day, chance
        outcomes.won[path] = uniform(given.keys.luck, path, 0) < chance
        steps += taken
    return steps
