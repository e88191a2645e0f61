"""Commands that bring deals into workbooks: imports, merges and splits."""

from pathlib import Path
from typing import Annotated

import typer

from salespipe import screen
from salespipe.cli.shell import (
    AsJson,
    BookPath,
    Force,
    Quiet,
    TeamPath,
    answer,
    app,
    console,
    progress,
    refuse_existing,
    today,
)
from salespipe.ledger import append_changes
from salespipe.merging import merge_books, remember_import, update_book
from salespipe.sources import (
    ImportMap,
    header_map,
    preset_names,
    read_export,
    read_map,
    read_preset,
)
from salespipe.splitting import split_book
from salespipe.workbook.template import build_workbook

__all__ = ["import_", "merge", "split"]


@app.command("import", epilog="Example: salespipe import deals.csv pipeline.xlsx --preset hubspot")
def import_(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="The CRM's export: .csv, .xlsx, .xls, .ods.")
    ],
    path: BookPath,
    *,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"One of {', '.join(preset_names())}.",
            autocompletion=preset_names,
        ),
    ] = None,
    map_: Annotated[
        Path | None,
        typer.Option("--map", metavar="MAP.toml", help="What the export's columns mean."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Bring a CRM export into a workbook: a new one, or one that is there, deal by deal.

    Without `--preset` or `--map`, columns are recognised by their headers, as in a workbook.
    """
    if preset and map_:
        raise typer.BadParameter("give one of --preset and --map", param_hint="--preset / --map")
    update = path.exists() and not force
    if not update:
        refuse_existing(path, force=force)
    report = None
    with progress(quiet=quiet) as tell:
        tell("Reading the export")
        imported = read_export(export, _map(preset, map_))
        tell(f"Writing {len(imported.tables.deals)} deals")
        day = imported.tables.last_recorded_day(today=today())
        if update:
            report = update_book(path, imported.tables, today=day)
        else:
            language = imported.tables.settings.language
            build_workbook(path, tables=imported.tables, language=language, today=day)
            remember_import(path, imported.tables)
        log = append_changes(path, imported.tables.changes)
    answer(
        lambda: screen.import_json(imported, path, log, report),
        lambda: screen.show_import(console, imported, path, log, report),
        as_json=as_json,
        quiet=quiet,
    )


def _map(preset: str | None, map_: Path | None) -> ImportMap:
    if map_:
        return read_map(map_)
    return read_preset(preset) if preset else header_map()


@app.command(epilog="Example: salespipe merge ana.xlsx bo.xlsx --into team.xlsx")
def merge(
    paths: Annotated[list[Path], typer.Argument(metavar="BOOK.xlsx...", help="The reps' books.")],
    *,
    into: TeamPath,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Merge reps' books into a team's book, deal by deal; conflicts are listed, never settled."""
    if not into.exists():
        refuse_existing(into, force=False)
    with progress(quiet=quiet) as tell:
        tell(f"Merging {len(paths)} books")
        report = merge_books(paths, into=into, today=today())
    answer(
        lambda: screen.merge_json(report),
        lambda: screen.show_merge(console, report),
        as_json=as_json,
        quiet=quiet,
    )


@app.command(epilog="Example: salespipe split team.xlsx --by owner --output reps")
def split(
    path: BookPath,
    *,
    by: Annotated[str, typer.Option(metavar="owner", help="What makes a book.")] = "owner",
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the books.")],
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make one book per owner, each without anything of the others."""
    if by != "owner":
        raise typer.BadParameter("choose owner", param_hint="--by")
    with progress(quiet=quiet) as tell:
        tell("Splitting the book")
        report = split_book(path, output=output, today=today())
    answer(
        lambda: screen.split_json(report),
        lambda: screen.show_split(console, report),
        as_json=as_json,
        quiet=quiet,
    )
