"""A rollup on a Dask cluster of two workers beside the same one in a single process.

    python benchmarks/rollup.py [--books 40] [--deals 2000] [--workers 1,2] [--write]

Scheduler and workers are programs of their own on this machine, every one of them keeping to one
core. Counted is all but the one fit, which is made once however many workers there are. Then a
smaller rollup is begun with two workers, of which one is killed while it works: the company's
workbook and all others have to be the same, byte for byte. The machine has to be quiet.
"""

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

# One core for whoever works: the gain is then that of the workers alone.
os.environ["LOKY_MAX_CPU_COUNT"] = "1"

from dask_programs import programs
from page import write_section

from salespipe import __version__
from salespipe.rollup.cluster import Cluster
from salespipe.rollup.run import roll_up
from salespipe.settings import Settings
from salespipe.synthetic import Company, simulate_company
from salespipe.workbook.template import build_workbook

DAY = date(2026, 10, 31)
FEW = 6
"""Workbooks of the rollup in which a worker is killed."""


def make_books(folder: Path, books: int, deals: int) -> None:
    """Make the workbooks of as many business units."""
    folder.mkdir()
    for place in range(books):
        name = f"unit{place + 1:02d}"
        company = Company(deals=deals, months=30, settings=Settings(company=name))
        tables = simulate_company(company, seed=place, as_of=DAY).tables
        build_workbook(folder / f"{name}.xlsx", tables=tables, today=DAY)
        print(f"  made {name}", file=sys.stderr, flush=True)


class Clock:
    """Listens to a rollup's progress: how long it took without the fit."""

    def __init__(self, when_told: Callable[[str], None] = lambda _: None) -> None:
        self.when_told = when_told
        self.begun = time.perf_counter()
        self.fit: list[float] = []

    def __call__(self, told: str) -> None:
        now = time.perf_counter()
        if told.startswith("Fitting"):
            # The first one says that it begins, the last one that it is done.
            self.fit = [*self.fit[:1], now]
        self.when_told(told)
        print(f"  {told}", file=sys.stderr, flush=True)


def carried_out(
    books: Path, folder: Path, engine: Cluster | None, when_told: Callable[[str], None]
) -> tuple[float, float, str]:
    """Roll up copies of the workbooks: seconds without the fit, those of the fit, a hash of all."""
    shutil.copytree(books, folder / "books")
    clock = Clock(when_told)
    made = roll_up(
        [str(folder / "books" / "*.xlsx")],
        into=folder / "company.xlsx",
        today=DAY,
        as_of=DAY,
        months=3,
        engine=engine,
        progress=clock,
    )
    whole = time.perf_counter() - clock.begun
    if made.failures:
        sys.exit(str(made.failures))
    fit = clock.fit[-1] - clock.fit[0]
    paths = [folder / "company.xlsx", *sorted((folder / "books").glob("*.xlsx"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths))
    return whole - fit, fit, digest.hexdigest()[:12]


def measure(
    books: Path, root: Path, name: str, workers: int, *, kill: bool = False
) -> tuple[float, float, str]:
    """Roll up in this process, or on so many workers, one of them killed while it simulates."""
    folder = root / name
    folder.mkdir()
    if not workers:
        return carried_out(books, folder, None, lambda _: None)
    with programs(folder / "dask", workers=workers) as there:
        victims = there.workers[:1] if kill else []

        def when_told(told: str) -> None:
            if told.startswith("Simulating") and victims:
                victims.pop().kill()

        engine = Cluster(there.address, tell=lambda line: print(line, file=sys.stderr))
        try:
            return carried_out(books, folder, engine, when_told)
        finally:
            engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--books", type=int, default=40)
    parser.add_argument("--deals", type=int, default=2_000, help="in each workbook")
    parser.add_argument("--workers", default="2", help="numbers of workers, commas between")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make_books(root / "made", asked.books, asked.deals)
        serial, fit, same = measure(root / "made", root, "serial", 0)
        lines = [
            "| workers | seconds without the fit | times faster | the fit, s | files |",
            "|---|---:|---:|---:|---|",
            f"| none: one process | {serial:.0f} | 1 | {fit:.0f} | {same} |",
        ]
        for workers in map(int, asked.workers.split(",")):
            took, fit, files = measure(root / "made", root, f"on{workers}", workers)
            lines.append(f"| {workers} | {took:.0f} | {serial / took:.2f} | {fit:.0f} | {files} |")
        few = root / "few"
        few.mkdir()
        for path in sorted((root / "made").iterdir())[:FEW]:
            shutil.copy(path, few)
        *_, whole = measure(few, root, "few-serial", 0)
        *_, killed = measure(few, root, "few-killed", 2, kill=True)
    verdict = "the same, byte for byte" if whole == killed else "NOT the same"
    text = "\n".join(
        [
            f"Measured on {datetime.now(UTC).date()} with salespipe {__version__} by `python "
            f"benchmarks/rollup.py --write`: {asked.books} workbooks of {asked.deals:,} deals, "
            f"{os.cpu_count()} cores, one for each process. *Files* is the beginning of a hash of "
            "all workbooks written.",
            "",
            *lines,
            "",
            f"With a worker killed while it simulated, {FEW} workbooks and their company's were "
            f"{verdict} ({whole}, {killed}).",
        ]
    )
    print(text)
    if asked.write:
        write_section("## Rollup", text)


if __name__ == "__main__":
    main()
