"""The command that makes the example: a made-up company's workbook, and the whole month on it."""

from pathlib import Path
from typing import Annotated

import typer

from salespipe import screen
from salespipe.cli.shell import AsJson, Lang, Quiet, answer, app, console, language_of, progress
from salespipe.demo import DEMO_FOLDER, DEMO_NAME, make_example
from salespipe.job import run_month

__all__ = ["demo"]


@app.command(epilog="Example: salespipe demo my-folder")
def demo(
    directory: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Folder for the example's files.")
    ] = Path(DEMO_FOLDER),
    *,
    lang: Lang = "en",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make the workbook of a made-up company and run the whole monthly job on it."""
    language = language_of(lang)
    path = directory / DEMO_NAME
    with progress(quiet=quiet) as tell:
        tell("Making up a company")
        as_of = make_example(path, language=language)
        run_ = run_month(path, as_of=as_of, progress=tell)
    answer(
        lambda: screen.run_json(run_),
        lambda: screen.show_demo(console, run_),
        as_json=as_json,
        quiet=quiet,
    )
