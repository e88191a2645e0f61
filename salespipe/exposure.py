"""The exposure table: stays of deals reduced to days at risk and exits per cell.

Cutting every stay where its age band, the calendar month, its due band or its owner's call
changes, and summing what falls into one cell, loses nothing: with rates that are constant within a
cell the counts are the sufficient statistics of a piecewise-exponential model with competing risks
(Poisson exits, a binomial split). Cells add up over parts of the data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.bands import (
    AGE_CUTS,
    age_band,
    due_band,
    first_amount,
    size_band,
    size_cuts,
)
from salespipe.days import days_since_epoch, epoch_day, month_of, month_starts
from salespipe.pieces import Pieces, Sayings, owners_words
from salespipe.pipeline import Pipeline

__all__ = [
    "CELL_COLUMNS",
    "Exposure",
    "add_up",
    "build_exposure",
    "codes",
    "observed_from",
    "seen_from",
    "union",
    "with_levels",
]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

CELL_COLUMNS: Final = [
    "stage",
    "band",
    "month",
    "due",
    "owner",
    "segment",
    "source",
    "size",
    "call",
]
"""Keys of a cell, as integer codes; a month is counted from year 0."""

SAME_DAY: Final = 0.25
"""Days at risk of a stay that ends on the day it began."""

STAYS: Final = 250_000
"""Stays cut at a time: their pieces take some hundred megabytes."""

SURPRISE: Final = float(-np.log(0.01))
"""Closings expected in a time without one from which on that has a probability under 1 %."""

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
        ``stage``, ``due``, ``next`` (codes; number of stages = won) and ``n``: where onward exits
        landed.
    stages, owners, segments, sources : tuple of str
        Level names behind the codes.
    sizes : tuple of float
        Amounts at which the size bands begin; empty where size does not count.
    sayings : Sayings
        What owners said of their deals, and when.
    start : Timestamp
        First day on which exits could be seen.
    end : Timestamp
        The as-of date.
    since : Timestamp or None
        First day on which the pipeline's own deals could be seen, where `start` is that of a longer
        history.
    outside : mapping of str to int
        Deals of such a history that are counted in, by the name of their file.
    """

    cells: pd.DataFrame
    landings: pd.DataFrame
    stages: tuple[str, ...]
    owners: tuple[str, ...]
    segments: tuple[str, ...]
    sources: tuple[str, ...]
    sizes: tuple[float, ...]
    sayings: Sayings
    start: pd.Timestamp
    end: pd.Timestamp
    since: pd.Timestamp | None = None
    outside: Mapping[str, int] = field(default_factory=dict)


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
    return seen_from(begin, first, closings=len(closings), before=before / (left - here).sum())


def seen_from(
    begin: pd.Timestamp, first: pd.Timestamp, *, closings: int, before: float
) -> pd.Timestamp:
    """Say whether closings could be seen from the beginning, or only from the first one's month on.

    Parameters
    ----------
    begin, first : Timestamp
        When the first deal began, and the first day of the first closing's month.
    closings : int
    before : float
        Share of all deal-days that lie before `first`.
    """
    return first if closings * before > SURPRISE else begin


def build_exposure(
    pipeline: Pipeline,
    *,
    start: pd.Timestamp | None = None,
    sizes: tuple[float, ...] | None = None,
) -> Exposure:
    """Reduce a pipeline to its exposure table, so many stays at a time that memory is bounded.

    Parameters
    ----------
    pipeline : Pipeline
    start : Timestamp, optional
        First day on which exits could be seen; by default as the stays themselves show.
    sizes : tuple of float, optional
        Amounts at which the size bands begin; by default as the deals themselves show.
    """
    stays, deals = pipeline.stays, pipeline.deals
    start = observed_from(stays, pipeline.day) if start is None else start
    stages = tuple(stage.name for stage in pipeline.steps)
    owners, segments, sources = (levels(deals[key]) for key in (n.OWNER, n.SEGMENT, n.SOURCE))
    sizes = size_cuts(deals) if sizes is None else sizes
    sayings = owners_words(pipeline.changes)
    known = _Known(
        ids=pd.Index(deals[n.DEAL_ID]),
        codes={
            "owner": codes(deals[n.OWNER], owners),
            "segment": codes(deals[n.SEGMENT], segments),
            "source": codes(deals[n.SOURCE], sources),
            "size": size_band(first_amount(deals), sizes),
        },
        place={name: code for code, name in enumerate((*stages, n.WON))},
        sayings=sayings,
        window=float(epoch_day(start)),
        day=float(epoch_day(pipeline.day)),
    )
    begins = range(0, max(len(stays), 1), STAYS)
    parts = [_counted(stays.iloc[begin : begin + STAYS], known) for begin in begins]
    cells, landings = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    return Exposure(
        cells=cells.groupby(CELL_COLUMNS, as_index=False, sort=True).sum(),
        landings=landings.groupby(["stage", "due", "next"], as_index=False)["n"].sum(),
        stages=stages,
        owners=owners,
        segments=segments,
        sources=sources,
        sizes=sizes,
        sayings=sayings,
        start=start,
        end=pipeline.day,
    )


def add_up(first: Exposure, *others: Exposure) -> Exposure:
    """Add the exposure tables of different deals up.

    Parameters
    ----------
    first : Exposure
        What owners said and when, and the as-of date, are this one's.
    *others : Exposure
        Of the same stages and sizes.
    """
    parts = [first, *others]
    segments = union(part.segments for part in parts)
    sources = union(part.sources for part in parts)
    owners = union(part.owners for part in parts)
    same = [with_levels(part, segments=segments, sources=sources, owners=owners) for part in parts]
    cells = pd.concat([part.cells for part in same], ignore_index=True)
    landings = pd.concat([part.landings for part in same], ignore_index=True)
    return replace(
        same[0],
        cells=cells.groupby(CELL_COLUMNS, as_index=False, sort=True).sum(),
        landings=landings.groupby(["stage", "due", "next"])["n"].sum().reset_index(),
        start=min(part.start for part in parts),
        since=first.since or first.start,
    )


