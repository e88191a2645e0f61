"""Slips: how often owners change an expected close date, and to when."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from salespipe.bands import DUE_BANDS, due_band
from salespipe.exposure import Exposure

__all__ = ["Slips", "count_slips"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

STRENGTH: Final = 1.0
"""Date changes that the rate over all due bands is worth as a prior of each band's own."""


@dataclass(frozen=True)
class Slips:
    """Changes of expected close dates while deals stay open, by due band before the change.

    Attributes
    ----------
    changes : ndarray of int, shape (due band,)
    days : ndarray of float, shape (due band,)
        Deal-days in which they could have been changed.
    ahead : ndarray of float
        Days from each change to the new date, sorted by band.
    begins : ndarray of int, shape (due band + 1,)
        Where each band's changes begin in `ahead`.
    """

    changes: Ints
    days: Floats
    ahead: Floats
    begins: Ints

    def draw_rates(self, draws: int, rng: np.random.Generator) -> Floats:
        """Draw the daily rates of change: gamma, the conjugate of Poisson counts.

        Returns
        -------
        ndarray, shape (draw, due band)
            All 0 where no change was ever recorded.
        """
        total = self.changes.sum()
        if not total or not self.days.sum():
            return np.zeros((draws, len(DUE_BANDS)))
        usual = total / self.days.sum()
        shape = STRENGTH + self.changes
        # A band whose changes were never seen has no date to change to.
        rates = rng.standard_gamma(shape, (draws, len(shape))) / (STRENGTH / usual + self.days)
        return np.where(self.changes > 0, rates, 0.0)


def count_slips(exposure: Exposure) -> Slips:
    """Count the changes of expected close dates that the change log shows.

    A date written as the deal is closed is a record, not a promise, and is not counted.
    """
    said = exposure.sayings
    same = np.append(said.deal[1:] == said.deal[:-1], False)
    here = np.flatnonzero(same)
    # The moment of a change belongs to the state before it.
    moment = said.since[here + 1]
    new, old = said.expected[here + 1], said.expected[here]
    changed = np.isfinite(new) & (new != old) & ~said.closing[here + 1]
    here, moment, new, old = here[changed], moment[changed], new[changed], old[changed]
    band = due_band(moment, old)
    order = np.argsort(band, kind="stable")
    counts = np.bincount(band, minlength=len(DUE_BANDS))
    days = exposure.cells.groupby("due")["days"].sum().reindex(range(len(DUE_BANDS)), fill_value=0)
    return Slips(
        changes=counts,
        days=days.to_numpy("float64"),
        ahead=(np.floor(new) - np.floor(moment))[order],
        begins=np.append(0, np.cumsum(counts)).astype(np.int64),
    )
