"""Three small companies as business units, and a fit of them that took no sampling."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from salespipe.bands import AGE_CUTS, AGE_NAMES, CALLS, DUE_BANDS, SIZES
from salespipe.days import month_number
from salespipe.inference.fit import Fit
from salespipe.results import Diagnostics
from salespipe.rollup.run import Rollup, roll_up
from salespipe.settings import Settings
from salespipe.synthetic import Company, simulate_company
from salespipe.workbook.template import build_workbook

DAY = date(2025, 4, 30)
UNITS = ("east", "north", "west")
DRAWS = 40


def tables_of(unit, deals=90):
    place = UNITS.index(unit)
    company = Company(
        deals=deals,
        months=12,
        n_owners=2 + place,
        segments=("Software", "Service", "Parts")[: 2 + place % 2],
        settings=Settings(company=unit),
    )
    return simulate_company(company, seed=20 + place, as_of=DAY).tables


@pytest.fixture(scope="session")
def made_books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regions")
    for unit in UNITS:
        build_workbook(folder / f"{unit}.xlsx", tables=tables_of(unit), today=DAY)
    return folder


@pytest.fixture
def books(made_books, tmp_path):
    """Give a folder with a copy of the units' workbooks."""
    folder = tmp_path / "regions"
    folder.mkdir()
    for path in made_books.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def made_up_fit(pipeline, *, seed=1, exposure, progress=None):
    """Give a fit whose draws are small changes of plausible values: no sampler was run."""
    rng = np.random.default_rng(seed)
    stages, bands = len(exposure.stages), len(AGE_CUTS) + 1
    months = month_number(exposure.end) - month_number(exposure.start) + 1
    due = len(DUE_BANDS) - 1

    def around(centre, *shape):
        values = centre + 0.05 * rng.standard_normal((2, 30, *shape))
        return (
            ("chain", "draw", *(f"axis{place}_{size}" for place, size in enumerate(shape))),
            values,
        )

    exits = {
        "owner_effect": around(0.0, len(exposure.owners)),
        "due_effect": around(0.0, due),
        "due_by_stage": around(0.0, due, stages),
        "quarter_effect": around(0.0, 3),
        "shock": around(0.0, months),
        "shock_rho": around(0.5),
        "shock_sd": around(0.3),
    }
    timing = {"log_rate": around(-3.0, stages, bands), "quarter_by_age": around(0.0, 3, 4)}
    win = {
        "base": around(1.0, stages),
        "age": around(0.0, len(AGE_NAMES)),
        "segment_effect": around(0.0, len(exposure.segments)),
        "source_effect": around(0.0, len(exposure.sources)),
        "size_effect": around(0.0, SIZES),
        "call_effect": around(0.0, len(CALLS) - 1),
    }
    trees = {
        "timing": exits | timing,
        "win rate": exits | win,
        "arrivals": {
            "level": around(3.0, months),
            "step_sd": around(0.3),
            "quarter_effect": around(0.0, 3),
            "alpha": around(30.0),
        },
        "amount": {"location": around(0.0, len(exposure.segments)), "scale": around(0.3)},
    }
    return Fit(
        pipeline,
        exposure,
        {name: xr.DataTree.from_dict({"posterior": xr.Dataset(v)}) for name, v in trees.items()},
        Diagnostics(1.0, 500.0, 0, ok=True),
        seed,
    )


def options(folder):
    return {
        "into": folder / "company.xlsx",
        "today": date(2026, 1, 1),
        "as_of": DAY,
        "draws": DRAWS,
    }


@dataclass(frozen=True)
class Rolled:
    """One rollup, written in place, and how to do it again."""

    made: Rollup
    books: Path
    again: Callable[..., Rollup]


@pytest.fixture(scope="session")
def rolled(made_books, tmp_path_factory):
    """Give one rollup with all that it writes; only the fit took no sampling."""
    folder = tmp_path_factory.mktemp("rolled")
    shutil.copytree(made_books, folder / "regions")

    def again(**changed):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("salespipe.rollup.run.fit", made_up_fit)
            books = [str(folder / "regions" / "*.xlsx")]
            return roll_up(books, **options(folder) | changed)

    return Rolled(again(), folder / "regions", again)


@pytest.fixture
def roll(books, tmp_path, monkeypatch):
    """Give a function that rolls the workbooks up without sampling and with little to write."""

    def write_forecast(book, made, *, output):
        output.write_bytes(book.path.read_bytes())

    monkeypatch.setattr("salespipe.rollup.run.fit", made_up_fit)
    monkeypatch.setattr("salespipe.rollup.steps.write_forecast", write_forecast)
    monkeypatch.setattr("salespipe.rollup.consolidate.write_company", lambda *_, **__: None)

    def run(*, patterns=(str(books / "*.xlsx"),), **changed):
        return roll_up(patterns, **options(tmp_path) | changed)

    return run


@pytest.fixture
def rewritten():
    """Give a function that makes a unit's workbook anew with other settings."""

    def write(folder, unit, **settings):
        tables = tables_of(unit)
        changed = replace(tables, settings=replace(tables.settings, **settings))
        build_workbook(folder / f"{unit}.xlsx", tables=changed, today=DAY)

    return write
