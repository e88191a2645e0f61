"""Folders of numbered, hashed Parquet parts: tables that are only ever added to.

A part is named ``000001-<hash>.parquet``. The number gives the order of writing, the hash (SHA-256
of the file, first 16 digits) shows damage. A part once written is never touched again, it is there
whole or not at all, and only one process adds at a time; so what was remembered once stays, and
what became of the rest does not matter to it. A fault is told and lived with: the other parts hold.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from salespipe.errors import LedgerError

__all__ = [
    "Fault",
    "FaultKind",
    "Part",
    "Shelf",
    "add_part",
    "content_hash",
    "locked",
    "read_shelf",
    "write_whole",
]

FaultKind = Literal["damaged", "missing", "misplaced", "foreign", "newer"]
"""What can be wrong with a part: its content is not what was written; it is not there; its name has
another number than it was written under; it is no part at all; a later version wrote it."""

_PART_NAME: Final = re.compile(r"(?P<number>\d{6,})-(?P<hash>[0-9a-f]{16})\.parquet")
_NOTES: Final = b"salespipe"
_LOCK: Final = ".lock"
_PATIENCE: Final = 20.0
"""Seconds to wait for another process that is adding."""


@dataclass(frozen=True)
class Fault:
    """Something wrong in a folder of parts.

    Attributes
    ----------
    kind : FaultKind
    part : str
        Name of the file, or the number of the one that is missing.
    """

    kind: FaultKind
    part: str


@dataclass(frozen=True)
class Part:
    """One file of the folder.

    Attributes
    ----------
    table : DataFrame
    notes : mapping
        What was written beside the table: text by key.
    """

    table: pd.DataFrame
    notes: Mapping[str, str]


@dataclass(frozen=True)
class Shelf:
    """What a folder of parts holds.

    Attributes
    ----------
    parts : tuple of Part
        In the order in which they were written.
    faults : tuple of Fault
    last : int
        Highest number in use, 0 if none is.
    """

    parts: tuple[Part, ...] = ()
    faults: tuple[Fault, ...] = ()
    last: int = 0


@dataclass
class _Reading:
    """A folder being read."""

    parts: list[tuple[int, str, Part]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)

    def take(self, path: Path, schema: int) -> None:
        name = _PART_NAME.fullmatch(path.name)
        if name is None:
            self.faults.append(Fault("foreign", path.name))
            return
        number = int(name["number"])
        self.numbers.add(number)
        part = _read(path, name["hash"])
        if part is None:
            self.faults.append(Fault("damaged", path.name))
            return
        written = int(part.notes.get("number", number))
        if written != number:
            self.faults.append(Fault("misplaced", path.name))
        if int(part.notes.get("schema", 0)) > schema:
            self.faults.append(Fault("newer", path.name))
        self.parts.append((written, path.name, part))

    def shelf(self) -> Shelf:
        last = max(self.numbers | {number for number, _, _ in self.parts}, default=0)
        there = self.numbers | {number for number, _, _ in self.parts}
        gaps = [Fault("missing", f"{gap:06d}") for gap in range(1, last + 1) if gap not in there]
        ordered = sorted(self.parts, key=lambda part: part[:2])
        return Shelf(tuple(part for _, _, part in ordered), (*self.faults, *gaps), last)


def read_shelf(folder: Path, *, schema: int) -> Shelf:
    """Read a folder of parts; what cannot be read is told as a fault.

    Parameters
    ----------
    folder : Path
        Need not be there.
    schema : int
        Latest version of the tables that is understood; of a later one the known columns are.

    Raises
    ------
    LedgerError
        The folder is a file, or may not be read.
    """
    if folder.is_file():
        raise LedgerError(f"{folder} is a file, where a folder of salespipe belongs; move it away.")
    reading = _Reading()
    try:
        for path in sorted(folder.glob("*.parquet")):
            reading.take(path, schema)
    except OSError as error:
        raise LedgerError(
            f"{folder} cannot be read ({error.strerror}); check who may read it."
        ) from None
    return reading.shelf()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let nobody else add to a folder meanwhile; wait for whoever is at it.

    Raises
    ------
    LedgerError
        Another process keeps it, or the folder cannot be made.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 (only who writes waits for it)

    try:
        folder.mkdir(exist_ok=True)
        lock = FileLock(folder / _LOCK, timeout=_PATIENCE)
        lock.acquire()
    except Timeout:
        raise LedgerError(
            f"{folder} is being written by another run of salespipe; wait for it and run again."
        ) from None
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        yield
    finally:
        lock.release()


def add_part(
    folder: Path, table: pd.DataFrame, *, number: int, schema: int, notes: Mapping[str, str]
) -> Path:
    """Add a part; the folder must be :func:`locked`.

    Parameters
    ----------
    folder : Path
    table : DataFrame
    number : int
        One more than the shelf's last.
    schema : int
        Version of the table.
    notes : mapping
        Text by key, to be kept beside the table.

    Raises
    ------
    LedgerError
        It cannot be written; nothing was.
    """
    told = {**notes, "number": str(number), "schema": str(schema)}
    content = _parquet(table, told)
    part = folder / f"{number:06d}-{content_hash(content)}.parquet"
    try:
        for stale in folder.glob("*.tmp"):
            stale.unlink(missing_ok=True)  # of a run that was broken off: nobody else writes now
        write_whole(part, content)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return part


def _unwritable(folder: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"{folder} cannot be written ({error.strerror}); check that the folder is not protected "
        "and the disk not full."
    )


def _read(path: Path, wanted: str) -> Part | None:
    import pyarrow as pa  # noqa: PLC0415 (a book without a log need not wait)
    from pyarrow import parquet  # noqa: PLC0415

    content = path.read_bytes()
    if content_hash(content) != wanted:
        return None
    try:
        table = parquet.read_table(BytesIO(content))
        notes = json.loads((table.schema.metadata or {}).get(_NOTES, b"{}"))
        return Part(table.to_pandas(), {str(key): str(value) for key, value in notes.items()})
    except (pa.ArrowException, ValueError, TypeError, AttributeError):
        return None


def _parquet(table: pd.DataFrame, notes: Mapping[str, str]) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 (as in reading)
    from pyarrow import parquet  # noqa: PLC0415

    made = pa.Table.from_pandas(table, preserve_index=False)
    kept = {**(made.schema.metadata or {}), _NOTES: json.dumps(notes, sort_keys=True)}
    buffer = BytesIO()
    parquet.write_table(made.replace_schema_metadata(kept), buffer, compression="zstd")
    return buffer.getvalue()


def content_hash(content: bytes) -> str:
    """Give the part of a SHA-256 that names a file: its first 16 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()[:16]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    temporary = path.with_name(f"{path.stem}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
