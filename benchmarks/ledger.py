"""The change log at length: monthly snapshots of many deals, appended and read back.

`python benchmarks/ledger.py [SNAPSHOTS] [DEALS]`; by default 36 of 10,000. Every month 30 % of the
deals get another expected close, 20 % another stage, and 2 % close.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.ledger import ledger_path, read_ledger
from salespipe.pipeline import build_pipeline
from salespipe.snapshot import take_snapshot
from salespipe.stages import open_stages
from salespipe.tables import Tables, conform

LIMITS = {"append": 2.0, "rebuild of a past state": 2.0, "all stays": 5.0}
"""Processor seconds: other work on the machine does not count."""


def company(count: int, rng: np.random.Generator) -> pd.DataFrame:
    created = pd.Timestamp("2023-10-01") + pd.to_timedelta(rng.integers(0, 1000, count), unit="D")
    deals = pd.DataFrame(
        {
            n.DEAL_ID: [f"D{number:05d}" for number in range(count)],
            n.ACCOUNT: [f"Account {number % 3000}" for number in range(count)],
            n.DEAL_NAME: [f"Deal {number}" for number in range(count)],
            n.OWNER: [f"Owner {number % 40}" for number in range(count)],
            n.SEGMENT: [f"Segment {number % 5}" for number in range(count)],
            n.STAGE: open_stages(Tables().stages)[0].name,
            n.AMOUNT: rng.lognormal(10, 1, count).round(),
            n.CREATED_ON: created,
            n.EXPECTED_CLOSE_ON: created + pd.Timedelta(days=90),
        }
    )
    return conform("deals", deals)


def month_passes(deals: pd.DataFrame, end: pd.Timestamp, rng: np.random.Generator) -> None:
    stages = [stage.name for stage in open_stages(Tables().stages)]
    moved, staged, closed = (rng.random(len(deals)) < share for share in (0.3, 0.2, 0.02))
    deals.loc[moved, n.EXPECTED_CLOSE_ON] += pd.Timedelta(days=30)
    deals.loc[staged, n.STAGE] = rng.choice(stages, staged.sum())
    deals.loc[closed, n.STAGE] = rng.choice([n.WON, n.LOST], closed.sum())
    deals.loc[closed, n.CLOSED_ON] = end


def remembering(tables: Tables, book: Path) -> Tables:
    ledger = read_ledger(book)
    return replace(tables, changes=ledger.changes, snapshots=ledger.snapshots)


def main() -> int:
    snapshots = int(sys.argv[1]) if len(sys.argv) > 1 else 36
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rng = np.random.default_rng(1)
    deals = company(count, rng)
    ends = pd.date_range("2023-10-31", periods=snapshots, freq="ME")
    seconds = {}
    with tempfile.TemporaryDirectory() as name:
        book = Path(name) / "book.xlsx"
        for end in ends:
            month_passes(deals, end, rng)
            tables = remembering(Tables(deals=deals.copy()), book)
            begin = time.process_time()
            take_snapshot(book, tables, as_of=end.date())
            seconds["append"] = time.process_time() - begin
        tables = remembering(tables, book)
        for what, end in (
            ("rebuild of a past state", ends[len(ends) // 3]),
            ("all stays", ends[-1]),
        ):
            begin = time.process_time()
            build_pipeline(tables, as_of=end.date())
            seconds[what] = time.process_time() - begin
        size = sum(part.stat().st_size for part in ledger_path(book).iterdir())
    print(f"{snapshots} snapshots of {count:,} deals: {len(tables.changes):,} rows, ", end="")
    print(f"{size / 1e6:.1f} MB on disk")
    for what, taken in seconds.items():
        print(f"{what}: {taken:.2f} s (limit {LIMITS[what]:.0f} s)")
    return int(any(seconds[what] > limit for what, limit in LIMITS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
