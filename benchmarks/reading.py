"""Reading and checking a workbook, beside pandas with openpyxl and with calamine.

`python benchmarks/reading.py [DEALS ...]`; the default is 10,000 and 100,000 deals. Each reader
runs in a program of its own; printed are CPU seconds without the start of Python, and the peak of
memory.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

MAKE = """
import sys
from datetime import date
from pathlib import Path
from salespipe.workbook.template import build_workbook
from tests.workbook.made_up import make_tables
tables = make_tables(int(sys.argv[2]))
build_workbook(Path(sys.argv[1]), tables=tables, today=date(2026, 10, 31))
"""
PROGRAMS = {
    "salespipe: read": """
from salespipe.workbook.read import read_workbook
begin()
book = read_workbook(PATH)
""",
    "salespipe: read and check": """
from datetime import date
from salespipe.checks import problems_of
from salespipe.workbook.read import read_workbook
begin()
book = read_workbook(PATH)
problems_of(book, as_of=date(2026, 10, 31))
""",
    "pandas, openpyxl": """
import pandas as pd, openpyxl
begin()
pd.read_excel(PATH, sheet_name="Deals", engine="openpyxl")
""",
    "pandas, calamine": """
import pandas as pd, python_calamine
begin()
pd.read_excel(PATH, sheet_name="Deals", engine="calamine")
""",
}
FRAME = """
import resource, sys, time, warnings
warnings.simplefilter("ignore")
PATH, START = sys.argv[1], []
def begin():
    START.append(time.process_time())
{program}
print(time.process_time() - START[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def main() -> None:
    counts = [int(word) for word in sys.argv[1:]] or [10_000, 100_000]
    print("| deals | reader | CPU seconds | peak MB |\n|---:|---|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        for count in counts:
            path = Path(name) / f"{count}.xlsx"
            # In a program of its own too: a child's peak of memory begins at its parent's.
            made = [sys.executable, "-c", MAKE, str(path), str(count)]
            subprocess.run(made, check=True)
            for reader, program in PROGRAMS.items():
                done = subprocess.run(
                    [sys.executable, "-c", FRAME.format(program=program), str(path)],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                seconds, peak = done.stdout.split()
                print(f"| {count:,} | {reader} | {float(seconds):.1f} | {peak} |", flush=True)


if __name__ == "__main__":
    main()
