"""What is done to one workbook in each step of a rollup, on whichever machine it is done.

Every step takes a job and what all jobs share, leaves what it makes in the rollup's folder, and
gives the same whenever and wherever it is done again.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from salespipe.errors import WorkbookLockedError
from salespipe.job import write_forecast
from salespipe.parts import content_hash, write_whole
from salespipe.rollup.bundle import Bundle, read_bundle, write_bundle
from salespipe.rollup.part import Part, fingerprint, last_day, read_part, take_part
from salespipe.rollup.places import Job
from salespipe.rollup.share import Shared, unit_apart, unit_fit
from salespipe.rollup.simulated import Totals, adjusted, keep_forecast, kept_forecast
from salespipe.simulation.forecast import forecast
from salespipe.workbook.read import read_workbook

__all__ = ["Told", "find_day", "is_written", "keep_totals", "simulate", "take", "write"]


@dataclass(frozen=True)
class Told:
    """What all jobs of the last step share.

    Attributes
    ----------
    run : str
        Key of the run.
    seen : mapping of str to str
        Fingerprint of each unit's workbook.
    notes : tuple of str
        What a reader has to know beside the numbers.
    """

    run: str
    seen: Mapping[str, str]
    notes: tuple[str, ...]


def find_day(job: Job, today: date) -> date:
    """Give the last day on which a workbook records anything."""
    return last_day(job.source, today)


def take(job: Job, seen: Mapping[str, str]) -> None:
    """Read a workbook and keep its part."""
    take_part(job.unit, job.source, job.part(seen[job.unit]), as_of=job.work.as_of)


def simulate(job: Job, shared: tuple[Shared, str, Mapping[str, str]]) -> None:
    """Simulate a unit's deals with the company's draws and its own luck, and keep its forecast."""
    told, run, seen = shared
    made = forecast(
        unit_fit(_part(job, seen), told),
        months=told.months,
        draws=told.draws,
        apart=unit_apart(told, job.unit),
        details=False,
    )
    keep_forecast(job.kept("simulated", run), made)


def keep_totals(job: Job, run: str, totals: Totals) -> None:
    """Keep what a unit is to bring."""
    arrays = {"open": totals.open, "new": totals.new, "months": totals.months}
    write_bundle(job.kept("pooled", run), Bundle(arrays=arrays))


def write(job: Job, told: Told) -> None:
    """Write a unit's forecast into its workbook, and keep that this was done.

    Raises
    ------
    WorkbookLockedError
        The workbook was saved since it was read.
    SalespipeError
        It cannot be written.
    """
    part = _part(job, told.seen)
    pooled = read_bundle(job.kept("pooled", told.run))
    simulated = kept_forecast(job.kept("simulated", told.run), part)
    if pooled is None or simulated is None:
        raise WorkbookLockedError(
            f'What was simulated of "{job.source.name}" is no longer there; run again.'
        )
    totals = Totals(**pooled.arrays)  # type: ignore[arg-type]
    # Its own first note speaks of the views, which are the company's here.
    made = adjusted(simulated, totals, notes=(*told.notes, *simulated.notes[1:]))
    # Kept first: the company's sum has it even where the workbook cannot be written now.
    keep_forecast(job.kept("finished", told.run), made)
    if fingerprint(job.source) != told.seen[job.unit]:
        raise WorkbookLockedError(
            f'"{job.source.name}" was saved by someone since it was read; run again on the new '
            "version."
        )
    write_forecast(read_workbook(job.source), made, output=job.target)
    after = job.part(fingerprint(job.source))
    before = job.part(told.seen[job.unit])
    if after != before:
        # Written in place: it is the same part under its new fingerprint.
        shutil.copyfile(before, after)
    write_whole(_mark(job, told.run), json.dumps(_done(job)).encode())


def is_written(job: Job, run: str) -> bool:
    """Whether a run's forecast stands in the workbook already, as it was written."""
    try:
        return bool(json.loads(_mark(job, run).read_bytes()) == _done(job))
    except (OSError, ValueError):
        return False


def _done(job: Job) -> dict[str, str]:
    return {"output": str(job.target), "hash": content_hash(job.target.read_bytes())}


def _part(job: Job, seen: Mapping[str, str]) -> Part:
    part = read_part(job.part(seen[job.unit]))
    if part is None:
        raise WorkbookLockedError(
            f'What was read of "{job.source.name}" is no longer there; run again.'
        )
    return part


def _mark(job: Job, run: str) -> Path:
    return job.kept("written", run).with_suffix(".json")
