"""The exposure table: stays of deals reduced to days at risk and exits per cell.

Cutting every stay where its age band, the calendar month or its due band changes, and summing
what falls into one cell, loses nothing: with rates that are constant within a cell the counts are
the sufficient statistics of a piecewise-exponential model with competing risks (Poisson exits, a
binomial split). Cells add up over parts of the data.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.pipeline import Pipeline
from salespipe.tables import look_up

__all__ = [
    "AGE_CUTS",
    "AGE_GROUPS",
    "CELL_COLUMNS",
    "DUE_BANDS",
    "Exposure",
    "age_band",
    "build_exposure",
    "due_band",
    "observed_from",
]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

AGE_CUTS: Final[Floats] = np.array([3, 7, 14, 30, 45, 60, 90, 120, 180, 365], dtype=np.float64)
"""Days in a stage at which one age band ends and the next begins."""

AGE_GROUPS: Final[Ints] = np.array([0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3], dtype=np.int64)
"""Coarser group of each age band: under 14, 14 to 45, 45 to 90, over 90 days."""

DUE_BANDS: Final = ("none", "overdue", "this month", "next month", "later")
"""Where the expected close date lies, seen from a day."""

CELL_COLUMNS: Final = ["stage", "band", "month", "due", "owner", "segment"]
"""Keys of a cell, as integer codes; a month is counted from year 0."""

EPOCH: Final = pd.Timestamp("1970-01-01")

SAME_DAY: Final = 0.25
"""Days at risk of a stay that ends on the day it began."""

TIE: Final = 1e-3
"""Days by which a stay that ends on an age cut is put before it or, every other day, after it."""


@dataclass(frozen=True)
class Exposure:
    """Days at risk and exits per cell.

    Attributes
    ----------
    cells : DataFrame
        :data:`CELL_COLUMNS`, then ``days`` (deal-days at risk), ``onward`` (exits to another open
        stage or to won) and ``lost``.
    landings : DataFrame
        ``stage``, ``next`` (codes; number of stages = won) and ``n``: where onward exits landed.
    stages, owners, segments : tuple of str
        Level names behind the codes.
    start : Timestamp
        First day on which exits could be seen.
    end : Timestamp
        The as-of date.
    """

    cells: pd.DataFrame
    landings: pd.DataFrame
    stages: tuple[str, ...]
    owners: tuple[str, ...]
    segments: tuple[str, ...]
    start: pd.Timestamp
    end: pd.Timestamp


def age_band(days: Floats) -> Ints:
    """Give the age band of each number of days in a stage."""
    return np.searchsorted(AGE_CUTS, days, side="right").astype(np.int64)


def due_band(day: Floats, expected: Floats) -> Ints:
    """Give the due band of each pair of days.

    Parameters
    ----------
    day, expected : ndarray
        Days since 1970-01-01; `expected` is NaN where no close date is known.

    Returns
    -------
    ndarray of int
        Index into :data:`DUE_BANDS`.
    """
    known = np.isfinite(expected)
    ahead = _month(np.where(known, expected, day)) - _month(day)
    band = np.select([ahead <= 0, ahead == 1], [2, 3], default=4)
    band = np.where(np.floor(day) > expected, 1, band)
    return np.where(known, band, 0).astype(np.int64)


def observed_from(stays: pd.DataFrame, as_of: pd.Timestamp) -> pd.Timestamp:
    """Give the first day on which an exit could have been seen (left truncation).

    A file whose closings begin on some date says nothing of the time before it: deals that closed
    then are not in it, and those that only moved on are there because they did not close. That is
    taken to be so when the silence before the first closing would be a surprise (probability under
    1 %) at the rate of closings over the whole time.
    """
    if stays.empty:
        return as_of
    entered = stays[n.ENTERED_ON]
    closings = stays.loc[stays[n.NEXT_STAGE].isin([n.WON, n.LOST]), n.LEFT_ON]
    begin: pd.Timestamp = entered.min()
    if closings.empty:
        return begin
    first: pd.Timestamp = closings.min().normalize().replace(day=1)
    if first <= begin:
        return begin
    here = days_since_epoch(entered)
    left = days_since_epoch(stays[n.LEFT_ON].fillna(as_of)) + 1
    before = np.maximum(np.minimum(left, float(epoch_day(first))) - here, 0).sum()
    expected = len(closings) * before / (left - here).sum()
    return first if expected > -np.log(0.01) else begin


def build_exposure(pipeline: Pipeline) -> Exposure:
    """Reduce a pipeline to its exposure table."""
    stays = pipeline.stays
    deals = pipeline.deals.set_index(n.DEAL_ID)
    start = observed_from(stays, pipeline.day)
    stages = tuple(stage.name for stage in pipeline.steps)
    owners = levels(deals[n.OWNER])
    segments = levels(deals[n.SEGMENT])
    place = {name: code for code, name in enumerate((*stages, n.WON))}
    begun = days_since_epoch(stays[n.ENTERED_ON]) + 0.5
    left = days_since_epoch(stays[n.LEFT_ON]) + 0.5
    ended = np.where(np.isnan(left), float(epoch_day(pipeline.day)) + 1, left)
    pieces = _Pieces(
        stay=np.arange(len(stays)), start=begun, end=np.maximum(ended, begun + SAME_DAY)
    )
    window = float(epoch_day(start))
    # Dates know days only: a stay of 3 of them was as likely shorter as longer than a cut there.
    aged = begun + np.where(begun % 2 < 1, TIE, -TIE)
    pieces = pieces.keep_from(window).cut_at(AGE_CUTS, offset=aged)
    pieces = pieces.cut_at(_month_starts(window, float(epoch_day(pipeline.day)) + 1))
    pieces, expected = _cut_by_due(pieces, stays, pipeline.changes)
    last = pieces.end >= np.maximum(ended, begun + SAME_DAY)[pieces.stay]
    goes = stays[n.NEXT_STAGE].to_numpy()[pieces.stay]
    gone = last & ~np.isnan(left)[pieces.stay]
    ids = stays[n.DEAL_ID].iloc[pieces.stay]
    cells = pd.DataFrame(
        {
            "stage": stays[n.STAGE].map(place).to_numpy()[pieces.stay],
            "band": age_band(pieces.middle - aged[pieces.stay]),
            "month": _month(pieces.middle),
            "due": due_band(pieces.middle, expected),
            "owner": codes(look_up(ids, deals[n.OWNER]), owners),
            "segment": codes(look_up(ids, deals[n.SEGMENT]), segments),
            "days": pieces.end - pieces.start,
            "onward": (gone & (goes != n.LOST)).astype(np.int64),
            "lost": (gone & (goes == n.LOST)).astype(np.int64),
        }
    )
    moves = stays[stays[n.NEXT_STAGE].isin(place) & (stays[n.LEFT_ON] >= start)]
    landings = pd.DataFrame(
        {"stage": moves[n.STAGE].map(place), "next": moves[n.NEXT_STAGE].map(place)}
    )
    return Exposure(
        cells=cells.groupby(CELL_COLUMNS, as_index=False, sort=True).sum(),
        landings=landings.value_counts().rename("n").reset_index(),
        stages=stages,
        owners=owners,
        segments=segments,
        start=start,
        end=pipeline.day,
    )


def levels(values: pd.Series) -> tuple[str, ...]:
    """List the levels of a text column in alphabetical order; blanks are a level of their own."""
    return tuple(sorted(values.fillna(n.UNKNOWN).unique()))


def codes(values: pd.Series, names: tuple[str, ...]) -> Ints:
    """Give the code of each value."""
    place = {name: code for code, name in enumerate(names)}
    return np.array([place[name] for name in values.fillna(n.UNKNOWN)], dtype=np.int64)


def epoch_day(day: pd.Timestamp) -> int:
    """Count the days since 1970-01-01."""
    return int((day.normalize() - EPOCH).days)


def days_since_epoch(days: pd.Series) -> Floats:
    """Count the days since 1970-01-01; NaN where missing."""
    delta: Floats = ((days.dt.normalize() - EPOCH) / pd.Timedelta(days=1)).to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    return delta


def _month(day: Floats) -> Ints:
    """Give the calendar month of each day, counted from year 0."""
    days = np.floor(day).astype(np.int64).astype("datetime64[D]")
    months: Ints = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return months


def _month_starts(first: float, last: float) -> Floats:
    span = np.arange(_month(np.array([first]))[0], _month(np.array([last]))[0] + 2) - 1970 * 12
    return span.astype("datetime64[M]").astype("datetime64[D]").astype(np.float64)


@dataclass(frozen=True)
class _Pieces:
    """Pieces of stays: index of the stay, first and last moment in days."""

    stay: Ints
    start: Floats
    end: Floats

    @property
    def middle(self) -> Floats:
        return (self.start + self.end) / 2

    def keep_from(self, first: float) -> "_Pieces":
        keep = self.end > first
        return _Pieces(self.stay[keep], np.maximum(self.start, first)[keep], self.end[keep])

    def cut_at(self, cuts: Floats, *, offset: Floats | None = None) -> "_Pieces":
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
        return _Pieces(self.stay[parent], start, end)


def _cut_by_due(
    pieces: _Pieces, stays: pd.DataFrame, changes: pd.DataFrame
) -> tuple[_Pieces, Floats]:
    """Cut where the expected close date changes or passes; only the change log knows when."""
    known = changes[changes[n.EXPECTED_CLOSE_ON].notna()]
    ids, names = pd.factorize(stays[n.DEAL_ID])
    known = known[known[n.DEAL_ID].isin(names)]
    if known.empty:
        return pieces, np.full(len(pieces.stay), np.nan)
    deal = pd.Index(names).get_indexer(known[n.DEAL_ID]).astype(np.float64)
    changed = days_since_epoch(known[n.CHANGED_ON]) + 0.5
    expected = days_since_epoch(known[n.EXPECTED_CLOSE_ON])
    order = np.lexsort((np.arange(len(deal)), changed, deal))
    deal, changed, expected = deal[order], changed[order], expected[order]
    # One long axis on which every deal has a stretch of its own serves all deals at once.
    stretch = 1e6
    owner_of = ids[np.arange(len(stays))].astype(np.float64) * stretch
    marks = np.unique(np.concatenate([deal * stretch + changed, deal * stretch + expected + 1]))
    pieces = pieces.cut_at(marks, offset=-owner_of)
    here = np.searchsorted(
        deal * stretch + changed, pieces.middle + owner_of[pieces.stay], side="right"
    )
    same = (here > 0) & (deal[here - 1] == ids[pieces.stay])
    return pieces, np.where(same, expected[here - 1], np.nan)
