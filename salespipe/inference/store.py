"""The fit store beside a workbook: posterior draws, kept so that nothing is sampled twice.

``Book.xlsx`` has the folder ``Book.fits`` with one file for each fitted model,
``<key>-<hash>.npz``. The key is a hash of everything that the draws depend on, so that what is
found under it is what sampling would give again; the hash is that of the file, so that damage
shows. What the gate measured of the draws is kept with them and held against its limits again when
they are found. It is a cache: whatever is wrong with it, the model is fitted anew, and the folder
may be deleted at any time.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import xarray as xr

from salespipe import __version__
from salespipe.inference.gate import Verdict, verdict_on
from salespipe.parts import content_hash, write_whole

__all__ = ["MOST_BYTES", "FitStore", "fits_path", "fitted_before", "key_of"]

MOST_BYTES: Final = 200_000_000
"""Size of a folder from which on the files that were longest unused go."""

_KEPT: Final = ("posterior", "sample_stats")
"""Groups of a fit that are kept; what was drawn while the sampler warmed up is not."""

_LAYOUT: Final = "layout"

_MEASURED: Final = ("max_rhat", "min_ess", "divergences")
"""What the gate measured, as it is kept in the layout."""

_PACKAGES: Final = ("pymc", "pytensor", "nutpie", "numpy", "numba")
"""What may change the draws beside salespipe itself."""

_SOURCES: Final = ("bands.py", "models/*.py", "inference/*.py")
"""Code that draws depend on; a version number says too little while it is worked on."""


def fits_path(workbook: Path) -> Path:
    """Give the folder of the fit store that belongs to a workbook."""
    return workbook.with_name(f"{workbook.stem}.fits")


def fitted_before(workbook: Path) -> bool:
    """Tell whether any fit is kept beside a workbook."""
    return any(fits_path(workbook).glob("*.npz"))


def key_of(*parts: object) -> str:
    """Hash what a model's draws depend on, the versions of what makes them included.

    Parameters
    ----------
    *parts : object
        Numbers, text, arrays, tuples, and dataclasses of these.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    total = hashlib.sha256(_versions())
    for part in parts:
        for piece in _pieces(part):
            total.update(len(piece).to_bytes(8, "little"))
            total.update(piece)
    return total.hexdigest()[:32]


@dataclass(frozen=True)
class FitStore:
    """The fits that are kept beside one workbook.

    Attributes
    ----------
    folder : Path or None
        Need not be there; None keeps nothing.
    """

    folder: Path | None

    def find(self, key: str) -> tuple[xr.DataTree, Verdict] | None:
        """Give the draws kept under a key, and what the gate says of them; None if none are whole.

        Parameters
        ----------
        key : str
            As of :func:`key_of`.
        """
        if self.folder is None:
            return None
        for path in self.folder.glob(f"{key}-*.npz"):
            found = _read(path)
            if found is not None:
                with suppress(OSError):
                    path.touch()
                return found
        return None

    def keep(self, key: str, tree: xr.DataTree, verdict: Verdict) -> None:
        """Keep a fit; where it cannot be written, that is no matter."""
        if self.folder is None:
            return
        content = _content(tree, verdict)
        path = self.folder / f"{key}-{content_hash(content)}.npz"
        with suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            for damaged in self.folder.glob(f"{key}-*.npz"):
                damaged.unlink(missing_ok=True)
            write_whole(path, content)
            _shrink(self.folder)


def _pieces(value: object) -> Iterator[bytes]:
    """Take a value apart into bytes that are the same for the same value, in any process."""
    if is_dataclass(value) and not isinstance(value, type):
        yield type(value).__qualname__.encode()
        for one in fields(value):
            yield one.name.encode()
            yield from _pieces(getattr(value, one.name))
    elif isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError(f"an array of {value.dtype} has no bytes to be hashed")
        yield f"{value.dtype.str}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, tuple | list):
        yield f"{len(value)} items".encode()
        for item in value:
            yield from _pieces(item)
    elif value is None or isinstance(value, bool | int | float | str):
        yield f"{type(value).__name__} {value!r}".encode()
    else:
        raise TypeError(f"{type(value).__name__} cannot be hashed; give its parts")


@cache
def _versions() -> bytes:
    """Say which versions and which code make the draws."""
    root = Path(__file__).parents[1]
    code = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in root.glob(pattern)):
        code.update(path.read_bytes())
    packages = [f"{name} {version(name)}" for name in _PACKAGES]
    return " ".join([__version__, code.hexdigest(), *packages]).encode()


def _content(tree: xr.DataTree, verdict: Verdict) -> bytes:
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    measured = {name: getattr(verdict.diagnostics, name) for name in _MEASURED}
    layout: dict[str, Any] = {"gate": {**measured, "parameter": verdict.parameter}}
    for group in _KEPT:
        there = tree[group].dataset
        layout[group] = {"data": {}, "coords": {}}
        for role, variables in (("data", there.data_vars), ("coords", there.coords)):
            for name, variable in variables.items():
                values = _plain(variable.to_numpy())
                if values is not None:
                    arrays[f"{group}/{role}/{name}"] = values
                    layout[group][role][str(name)] = [str(dim) for dim in variable.dims]
    buffer = BytesIO()
    named: Any = {_LAYOUT: np.array(json.dumps(layout)), **arrays}
    np.savez(buffer, **named)
    return buffer.getvalue()


def _plain(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Give an array that can be written without pickling; None if it holds anything but text."""
    if not values.dtype.hasobject:
        return values
    return values.astype(np.str_) if all(isinstance(one, str) for one in values.flat) else None


def _read(path: Path) -> tuple[xr.DataTree, Verdict] | None:
    try:
        content = path.read_bytes()
        if content_hash(content) != path.stem.rpartition("-")[2]:
            return None
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            layout = json.loads(str(arrays[_LAYOUT]))
            groups = {group: _dataset(arrays, group, layout[group]) for group in _KEPT}
            gate = layout["gate"]
            measured = [gate[name] for name in _MEASURED]
            verdict = verdict_on(*measured, parameter=gate["parameter"])
    except (OSError, ValueError, KeyError, TypeError, BadZipFile):
        return None
    return xr.DataTree.from_dict(groups), verdict


def _dataset(
    arrays: Mapping[str, np.ndarray[Any, Any]], group: str, layout: Mapping[str, Any]
) -> xr.Dataset:
    return xr.Dataset(
        *(
            {name: (dims, arrays[f"{group}/{role}/{name}"]) for name, dims in layout[role].items()}
            for role in ("data", "coords")
        )
    )


def _shrink(folder: Path) -> None:
    """Let the files go that were longest unused, until the rest is small enough."""
    there = [(path, path.stat()) for path in folder.glob("*.npz")]
    there.sort(key=lambda one: one[1].st_mtime, reverse=True)
    sizes = accumulate(stat.st_size for _, stat in there)
    for (path, _), size in zip(there, sizes, strict=True):
        if size > MOST_BYTES:
            path.unlink(missing_ok=True)
