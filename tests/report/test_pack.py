"""The whole pack of a real run: every notebook comes to its end, and the page is sound."""

import shutil
from datetime import timedelta

import pandas as pd
import pytest

from salespipe.forecast_log import append_forecast
from salespipe.report import make_report
from salespipe.report.pack import fit_all
from salespipe.workbook.read import read_workbook
from tests.report.browser import look_at


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_all_of_it_in_a_browser(monthly_run, tmp_path):
    folder = tmp_path / "own"
    shutil.copytree(monthly_run.output.parent, folder)
    kept = read_workbook(folder / monthly_run.output.name).tables.forecasts
    # With a forecast of the month before, none has to be fitted for that day.
    append_forecast(
        folder / monthly_run.output.name, kept.assign(as_of=kept["as_of"] - pd.Timedelta(days=31))
    )
    book = read_workbook(folder / monthly_run.output.name)
    before = book.path.read_bytes()
    told = []
    made = make_report(
        book,
        as_of=monthly_run.results.receipt.as_of,
        seed=monthly_run.results.receipt.seed,
        progress=told.append,
    )
    assert made.stopped == {}
    assert not any(line.startswith("Fitting") for line in told)
    assert book.path.read_bytes() == before
    assert read_workbook(folder / "pipeline-report" / "pipeline-forecast.xlsx").tables.deals.equals(
        book.tables.deals
    )
    assert look_at(made.page, "en") >= 20


def test_what_the_notebooks_need_is_fitted_before_they_run(book, as_of, monkeypatch):
    """Where no earlier forecast was kept, the last notebook makes one as of the month before."""
    fitted = []
    monkeypatch.setattr(
        "salespipe.inference.fit.fit",
        lambda pipeline, *, seed, **_: fitted.append((pipeline.as_of, seed)),
    )
    opened = read_workbook(book)
    fit_all(opened, opened.pipeline(as_of=as_of), seed=5)
    assert fitted == [(as_of, 5), (as_of.replace(day=1) - timedelta(days=1), 5)]
