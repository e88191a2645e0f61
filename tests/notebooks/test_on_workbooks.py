"""All notebooks come to their end on an empty book, as pytest and nbval run them."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from salespipe.workbook.template import build_workbook

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[2]
DAY = date(2026, 10, 31)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_an_empty_book(tmp_path, language):
    book = tmp_path / "empty.xlsx"
    build_workbook(book, language=language, today=DAY)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    command += ["-n", "0", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600"]
    command += ["--timeout=900", "--workbook", str(book), "notebooks"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    assert "failed" not in done.stdout
    assert "skipped" not in done.stdout
