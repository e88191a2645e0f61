"""Stays cut into pieces within which nothing changes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.bands import call_band
from salespipe.days import days_since_epoch

__all__ = ["Pieces", "Sayings", "owners_words"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

STRETCH = 1e6
"""Days of the axis that each deal has for itself: one long axis serves all deals at once."""


@dataclass(frozen=True)
class Pieces:
    """Pieces of stays.

    Attributes
    ----------
    stay : ndarray of int
        Place of the stay that a piece belongs to.
    start, end : ndarray of float
        First and last moment, days since 1970-01-01.
    """

    stay: Ints
    start: Floats
    end: Floats

    @property
    def middle(self) -> Floats:
        """A moment inside each piece."""
        return (self.start + self.end) / 2

    def keep_from(self, first: float) -> "Pieces":
        """Leave out what lies before a day."""
        keep = self.end > first
        return Pieces(self.stay[keep], np.maximum(self.start, first)[keep], self.end[keep])

    def cut_at(self, cuts: Floats, *, offset: Floats | None = None) -> "Pieces":
        """Cut every piece at `cuts`, counted from `offset` of its stay."""
        shift = np.zeros(len(self.stay)) if offset is None else offset[self.stay]
        low = np.searchsorted(cuts, self.start - shift, side="right")
        high = np.searchsorted(cuts, self.end - shift, side="left")
        count = np.maximum(high - low, 0) + 1
        parent = np.repeat(np.arange(len(self.stay)), count)
        nth = np.arange(len(parent)) - np.repeat(np.cumsum(count) - count, count)
        padded = np.append(cuts, np.inf)
        start = np.where(
            nth == 0, self.start[parent], padded[low[parent] + nth - 1] + shift[parent]
        )
        end = np.minimum(self.end[parent], padded[low[parent] + nth] + shift[parent])
        end = np.where(nth == count[parent] - 1, self.end[parent], end)
        return Pieces(self.stay[parent], start, end)


@dataclass(frozen=True)
class Sayings:
    """What owners said of their deals, in order of deal and time; from the change log.

    Attributes
    ----------
    deal : ndarray of int
        Place of the deal among `names`.
    since : ndarray of float
        Moment from which on it held, days since 1970-01-01.
    expected : ndarray of float
        Expected close date, days since 1970-01-01; NaN while none was given.
    call : ndarray of int
        Index into :data:`salespipe.bands.CALLS`.
    closing : ndarray of bool
        Whether the deal was closed in the same breath.
    names : Index
        Deal ids.
    """

    deal: Ints
    since: Floats
    expected: Floats
    call: Ints
    closing: npt.NDArray[np.bool_]
    names: pd.Index

    def cuts(self) -> Floats:
        """Give the moments at which a saying or its due band changes, on the long axis."""
        own = self.deal * STRETCH
        dated = np.isfinite(self.expected)
        day = (own + self.expected)[dated]
        return np.unique(np.concatenate([own + self.since, day, day + 1]))

    def of(self, deal_id: pd.Series) -> Ints:
        """Give the place of deals among `names`; -1 where nothing was said of one."""
        return self.names.get_indexer(pd.Index(deal_id)).astype(np.int64)

    def at(self, deal: Ints, moment: Floats) -> tuple[Floats, Ints]:
        """Give the expected close date and the call that held at moments of deals."""
        here = np.searchsorted(self.deal * STRETCH + self.since, deal * STRETCH + moment, "right")
        same = (here > 0) & (deal >= 0)
        same &= np.append(self.deal, -1)[here - 1] == deal
        place = np.where(same, here - 1, 0)
        if not len(self.deal):
            return np.full(len(deal), np.nan), np.zeros(len(deal), dtype=np.int64)
        expected = np.where(same, self.expected[place], np.nan)
        return expected, np.where(same, self.call[place], 0)

    def offset(self, deal: Ints) -> Floats:
        """Give where each deal's stretch of the long axis begins."""
        return np.where(deal >= 0, deal, len(self.names) + 1) * STRETCH


def owners_words(changes: pd.DataFrame) -> Sayings:
    """Read off the change log what owners said, and when.

    A blank that a snapshot saw is one; in an imported history it leaves what was said before.

    Parameters
    ----------
    changes : DataFrame
        deal_id, changed_on, stage, expected_close_on, forecast_category, confidence, observed_on;
        in order of observation.
    """
    keys = [n.EXPECTED_CLOSE_ON, n.FORECAST_CATEGORY, n.CONFIDENCE]
    said = changes[changes[[*keys, n.OBSERVED_ON]].notna().any(axis=1)]
    deal, names = pd.factorize(said[n.DEAL_ID])
    since = days_since_epoch(said[n.CHANGED_ON]) + 0.5
    order = np.lexsort((np.arange(len(deal)), since, deal))
    said, deal, since = said.iloc[order], deal[order].astype(np.int64), since[order]
    last = said[keys].groupby(deal).ffill()
    for key in keys:
        last[key] = last[key].where(said[n.OBSERVED_ON].isna(), said[key])
    # Of several rows of a day the last holds.
    ends = np.append((np.diff(deal) != 0) | (np.diff(since) != 0), True)[: len(deal)]
    return Sayings(
        deal=deal[ends],
        since=since[ends],
        expected=days_since_epoch(last[n.EXPECTED_CLOSE_ON])[ends],
        call=call_band(last[n.FORECAST_CATEGORY], last[n.CONFIDENCE])[ends],
        closing=said[n.STAGE].isin([n.WON, n.LOST]).to_numpy()[ends],
        names=pd.Index(names),
    )
