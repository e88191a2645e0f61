"""Making the review pack: fit once, run the notebooks on it, and write one page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from salespipe.checks import problems_of, remind, stop_on_errors
from salespipe.errors import ReportError
from salespipe.inference import workers
from salespipe.job import remembered, results_of
from salespipe.parts import write_whole
from salespipe.pipeline import Pipeline
from salespipe.problems import Problem
from salespipe.report.front import front_page
from salespipe.report.page import page
from salespipe.report.runs import notebooks_folder, numbered, run_notebooks
from salespipe.report.sections import section
from salespipe.results import Results
from salespipe.retrospect import missing_forecast
from salespipe.settings import Language
from salespipe.workbook.book import Book

if TYPE_CHECKING:
    from salespipe.inference.fit import Fit

__all__ = ["PACK_NAME", "Report", "fit_all", "make_report"]

PACK_NAME: Final = "review-pack.html"


@dataclass(frozen=True)
class Report:
    """A review pack.

    Attributes
    ----------
    page : Path
        The HTML page; it needs no other file.
    notebooks : tuple of Path
        The notebooks as they were run.
    stopped : dict of str to str
        Notebooks that did not come to their end, and why.
    """

    page: Path
    notebooks: tuple[Path, ...]
    stopped: dict[str, str]


def make_report(
    book: Book,
    *,
    as_of: date,
    output: Path | None = None,
    months: int | None = None,
    seed: int = 1,
    language: Language | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Run the notebooks on a workbook and bind them into one page.

    The workbook itself is not written; a copy with the forecast goes into the folder.

    Parameters
    ----------
    book : Book
    as_of : date
    output : Path, optional
        Folder; by default beside the workbook, called after it.
    months : int, optional
        Months to forecast; by default as on the Settings sheet.
    seed : int
    language : {"en", "zh"}, optional
        Of the page; by default the workbook's.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    ProblemsError
        The workbook has errors that stop the work.
    ReportError
        The folder cannot be written, or there are no notebooks.
    """
    tell = progress or (lambda _: None)
    spoken = language or book.language
    folder = output or book.path.with_name(f"{book.path.stem}-report")
    sources = numbered(notebooks_folder())
    if not sources:
        raise ReportError(
            f'There are no notebooks in "{notebooks_folder()}"; install salespipe anew.'
        )
    problems = problems_of(book, as_of=as_of)
    stop_on_errors(problems)
    pipeline = book.pipeline(as_of=as_of)
    _make_folder(folder)
    fitted = fit_all(book, pipeline, seed=seed, tell=tell)
    tell("Running the notebooks")
    with ThreadPoolExecutor(1) as beside:
        # The front page needs no notebook.
        results = beside.submit(_results, book, fitted, problems, months)
        ran = run_notebooks(
            sources,
            folder=folder / "notebooks",
            parameters={
                "workbook": str(book.path.resolve()),
                "as_of": as_of.isoformat(),
                "months": months,
                "seed": seed,
                "output": str((folder / f"{book.path.stem}-forecast.xlsx").resolve()),
            },
            at_a_time=workers.cores(),
            tell=tell,
        )
    tell("Writing the page")
    front = front_page(results.result(), spoken)
    target = folder / PACK_NAME
    write_whole(target, page(front, [section(one, spoken) for one in ran], spoken).encode())
    return Report(
        page=target,
        notebooks=tuple(folder / "notebooks" / path.name for path in sources),
        stopped={one.name: one.stopped for one in ran if one.stopped},
    )


def fit_all(
    book: Book, pipeline: Pipeline, *, seed: int, tell: Callable[[str], None] | None = None
) -> "Fit":
    """Fit all that the notebooks need, so that they find it beside the workbook.

    Parameters
    ----------
    book : Book
    pipeline : Pipeline
        The book's.
    seed : int
    tell : callable, optional
        Told what is being done.

    Returns
    -------
    Fit
        The pipeline's.
    """
    tell = tell or (lambda _: None)
    tell("Loading the models")
    from salespipe.inference.fit import fit  # noqa: PLC0415 (seconds of imports)

    fitted = fit(pipeline, seed=seed, progress=tell)
    stand_in = missing_forecast(book.tables, book.tables.forecasts, pipeline)
    if stand_in is not None:
        fit(book.pipeline(as_of=stand_in, looking_back=True), seed=seed, progress=tell)
    return fitted


def _results(
    book: Book, fitted: "Fit", problems: tuple[Problem, ...], months: int | None
) -> Results:
    from salespipe.simulation.forecast import forecast  # noqa: PLC0415 (seconds of imports)

    made = forecast(fitted, months=months)
    day = fitted.pipeline.as_of
    reminders = remind(book.tables, as_of=day, locator=book.locator)
    results = results_of(made, problems=problems, reminders=reminders)
    return remembered(book, made, results)[0]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(
            f'The folder "{folder}" cannot be made ({error.strerror}); name another with --output.'
        ) from None
