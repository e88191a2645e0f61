"""The command line: a thin skin over the package, and the only place that prints."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from salespipe import __version__, kpi, screen
from salespipe.checks import cost_table, weighted_values
from salespipe.demo import DEMO_FOLDER, DEMO_NAME, make_example
from salespipe.errors import SalespipeError, WorkbookError
from salespipe.job import last_recorded_day, problems_of, run_month, stop_on_errors
from salespipe.ledger import append_changes
from salespipe.merging import merge_books, remember_import, update_book
from salespipe.periods import parse_date
from salespipe.problems import count_by_severity
from salespipe.results import KPI_COLUMNS
from salespipe.settings import Language
from salespipe.sources import preset_names, read_export, read_map, read_preset
from salespipe.splitting import split_book
from salespipe.workbook.read import Book, read_workbook
from salespipe.workbook.template import build_workbook

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Sales pipelines in Excel: checked, reviewed, forecast, and written back losslessly.",
    epilog="A first look: salespipe demo",
)

console = Console(highlight=False, soft_wrap=True)
notices = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="Last day of which anything is known, as 2026-10-31. Default: the last day on which "
        "anything is recorded.",
    ),
]
BookPath = Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="The workbook.")]
Lang = Annotated[str, typer.Option(metavar="en|zh", help="Language of the workbook.")]
Months = Annotated[
    int | None,
    typer.Option(min=1, max=24, help="Months to forecast. Default: as on the Settings sheet."),
]
Seed = Annotated[
    int, typer.Option(min=0, help="The same seed gives the same numbers on one machine.")
]


def main() -> None:
    """Run the command line; exit status 0 done, 1 the input stops the work, 2 wrong usage."""
    try:
        app()
    except SalespipeError as error:
        notices.print(f"salespipe: {error}", style="red", markup=False)
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


@app.command(epilog="Example: salespipe demo my-folder")
def demo(
    directory: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Folder for the example's files.")
    ] = Path(DEMO_FOLDER),
    *,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Make the workbook of a made-up company and run the whole monthly job on it."""
    language = _language(lang)
    path = directory / DEMO_NAME
    with _progress() as tell:
        tell("Making up a company")
        as_of = make_example(path, language=language)
        run_ = run_month(path, as_of=as_of, progress=tell)
    if as_json:
        _print_json(screen.run_json(run_))
        return
    screen.show_run(console, run_)
    console.print()
    console.print("The example is a made-up company; everything is in")
    console.print(f"  {run_.output.resolve()}", markup=False)
    console.print("Open it in Excel or LibreOffice and begin with the sheet Start.")


@app.command(epilog="Example: salespipe new pipeline.xlsx")
def new(
    path: BookPath,
    *,
    lang: Lang = "en",
    force: Annotated[bool, typer.Option(help="Replace the file if there is one.")] = False,
) -> None:
    """Make an empty workbook from the template."""
    language = _language(lang)
    _refuse_existing(path, force=force)
    build_workbook(path, language=language, today=_today())
    console.print(f"Made {path}. Open it in Excel and begin with the sheet Start.", markup=False)


