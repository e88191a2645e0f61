"""The command that opens the notebooks in JupyterLab."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from salespipe import screen
from salespipe.cli.shell import app, console
from salespipe.errors import ReportError

__all__ = ["lab"]

FOLDER = "salespipe-notebooks"


@app.command(epilog="Example: salespipe lab my-notebooks")
def lab(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="[DIR]", help=f"Folder for the notebooks. Default: {FOLDER} in this one."
        ),
    ] = Path(FOLDER),
    *,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the server. Default: Jupyter's.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether a browser opens.")
    ] = True,
) -> None:
    """Open the notebooks in JupyterLab, copied into a folder; what is there already stays."""
    if find_spec("jupyterlab") is None or find_spec("papermill") is None:
        raise ReportError(
            'JupyterLab is not installed; install it with: pip install "salespipe[notebooks]"'
        )
    from salespipe.report.runs import notebooks_folder, numbered  # noqa: PLC0415 (an extra)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in numbered(notebooks_folder()):
            if not (folder / notebook.name).exists():
                shutil.copyfile(notebook, folder / notebook.name)
    except OSError as error:
        raise ReportError(
            f'The folder "{folder}" cannot be made ({error.strerror}); name another.'
        ) from None
    console.print(screen.say("lab", "en", folder=folder), markup=False)
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(folder)]
    command += [] if port is None else ["--port", str(port), "--ServerApp.port_retries=0"]
    command += [] if browser else ["--no-browser"]
    ended = subprocess.run(command, check=False)  # noqa: S603 (nothing of it is anybody else's)
    if ended.returncode:
        raise typer.Exit(1)
