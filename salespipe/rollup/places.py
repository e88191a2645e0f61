"""Where a rollup keeps what it has done: a folder that all who work can see."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from salespipe.errors import WorkbookError
from salespipe.file_names import file_stems

__all__ = ["Job", "Work", "books_of", "jobs_of"]

_FOLDERS = ("parts", "simulated", "pooled", "finished", "written")


@dataclass(frozen=True)
class Job:
    """One workbook, and where what is made of it stands.

    Attributes
    ----------
    unit : str
    source, target : Path
        The workbook, and where it is to be written.
    stem : str
        Of the files kept for it.
    work : Work
    """

    unit: str
    source: Path
    target: Path
    stem: str
    work: "Work"

    def part(self, seen: str) -> Path:
        """Where the part of the workbook with this fingerprint stands."""
        return self.work.folder / "parts" / f"{self.stem}-{seen}-{self.work.as_of}.zip"

    def kept(self, step: str, run: str) -> Path:
        """Where what a step of a run made of it stands."""
        return self.work.folder / step / f"{self.stem}-{run}.zip"


@dataclass(frozen=True)
class Work:
    """The folder, and the day it is all about.

    Attributes
    ----------
    folder : Path
    as_of : date
    """

    folder: Path
    as_of: date

    def make(self) -> None:
        """Make the folder and those in it."""
        for name in _FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def run_key(self, *told: object) -> str:
        """Hash what a run's numbers depend on beside the code."""
        return hashlib.sha256(repr((self.as_of, *told)).encode()).hexdigest()[:16]


def books_of(patterns: Sequence[str], *, but: Path) -> list[Path]:
    """List the workbooks that patterns name, none twice and in order.

    Left out are the company's own workbook, backups, and the locks of open workbooks.

    Parameters
    ----------
    patterns : sequence of str
        Paths, or patterns with ``*``.
    but : Path
        The company's workbook.

    Raises
    ------
    WorkbookError
        There are fewer than two.
    """
    found: dict[Path, Path] = {}
    for pattern in patterns:
        path = Path(pattern)
        hits = [path] if path.exists() else sorted(Path(path.anchor or ".").glob(_relative(path)))
        for hit in hits or [path]:
            aside = hit.name.startswith("~$") or "(backup " in hit.name
            if not aside and hit.resolve() != but.resolve():
                found[hit.resolve()] = hit
    if len(found) < 2:
        raise WorkbookError(
            f"{' '.join(patterns)} names {len(found)} workbooks; a rollup needs at least two."
        )
    return list(found.values())


def jobs_of(books: Sequence[Path], *, output: Path | None, work: Work) -> list[Job]:
    """Give each workbook its unit, called as the file, with its folder where that is not enough.

    Raises
    ------
    WorkbookError
        Two would have the same name.
    """
    often = Counter(book.stem for book in books)
    units = [
        book.stem if often[book.stem] == 1 else f"{book.resolve().parent.name} {book.stem}"
        for book in books
    ]
    twice = [unit for unit, count in Counter(units).items() if count > 1]
    if twice:
        raise WorkbookError(f'Two workbooks would both be called "{twice[0]}"; rename one of them.')
    stems = file_stems(units)
    return [
        Job(
            unit,
            book.absolute(),
            (output.absolute() / f"{stems[unit]}{book.suffix}") if output else book.absolute(),
            stems[unit],
            work,
        )
        for unit, book in zip(units, books, strict=True)
    ]


def _relative(path: Path) -> str:
    return str(path.relative_to(path.anchor)) if path.anchor else str(path)
