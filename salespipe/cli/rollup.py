"""The command for many workbooks: a company's business units, forecast together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salespipe import screen
from salespipe.cli.shell import (
    AsJson,
    Months,
    Quiet,
    Seed,
    answer,
    app,
    console,
    language_of,
    progress,
    today,
)
from salespipe.periods import parse_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from salespipe.rollup.engine import Engine

__all__ = ["rollup"]


@app.command(epilog="Example: salespipe rollup 'regions/*.xlsx' --scheduler tcp://10.0.0.5:8786")
def rollup(
    patterns: Annotated[
        list[str], typer.Argument(metavar="BOOK.xlsx...", help="Workbooks, or 'regions/*.xlsx'.")
    ],
    *,
    into: Annotated[
        Path, typer.Option(metavar="COMPANY.xlsx", help="The company's workbook.")
    ] = Path("company.xlsx"),
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Last day of which anything is known, as 2026-10-31. Default: the last day on "
            "which any workbook records anything (reads all of them once more).",
        ),
    ] = None,
    months: Months = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Work on the Dask cluster of this scheduler, as tcp://10.0.0.5:8786.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the workbooks there instead of in place."),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of what is done already. Default: COMPANY.rollup."
        ),
    ] = None,
    seed: Seed = 1,
    lang: Annotated[
        str | None, typer.Option(metavar="en|zh", help="Language of the company's workbook.")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Forecast many workbooks as one company's units, each one and their sum.

    A workbook that cannot be used is listed, and the others are done. Run again after mending it:
    only what is missing is done. Exit status 1 if any workbook failed.
    """
    language = language_of(lang) if lang else None
    day = parse_date(as_of) if as_of else None
    with progress(quiet=quiet) as tell:
        tell("Loading the models")
        from salespipe.rollup.run import roll_up  # noqa: PLC0415 (seconds of imports)

        engine = _engine(scheduler, tell)
        made = roll_up(
            patterns,
            into=into,
            today=today(),
            as_of=day,
            months=months,
            output=output,
            work=work,
            seed=seed,
            language=language,
            engine=engine,
            progress=tell,
        )
    answer(
        lambda: screen.rollup_json(made),
        lambda: screen.show_rollup(console, made),
        as_json=as_json,
        quiet=quiet,
    )
    if made.failures:
        raise typer.Exit(1)


def _engine(address: str | None, tell: "Callable[[str], None]") -> "Engine | None":
    if address is None:
        return None
    from salespipe.rollup.cluster import Cluster  # noqa: PLC0415 (an extra)

    return Cluster(address, tell=tell)
