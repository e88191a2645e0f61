"""The command that reviews the KPIs."""

import pandas as pd

from salespipe import kpi, screen
from salespipe.backtest.accuracy import score
from salespipe.cli.shell import (
    AsJson,
    AsOf,
    BookPath,
    answer,
    app,
    console,
    day_of,
    password_of,
    progress,
)
from salespipe.kpi.accuracy import accuracy
from salespipe.workbook.read import read_workbook

__all__ = ["review"]


@app.command("kpi", epilog="Example: salespipe kpi pipeline.xlsx --as-of 2026-10-31")
def review(path: BookPath, *, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Review the KPIs, each with its definition, n and interval."""
    password = password_of(path)
    # Texts as Python's own: a small book takes a tenth less time, a large one no more.
    with progress() as tell, pd.option_context("mode.string_storage", "python"):
        tell("Reading the workbook")
        book = read_workbook(path, password=password)
        day = day_of(book, as_of)
        tell("Reviewing the KPIs")
        pipeline = book.pipeline(as_of=day)
        kept = score(book.tables.forecasts, pipeline)
        parts = [kpi.review(pipeline), accuracy(kept)]
        table = pd.concat(parts, ignore_index=True)
    currency, stages = book.tables.settings.currency, book.tables.stages
    answer(
        lambda: screen.kpi_json(table, day),
        lambda: screen.show_kpis(
            console, table, day, currency, stages=stages, language=book.language
        ),
        as_json=as_json,
    )
