"""Forecast skill on public data sets: every method of the ladder and the product, by month ahead.

    python benchmarks/forecast_skill.py [DATA] [--only crm_opportunities] [--ladder] [--write]

DATA is the folder of the data sets; by default the environment variable SALESPIPE_DATA, else
../shared/data. One method, untouched between the data sets and dates. With --write the table goes
into docs/benchmarks.md, section "Forecast skill".
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from page import ROOT, write_section

from salespipe import __version__
from salespipe.backtest.ladder import ladder
from salespipe.backtest.product import Product
from salespipe.backtest.run import Backtest, backtest
from salespipe.sources import read_export, read_map

TITLE = "## Forecast skill"
MONTHS = 3


@dataclass(frozen=True)
class Case:
    """A data set, the dates as of which is forecast, and the day to which it is recorded."""

    folder: str
    export: str
    first: str
    last: str
    as_of: date


CASES = (
    Case("crm_opportunities", "sales_pipeline.csv", "2017-05", "2017-11", date(2017, 12, 31)),
    Case("salesforce_demo", "Opportunity.csv", "2016-03", "2017-04", date(2017, 5, 31)),
    Case("saas_pipeline", "opportunities.csv", "2025-04", "2026-03", date(2026, 6, 30)),
)


def month_ends(case: Case) -> list[date]:
    """List the month ends of a case."""
    return [one.end_time.date() for one in pd.period_range(case.first, case.last, freq="M")]


def measure(case: Case, data: Path, *, own: bool) -> tuple[Backtest, float]:
    """Run the ladder, and the product if asked, and say how many seconds it took."""
    export_map = read_map(ROOT / "examples" / "maps" / f"{case.folder}.toml")
    tables = read_export(data / case.folder / case.export, export_map).tables
    methods, _ = ladder()
    if own:
        methods = {**methods, **Product().methods()}
    begin = time.perf_counter()
    made = backtest(
        tables,
        as_of=case.as_of,
        dates=month_ends(case),
        months=MONTHS,
        methods=methods,
        progress=lambda line: print(f"  {line}", file=sys.stderr, flush=True),
    )
    return made, time.perf_counter() - begin


def table(case: Case, made: Backtest, seconds: float) -> str:
    """Write a case as a Markdown table."""
    summary = made.summary()
    counts = summary.groupby("horizon")["n"].max().to_list()
    lines = [
        f"### {case.folder}, as of the month ends {case.first} to {case.last}",
        "",
        f"{' / '.join(map(str, counts))} dates for months 1 / 2 / 3; {seconds:.0f} s.",
        "",
        "| method | CRPS / mean actual | error / mean actual | 50 % held | 80 % held | 90 % held "
        "| n |",
        "|---|---|---|---|---|---|---|",
    ]
    for method in made.methods:
        rows = summary[summary["method"] == method]
        scores = (
            " ".join(f"{value:.3f}" for value in rows[key])
            for key in ("crps_over_mean", "mae_over_mean")
        )
        held = (" ".join(f"{value:.0%}" for value in rows[f"coverage_{c}"]) for c in (50, 80, 90))
        dates = " ".join(str(count) for count in rows["n"])
        lines.append(f"| {' | '.join([method, *scores, *held, dates])} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print, or write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    default = os.environ.get("SALESPIPE_DATA") or ROOT.parent / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--only", choices=[case.folder for case in CASES])
    parser.add_argument("--ladder", action="store_true", help="leave the product out: no fits")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    chosen = [case for case in CASES if asked.only in {None, case.folder}]
    missing = [case.folder for case in chosen if not (asked.data / case.folder).is_dir()]
    if missing:
        sys.exit(f"{', '.join(missing)} not in {asked.data}; give the folder of the data sets.")
    parts = []
    for case in chosen:
        print(case.folder, file=sys.stderr, flush=True)
        parts.append(table(case, *measure(case, asked.data, own=not asked.ladder)))
    today = datetime.now(UTC).date()
    command = f"python benchmarks/forecast_skill.py{' --ladder' if asked.ladder else ''} --write"
    head = (
        f"Measured on {today} with salespipe {__version__} by `{command}`, on one machine of "
        f"{os.cpu_count()} cores. Values for months 1, 2 and 3 ahead. So few dates compare "
        "methods; they prove no range right."
    )
    text = "\n\n".join([head, *parts])
    print(text)
    if asked.write:
        write_section(TITLE, text)


if __name__ == "__main__":
    main()
