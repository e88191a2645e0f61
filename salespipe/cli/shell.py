"""What every command shares: the consoles, its options, progress and JSON."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from salespipe.cli.registry import Commands
from salespipe.errors import WorkbookError
from salespipe.settings import Language

if TYPE_CHECKING:
    from salespipe.workbook.read import Book

__all__ = [
    "AsJson",
    "AsOf",
    "BookPath",
    "Force",
    "Lang",
    "Months",
    "Quiet",
    "Seed",
    "TeamPath",
    "answer",
    "app",
    "console",
    "day_of",
    "language_of",
    "named_book",
    "notices",
    "password_of",
    "print_json",
    "progress",
    "refuse_existing",
    "today",
]

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Sales pipelines in Excel: checked, reviewed, forecast, and written back losslessly.",
    epilog="A first look: salespipe demo",
)

console = Console(highlight=False, soft_wrap=True)
notices = Console(stderr=True, highlight=False, soft_wrap=True)

_named: list[Path] = []
"""The workbook that the command is about, as it was typed: what is refused is said in its
language."""


def _name_book(path: Path) -> Path:
    _named[:] = [path]
    return path


def named_book() -> Path | None:
    """Give the workbook that the command line names, if it names one."""
    return _named[0] if _named else None


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="Last day of which anything is known, as 2026-10-31. Default: the last day on which "
        "anything is recorded.",
    ),
]
BookPath = Annotated[
    Path, typer.Argument(metavar="BOOK.xlsx", help="The workbook.", callback=_name_book)
]
TeamPath = Annotated[
    Path, typer.Option(metavar="TEAM.xlsx", help="The team's book.", callback=_name_book)
]
Force = Annotated[bool, typer.Option(help="Replace the file if there is one.")]
Lang = Annotated[
    str,
    typer.Option(
        metavar="en|zh", help="Language of the workbook.", autocompletion=lambda: ["en", "zh"]
    ),
]
Months = Annotated[
    int | None,
    typer.Option(min=1, max=24, help="Months to forecast. Default: as on the Settings sheet."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing but what stops the work.")
]
Seed = Annotated[
    int, typer.Option(min=0, help="The same seed gives the same numbers on one machine.")
]


def day_of(book: "Book", text: str | None) -> date:
    """Give the as-of date that was asked for, else the last day on which anything is recorded."""
    # The commands that need a day have loaded these long before; help and `new` never do.
    from salespipe.periods import parse_date  # noqa: PLC0415

    return parse_date(text) if text else book.tables.last_recorded_day(today=today())


def password_of(path: Path) -> str:
    """Give the password of a workbook that has one: from the environment, else asked for unseen.

    Ask before the spinner turns. It is no option of a command, since those stay in the history of
    the shell.
    """
    from salespipe.workbook.archive import (  # noqa: PLC0415 (not for help)
        PASSWORD_VARIABLE,
        file_bytes,
        is_encrypted,
    )

    given = os.environ.get(PASSWORD_VARIABLE, "")
    if given or not _asks() or not is_encrypted(file_bytes(path)):
        return given
    return str(typer.prompt(f'Password of "{path.name}"', hide_input=True, err=True))


def _asks() -> bool:
    return sys.stdin.isatty()


def today() -> date:
    """Ask the clock: here and nowhere else."""
    return datetime.now(UTC).astimezone().date()


def language_of(lang: str) -> Language:
    """Give the language of that name; wrong usage if there is none."""
    if lang == "zh":
        return "zh"
    if lang != "en":
        raise typer.BadParameter("choose en or zh", param_hint="--lang")
    return "en"


def refuse_existing(path: Path, *, force: bool) -> None:
    """Refuse to make a workbook where a file is, or where none can be."""
    if path.exists() and not force:
        raise WorkbookError(f'"{path}" is there already; give another name, or add --force.')
    if path.suffix.lower() != ".xlsx":
        raise WorkbookError(f'"{path}" must end in .xlsx; a new workbook is made in that format.')
    if not path.parent.exists():
        raise WorkbookError(f'There is no folder "{path.parent}"; make it first.')


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Show what is being done: a spinner on terminals, nothing where output is not watched."""
    if quiet:
        yield lambda _: None
        return
    with notices.status("Starting") as status:
        yield status.update


def answer(
    data: Callable[[], dict[str, Any]],
    show: Callable[[], None],
    *,
    as_json: bool,
    quiet: bool = False,
) -> None:
    """Print what a command found or did: as JSON, for people, or not at all.

    Parameters
    ----------
    data, show : callable
        What each of the two takes; only one of them is called.
    as_json, quiet : bool
        JSON that was asked for is printed whatever else is not.
    """
    if as_json:
        print_json(data())
    elif not quiet:
        show()


def print_json(data: dict[str, Any]) -> None:
    """Print one object, and nothing else."""
    from salespipe.screen import plain  # noqa: PLC0415 (not for help)

    sys.stdout.write(json.dumps(plain(data), ensure_ascii=False, allow_nan=False))
    sys.stdout.write("\n")