@app.command("import", epilog="Example: salespipe import deals.csv pipeline.xlsx --preset hubspot")
def import_(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="The CRM's export: .csv, .xlsx, .xls, .ods.")
    ],
    path: BookPath,
    *,
    preset: Annotated[
        str | None, typer.Option(metavar="NAME", help=f"One of {', '.join(preset_names())}.")
    ] = None,
    map_: Annotated[
        Path | None,
        typer.Option("--map", metavar="MAP.toml", help="What the export's columns mean."),
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace the file if there is one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a CRM export into a workbook: a new one, or one that is there, deal by deal."""
    if (preset is None) == (map_ is None):
        raise typer.BadParameter("give one of --preset and --map", param_hint="--preset / --map")
    update = path.exists() and not force
    if not update:
        _refuse_existing(path, force=force)
    report = None
    with _progress() as tell:
        tell("Reading the export")
        imported = read_export(export, read_map(map_) if map_ else read_preset(preset or ""))
        tell(f"Writing {len(imported.tables.deals)} deals")
        day = last_recorded_day(imported.tables, today=_today())
        if update:
            report = update_book(path, imported.tables, today=day)
        else:
            language = imported.tables.settings.language
            build_workbook(path, tables=imported.tables, language=language, today=day)
            remember_import(path, imported.tables)
        log = append_changes(path, imported.tables.changes)
    if as_json:
        _print_json(screen.import_json(imported, path, log, report))
        return
    screen.show_import(console, imported, path, log)
    if report:
        screen.show_merge(console, report)


@app.command(epilog="Example: salespipe merge ana.xlsx bo.xlsx --into team.xlsx")
def merge(
    paths: Annotated[list[Path], typer.Argument(metavar="BOOK.xlsx...", help="The reps' books.")],
    *,
    into: Annotated[Path, typer.Option(metavar="TEAM.xlsx", help="The team's book.")],
    as_json: AsJson = False,
) -> None:
    """Merge reps' books into a team's book, deal by deal; conflicts are listed, never settled."""
    if not into.exists():
        _refuse_existing(into, force=False)
    with _progress() as tell:
        tell(f"Merging {len(paths)} books")
        report = merge_books(paths, into=into, today=_today())
    if as_json:
        _print_json(screen.merge_json(report))
        return
    screen.show_merge(console, report)


@app.command(epilog="Example: salespipe split team.xlsx --by owner --output reps")
def split(
    path: BookPath,
    *,
    by: Annotated[str, typer.Option(metavar="owner", help="What makes a book.")] = "owner",
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the books.")],
    as_json: AsJson = False,
) -> None:
    """Make one book per owner, each without anything of the others."""
    if by != "owner":
        raise typer.BadParameter("choose owner", param_hint="--by")
    with _progress() as tell:
        tell("Splitting the book")
        report = split_book(path, output=output, today=_today())
    if as_json:
        _print_json(screen.split_json(report))
        return
    screen.show_split(console, report)


@app.command(epilog="Example: salespipe check pipeline.xlsx")
def check(path: BookPath, *, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """List the problems of a workbook, cell by cell, each with its remedy."""
    with _progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        day = _as_of(book, as_of)
        if as_of:
            book.pipeline(as_of=day)  # on a day before the first deal nothing would be found wrong
        tell("Checking it")
        problems = problems_of(book, as_of=day)
        values = weighted_values(book.tables, as_of=day)
        costs = cost_table(problems, values, settings=book.tables.settings)
    counts = count_by_severity(problems)
    if as_json:
        _print_json(screen.check_json(problems, costs))
    else:
        screen.show_problems(console, problems, costs)
    if counts["error"]:
        raise typer.Exit(1)


@app.command("kpi", epilog="Example: salespipe kpi pipeline.xlsx --as-of 2026-10-31")
def review(path: BookPath, *, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Review the KPIs, each with its definition, n and interval."""
    with _progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        day = _as_of(book, as_of)
        tell("Reviewing the KPIs")
        table = kpi.review(book.pipeline(as_of=day))
    if as_json:
        rows = table[list(KPI_COLUMNS)].to_dict("records")
        _print_json({"as_of": day.isoformat(), "kpis": rows})
        return
    screen.show_kpis(console, table, day, book.tables.settings.currency)


@app.command(epilog="Example: salespipe run pipeline.xlsx --as-of 2026-10-31 --months 3")
def run(
    path: BookPath,
    *,
    as_of: AsOf = None,
    months: Months = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write there instead of into the same workbook."),
    ] = None,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Carry out the monthly job: read, check, KPIs, fit, forecast, write back."""
    with _progress() as tell:
        day = parse_date(as_of) if as_of else partial(last_recorded_day, today=_today())
        run_ = run_month(path, as_of=day, months=months, output=output, seed=seed, progress=tell)
    if as_json:
        _print_json(screen.run_json(run_))
        return
    screen.show_run(console, run_)


@app.command("backtest", epilog="Example: salespipe backtest pipeline.xlsx --months 3 --dates 6")
def backtest_(
    path: BookPath,
    *,
    as_of: AsOf = None,
    months: Annotated[
        int, typer.Option(min=1, max=12, help="Months to forecast at each date.")
    ] = 3,
    dates: Annotated[
        int, typer.Option(min=1, max=60, help="Month ends to forecast from, at most so many.")
    ] = 6,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Score the forecast and simpler methods on the past: what each would have said, and what came.

    Nothing is written. Each date takes a fit of its own, about half a minute.
    """
    with _progress() as tell:
        tell("Reading the workbook")
        book = read_workbook(path)
        day = _as_of(book, as_of)
        stop_on_errors(problems_of(book, as_of=day))
        book.pipeline(as_of=day)  # refuses a day before the first deal
        tell("Loading the models")
        from salespipe.backtest.run import backtest, past_dates  # noqa: PLC0415 (seconds)

        chosen = past_dates(book.tables, as_of=day, months=months, count=dates)
        made = backtest(
            book.tables, as_of=day, dates=chosen, months=months, seed=seed, progress=tell
        )
    if as_json:
        _print_json(screen.backtest_json(made, as_of=day))
        return
    screen.show_backtest(console, made, book.tables.settings.currency)


def _as_of(book: Book, text: str | None) -> date:
    return parse_date(text) if text else last_recorded_day(book.tables, today=_today())


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _language(lang: str) -> Language:
    if lang == "zh":
        return "zh"
    if lang != "en":
        raise typer.BadParameter("choose en or zh", param_hint="--lang")
    return "en"


def _refuse_existing(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise WorkbookError(f'"{path}" is there already; give another name, or add --force.')
    if path.suffix.lower() != ".xlsx":
        raise WorkbookError(f'"{path}" must end in .xlsx; a new workbook is made in that format.')
    if not path.parent.exists():
        raise WorkbookError(f'There is no folder "{path.parent}"; make it first.')


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show what is being done: a spinner on terminals, nothing where output is not watched."""
    with notices.status("Starting") as status:
        yield status.update


def _print_json(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(screen.plain(data), ensure_ascii=False, allow_nan=False))
    sys.stdout.write("\n")
