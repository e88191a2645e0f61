"""What a won deal brings: its listed amount times a drawn ratio, or its segment's distribution."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.exposure import Exposure, codes
from salespipe.inference.assemble import amount_data
from salespipe.models.amount import NU
from salespipe.pipeline import Pipeline
from salespipe.simulation.paths import Paths
from salespipe.simulation.posterior import Posterior

__all__ = ["Amounts", "learn_amounts"]

type Floats = npt.NDArray[np.float64]

SEGMENT_SHARE: Final = 5.0
"""Known amounts of its own from which on a segment's distribution outweighs all deals'."""

WIDEST: Final = np.log(2.0)
"""A ratio is kept within a factor of 2, or within what has been seen where that is wider."""

CORRECTION: Final = 50
"""Ratios drawn for each posterior draw to find their mean; its error is then below 0.1 %."""


@dataclass(frozen=True)
class Amounts:
    """How amounts are drawn.

    Attributes
    ----------
    location : ndarray, shape (draw, segment)
    scale : ndarray, shape (draw,)
        Of log(final / listed).
    low, high : float
        Bounds of log(final / listed): a Student t on the log scale has no mean without them.
    correction : float
        Divided out so that the mean ratio is 1 where nothing is known of it.
    known : ndarray
        Amounts known, sorted by segment.
    begins : ndarray of int, shape (segment + 1,)
        Where each segment's amounts begin in `known`.
    """

    location: Floats
    scale: Floats
    low: float
    high: float
    correction: float
    known: Floats
    begins: npt.NDArray[np.int64]

    def final(self, listed: Floats, paths: Paths, *, seed: tuple[int, ...]) -> Floats:
        """Draw what each path would bring if it is won.

        Parameters
        ----------
        listed : ndarray, shape (path,)
            Money; NaN, zero or less where it is not known.
        paths : Paths
        seed : tuple of int

        Returns
        -------
        ndarray, shape (path,)
            Money; 0 where no amount at all is known.
        """
        rng = np.random.default_rng(seed)
        noise = rng.standard_t(NU, len(listed))
        log_ratio = self.location[paths.draw, paths.segment] + self.scale[paths.draw] * noise
        ratio = np.exp(np.clip(log_ratio, self.low, self.high)) / self.correction
        return self._filled(listed, paths.segment, rng) * ratio

    def _filled(
        self, listed: Floats, segment: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> Floats:
        missing = ~(listed > 0)
        if not missing.any():
            return listed
        luck = rng.random((2, len(listed)))
        if not len(self.known):
            return np.where(missing, 0.0, listed)
        first, last = self.begins[segment], self.begins[segment + 1]
        own = luck[0] < (last - first) / (last - first + SEGMENT_SHARE)
        begin, end = np.where(own, first, 0), np.where(own, last, len(self.known))
        drawn = self.known[(begin + luck[1] * (end - begin)).astype(np.int64)]
        return np.where(missing, drawn, listed)


def learn_amounts(pipeline: Pipeline, exposure: Exposure, *, posterior: Posterior) -> Amounts:
    """Take the amounts known from the pipeline and the ratios from the posterior."""
    deals = pipeline.deals
    worth = deals[n.AMOUNT].fillna(deals[n.LISTED_AMOUNT])
    priced = deals[worth > 0]
    segment = codes(priced[n.SEGMENT], exposure.segments)
    order = np.argsort(segment, kind="stable")
    values = pd.Series(worth[worth > 0]).to_numpy("float64")[order]
    begins = np.searchsorted(segment[order], np.arange(len(exposure.segments) + 1))
    seen = amount_data(pipeline, exposure).log_ratio
    low = min(-WIDEST, float(seen.min())) if len(seen) else -WIDEST
    high = max(WIDEST, float(seen.max())) if len(seen) else WIDEST
    correction = 1.0
    if not len(seen):
        noise = np.random.default_rng(0).standard_t(NU, (CORRECTION, posterior.draws, 1))
        drawn = posterior.ratio_location + posterior.ratio_scale[:, None] * noise
        correction = float(np.exp(np.clip(drawn, low, high)).mean())
    return Amounts(
        location=posterior.ratio_location,
        scale=posterior.ratio_scale,
        low=low,
        high=high,
        correction=correction,
        known=values,
        begins=begins.astype(np.int64),
    )
