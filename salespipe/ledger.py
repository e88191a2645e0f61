"""The change log beside a workbook: what was observed of each deal, and when; only ever added to.

``Book.xlsx`` has the folder ``Book.changes`` with Parquet files named ``000001-<hash>.parquet``.
The number gives the order of writing, the hash (SHA-256 of the file, first 16 digits) shows
damage. A file once written is never touched again, so two people who write at the same time lose
nothing.
"""

import hashlib
import os
import re
from io import BytesIO
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from salespipe import names as n
from salespipe.errors import LedgerError
from salespipe.tables import COLUMNS, conform, empty

__all__ = ["append_changes", "ledger_path", "read_changes"]

_COLUMNS: Final = list(COLUMNS["changes"])
_PART_NAME: Final = re.compile(r"(?P<number>\d{6,})-(?P<hash>[0-9a-f]{16})\.parquet")
_RESTORE: Final = "restore it from a backup"


def ledger_path(workbook: Path) -> Path:
    """Give the folder of the change log that belongs to a workbook."""
    return workbook.with_name(f"{workbook.stem}.changes")


def append_changes(workbook: Path, changes: pd.DataFrame) -> Path | None:
    """Add to the change log what it does not hold yet.

    A row that is there already is not added again, however often it is handed in; rows that occur
    twice in `changes` are kept twice. One exception keeps the log true: where a deal went back on
    the same day to a state that it already had that day, the state is written again, since the
    last row of a day is what holds at its end.

    Parameters
    ----------
    workbook : Path
    changes : DataFrame
        Columns of ``tables.COLUMNS["changes"]``, rows in the order of observation; other columns
        are not kept.

    Returns
    -------
    Path or None
        The file written, None if there was nothing new.

    Raises
    ------
    LedgerError
        A row has no deal id or no day, the log is damaged, or it cannot be written.
    """
    new = conform("changes", changes.reset_index(drop=True))[_COLUMNS]
    nameless = new.index[new[[n.DEAL_ID, n.CHANGED_ON]].isna().any(axis=1)]
    if len(nameless):
        raise LedgerError(
            f"Row {nameless[0] + 1} of the changes for {ledger_path(workbook).name} has no deal id "
            "or no day; give it both."
        )
    fresh = _fresh(read_changes(workbook), new)
    if fresh.empty:
        return None
    folder = ledger_path(workbook)
    content = _parquet(fresh)
    number = max((number for number, _ in _parts(folder)), default=0) + 1
    part = folder / f"{number:06d}-{_hash(content)}.parquet"
    try:
        folder.mkdir(exist_ok=True)
        _write(part, content)
    except OSError as error:
        raise LedgerError(
            f"The change log {folder} cannot be written ({error.strerror}); check that the folder "
            "is not protected and the disk not full."
        ) from None
    return part


def read_changes(workbook: Path) -> pd.DataFrame:
    """Read the whole change log.

    Parameters
    ----------
    workbook : Path

    Returns
    -------
    DataFrame
        Columns of ``tables.COLUMNS["changes"]``, ordered by day and within a day by observation;
        empty where there is no log.

    Raises
    ------
    LedgerError
        A file of the log is damaged, missing or foreign; the sentence names it.
    """
    parts = [_read(part) for _, part in _parts(ledger_path(workbook))]
    if not parts:
        return empty("changes")
    log = pd.concat(parts, ignore_index=True).sort_values(n.CHANGED_ON, kind="stable")
    return conform("changes", log.reset_index(drop=True))


def _fresh(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Keep of the new rows those that the log lacks, and those that a day ends on again."""
    counted = [
        frame.assign(nth=frame.groupby(_COLUMNS, dropna=False).cumcount()) for frame in (old, new)
    ]
    lacking = ~pd.concat(counted, ignore_index=True).duplicated().to_numpy()[len(old) :]
    day = [n.DEAL_ID, n.CHANGED_ON]
    after = pd.concat([old, new[lacking]]).drop_duplicates(day, keep="last")
    ends = new.drop_duplicates(day, keep="last")
    agreed = pd.concat([after, ends]).duplicated().to_numpy()[len(after) :]
    return new[lacking | new.index.isin(ends.index[~agreed])]


def _parts(folder: Path) -> list[tuple[int, Path]]:
    """List the files of the log in order of writing."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise LedgerError(
            f"{folder} is a file, where the change log's folder belongs; move it away."
        )
    parts = []
    for path in sorted(folder.glob("*.parquet")):
        name = _PART_NAME.fullmatch(path.name)
        if name is None:
            raise LedgerError(
                f'The change log {folder} holds "{path.name}", which is not a file of it; move '
                "it away."
            )
        parts.append((int(name["number"]), path))
    held = {number for number, _ in parts}
    missing = set(range(1, max(held, default=0) + 1)) - held
    if missing:
        raise LedgerError(
            f"In the change log {folder} the file numbered {min(missing):06d} is missing; "
            f"{_RESTORE}, or rename the folder to begin a new log."
        )
    return sorted(parts)


def _read(part: Path) -> pd.DataFrame:
    damaged = (
        f"The file {part} of the change log is damaged; {_RESTORE}, or rename the folder to begin "
        "a new log."
    )
    try:
        content = part.read_bytes()
    except OSError as error:
        raise LedgerError(
            f"The file {part} of the change log cannot be read ({error.strerror}); check who may "
            "read it."
        ) from None
    if not part.stem.endswith(_hash(content)):
        raise LedgerError(damaged)
    try:
        return conform("changes", pq.read_table(BytesIO(content)).to_pandas())[_COLUMNS]
    except (pa.ArrowException, ValueError, TypeError):
        raise LedgerError(damaged) from None


def _parquet(changes: pd.DataFrame) -> bytes:
    buffer = BytesIO()
    table = pa.Table.from_pandas(changes, preserve_index=False)
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _write(part: Path, content: bytes) -> None:
    """Write so that the file is there whole or not at all."""
    temporary = part.with_name(f"{part.stem}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(part)
    finally:
        temporary.unlink(missing_ok=True)
