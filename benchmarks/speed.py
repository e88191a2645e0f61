"""Where the time of a month goes: `salespipe run` on made-up workbooks of several sizes, by step.

`python benchmarks/speed.py [--deals 500,2000,8800] [--write]`. Each workbook is run in a program of
its own, first without and then with the fits that the first run left beside it; then each command
that fits nothing is started on a small one. Seconds are of the wall, so the machine has to be
quiet; memory is the largest peak of a program or one of its workers. Needs Linux.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from pace import additions
from page import write_section

from salespipe import __version__
from salespipe.synthetic import Company, simulate_company
from salespipe.workbook.template import build_workbook

STEPS = ("read", "check", "load", "fit", "simulate", "review", "write")

TIMES = 9
"""How often each command is started."""

SMALL = 500
"""Deals of the workbook that commands are started on."""

PANDAS = "`python -c 'import pandas'`"

RUN = """
import json, resource, sys
from datetime import date
from salespipe.job import run_month
made = run_month(sys.argv[1], as_of=date.fromisoformat(sys.argv[2]), months=3, output=sys.argv[3])
print(json.dumps(made.seconds))
"""


def programs(arguments: list[str]) -> tuple[str, float, float]:
    """Run a program: what it printed, its seconds, and the largest peak in MB of all so far."""
    begin = time.perf_counter()
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begin
    return done.stdout, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def months(sizes: list[int], folder: Path) -> list[str]:
    """Run a month on a workbook of each size, twice."""
    lines = [
        f"| deals | fits | seconds | {' | '.join(STEPS)} | the rest | peak MB |",
        f"|---:|---|---:|{'---:|' * (len(STEPS) + 2)}",
    ]
    for deals in sizes:
        book, company = made_up(deals, folder)
        for fits in ("none", "stored"):
            print(f"  {deals:,} deals, fits: {fits}", file=sys.stderr, flush=True)
            out, seconds, peak = programs(
                [sys.executable, "-c", RUN, str(book), f"{company.end}", str(folder / "out.xlsx")]
            )
            steps = json.loads(out)
            took = [steps[step] for step in STEPS]
            lines.append(
                f"| {deals:,} | {fits} | {seconds:.1f} "
                f"| {' | '.join(f'{one:.1f}' for one in took)} "
                f"| {seconds - sum(took):.1f} | {peak:,.0f} |"
            )
    return lines


def starts(book: Path, folder: Path) -> list[str]:
    """Start each command that fits nothing, nine times in turns; beside Python and pandas alone."""
    shell = [sys.executable, "-m", "salespipe"]
    commands = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        PANDAS: [sys.executable, "-c", "import pandas"],
        "`python -c 'import salespipe'`": [sys.executable, "-c", "import salespipe"],
        "`salespipe --help`": [*shell, "--help"],
        "`salespipe new`": [*shell, "new", str(folder / "new.xlsx"), "--force"],
        "`salespipe check`": [*shell, "check", str(book), "--quiet"],
        "`salespipe kpi`": [*shell, "kpi", str(book), "--json"],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(TIMES):
        for name, arguments in commands.items():
            begin = time.perf_counter()
            subprocess.run(arguments, capture_output=True, check=False)
            took[name].append(time.perf_counter() - begin)
    usual = {name: median(times) for name, times in took.items()}
    return [
        "| command | seconds, median of nine | fastest | of importing pandas |",
        "|---|---:|---:|---:|",
        *(
            f"| {name} | {seconds:.2f} | {min(took[name]):.2f} | {seconds / usual[PANDAS]:.1f} |"
            for name, seconds in usual.items()
        ),
    ]


def made_up(deals: int, folder: Path) -> tuple[Path, Company]:
    """Make the workbook of a company of so many deals."""
    company = Company(deals=deals, months=36, n_owners=max(4, min(40, deals // 250)))
    book = folder / f"{deals}.xlsx"
    tables = simulate_company(company, seed=1, as_of=company.end).tables
    build_workbook(book, tables=tables, today=company.end)
    return book, company


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--deals", default="500,2000,8800,50000", help="sizes, with commas between; '' for none"
    )
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.deals.split(",") if size]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if sizes:
            told = [f"Made-up companies of 36 months, three months ahead. {machine()}", ""]
            keep("## A month, by step", [*told, *months(sizes, folder)], write=asked.write)
        told = [f"Commands that fit nothing, on a workbook of {SMALL} deals. {machine()}", ""]
        keep("## Start-up", [*told, *starts(made_up(SMALL, folder)[0], folder)], write=asked.write)


def machine() -> str:
    """Say when, by what and where was measured."""
    return (
        f"Measured on {datetime.now(UTC).date()} with salespipe {__version__} by "
        f"`python benchmarks/speed.py --write`: {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, on which ten million additions in plain Python take "
        f"{additions(10_000_000):.2f} s."
    )


def keep(title: str, lines: list[str], *, write: bool) -> None:
    """Show what has been measured so far, and keep it."""
    text = "\n".join(lines)
    print(text, flush=True)
    if write:
        write_section(title, text)


if __name__ == "__main__":
    main()
