"""Following paths through the stages, draw by draw.

Every deal is followed along the path on which it is not lost, and the chance of that path is
carried along: multiplied at each exit by the chance of going on. Whether it is lost is drawn once,
at the end. That gives the same distribution of wins as drawing at each exit, with far less noise
in expected values, and a better chance of winning never moves a simulated win away.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import numpy.typing as npt

from salespipe.bands import AGE_CUTS, AGE_GROUPS
from salespipe.days import month_of, month_starts
from salespipe.inference.workers import cores
from salespipe.simulation.paths import LONG_RUN_DAYS, Calendar, Paths, Wins
from salespipe.simulation.posterior import Posterior
from salespipe.simulation.stepping import Days, Effects, Given, Keys, Outcomes, Starts, follow
from salespipe.slips import Slips

__all__ = ["walk"]

type Floats = npt.NDArray[np.float64]

CHUNK: Final = 50_000
"""Paths that a thread follows at a time: enough to hide the cost of asking for more."""

FAR: Final = 93
"""Days beyond which an expected close date is "later" on any day, and which one does not matter."""


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
    count = len(paths.draw)
    days = _days(calendar, until)
    starts = _starts(paths, calendar, days)
    given = Given(starts, _effects(posterior, slips), days, _keys(seed))
    out = Outcomes(np.empty(count), np.empty(count), np.empty(count, dtype=np.bool_))

    def part(begin: int) -> None:
        follow(begin, min(begin + CHUNK, count), given, out)

    # What is compiled lets other threads run.
    with ThreadPoolExecutor(cores()) as threads:
        list(threads.map(part, range(0, count, CHUNK)))
    return Wins(*out)


def _days(calendar: Calendar, until: float) -> Days:
    last = float(calendar.month_ends[-1])
    span = np.arange(-1, int(max(until, last)) + FAR + 1, dtype=np.float64)
    month = month_of(span + calendar.first)
    begins = month_starts(calendar.first - 1, calendar.first + span[-1]) - calendar.first
    return Days(
        ends=np.append(calendar.month_ends, max(until, last)),
        cuts=np.append(AGE_CUTS, np.inf),
        groups=AGE_GROUPS,
        month=month - month[0],
        begins=begins,
        until=float(until),
    )


def _starts(paths: Paths, calendar: Calendar, days: Days) -> Starts:
    # Days long past are overdue on any day as yesterday is, those far ahead all later.
    due = np.clip(np.floor(paths.due) - calendar.first, -1.0, len(days.month) - 2.0)
    return Starts(
        draw=paths.draw,
        start=_plain(paths.start),
        stage=paths.stage,
        age=_plain(paths.age),
        due=_plain(due),
        pace=_plain(paths.pace),
        merit=_plain(paths.merit),
    )


def _effects(posterior: Posterior, slips: Slips) -> Effects:
    return Effects(
        log_rate=_plain(posterior.log_rate),
        due_rate=_plain(posterior.due_rate),
        month_rate=_plain(posterior.month_rate),
        logit=_plain(posterior.logit),
        due_logit=_plain(posterior.due_logit),
        month_logit=_plain(posterior.month_logit),
        landing=_plain(posterior.landing),
        slip_rate=_plain(posterior.slip_rate),
        slips=bool(slips.changes.sum()),
        ahead=_plain(slips.ahead),
        begins=slips.begins,
    )


def _keys(seed: tuple[int, ...]) -> Keys:
    return Keys(*np.random.SeedSequence(seed).generate_state(len(Keys._fields), np.uint64))


def _plain(values: Floats) -> Floats:
    """Lay values out as the compiled steps expect them; another layout would be compiled anew."""
    return np.ascontiguousarray(values, dtype=np.float64)
