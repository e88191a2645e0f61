"""What the change log is worth: forecasts with it and without it, scored on the same past dates.

`python benchmarks/covariates.py [DATA] [--write]`. As of each month end of salesforce_demo the
product forecasts twice: from the sheet and the log of that day (expected closes, amounts, calls
and owners as they were on every day before), and from the sheet alone, as a team has it that never
kept a log: the same deals, states and stage dates, nothing of what was overwritten.
"""

import argparse
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from page import ROOT, write_section
from replay import shown

from salespipe import __version__
from salespipe.backtest.product import Product
from salespipe.backtest.run import backtest
from salespipe.backtest.scores import paired
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.sources import read_export, read_map

DATES = [end.date() for end in pd.date_range("2016-03-31", "2017-04-30", freq="ME")]
WITH, WITHOUT = "with the change log", "without it"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    default = os.environ.get("SALESPIPE_DATA") or ROOT.parent / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    export_map = read_map(ROOT / "examples" / "maps" / "salesforce_demo.toml")
    whole = read_export(asked.data / "salesforce_demo" / "Opportunity.csv", export_map).tables
    forgetful = Product()

    def without(pipeline: Pipeline, *, months: int, seed: int):
        bare = build_pipeline(shown(whole, pipeline.as_of), as_of=pipeline.as_of)
        return forgetful.pooled(bare, months=months, seed=seed)

    made = backtest(
        whole,
        as_of=date(2017, 5, 31),
        dates=DATES,
        months=3,
        methods={WITHOUT: without, WITH: Product().pooled},
        progress=lambda line: print(f"  {line}", file=sys.stderr, flush=True),
    )
    summary = made.summary()
    lines = [
        "| method | month ahead | CRPS / mean actual | error / mean actual | 80 % held | n |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.method} | {row.horizon} | {row.crps_over_mean:.3f} | {row.mae_over_mean:.3f} "
        f"| {row.coverage_80:.0%} | {row.n} |"
        for row in summary.itertuples()
    ]
    mean = made.rows["actual"].mean()
    for horizon in (1, 2, 3):
        here = made.rows[made.rows["horizon"] == horizon].set_index(["method", "as_of"])["crps"]
        gap = paired(here[WITH], here[WITHOUT])
        lines.append(
            f"\nMonth {horizon}: with less without {gap.mean / mean:+.3f} of the mean actual "
            f"(standard error {gap.error / mean:.3f}), better on {gap.better} of {gap.n} dates."
        )
    text = "\n".join(
        [
            f"salesforce_demo, as of the month ends {DATES[0]:%Y-%m} to {DATES[-1]:%Y-%m}; "
            f"measured on {datetime.now(UTC).date()} with salespipe {__version__} by "
            "`python benchmarks/covariates.py --write`. Below 0 the log helps.",
            "",
            *lines,
        ]
    )
    print(text)
    if asked.write:
        write_section("## What the change log is worth", text)


if __name__ == "__main__":
    main()
