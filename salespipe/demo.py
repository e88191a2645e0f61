"""The built-in example: a made-up company's workbook."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from salespipe.ledger import append_changes, ledger_path
from salespipe.settings import Language
from salespipe.synthetic import Company, in_chinese, simulate_company
from salespipe.workbook.template import build_workbook

__all__ = ["DEMO_FOLDER", "DEMO_NAME", "example_workbook", "make_example"]

DEMO_FOLDER: Final = "salespipe-demo"
"""Folder, in the current one, that the example goes into unless another is named."""

DEMO_NAME: Final = "pipeline.xlsx"

DEMO_SEED: Final = 7

COMPANY: Final = Company(deals=2_000, months=30, burn_in=12, sloppiness=0.1)
"""About 2,000 deals over 30 months, some of them kept sloppily, as people do."""


def make_example(
    path: str | Path,
    *,
    company: Company = COMPANY,
    seed: int = DEMO_SEED,
    language: Language | None = None,
) -> date:
    """Write a filled workbook of a made-up company, and its change log beside it.

    Parameters
    ----------
    path : str or Path
        A file of that name is replaced.
    company : Company
    seed : int
        The same seed makes the same company.
    language : {"en", "zh"}, optional
        Of the workbook; by default the company's. In Chinese it has the same deals with Chinese
        names and words, in CNY.

    Returns
    -------
    date
        The day as of which it stands.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    for part in sorted(ledger_path(target).glob("*.parquet")):
        part.unlink()
    tables = simulate_company(company, seed=seed, as_of=company.end).tables
    if language == "zh":
        tables = in_chinese(tables)
    elif language:
        tables = replace(tables, settings=replace(tables.settings, language=language))
    build_workbook(target, tables=tables, language=tables.settings.language, today=company.end)
    append_changes(target, tables.changes)
    return company.end


def example_workbook(directory: str | Path | None = None) -> Path:
    """Give the path of the example workbook, made when it is not there yet.

    Parameters
    ----------
    directory : str or Path, optional
        By default :data:`DEMO_FOLDER` in the current folder.
    """
    path = Path(directory or DEMO_FOLDER) / DEMO_NAME
    if not path.exists():
        make_example(path)
    return path
