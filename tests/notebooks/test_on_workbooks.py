"""All notebooks, unchanged, come to their end on workbooks of every kind, as nbval runs them."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from salespipe.demo import make_example
from salespipe.synthetic import Company
from salespipe.workbook.template import build_workbook
from tests.public_data import data_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[2]
MAP = "examples/maps/crm_opportunities.toml"
DAY = date(2026, 10, 31)
SMALL = Company(deals=300, months=12, n_owners=4, sloppiness=0.1)


def demo(book):
    make_example(book)


def opportunities(book):
    """Bring a CRM's export into a workbook, as people do."""
    export = data_file("crm_opportunities/sales_pipeline.csv")
    command = [sys.executable, "-m", "salespipe", "import", export, book, "--map", ROOT / MAP]
    subprocess.run([*command, "--quiet"], check=True)


def chinese(book):
    make_example(book, company=SMALL, language="zh")


def empty(book):
    build_workbook(book, language="en", today=DAY)


def empty_chinese(book):
    build_workbook(book, language="zh", today=DAY)


MAKERS: Final = {
    demo: None,
    opportunities: "2017-09-30",
    chinese: None,
    empty: None,
    empty_chinese: None,
}
"""What makes each workbook, and the day to run on; those whose fits take longest come first."""


@pytest.mark.parametrize(("make", "day"), MAKERS.items(), ids=[one.__name__ for one in MAKERS])
def test_all_notebooks_run_on(tmp_path, make, day):
    book = tmp_path / "pipeline.xlsx"
    make(book)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    command += ["-n", "0", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600"]
    command += ["--timeout=900", "--workbook", str(book), "notebooks"]
    command += ["--as-of", day] if day else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    assert "failed" not in done.stdout
    assert "skipped" not in done.stdout
