"""The monthly job: read, check, review, fit, forecast, and write back into the same workbook."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from salespipe import __version__, kpi
from salespipe.cards import card, line
from salespipe.checks import (
    cost_table,
    forecast_stakes,
    problems_of,
    remind,
    stop_on_errors,
    with_costs,
)
from salespipe.errors import SalespipeError
from salespipe.forecast_log import append_forecast
from salespipe.inference import workers
from salespipe.kpi.accuracy import accuracy
from salespipe.pipeline import Pipeline
from salespipe.problems import Problem
from salespipe.results import Receipt, Results
from salespipe.retrospect import look_back
from salespipe.settings import Language
from salespipe.snapshot import take_snapshot, with_snapshot
from salespipe.tables import Tables
from salespipe.wording import Words
from salespipe.workbook.publish import publish, refuse_unpublishable
from salespipe.workbook.read import Book, read_workbook

if TYPE_CHECKING:
    from salespipe.simulation.forecast import Forecast

__all__ = [
    "MonthlyRun",
    "remembered",
    "results_of",
    "run_month",
    "write_forecast",
]

type Progress = Callable[[str], None]


@dataclass(frozen=True)
class MonthlyRun:
    """What one run of the monthly job did.

    Attributes
    ----------
    forecast : Forecast
    results : Results
        What was written.
    output : Path
        The workbook that was written.
    backup : Path or None
        The copy of what stood there before; None if there was nothing or nothing changed.
    seconds : dict of str to float
        Wall-clock seconds by step.
    language : {"en", "zh"}
        Of the workbook.
    """

    forecast: "Forecast"
    results: Results
    output: Path
    backup: Path | None
    seconds: dict[str, float]
    language: Language = "en"

    def __repr__(self) -> str:
        """Say in one line what was written."""
        return line("MonthlyRun", f"as of {self.results.receipt.as_of}", self._facts())

    def _repr_html_(self) -> str:
        """Show in a notebook what was written, and the forecast."""
        day = self.results.receipt.as_of
        title = Words(f"Run as of {day}", f"截至 {day} 的运行").text(self.language)
        return card(title, self._facts(), self.language) + self.forecast._repr_html_()

    def _facts(self) -> dict[Words, object]:
        return {
            Words("written to", "已写入"): self.output,
            Words("backup", "备份"): self.backup or "–",
            Words("problems", "问题"): len(self.results.problems),
            Words("seconds", "秒数"): round(sum(self.seconds.values())),
        }


@dataclass
class _Clock:
    """Wall-clock seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begin, 3)


def results_of(
    forecast: "Forecast",
    *,
    problems: tuple[Problem, ...] = (),
    reminders: tuple[Problem, ...] = (),
    reviewed: pd.DataFrame | None = None,
) -> Results:
    """Put a forecast, the KPIs and the problems into the tables that are written.

    Parameters
    ----------
    forecast : Forecast
    problems, reminders : tuple of Problem
        Their costs are told anew, by what the forecast expects of each deal.
    reviewed : DataFrame, optional
        The KPIs (:func:`salespipe.kpi.review`), where they are known already.
    """
    fit = forecast.fit
    pipeline = fit.pipeline
    settings, periods = pipeline.settings, forecast.summary()
    total = periods.iloc[-1]
    stakes = forecast_stakes(
        forecast.deals, width=total["best"] - total["worst"], quantiles=settings.quantiles
    )
    return Results(
        receipt=Receipt(
            as_of=pipeline.as_of,
            data_hash=fit.digest,
            version=__version__,
            seed=fit.seed,
            draws=len(forecast.draws),
            diagnostics=fit.diagnostics,
        ),
        currency=settings.currency,
        quantiles=settings.quantiles,
        periods=periods,
        by_owner=forecast.by_owner(),
        by_segment=forecast.by_segment(),
        deals=forecast.deals,
        funnel=kpi.funnel(pipeline),
        history=kpi.history(pipeline),
        kpis=pd.concat(
            [
                kpi.review(pipeline) if reviewed is None else reviewed,
                _outlook(forecast, periods),
            ],
            ignore_index=True,
        ),
        problems=with_costs(problems, stakes),
        reminders=with_costs(reminders, stakes),
        costs=cost_table(problems, stakes, settings=settings),
        notes=forecast.notes,
        scenarios=forecast.scenarios,
        stages=pipeline.stages,
        company=pipeline.settings.company,
    )


def _outlook(forecast: "Forecast", periods: pd.DataFrame) -> pd.DataFrame:
    from salespipe.simulation.summarise import open_needed  # noqa: PLC0415 (loaded by now)

    needed = open_needed(forecast, chance=kpi.ASKED)
    return kpi.outlook(periods, forecast.by_owner(), needed, draws=len(forecast.draws))


def write_forecast(
    book: Book, forecast: "Forecast", *, output: str | Path | None = None
) -> Path | None:
    """Write a forecast, its KPIs and the list of things to do into the workbook, losslessly.

    Parameters
    ----------
    book : Book
        The workbook as it was read; refused if someone has saved it since.
    forecast : Forecast
    output : str or Path, optional
        Where to write; by default the same file, of which a backup is kept beside it.

    Returns
    -------
    Path or None
        The backup, if one was made.

    Raises
    ------
    WorkbookLockedError
        It is open elsewhere, or was saved since it was read.
    WorkbookUnsafeError
        Something stands in the way; nothing was written.
    """
    day = forecast.fit.pipeline.as_of
    results = results_of(
        forecast,
        problems=problems_of(book, as_of=day),
        reminders=remind(book.tables, as_of=day, locator=book.locator),
    )
    target = Path(output) if output else book.path
    backup, _ = _publish(book, forecast, results, target)
    return backup


