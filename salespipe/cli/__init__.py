"""The command line: a thin skin over the package, and the only place that prints.

Each module of this package holds commands of one kind; :mod:`salespipe.cli.registry` says which,
and loads it when one of them is called.
"""

import atexit
import gc
import sys
from typing import Annotated, NoReturn

import typer

from salespipe import __version__
from salespipe.cli.shell import app, console, named_book, notices
from salespipe.errors import SalespipeError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; exit status 0 done, 1 the input stops the work, 2 wrong usage."""
    # A workbook is millions of small objects that stay until the end: looking through them for
    # rubbish again and again takes a twelfth of a run.
    gc.set_threshold(100_000, 20, 20)
    # Nor are they sorted out at the end, when the system takes all of it back: a tenth of `kpi`.
    atexit.register(gc.freeze)
    try:
        app()
    except SalespipeError as error:
        from salespipe.refusals import refusal  # noqa: PLC0415 (loads what reads workbooks)

        _refuse(refusal(str(error), named_book()))
    except OSError as trouble:  # a full disk, a pipe that nobody reads any more
        _refuse(f"{trouble.filename or 'The output'} cannot be written ({trouble.strerror}).")


def _refuse(sentence: str) -> NoReturn:
    notices.print(f"salespipe: {sentence}", style="red", markup=False)
    sys.exit(1)


@app.callback(invoke_without_command=True)
def version(
    *,
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Sales pipelines in Excel: checked, reviewed, forecast, and written back losslessly."""
    if show:
        console.print(__version__)
        raise typer.Exit
