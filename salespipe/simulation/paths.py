"""Where simulated deals begin, over which days they go, and what became of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["LONG_RUN_DAYS", "Calendar", "Paths", "Wins"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

LONG_RUN_DAYS: Final = 730.0
"""Days after the as-of date that "in the end" means; what has not closed by then is not counted."""


@dataclass(frozen=True)
class Calendar:
    """The days that are simulated.

    Attributes
    ----------
    first : int
        First day after the as-of date, counted from 1970-01-01.
    month_ends : ndarray of float, shape (month,)
        Days from `first` to the end of each simulated month.
    """

    first: int
    month_ends: Floats


@dataclass(frozen=True)
class Paths:
    """Where paths begin; all arrays have one entry per path.

    Attributes
    ----------
    draw : ndarray of int
        Posterior draw that the path belongs to.
    start : ndarray of float
        Days after the first simulated day on which it begins.
    stage, owner, segment : ndarray of int
    age : ndarray of float
        Days already spent in the stage.
    due : ndarray of float
        Expected close date in days since 1970-01-01; NaN if unknown.
    pace : ndarray of float
        What its owner adds to the log of its rates.
    merit : ndarray of float
        What it keeps on the way (owner, segment, source, size, call) adds to its logits.
    """

    draw: Ints
    start: Floats
    stage: Ints
    owner: Ints
    segment: Ints
    age: Floats
    due: Floats
    pace: Floats
    merit: Floats


@dataclass(frozen=True)
class Wins:
    """What became of paths.

    Attributes
    ----------
    day : ndarray of float
        Days after the first simulated day at which it would be won; infinite if it is still open
        when time is up.
    chance : ndarray of float
        Chance that it is not lost on the way.
    won : ndarray of bool
        Whether it was won, drawn with that chance.
    """

    day: Floats
    chance: Floats
    won: npt.NDArray[np.bool_]
