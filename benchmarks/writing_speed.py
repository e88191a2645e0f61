"""Speed and peak memory of a write, ours beside openpyxl's load, edit and save, in one run.

Usage: ``python benchmarks/writing_speed.py``. Every measurement is a program of its own, so that
neither sees the other's memory; seconds are CPU seconds of the writing alone, memory is the peak of
the process less what it had after the imports (in brackets: all of it). Needs Linux.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import xlsxwriter

from salespipe.demo import make_example
from salespipe.workbook.template import build_workbook

ROWS, COLUMNS = 100_000, 20
REPEATS = 3

PROGRAM = """
import gc, json, sys, time
from pathlib import Path

def peak():
    # Not getrusage: it begins with what the parent had when it started this process.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024

source, target, sheet, how = sys.argv[1:]
cells = {f"C{row}": row + 0.5 for row in range(2, 12)}
if how == "salespipe":
    from salespipe.workbook.patch import patch_workbook
else:
    import openpyxl
gc.collect()
empty = peak()
begin = time.process_time()
if how == "salespipe":
    patch_workbook(Path(source), Path(target), {sheet: cells})
else:
    book = openpyxl.load_workbook(source)
    for address, value in cells.items():
        book[sheet][address] = value
    book.save(target)
seconds = time.process_time() - begin
print(json.dumps([seconds, peak() - empty, peak()]))
"""


def measured(source: Path, sheet: str, how: str, folder: Path) -> list[float]:
    runs = []
    for turn in range(REPEATS):
        target = folder / f"{how}-{turn}.xlsx"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM, source, target, sheet, how],
            capture_output=True,
            text=True,
            check=True,
        )
        runs.append(json.loads(done.stdout))
        target.unlink()
    return min(runs)


def wide_book(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, [f"Column {c}" for c in range(COLUMNS)])
        for row in range(1, ROWS + 1):
            for column in range(COLUMNS):
                if column % 4 == 1:
                    sheet.write_string(row, column, f"text {row % 977}")
                else:
                    sheet.write_number(row, column, row * (column + 1) / 7)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty, filled, wide = (folder / f"{k}.xlsx" for k in ("empty", "filled", "wide"))
        build_workbook(empty)
        make_example(filled)
        wide_book(wide)
        print(
            "| workbook | salespipe s | openpyxl s | times faster | salespipe MB | openpyxl MB "
            "| share of memory |\n|---|---|---|---|---|---|---|"
        )
        for what, book, sheet in (
            ("template, empty", empty, "Accounts"),
            ("demo, 2,000 deals", filled, "Accounts"),
            (f"{ROWS:,} x {COLUMNS} cells", wide, "Data"),
        ):
            ours, theirs = (measured(book, sheet, how, folder) for how in ("salespipe", "openpyxl"))
            print(
                f"| {what} | {ours[0]:.3f} | {theirs[0]:.2f} | {theirs[0] / ours[0]:.0f} "
                f"| {ours[1]:.0f} ({ours[2]:.0f}) | {theirs[1]:.0f} ({theirs[2]:.0f}) "
                f"| {ours[1] / max(theirs[1], 0.1):.2f} ({ours[2] / theirs[2]:.2f}) |",
                flush=True,
            )


if __name__ == "__main__":
    main()