def _publish(
    book: Book, forecast: "Forecast", results: Results, target: Path
) -> tuple[Path | None, Results]:
    """Write what there is to say, and remember it where the workbook itself is written.

    The backup and all that was written are given back.

    A run that writes elsewhere leaves no trace beside the workbook: it may be a trial, and the
    folder may be another's.
    """
    results, here = remembered(book, forecast, results)
    backup = publish(
        book.path, target, results, expected_digest=book.digest, language=book.language
    )
    if target.resolve() == book.path.resolve():
        take_snapshot(book.path, book.tables, as_of=forecast.fit.pipeline.as_of)
        append_forecast(book.path, here)
    return backup, results


def remembered(book: Book, forecast: "Forecast", results: Results) -> tuple[Results, pd.DataFrame]:
    """Add to results what the logs beside the workbook remember: what changed, past forecasts.

    Nothing is written. The second value is this forecast as the forecast log would keep it.
    """
    from salespipe.simulation.record import record  # noqa: PLC0415 (after the models it is there)

    pipeline = forecast.fit.pipeline
    tables = with_snapshot(book.tables, as_of=pipeline.as_of)
    here = record(forecast)
    log = book.tables.forecasts
    log = pd.concat([log[log["as_of"] < pipeline.day], here], ignore_index=True)
    seen = look_back(tables, pipeline, log)
    results = replace(
        results,
        kpis=pd.concat([results.kpis, accuracy(seen.scored_months)], ignore_index=True),
        changes=seen.changes,
        pack=kpi.pack(pipeline, changes=seen.changes),
        past=seen.past,
        record=seen.record,
        scores=seen.scores,
    )
    return results, here


def run_month(
    path: str | Path,
    *,
    as_of: date | Callable[[Tables], date],
    months: int | None = None,
    history: Sequence[str | Path] = (),
    output: str | Path | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> MonthlyRun:
    """Carry out the monthly job on a workbook.

    Parameters
    ----------
    path : str or Path
    as_of : date or callable
        The last day of which anything is known, or how to find it in the workbook's tables (see
        :meth:`~salespipe.tables.Tables.last_recorded_day`).
    months : int, optional
        Months to forecast; by default as on the Settings sheet.
    history : sequence of str or Path
        Parquet or CSV files of deals that the workbook has no room for: see
        :func:`salespipe.long_history.with_history`.
    output : str or Path, optional
        Where to write; by default the same workbook.
    seed : int
        The same seed gives the same numbers.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    SalespipeError
        The input stops the work, or a model did not converge; nothing was written.
    """
    tell = progress or (lambda _: None)
    clock = _Clock()
    target = Path(output) if output else Path(path)
    from salespipe.inference.store import fitted_before  # noqa: PLC0415 (after the shell's word)

    # With fits beside the workbook there may be nothing to fit, and loading costs every core.
    early = not fitted_before(Path(path))
    if early:
        workers.begin_loading()
    try:
        book, problems, pipeline = _taken_in(Path(path), target, as_of, clock, tell)
    except SalespipeError:
        if early:
            workers.stop()
        raise
    with clock.step("load"):
        tell("Loading the models")
        from salespipe.inference.fit import fit  # noqa: PLC0415 (seconds of imports)
        from salespipe.simulation.forecast import forecast  # noqa: PLC0415
    exposure = None
    if history:
        from salespipe.long_history import with_history  # noqa: PLC0415 (few have one)

        with clock.step("history"):
            exposure = with_history(pipeline, history, progress=tell)
    # The KPIs need no forecast: they are reviewed while the models are fitted and deals followed.
    with ThreadPoolExecutor(1) as beside:
        reviewing = beside.submit(kpi.review, pipeline)
        with clock.step("fit"):
            fitted = fit(pipeline, seed=seed, exposure=exposure, progress=tell)
        with clock.step("simulate"):
            made = forecast(fitted, months=months, progress=tell)
    with clock.step("review"):
        tell("Reviewing the KPIs")
        results = results_of(
            made,
            problems=problems,
            reminders=remind(book.tables, as_of=pipeline.as_of, locator=book.locator),
            reviewed=reviewing.result(),
        )
    with clock.step("write"):
        tell("Writing the workbook")
        backup, results = _publish(book, made, results, target)
    return MonthlyRun(made, results, target, backup, clock.seconds, book.language)


def _taken_in(
    path: Path,
    target: Path,
    as_of: date | Callable[[Tables], date],
    clock: _Clock,
    tell: Progress,
) -> tuple[Book, tuple[Problem, ...], Pipeline]:
    """Read and check the workbook: all that may stop the work before its half minute of fitting."""
    with clock.step("read"):
        tell("Reading the workbook")
        book = read_workbook(path)
    with clock.step("check"):
        tell("Checking it")
        day = as_of if isinstance(as_of, date) else as_of(book.tables)
        problems = problems_of(book, as_of=day)
        stop_on_errors(problems)
        pipeline = book.pipeline(as_of=day)
        refuse_unpublishable(book.path, target)
    return book, problems, pipeline
