"""Notebooks, found by their numbers and run on a workbook, each in a kernel of its own."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from papermill.exceptions import PapermillExecutionError

__all__ = ["NAME", "Ran", "notebooks_folder", "numbered", "run_notebooks"]

NAME: Final = re.compile(r"\d+-[\w-]+\.ipynb")
"""Name of a notebook that belongs to the pack; its number gives its place."""

_PACKAGE: Final = Path(__file__).parents[1]


@dataclass(frozen=True)
class Ran:
    """A notebook that was run.

    Attributes
    ----------
    name : str
        Of its file, without the suffix.
    book : NotebookNode
        With outputs as far as it came.
    stopped : str
        Why it did not come to its end, in one line; empty if it did.
    """

    name: str
    book: nbformat.NotebookNode
    stopped: str


def notebooks_folder() -> Path:
    """Give the folder of the notebooks: in the package, or beside it where it is developed."""
    inside = _PACKAGE / "notebooks"
    return inside if inside.is_dir() else _PACKAGE.parent / "notebooks"


def numbered(folder: Path) -> list[Path]:
    """List the notebooks of a folder in the order of their numbers."""
    there = [path for path in folder.glob("*.ipynb") if NAME.fullmatch(path.name)]
    return sorted(there, key=lambda path: (int(path.name.partition("-")[0]), path.name))


def run_notebooks(
    paths: Sequence[Path],
    *,
    folder: Path,
    parameters: Mapping[str, Any],
    at_a_time: int,
    tell: Callable[[str], None],
) -> list[Ran]:
    """Run notebooks side by side; one that stops stops none of the others.

    Parameters
    ----------
    paths : sequence of Path
    folder : Path
        Where the notebooks go with their outputs.
    parameters : mapping
        Each notebook is given those that it has.
    at_a_time : int
    tell : callable
        Told what is being done.
    """
    # A kernel that the user installed elsewhere may belong to another Python.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=at_a_time) as pool:
        # The last ones take longest: begun first, none of them is waited for alone.
        waiting = {pool.submit(_run, path, folder, parameters): path for path in paths[::-1]}
        done: dict[Path, Ran] = {}
        for future in as_completed(waiting):
            done[waiting[future]] = future.result()
            tell(f"Running the notebooks: {len(done)} of {len(paths)} done")
    return [done[path] for path in paths]


def _run(path: Path, folder: Path, parameters: Mapping[str, Any]) -> Ran:
    known = papermill.inspect_notebook(path)
    output = folder / path.name
    stopped = ""
    try:
        papermill.execute_notebook(
            path,
            output,
            {name: value for name, value in parameters.items() if name in known},
            kernel_name="python3",
            # Not as papermill's `cwd`: it would go there itself, and threads share one folder.
            resources={"metadata": {"path": str(folder)}},
            progress_bar=False,
            log_output=False,
            # Kernels warn that they talk over TCP, though on this machine only, and call it an
            # error that they are stopped.
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        stopped = " ".join(f"{error.ename}: {error.evalue}".split())
    finally:
        ensure_event_loop().close()  # this thread's own, which papermill leaves open
    return Ran(path.stem, _read(output), stopped)


def _read(path: Path) -> nbformat.NotebookNode:
    made: nbformat.NotebookNode = nbformat.reads(  # type: ignore[no-untyped-call]
        path.read_text("utf-8"), as_version=4
    )
    return made
