"""Public data sets that some tests measure on; they are kept outside the repository."""

import os
from pathlib import Path

import pytest

from salespipe.sources import read_export, read_map
from salespipe.tables import Tables

__all__ = ["data_file", "public_tables"]

ROOT = Path(__file__).resolve().parents[1]


def data_file(path: str) -> Path:
    """Give a file of the data folder (SALESPIPE_DATA, else ../shared/data), or skip the test."""
    folder = Path(os.environ.get("SALESPIPE_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / path).exists():
        pytest.skip(f"the public data set {path} is not in {folder}; SALESPIPE_DATA names another")
    return folder / path


def public_tables(path: str) -> Tables:
    """Read a public data set through the example map of its folder's name, or skip the test."""
    export = data_file(path)
    return read_export(
        export, read_map(ROOT / "examples/maps" / f"{export.parent.name}.toml")
    ).tables
