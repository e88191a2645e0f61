"""Bundles: tables, arrays and notes in one file, there whole or not at all, and nothing to run.

A zip of Parquet, npy and JSON members. Unlike a pickle it can be read without trusting whoever
wrote it, and by any program.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe.parts import write_whole

__all__ = ["Bundle", "read_bundle", "write_bundle"]

type Array = npt.NDArray[np.generic]

_NOTES: Final = "notes.json"


@dataclass(frozen=True)
class Bundle:
    """What belongs together.

    Attributes
    ----------
    frames : mapping of str to DataFrame
    arrays : mapping of str to ndarray
    notes : mapping
        Whatever JSON can say.
    """

    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)


def write_bundle(path: Path, bundle: Bundle) -> None:
    """Write a bundle; whoever reads it meanwhile finds the old one or the new one."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as file:
        for name, frame in bundle.frames.items():
            content = BytesIO()
            frame.to_parquet(content)
            file.writestr(f"{name}.parquet", content.getvalue())
        for name, array in bundle.arrays.items():
            content = BytesIO()
            np.save(content, array, allow_pickle=False)
            file.writestr(f"{name}.npy", content.getvalue())
        file.writestr(_NOTES, json.dumps(dict(bundle.notes)))
    write_whole(path, buffer.getvalue())


def read_bundle(path: Path, *, only: frozenset[str] | None = None) -> Bundle | None:
    """Read a bundle; None if there is none, or none that is whole.

    Parameters
    ----------
    path : Path
    only : frozenset of str, optional
        Names of the tables and arrays wanted; by default all.
    """
    frames, arrays = {}, {}
    try:
        with ZipFile(path) as file:
            for member in file.namelist():
                name, _, kind = member.rpartition(".")
                if member == _NOTES or (only is not None and name not in only):
                    continue
                content = BytesIO(file.read(member))  # checks the member's checksum
                if kind == "parquet":
                    frames[name] = pd.read_parquet(content)
                else:
                    arrays[name] = np.load(content, allow_pickle=False)
            notes = json.loads(file.read(_NOTES))
    except (OSError, BadZipFile, ValueError, KeyError):
        return None
    return Bundle(frames, arrays, notes)