def with_levels(
    exposure: Exposure,
    *,
    segments: tuple[str, ...],
    sources: tuple[str, ...],
    owners: tuple[str, ...] | None = None,
) -> Exposure:
    """Give an exposure table the codes that its levels have among others.

    Parameters
    ----------
    exposure : Exposure
    segments, sources, owners : tuple of str
        All there are, those of the table among them; by default its own owners.
    """
    owners = exposure.owners if owners is None else owners
    cells = exposure.cells.assign(
        owner=_places(exposure.owners, owners)[exposure.cells["owner"]],
        segment=_places(exposure.segments, segments)[exposure.cells["segment"]],
        source=_places(exposure.sources, sources)[exposure.cells["source"]],
    )
    return replace(exposure, cells=cells, owners=owners, segments=segments, sources=sources)


def _places(names: tuple[str, ...], among: tuple[str, ...]) -> Ints:
    place = {name: code for code, name in enumerate(among)}
    return np.array([place[name] for name in names], dtype=np.int64)


def union(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Give all levels of several tables, in alphabetical order."""
    return tuple(sorted(set().union(*names)))


@dataclass(frozen=True)
class _Known:
    """What is known of deals, whatever stays are counted.

    Attributes
    ----------
    ids : Index
        Deal ids.
    codes : dict of str to ndarray of int
        By key of a cell, of every deal.
    place : dict of str to int
        Codes of the stages, won among them.
    sayings : Sayings
    window, day : float
        First day on which exits could be seen, and the as-of date.
    """

    ids: pd.Index
    codes: dict[str, Ints]
    place: dict[str, int]
    sayings: Sayings
    window: float
    day: float


def _counted(stays: pd.DataFrame, known: _Known) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count the cells and the landings of some stays."""
    cut = _cut(stays, known.sayings, window=known.window, day=known.day)
    pieces = cut.pieces
    # Texts are looked up once for every stay or deal; pieces, many times as many, take the codes.
    deal = known.ids.get_indexer(pd.Index(stays[n.DEAL_ID]))[pieces.stay]
    said = known.sayings.of(stays[n.DEAL_ID])[pieces.stay]
    expected, call = known.sayings.at(said, pieces.middle)
    goes = stays[n.NEXT_STAGE].map({**known.place, n.LOST: -1}).to_numpy("float64")[pieces.stay]
    cells = pd.DataFrame(
        {
            "stage": stays[n.STAGE].map(known.place).to_numpy("int64")[pieces.stay],
            "band": age_band(pieces.middle - cut.aged[pieces.stay]),
            "month": month_of(pieces.middle),
            "due": due_band(pieces.middle, expected),
            **{key: code[deal] for key, code in known.codes.items()},
            "call": call,
            "days": pieces.end - pieces.start,
            "onward": (cut.gone & (goes != -1)).astype(np.int64),
            "lost": (cut.gone & (goes == -1)).astype(np.int64),
        }
    )
    lands = cut.gone & (goes >= 0)
    landings = cells.loc[lands, ["stage", "due"]].assign(next=goes[lands].astype(np.int64))
    return (
        cells.groupby(CELL_COLUMNS, as_index=False, sort=True).sum(),
        landings.value_counts().rename("n").reset_index(),
    )


@dataclass(frozen=True)
class _Cut:
    """Stays in pieces: which end with the exit, and when each stay's age begins to count."""

    pieces: Pieces
    gone: npt.NDArray[np.bool_]
    aged: Floats


def _cut(stays: pd.DataFrame, sayings: Sayings, *, window: float, day: float) -> _Cut:
    """Cut stays where their age band, the month or what was said of them changes."""
    begun = days_since_epoch(stays[n.ENTERED_ON]) + 0.5
    left = days_since_epoch(stays[n.LEFT_ON]) + 0.5
    ended = np.where(np.isnan(left), day + 1, left)
    whole = np.maximum(ended, begun + SAME_DAY)
    pieces = Pieces(stay=np.arange(len(stays)), start=begun, end=whole)
    # Dates know days only: a stay of 3 of them was as likely shorter as longer than a cut there.
    aged = begun + np.where(begun % 2 < 1, TIE, -TIE)
    pieces = pieces.keep_from(window).cut_at(AGE_CUTS, offset=aged)
    pieces = pieces.cut_at(month_starts(window, day + 1))
    pieces = pieces.cut_at(sayings.cuts(), offset=-sayings.offset(sayings.of(stays[n.DEAL_ID])))
    last = pieces.end >= whole[pieces.stay]
    return _Cut(pieces, last & ~np.isnan(left)[pieces.stay], aged)


def levels(values: pd.Series) -> tuple[str, ...]:
    """List the levels of a text column in alphabetical order; blanks are a level of their own."""
    return tuple(sorted(values.fillna(n.UNKNOWN).unique()))


def codes(values: pd.Series, names: tuple[str, ...]) -> Ints:
    """Give the code of each value.

    Raises
    ------
    KeyError
        A value is none of the names.
    """
    filled = values.fillna(n.UNKNOWN)
    code = pd.Index(names, dtype="str").get_indexer(pd.Index(filled, dtype="str"))
    if (code < 0).any():
        raise KeyError(filled[code < 0].iloc[0])
    return code.astype(np.int64)
