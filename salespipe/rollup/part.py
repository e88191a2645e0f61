"""A workbook's part in its company: what it held on a day, reduced to what is added up."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from salespipe import names as n
from salespipe.checks import problems_of, stop_on_errors
from salespipe.exposure import Exposure, build_exposure
from salespipe.forecast_log import forecasts_path
from salespipe.ledger import ledger_path
from salespipe.pieces import owners_words
from salespipe.pipeline import Pipeline
from salespipe.rollup.bundle import Bundle, read_bundle, write_bundle
from salespipe.settings import Settings
from salespipe.stages import Stage
from salespipe.tables import COLUMNS
from salespipe.workbook.read import read_workbook

__all__ = ["Part", "fingerprint", "last_day", "read_part", "take_part"]

_FRAMES: Final = (
    "deals",
    "stays",
    "changes",
    "accounts",
    "contacts",
    "activities",
    "targets",
    "market",
    "rates",
    "feedback",
)
"""Tables of a pipeline."""

_DERIVED: Final = (n.OUTCOME, n.ENTERED_ON)
"""Columns that a pipeline's deals have beside those of the sheet."""


@dataclass(frozen=True)
class Part:
    """What one workbook brings into its company.

    Attributes
    ----------
    unit : str
        Name of the business unit: that of the file.
    pipeline : Pipeline
    exposure : Exposure
    """

    unit: str
    pipeline: Pipeline
    exposure: Exposure


def fingerprint(path: Path) -> str:
    """Hash a workbook and what lies beside it that numbers depend on, first 32 digits.

    The parts of the change log and of the forecast log have their content's hash in their names.
    """
    total = hashlib.sha256(path.read_bytes())
    for folder in (ledger_path(path), forecasts_path(path)):
        for part in sorted(folder.glob("*.parquet")):
            total.update(part.name.encode())
    return total.hexdigest()[:32]


def last_day(path: Path, today: date) -> date:
    """Give the last day on which a workbook records anything."""
    return read_workbook(path).tables.last_recorded_day(today=today)


def take_part(unit: str, path: Path, target: Path, *, as_of: date) -> None:
    """Read a workbook, refuse it where it has errors, and write its part.

    Raises
    ------
    SalespipeError
        The workbook stops the work on itself.
    """
    book = read_workbook(path)
    stop_on_errors(problems_of(book, as_of=as_of))
    pipeline = book.pipeline(as_of=as_of)
    write_bundle(target, _packed(Part(unit, pipeline, build_exposure(pipeline))))


def read_part(path: Path) -> Part | None:
    """Read a part; None if it is not there, or not whole."""
    bundle = read_bundle(path)
    return _unpacked(bundle) if bundle else None


def _packed(part: Part) -> Bundle:
    pipeline, exposure = part.pipeline, part.exposure
    frames = {name: getattr(pipeline, name) for name in _FRAMES}
    # What people added to the sheet may hold anything, and no number depends on it.
    known = [name for name in (*COLUMNS["deals"], *_DERIVED) if name in pipeline.deals]
    frames["deals"] = pipeline.deals[known]
    return Bundle(
        frames | {"cells": exposure.cells, "landings": exposure.landings},
        notes={
            "unit": part.unit,
            "as_of": pipeline.as_of.isoformat(),
            "stages": [asdict(stage) for stage in pipeline.stages],
            "steps": [asdict(stage) for stage in pipeline.steps],
            "settings": asdict(pipeline.settings),
            "levels": [exposure.stages, exposure.owners, exposure.segments, exposure.sources],
            "sizes": exposure.sizes,
            "start": exposure.start.isoformat(),
        },
    )


def _unpacked(bundle: Bundle) -> Part:
    notes = bundle.notes
    settings = _settings(notes["settings"])
    tables: dict[str, Any] = {name: bundle.frames[name] for name in _FRAMES}
    pipeline = Pipeline(
        as_of=date.fromisoformat(notes["as_of"]),
        stages=tuple(Stage(**stage) for stage in notes["stages"]),
        steps=tuple(Stage(**stage) for stage in notes["steps"]),
        settings=settings,
        **tables,
    )
    stages, owners, segments, sources = map(tuple, notes["levels"])
    return Part(
        notes["unit"],
        pipeline,
        Exposure(
            cells=bundle.frames["cells"],
            landings=bundle.frames["landings"],
            stages=stages,
            owners=owners,
            segments=segments,
            sources=sources,
            sizes=tuple(notes["sizes"]),
            sayings=owners_words(pipeline.changes),
            start=pd.Timestamp(notes["start"]),
            end=pipeline.day,
        ),
    )


def _settings(told: Mapping[str, Any]) -> Settings:
    known = {one.name: told[one.name] for one in fields(Settings) if one.name in told}
    return Settings(**known | {"quantiles": tuple(known["quantiles"])})
