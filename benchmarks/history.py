"""Deals counted out of Parquet and CSV files: how many a minute of one core, in how much memory.

    python benchmarks/history.py [--deals 100000,1000000] [--write]

The deals are those of made-up companies of 50,000, as many as it takes, with the same 40 owners;
each file is counted by a process of its own that keeps to one core. Seconds are of the processor.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from page import write_section

from salespipe import __version__
from salespipe import names as n
from salespipe.long_history import with_history
from salespipe.pipeline import build_pipeline
from salespipe.synthetic import Company, simulate_company
from salespipe.workbook.schema import DEAL_COLUMNS

COMPANY = Company(deals=50_000, months=60, n_owners=40)
SMALL = Company(deals=500, months=60)
CALM = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS"), "1")


def rows_of(seed: int, owners: list[str]) -> pd.DataFrame:
    """Make the rows of one company, whose owners are called as those of the others are."""
    tables = simulate_company(COMPANY, seed=seed, as_of=COMPANY.end).tables
    entered = tables.stage_entries.pivot_table(
        index=n.DEAL_ID, columns=n.STAGE, values=n.ENTERED_ON, aggfunc="min"
    )
    rows = tables.deals.join(entered.add_prefix("Entered "), on=n.DEAL_ID)
    keys = [column.key for column in DEAL_COLUMNS if column.key in rows]
    code = pd.factorize(rows[n.OWNER], sort=True)[0]
    rows[n.OWNER] = pd.Series(owners)[code % len(owners)].to_numpy()
    rows[n.DEAL_ID] = f"{seed}-" + rows[n.DEAL_ID]
    return rows[[*keys, *(f"Entered {stage}" for stage in entered)]].reset_index(drop=True)


def make(folder: Path, deals: int) -> list[Path]:
    """Write files of so many deals, piece by piece."""
    owners = [f"Owner {place + 1:02d}" for place in range(COMPANY.n_owners)]
    schema = pa.Schema.from_pandas(rows_of(0, owners).head(1_000), preserve_index=False)
    paths = [folder / "deals.parquet", folder / "deals.csv"]
    with (
        pyarrow.parquet.ParquetWriter(paths[0], schema) as parquet,
        pyarrow.csv.CSVWriter(paths[1], schema) as csv,
    ):
        left, seed = deals, 0
        while left > 0:
            rows = rows_of(seed, owners).head(left)
            left, seed = left - len(rows), seed + 1
            table = pa.Table.from_pandas(rows, schema, preserve_index=False)
            parquet.write_table(table)
            csv.write_table(table)
    return paths


def count(path: Path) -> None:
    """Count a file beside a small company's own deals: the task of a process of its own."""
    pa.set_cpu_count(1)
    begin = time.process_time()
    tables = simulate_company(SMALL, seed=2, as_of=COMPANY.end).tables
    made = with_history(build_pipeline(tables, as_of=COMPANY.end), [path])
    print(
        json.dumps(
            {
                "seconds": time.process_time() - begin,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "cells": len(made.cells),
                "exits": int(made.cells["onward"].sum() + made.cells["lost"].sum()),
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--deals", default="100000,1000000", help="sizes, with commas between")
    parser.add_argument("--count", type=Path, help="count this file and say what it took")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    if asked.count:
        count(asked.count)
        return
    lines = [
        "| deals | file | MB | seconds | deals a minute | cells | exits | peak MB |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for deals in map(int, asked.deals.split(",")):
            for path in make(Path(folder), deals):
                said = subprocess.run(
                    [sys.executable, __file__, "--count", str(path)],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                    env=os.environ | CALM,
                ).stdout
                seen = json.loads(said)
                lines.append(
                    f"| {deals:,} | {path.suffix[1:]} | {path.stat().st_size / 1e6:.0f} "
                    f"| {seen['seconds']:.1f} | {60 * deals / seen['seconds']:,.0f} "
                    f"| {seen['cells']:,} | {seen['exits']:,} | {seen['peak']:,.0f} |"
                )
                print(lines[-1], file=sys.stderr, flush=True)
    text = "\n".join(
        [
            f"Measured on {datetime.now(UTC).date()} with salespipe {__version__} by `python "
            "benchmarks/history.py --write`, in processor seconds of one core; the small company's "
            "own pipeline is in them.",
            "",
            *lines,
        ]
    )
    print(text)
    if asked.write:
        write_section("## Long histories", text)


if __name__ == "__main__":
    main()
