"""Waiting times of which some are not over yet: Kaplan-Meier and Aalen-Johansen, in whole days.

SciPy's ``ecdf`` knows neither competing ends (won or lost) nor late entry, both of which a pipeline
has: a deal created before the records begin counts from its age on that day. lifelines 0.30 does,
but needs a pandas before 3 and takes seconds to load; what is here gives its numbers, as the tests
show.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from salespipe.kpi.intervals import FEWEST, LEVEL, Estimate, unknown

__all__ = ["Survival", "Z", "survive"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Z = float(ndtri((1 + LEVEL) / 2))
"""Standard errors to either side of a normal interval."""
ROUNDING = 1e-12
LITTLE = 0.02
"""Share remaining from which on it does not matter what becomes of it."""
NO_ENDS = "nothing has come to an end"
TOO_FEW = "too few for a survival estimate"


@dataclass(frozen=True)
class Survival:
    """Counts at every age at which something ended.

    Attributes
    ----------
    days : array, shape (k,)
        Ages in days, rising.
    at_risk, ended, hits : array, shape (k,)
        Observed at that age, ended at it by whatever cause, ended at it by the cause of interest.
    n : int
        Observations, ended or not.
    longest : float
        Greatest age observed; nothing is known beyond it.
    """

    days: Floats
    at_risk: Floats
    ended: Floats
    hits: Floats
    n: int
    longest: float

    @property
    def remaining(self) -> Floats:
        """Kaplan-Meier estimate of the share that has not ended after each age."""
        return np.cumprod(1 - self.ended / self.at_risk)

    @property
    def incidence(self) -> Floats:
        """Aalen-Johansen estimate of the share that has ended by the cause, at each age."""
        before = np.concatenate([[1.0], self.remaining[:-1]])
        return np.cumsum(before * self.hits / self.at_risk)

    @property
    def hazard(self) -> Floats:
        """Nelson-Aalen cumulative hazard of ending by any cause, at each age."""
        return np.cumsum(self.ended / self.at_risk)

    @property
    def settled(self) -> bool:
        """Whether there is enough: the risk set never ran dry while more was to enter it.

        At the far end of the curve it may, where next to nothing is left to be told.
        """
        dry = (self.ended == self.at_risk) & (self.days < self.longest)
        before = np.concatenate([[1.0], self.remaining])[:-1]
        return self.n >= FEWEST and not bool((dry & (before > LITTLE)).any())

    def quantile(self, q: float, *, note: str = "") -> Estimate:
        """Estimate the age by which a share `q` has ended.

        The interval holds the ages whose log-log band contains 1 - q (Brookmeyer and Crowley 1982,
        Biometrics 38, 29-41).
        """
        reason = self._reason()
        if reason:
            return unknown(reason, n=self.n)
        left = self.remaining
        reached = left <= 1 - q + ROUNDING
        if not reached.any():
            return unknown(f"fewer than {q:.0%} have come to an end", n=self.n)
        lower, upper = _band(left, self._greenwood())
        return Estimate(
            value=float(self.days[reached][0]),
            low=_first(self.days, lower <= 1 - q + ROUNDING),
            high=_first(self.days, upper <= 1 - q + ROUNDING),
            n=self.n,
            interval="Kaplan-Meier, log-log 90 %",
            note=note,
        )

    def mean(self, *, note: str = "") -> Estimate:
        """Estimate the mean age at the end: the area under the share that remains.

        What has not ended at the greatest age observed is counted as if it ended there, and the
        note says so. Variance as in Klein and Moeschberger 2003, Survival Analysis, section 4.5.
        """
        reason = self._reason()
        if reason:
            return unknown(reason, n=self.n)
        left = self.remaining
        steps = np.diff(np.concatenate([[0.0], self.days, [max(self.longest, self.days[-1])]]))
        areas = np.concatenate([[1.0], left]) * steps
        value, after = float(areas.sum()), areas[::-1].cumsum()[::-1][1:]
        over = self.at_risk * (self.at_risk - self.ended)
        spread = np.divide(self.ended, over, out=np.zeros_like(over), where=over > 0)
        half = Z * float(np.sqrt(np.sum(after**2 * spread)))
        if left[-1] > ROUNDING:
            rest = f"{left[-1]:.0%} last longer than {self.longest:.0f} days, counted as that"
            note = "; ".join(text for text in (note, rest) if text)
        low = max(value - half, 0.0)
        return Estimate(value, low, value + half, self.n, "Kaplan-Meier, normal 90 %", note)

    def share_by(self, age: float, *, note: str = "") -> Estimate:
        """Estimate the share that ends by the cause within an age, in days.

        Variance as in Marubini and Valsecchi 1995, Analysing Survival Data, section 10.2.3; the
        interval is made on the log-log scale, which keeps it between 0 and 1.
        """
        reason = self._reason(age)
        if reason:
            return unknown(reason, n=self.n)
        past = self.days <= age
        value = float(self.incidence[past][-1]) if past.any() else 0.0
        if value < ROUNDING or value > 1 - ROUNDING:
            return Estimate(round(value), np.nan, np.nan, self.n, "none: no spread", note)
        low, high = _band(np.array([value]), np.array([self._variance(past) / value**2]))
        return Estimate(
            value, float(low[0]), float(high[0]), self.n, "Aalen-Johansen, log-log 90 %", note
        )

    def _reason(self, age: float = 0.0) -> str:
        """Say why nothing can be read off at an age, or nothing."""
        if not len(self.days):
            return NO_ENDS
        if not self.settled:
            return TOO_FEW
        return "nothing has been seen that long" if age > self.longest else ""

    def _greenwood(self) -> Floats:
        over = self.at_risk * (self.at_risk - self.ended)
        steps = np.divide(self.ended, over, out=np.full_like(over, np.inf), where=over > 0)
        return np.cumsum(steps)

    def _variance(self, past: Flags) -> float:
        """Give the variance of the incidence after the last age in `past`."""
        n, d, hits = self.at_risk[past], self.ended[past], self.hits[past]
        before = np.concatenate([[1.0], self.remaining[past][:-1]])
        gap = self.incidence[past][-1] - self.incidence[past]
        over = n * (n - d)
        spread = np.divide(d, over, out=np.zeros_like(over), where=over > 0)
        parts = gap**2 * spread + before**2 * hits * (n - hits) / n**3
        return float(np.sum(parts - 2 * gap * before * hits / n**2))


def survive(
    days: Floats, ended: Flags, hits: Flags | None = None, entered: Floats | None = None
) -> Survival:
    """Count who was at risk and who ended at each age.

    Parameters
    ----------
    days : array, shape (n,)
        Age in days at the end, or when last seen.
    ended : array of bool, shape (n,)
        Whether it came to an end at that age.
    hits : array of bool, shape (n,), optional
        Whether it ended by the cause of interest; `ended` if left out.
    entered : array, shape (n,), optional
        Age at which it came under observation; 0 if left out. Who ended earlier is passed over.
    """
    start = np.zeros(len(days)) if entered is None else entered
    seen = days >= start
    days, start, ended = days[seen], start[seen], ended[seen]
    cause = ended if hits is None else hits[seen] & ended
    ages = np.unique(days[ended])
    in_by = np.searchsorted(np.sort(start), ages, side="right")
    gone_before = np.searchsorted(np.sort(days), ages, side="left")
    return Survival(
        days=ages,
        at_risk=(in_by - gone_before).astype(np.float64),
        ended=_count(ages, days[ended]),
        hits=_count(ages, days[cause]),
        n=len(days),
        longest=float(days.max()) if len(days) else 0.0,
    )


def _count(ages: Floats, days: Floats) -> Floats:
    return np.bincount(np.searchsorted(ages, days), minlength=len(ages)).astype(np.float64)


def _band(share: Floats, variance_of_log: Floats) -> tuple[Floats, Floats]:
    """Log-log band around shares; NaN where a share of 0 or 1 leaves no spread to go by."""
    lower, upper = np.full_like(share, np.nan), np.full_like(share, np.nan)
    inside = (share > ROUNDING) & (share < 1 - ROUNDING)
    width = Z * np.sqrt(np.maximum(variance_of_log[inside], 0)) / np.abs(np.log(share[inside]))
    lower[inside] = share[inside] ** np.exp(width)
    upper[inside] = share[inside] ** np.exp(-width)
    lower[share <= ROUNDING] = 0.0
    return lower, upper


def _first(days: Floats, where: Flags) -> float:
    return float(days[where][0]) if where.any() else float("nan")
