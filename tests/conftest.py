"""What the whole program's tests share: a small company's workbook and fits of small companies."""

import io
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.cli import main
from salespipe.demo import make_example
from salespipe.job import MonthlyRun, run_month
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.synthetic import Company, Simulated, simulate_company
from salespipe.tables import conform

if TYPE_CHECKING:
    from salespipe.inference.fit import Fit

# Where tests run side by side already, each fits its models one after another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["LOKY_MAX_CPU_COUNT"] = "1"

COMPANY = Company(deals=300, months=12, n_owners=4, sloppiness=0.1)
SEED = 3
MID_MONTH = date(2025, 2, 17)
"""An as-of date in the middle of a month and of a quarter."""


@dataclass(frozen=True)
class Said:
    """What a command of the shell did.

    Attributes
    ----------
    status : int
    out, err : str
    """

    status: int
    out: str
    err: str


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Give a function that runs `salespipe` with some arguments, as the shell would."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["salespipe", *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
                status = 0
            except SystemExit as end:
                status = end.code or 0
        return Said(status, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def as_of() -> date:
    """Give the day as of which the small company's workbook stands."""
    return COMPANY.end


@pytest.fixture(scope="session")
def company_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small company's workbook; copy it before writing into it."""
    path = tmp_path_factory.mktemp("company") / "pipeline.xlsx"
    make_example(path, company=COMPANY)
    return path


@pytest.fixture
def book(company_book: Path, tmp_path: Path) -> Path:
    """Give a copy of the small company's workbook and change log, to be written into."""
    shutil.copytree(company_book.parent, tmp_path / "own")
    return tmp_path / "own" / company_book.name


@pytest.fixture(scope="session")
def monthly_run(company_book: Path, tmp_path_factory: pytest.TempPathFactory) -> MonthlyRun:
    """Give one real run, fitted, into a copy of the small company's workbook."""
    folder = tmp_path_factory.mktemp("run") / "own"
    shutil.copytree(company_book.parent, folder)
    return run_month(folder / company_book.name, as_of=COMPANY.end, seed=SEED)


@pytest.fixture
def fitted_before(monthly_run: MonthlyRun, monkeypatch: pytest.MonkeyPatch) -> MonthlyRun:
    """Let every fit in the test be the one of `monthly_run`: only the plumbing is tested."""
    monkeypatch.setattr("salespipe.inference.fit.fit", lambda *_, **__: monthly_run.forecast.fit)
    return monthly_run


class _NoFit(ModuleType):
    """Stands in for the module that fits, and need not load PyMC for it."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):  # asked of every module, by inspect for one
            raise AttributeError(name)
        pytest.fail(f"it came as far as fitting ({name})")


@pytest.fixture
def no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test fail that comes as far as fitting."""
    name = "salespipe.inference.fit"
    monkeypatch.setitem(sys.modules, name, _NoFit(name))


@pytest.fixture(scope="session")
def small_company() -> Simulated:
    """Give a made-up company of about 250 deals as of the middle of its tenth month."""
    company = Company(deals=300, months=12, future_months=12, n_owners=4)
    return simulate_company(company, seed=4, as_of=MID_MONTH)


@pytest.fixture(scope="session")
def small_pipeline(small_company: Simulated) -> Pipeline:
    """Give the company's pipeline as of that day."""
    return build_pipeline(small_company.tables, as_of=MID_MONTH)


@pytest.fixture(scope="session")
def small_fit(small_pipeline: Pipeline) -> "Fit":
    """Give the one fit that all tests of the statistics share: it takes half a minute."""
    from salespipe.inference.fit import fit  # seconds of imports, for tests that fit only

    return fit(small_pipeline, seed=1)


@pytest.fixture(scope="session")
def dated_deals() -> Callable[[list[dict[str, object]]], pd.DataFrame]:
    """Give a function that makes a Deals table of rows whose dates are text."""

    def make(rows: list[dict[str, object]]) -> pd.DataFrame:
        filled = [{n.DEAL_ID: f"D{i}", n.OWNER: "Ana"} | row for i, row in enumerate(rows)]
        frame = pd.DataFrame(filled, index=range(2, len(rows) + 2))
        for key in (n.CREATED_ON, n.CLOSED_ON, n.EXPECTED_CLOSE_ON):
            if key in frame:
                frame[key] = pd.to_datetime(frame[key])
        return conform("deals", frame)

    return make
