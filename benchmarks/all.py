"""All benchmarks, one after another, their tables into docs/benchmarks.md.

    python benchmarks/all.py RESULTS [--quick] [--list]

RESULTS is a folder for what the long ones keep, so that they can be stopped and gone on with. With
--quick the ones that take hours (calibration, simulation-based calibration, the replay, the worth
of the change log) are left out. Those that need public data sets find them as the tests do, and are
left out where there are none. The machine has to be quiet.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from page import ROOT


@dataclass(frozen=True)
class Benchmark:
    """A script, what it is given, and whether it takes hours or public data sets."""

    script: str
    arguments: tuple[str, ...] = ()
    long: bool = False
    data: bool = False


BENCHMARKS = (
    Benchmark("speed.py", ("--write",)),
    Benchmark("fitting.py", ("--write",)),
    Benchmark("floor.py", ("--write",)),
    Benchmark("history.py", ("--write",)),
    Benchmark("rollup.py", ("--write",)),
    Benchmark("reading.py"),
    Benchmark("writing_speed.py"),
    Benchmark("ledger.py"),
    Benchmark("forecast_skill.py", ("--write",), data=True),
    Benchmark("covariates.py", ("--keep", "{results}/covariates", "--write"), True, data=True),
    Benchmark("replay.py", ("--keep", "{results}/replay"), True, data=True),
    Benchmark("sbc.py", ("{results}/sbc.jsonl", "--write"), True),
    Benchmark("calibration.py", ("{results}/calibration.jsonl", "--write"), True),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--quick", action="store_true", help="leave out what takes hours")
    parser.add_argument("--list", action="store_true", help="say what would be run")
    asked = parser.parse_args()
    data = Path(os.environ.get("SALESPIPE_DATA") or ROOT.parent / "shared" / "data").is_dir()
    asked.results.mkdir(parents=True, exist_ok=True)
    failed = []
    for one in BENCHMARKS:
        if (one.long and asked.quick) or (one.data and not data):
            continue
        given = [part.format(results=asked.results.resolve()) for part in one.arguments]
        print(" ".join(["python", f"benchmarks/{one.script}", *given]), flush=True)
        if asked.list:
            continue
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / one.script), *given], cwd=ROOT, check=False
        )
        print(f"  {time.perf_counter() - begin:.0f} s, status {done.returncode}", flush=True)
        failed += [one.script] if done.returncode else []
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
