"""A long history: deals that a workbook has no room for, counted out of Parquet or CSV files.

A file is read piece by piece, and a piece is forgotten once its stays are counted into cells, so
that memory grows with the cells alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from salespipe import names as n
from salespipe.days import days_since_epoch, epoch_day
from salespipe.errors import HistoryError
from salespipe.exposure import Exposure, add_up, build_exposure, seen_from
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.stages import open_stages
from salespipe.tables import COLUMNS, Tables, among, conform
from salespipe.wording import brief
from salespipe.workbook.choices import StageNames
from salespipe.workbook.headers import ENTERED, Vocabulary, fold
from salespipe.workbook.schema import DEAL_COLUMNS

__all__ = ["with_history"]

type Progress = Callable[[str], None]

ROWS: Final = 100_000
"""Deals of a piece: with their stays and their pieces some hundred megabytes."""

BLOCK: Final = 16 << 20
"""Bytes of a piece of a CSV file, about as many deals."""

NEEDED: Final = (n.DEAL_ID, n.STAGE, n.CREATED_ON, n.CLOSED_ON)
TAKEN: Final = (*NEEDED, n.OWNER, n.SEGMENT, n.SOURCE, n.AMOUNT, n.LISTED_AMOUNT, n.CURRENCY)


def with_history(
    pipeline: Pipeline, paths: Sequence[str | Path], *, progress: Progress | None = None
) -> Exposure:
    """Give a pipeline's exposure table with that of deals outside of its workbook added.

    They count for how fast deals move and which are won; new business, amounts and the revenue
    history are the workbook's alone.

    Parameters
    ----------
    pipeline : Pipeline
    paths : sequence of str or Path
        Files ending in ``.parquet`` or ``.csv`` (UTF-8, commas) with one row per deal. Columns as
        on the Deals sheet, in either language, or by key (:data:`salespipe.tables.COLUMNS`):
        `deal_id`, `stage`, `created_on` and `closed_on` are needed, a column "Entered ..." for each
        stage, `owner`, `segment`, `source`, `amount`, `listed_amount` and `currency` are used where
        they are there. Deals that the workbook has as well are left out.
    progress : callable, optional
        Told how many deals have been counted.

    Returns
    -------
    Exposure
        For :func:`salespipe.inference.fit.fit`.

    Raises
    ------
    HistoryError
        A file cannot be read or used: what, where (row and column), and how to mend it.
    """
    tell = progress or (lambda _: None)
    files = [_File(Path(path), pipeline) for path in paths]
    own = build_exposure(pipeline)
    seen = _Seen(epoch_day(pipeline.day))
    for file in files:
        for deals, _ in file.pieces(dates_only=True):
            seen.add(deals)
    start, total = seen.start, own
    counted: Counter[str] = Counter()
    parts: list[Exposure] = []
    for file in files:
        for deals, entries in file.pieces():
            piece = _pipeline(pipeline, deals, entries)
            if piece is not None:
                parts.append(build_exposure(piece, start=start, sizes=own.sizes))
                counted[file.path.name] += len(piece.deals)
            # Only when there is as much to add as there is already: each cell is added a few times.
            if sum(len(part.cells) for part in parts) > len(total.cells):
                total, parts = add_up(total, *parts), []
            tell(f"Counting the history: {counted.total():,} deals")
    return replace(add_up(total, *parts), outside=dict(counted))


def _pipeline(pipeline: Pipeline, deals: pd.DataFrame, entries: pd.DataFrame) -> Pipeline | None:
    """Rebuild what was known of some deals; None where nothing was."""
    known = ~among(deals[n.DEAL_ID], pipeline.deals[n.DEAL_ID]) & (
        deals[n.CREATED_ON] <= pipeline.day
    )
    if not known.any():
        return None
    tables = Tables(
        deals=deals[known],
        stage_entries=entries[among(entries[n.DEAL_ID], deals.loc[known, n.DEAL_ID])],
        rates=pipeline.rates,
        stages=pipeline.stages,
        settings=pipeline.settings,
    )
    return build_pipeline(tables, as_of=pipeline.as_of, steps=pipeline.steps)


@dataclass
class _Seen:
    """Deals counted by day of beginning and of end, which show since when closings could be seen.

    Attributes
    ----------
    last : int
        The as-of date.
    begun, ended : dict of int to int
        Deals by day.
    closings : int
    first : float
        Day of the first of them.
    """

    last: int
    begun: dict[int, int] = field(default_factory=dict)
    ended: dict[int, int] = field(default_factory=dict)
    closings: int = 0
    first: float = np.inf

    def add(self, deals: pd.DataFrame) -> None:
        """Count some deals in."""
        here, left = days_since_epoch(deals[n.CREATED_ON]), days_since_epoch(deals[n.CLOSED_ON])
        known = here <= self.last
        closed = known & (left <= self.last)
        for counts, days in (
            (self.begun, here[known]),
            (self.ended, np.where(closed, left, self.last)[known] + 1),
        ):
            for day, many in zip(
                *np.unique(days.astype(np.int64), return_counts=True), strict=True
            ):
                counts[int(day)] = counts.get(int(day), 0) + int(many)
        self.closings += int(closed.sum())
        if closed.any():
            self.first = min(self.first, float(left[closed].min()))

    @property
    def start(self) -> pd.Timestamp:
        """The first day on which exits could be seen."""
        if not self.begun:
            return pd.Timestamp(self.last, unit="D")
        begin = pd.Timestamp(min(self.begun), unit="D")
        if not self.closings:
            return begin
        first = pd.Timestamp(self.first, unit="D").replace(day=1)
        whole = self._days(self.last + 1)
        before = self._days(epoch_day(first)) / max(whole, 1)
        return seen_from(begin, first, closings=self.closings, before=before)

    def _days(self, until: int) -> int:
        """Sum the deal-days up to a day."""
        total = 0
        for sign, counts in ((1, self.begun), (-1, self.ended)):
            total += sign * sum(many * max(until - day, 0) for day, many in counts.items())
        return total


class _File:
    """One file of deals: what its columns mean, and its rows in pieces.

    Parameters
    ----------
    path : Path
    pipeline : Pipeline
        Its stages are those that the file may name.
    """

    def __init__(self, path: Path, pipeline: Pipeline) -> None:
        self.path = path
        self.stages = StageNames(pipeline.stages)
        steps = open_stages(pipeline.stages)
        if path.suffix.casefold() not in (".parquet", ".csv"):
            raise HistoryError(
                f'"{path}" must end in .parquet or .csv; a history is read from those.'
            )
        if not path.is_file():
            raise HistoryError(f'There is no file "{path}"; check the folder and the name.')
        headers = self._headers()
        wanted = {*TAKEN, *(f"{ENTERED}{stage.name}" for stage in steps)}
        ranks = Vocabulary(DEAL_COLUMNS, steps).ranks()
        meant = sorted(
            (rank, key, header)
            for header in headers
            for rank, key in ranks.get(fold(header), ())
            if key in wanted
        )
        self.columns: dict[str, str] = {}
        for _, key, header in meant:
            if header not in self.columns.values():
                self.columns.setdefault(key, header)
        missing = [key for key in NEEDED if key not in self.columns]
        if missing:
            raise HistoryError(
                f'"{path.name}" has no column {", ".join(missing)} among {", ".join(headers)}; add '
                "it or give the right column that name."
            )

    def pieces(self, *, dates_only: bool = False) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """Give the deals and their stage entries, piece by piece.

        Parameters
        ----------
        dates_only : bool
            Leave out all but the days on which deals began and ended.
        """
        keys = [n.CREATED_ON, n.CLOSED_ON] if dates_only else list(self.columns)
        begin = 2 if self._is_csv else 1  # below the row of headers
        for frame in self._frames([self.columns[key] for key in keys]):
            frame.columns = pd.Index(keys)
            frame.index = pd.RangeIndex(begin, begin + len(frame))
            begin += len(frame)
            yield self._typed(frame)

    @property
    def _is_csv(self) -> bool:
        return self.path.suffix.casefold() == ".csv"

    def _headers(self) -> list[str]:
        with self._open() as opened:
            schema = opened.schema if self._is_csv else opened.schema_arrow
            return [str(name) for name in schema.names]

    def _open(self, names: Sequence[str] = ()) -> Any:  # noqa: ANN401 (pyarrow has no types)
        try:
            if not self._is_csv:
                return pyarrow.parquet.ParquetFile(self.path)
            return pyarrow.csv.open_csv(
                self.path,
                read_options=pyarrow.csv.ReadOptions(block_size=BLOCK),
                parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
                # All as text: what is no date is then named with its row.
                convert_options=pyarrow.csv.ConvertOptions(
                    include_columns=list(names),
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            raise self._unreadable(error) from None

    def _frames(self, names: list[str]) -> Iterator[pd.DataFrame]:
        with self._open(names) as opened:
            try:
                batches = (
                    opened if self._is_csv else opened.iter_batches(batch_size=ROWS, columns=names)
                )
                for batch in batches:
                    yield batch.to_pandas()[names]
            except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
                raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> HistoryError:
        why = brief(error).rstrip(".")
        kind = "CSV (UTF-8, with commas)" if self._is_csv else "Parquet"
        return HistoryError(f'"{self.path.name}" cannot be read ({why}); save it as {kind} again.')

    def _typed(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        kinds = COLUMNS["deals"]
        for key in frame.columns:
            kind = kinds.get(key, "date")
            if kind == "date":
                frame[key] = self._dates(frame[key], key)
            elif kind == "money":
                frame[key] = self._numbers(frame[key], key)
            else:
                frame[key] = frame[key].astype("str").str.strip()
        if n.STAGE in frame:
            frame[n.STAGE] = self._stages(frame[n.STAGE])
            self._check_ids(frame[n.DEAL_ID])
        entered = [key for key in frame.columns if key.startswith(ENTERED)]
        entries = (
            frame.reindex(columns=[n.DEAL_ID, *entered])
            .rename(columns=lambda key: key.removeprefix(ENTERED))
            .melt(n.DEAL_ID, var_name=n.STAGE, value_name=n.ENTERED_ON, ignore_index=False)
        )
        entries = entries[entries[n.ENTERED_ON].notna()]
        return conform("deals", frame.drop(columns=entered)), conform("stage_entries", entries)

    def _dates(self, values: pd.Series, key: str) -> pd.Series:
        days = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
        if bad := self._first_lost(values, days, key):
            raise HistoryError(
                f'In "{self.path.name}", row {bad.row}, column {bad.column}, "{bad.value}" is not '
                "a date; write it as 2026-10-31."
            )
        return days.dt.tz_localize(None).dt.normalize()

    def _numbers(self, values: pd.Series, key: str) -> pd.Series:
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        if bad := self._first_lost(values, numbers, key):
            raise HistoryError(
                f'In "{self.path.name}", row {bad.row}, column {bad.column}, "{bad.value}" is not '
                "a number; write it as 1234.50."
            )
        return numbers

    def _stages(self, values: pd.Series) -> pd.Series:
        names = {text: self.stages.find(text) for text in values.dropna().unique()}
        found = values.map({text: name for text, name in names.items() if name}).astype("str")
        if bad := self._first_lost(values.fillna(""), found, n.STAGE):
            raise HistoryError(
                f'In "{self.path.name}", row {bad.row}, column {bad.column}, "{bad.value}" is no '
                "stage of the Stages sheet; correct it."
            )
        return found

    def _check_ids(self, ids: pd.Series) -> None:
        single = ids.mask(ids.duplicated() | (ids == ""))
        if bad := self._first_lost(ids.fillna(""), single, n.DEAL_ID):
            raise HistoryError(
                f'In "{self.path.name}", row {bad.row}, column {bad.column}, "{bad.value}" is no '
                "id of one deal alone; correct it."
            )

    def _first_lost(self, given: pd.Series, taken: pd.Series, key: str) -> "_Lost | None":
        """Find the first value of which nothing could be made."""
        lost = (given.notna() & taken.isna()).to_numpy()
        if not lost.any():
            return None
        place = int(lost.argmax())
        return _Lost(int(given.index[place]), self.columns[key], str(given.iloc[place]))


class _Lost(NamedTuple):
    """A value of which nothing could be made, and where it stands."""

    row: int
    column: str
    value: str
