"""Killed at any moment of a write, the workbook is the old one or the new one, whole."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter

from salespipe.workbook.edits import Edits
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from tests.workbook.books import pipeline_book

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="this system cannot fork, or kill a process outright"
)

STEP_BY_STEP = """
import os, signal, sys
from pathlib import Path
from salespipe.workbook.edits import Edits
from salespipe.workbook.patch import apply_edits

book = Path(sys.argv[1])
old, edits = book.read_bytes(), Edits(cells={"Deals": {"B2": 99}})
seen = []
for step in range(1, 1000):
    book.write_bytes(old)
    child = os.fork()
    if not child:
        steps = [0]

        def hook(event, _):
            # Events of the file system: open, rename, remove, chmod, utime, listdir ...
            if event == "open" or event.startswith(("os.", "shutil.", "tempfile.")):
                steps[0] += 1
                if steps[0] == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        apply_edits(book, book, edits)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    seen.append(book.read_bytes() == old)
    print("old" if seen[-1] else book.read_bytes().hex(), flush=True)
    if not os.WIFSIGNALED(status):
        break
"""

AGAIN_AND_AGAIN = """
import sys
from pathlib import Path
from salespipe.workbook.edits import Edits
from salespipe.workbook.patch import apply_edits

book = Path(sys.argv[1])
for turn in range(10_000):
    apply_edits(book, book, Edits(cells={"Data": {"A1": turn % 2}}), backup=False)
    if turn == 1:  # what is loaded for the first write is there
        print("go", flush=True)
"""


def test_killed_at_every_step_it_is_the_old_or_the_new_one(tmp_path):
    book = pipeline_book(tmp_path / "book.xlsx")
    apply_edits(book, tmp_path / "new.xlsx", Edits(cells={"Deals": {"B2": 99}}))
    run = subprocess.run(
        [sys.executable, "-c", STEP_BY_STEP, str(book)], capture_output=True, text=True, check=True
    )
    outcomes = run.stdout.split()
    new = (tmp_path / "new.xlsx").read_bytes().hex()
    assert set(outcomes) == {"old", new}
    assert outcomes[0] == "old"
    assert outcomes[-1] == new
    assert len(outcomes) > 10
    # The backup, where there is one, is whole as well.
    backups = [*tmp_path.glob("book (backup*.xlsx")]
    assert backups
    for backup in backups:
        assert Package.open(backup).sheets


@pytest.mark.slow
def test_killed_at_random_moments_it_is_one_of_the_two(tmp_path):
    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("Data")
        for row in range(3000):
            sheet.write_row(row, 0, [row, "text", row / 7, row * 3, f"T{row}"])
    versions = {}
    for turn in (0, 1, 0, 1):
        begin = time.perf_counter()
        apply_edits(book, book, Edits(cells={"Data": {"A1": turn}}), backup=False)
        pace = time.perf_counter() - begin
        versions[turn] = book.read_bytes()
    rng = random.Random(7)
    found = set()
    for _ in range(12):
        child = subprocess.Popen(
            [sys.executable, "-c", AGAIN_AND_AGAIN, str(book)], stdout=subprocess.PIPE
        )
        with child:
            child.stdout.readline()
            time.sleep(rng.uniform(0, 4 * pace))  # within the next writes, however slow they are
            child.send_signal(signal.SIGKILL)
        found.add(book.read_bytes())
        assert book.read_bytes() in versions.values()
    assert len(found) == 2
    left = [path for path in Path(tmp_path).iterdir() if path != book]
    assert all(path.name.startswith(".salespipe-") for path in left)
