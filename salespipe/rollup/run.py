"""A rollup: many workbooks read, fitted together, forecast one by one, and added up.

Five steps, each over all workbooks: take their parts; fit the company; simulate; pool with the view
from above; write. What a step leaves in the rollup's folder is named by all that it depends on, so
that a rerun does only what is missing, and a file that is there is right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from salespipe import __version__
from salespipe.errors import ProblemsError, WorkbookError
from salespipe.inference.fit import Fit, fit
from salespipe.parts import locked
from salespipe.rollup import consolidate, steps
from salespipe.rollup.company import Company, put_together, unlike
from salespipe.rollup.engine import Embedded, Engine
from salespipe.rollup.part import Part, fingerprint, read_part
from salespipe.rollup.places import Job, Work, books_of, jobs_of
from salespipe.rollup.share import Shared, learn
from salespipe.rollup.simulated import kept_forecast, totals_of
from salespipe.settings import Language
from salespipe.simulation.forecast import DRAWS, LEAST_DRAWS, PATHS, Forecast
from salespipe.simulation.notes import notes as notes_of
from salespipe.simulation.notes import push_note
from salespipe.slips import count_slips

__all__ = ["Rollup", "roll_up"]

type Progress = Callable[[str], None]

TOGETHER: Final = (
    "{count} workbooks were forecast together: what they have in common is learned from all of "
    "them, and the revenue history is the whole company's."
)
"""Note in every workbook of a rollup."""


@dataclass(frozen=True)
class Rollup:
    """What a rollup did.

    Attributes
    ----------
    forecast : Forecast
        The company's; its owners are the business units.
    into : Path
        The company's workbook.
    written : dict of str to Path
        Workbooks of the units whose forecast stands in them.
    failures : dict of str to str
        Why the other units' does not.
    reused : dict of str to int
        How many units each step found done already: ``read``, ``simulated``, ``written``.
    """

    forecast: Forecast
    into: Path
    written: dict[str, Path]
    failures: dict[str, str]
    reused: dict[str, int]


@dataclass
class _Run:
    """The state of a rollup in progress."""

    engine: Engine
    tell: Progress
    seed: int
    draws: int | None
    jobs: dict[str, Job] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    reused: dict[str, int] = field(default_factory=dict)

    def left(self) -> list[Job]:
        """List the jobs that have not failed."""
        return [job for unit, job in self.jobs.items() if unit not in self.failures]

    def each[Shared, Result](
        self,
        what: str,
        function: Callable[[Job, Shared], Result],
        jobs: Sequence[Job],
        shared: Shared,
    ) -> dict[str, Result]:
        """Do a step for some jobs, and remember which failed."""
        results = {}
        for count, done in enumerate(self.engine.run_each(function, jobs, shared), start=1):
            unit = jobs[done.place].unit
            if done.failure:
                self.failures[unit] = done.failure
            elif done.result is not None:
                results[unit] = done.result
            self.tell(f"{what}: {count} of {len(jobs)} ({unit})")
        return results


def roll_up(
    patterns: Sequence[str],
    *,
    into: Path,
    today: date,
    as_of: date | None = None,
    months: int | None = None,
    output: Path | None = None,
    work: Path | None = None,
    seed: int = 1,
    draws: int | None = None,
    language: Language | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Rollup:
    """Forecast many workbooks as the business units of one company.

    Parameters
    ----------
    patterns : sequence of str
        Paths of the workbooks, or patterns with ``*``.
    into : Path
        The company's workbook; made where there is none.
    today : date
        As-of dates are not later.
    as_of : date, optional
        By default the last day on which any workbook records anything, which takes reading all of
        them once more.
    months : int, optional
        Months to forecast; by default the longest horizon on any Settings sheet.
    output : Path, optional
        Folder for the workbooks with their forecast; by default each is written where it is.
    work : Path, optional
        Folder in which what is done is kept for a rerun; by default beside `into`. Whoever does
        the work must see it, and the workbooks, under the same paths.
    seed : int
        The same seed gives the same numbers, wherever they are computed.
    draws : int, optional
        Draws that every unit simulates; by default as many as the largest one calls for.
    language : {"en", "zh"}, optional
        Of the company's workbook; by default that of the first unit's.
    engine : Engine, optional
        Where the work is done; by default in this process.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    SalespipeError
        No two workbooks can be worked on, or the fit did not converge.
    """
    run = _Run(engine or Embedded(), progress or (lambda _: None), seed, draws)
    books = books_of(patterns, but=into)
    folder = (work or into.with_name(f"{into.stem}.rollup")).absolute()
    _refuse_folders(into, output)
    with locked(folder):
        day = as_of or _last_day(run, jobs_of(books, output=output, work=Work(folder, today)))
        place = Work(folder, day)
        place.make()
        run.jobs = {job.unit: job for job in jobs_of(books, output=output, work=place)}
        return _carried_out(run, into.absolute(), place, months, language)


def _refuse_folders(into: Path, output: Path | None) -> None:
    if not into.absolute().parent.is_dir():
        raise WorkbookError(f'There is no folder "{into.parent}"; make it first.')
    if into.suffix.lower() != ".xlsx":
        raise WorkbookError(f'"{into}" must end in .xlsx; the company\'s workbook has that format.')
    if output:
        output.mkdir(parents=True, exist_ok=True)


def _last_day(run: _Run, jobs: list[Job]) -> date:
    days = run.each("Looking for the last day", steps.find_day, jobs, jobs[0].work.as_of)
    if not days:
        raise _nothing(run)
    return max(days.values())


def _carried_out(
    run: _Run, into: Path, work: Work, months: int | None, language: Language | None
) -> Rollup:
    parts = _taken(run)
    company = put_together(list(parts.values()), name=into.stem)
    horizon = months or company.pipeline.settings.horizon
    digests = sorted((unit, part.pipeline.digest) for unit, part in parts.items())
    key = work.run_key(digests, horizon, run.seed, run.draws, __version__)
    run.tell(f"Fitting {len(parts)} units together")
    fitted = fit(company.pipeline, seed=run.seed, exposure=company.exposure, progress=run.tell)
    draws = run.draws or _draws(list(parts.values()))
    shared = learn(fitted, company, list(parts.values()), draws=draws, months=horizon)
    _simulated(run, key, shared)
    made, written = _written(run, key, company, fitted, shared)
    run.tell("Writing the company's workbook")
    first = next(iter(parts.values())).pipeline.settings.language
    consolidate.write_company(into, made, language=language or first)
    return Rollup(made, into, written, run.failures, run.reused)


def _taken(run: _Run) -> dict[str, Part]:
    """Read every workbook whose part is not there, and leave out those that do not fit in."""
    for job in run.left():
        try:
            run.seen[job.unit] = fingerprint(job.source)
        except OSError:
            run.failures[job.unit] = f'There is no workbook "{job.source}".'
    missing = [job for job in run.left() if not job.part(run.seen[job.unit]).exists()]
    run.reused["read"] = len(run.left()) - len(missing)
    run.each("Reading the workbooks", steps.take, missing, run.seen)
    parts = {}
    for job in run.left():
        path = job.part(run.seen[job.unit])
        part = read_part(path)
        if part is None:
            path.unlink(missing_ok=True)
            run.failures[job.unit] = f'What was read of "{job.source.name}" is damaged; run again.'
        else:
            parts[job.unit] = part
    if parts:
        run.failures |= unlike(list(parts.values()))
    parts = {unit: part for unit, part in parts.items() if unit not in run.failures}
    if len(parts) < 2:
        raise _nothing(run)
    return parts


def _nothing(run: _Run) -> ProblemsError:
    told = " | ".join(f"{unit}: {why}" for unit, why in run.failures.items())
    return ProblemsError(f"Fewer than two workbooks can be worked on. {told}")


def _draws(parts: Sequence[Part]) -> int:
    largest = max(len(part.pipeline.open_deals) for part in parts)
    return int(np.clip(PATHS // max(largest, 1), LEAST_DRAWS, DRAWS))


def _simulated(run: _Run, key: str, shared: Shared) -> None:
    jobs = run.left()
    missing = [job for job in jobs if totals_of(job.kept("simulated", key)) is None]
    run.reused["simulated"] = len(jobs) - len(missing)
    run.each("Simulating", steps.simulate, missing, (shared, key, run.seen))


def _written(
    run: _Run, key: str, company: Company, fitted: Fit, shared: Shared
) -> tuple[Forecast, dict[str, Path]]:
    """Pool, write every unit's workbook, and add up what was written."""
    jobs = run.left()
    below = {job.unit: totals_of(job.kept("simulated", key)) for job in jobs}
    whole = {unit: totals for unit, totals in below.items() if totals is not None}
    given, views = consolidate.pooled(whole, shared, fitted)
    for job in jobs:
        steps.keep_totals(job, key, given[job.unit])
    company = company.only(list(whole))
    reported = replace(fitted, pipeline=company.pipeline)
    slips = count_slips(company.exposure)
    # Change logs stay with the units, whose own sheets say how expected closes move.
    told = [note for note in notes_of(reported, views, slips) if note != push_note(slips)]
    notes = (TOGETHER.format(count=len(whole)), *told)
    missing = [job for job in jobs if not steps.is_written(job, key)]
    run.reused["written"] = len(jobs) - len(missing)
    run.each("Writing the workbooks", steps.write, missing, steps.Told(key, run.seen, notes[:2]))
    finished = _finished(run, key, list(whole))
    made = consolidate.company_forecast(
        company.only(list(finished)), fitted, finished, views=views, notes=notes
    )
    return made, {job.unit: job.target for job in run.left()}


def _finished(run: _Run, key: str, units: Sequence[str]) -> dict[str, Forecast]:
    """Read what was made of each unit, also where it could not be written into its workbook."""
    found = {}
    for unit in units:
        job = run.jobs[unit]
        made = kept_forecast(job.kept("finished", key), read_part(job.part(run.seen[unit])))
        if made is not None:
            found[unit] = made
    return found
