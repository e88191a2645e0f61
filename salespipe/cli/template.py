"""The command that makes an empty workbook; it loads nothing but what writes one."""

from salespipe import screen
from salespipe.cli.shell import (
    AsJson,
    BookPath,
    Force,
    Lang,
    Quiet,
    answer,
    app,
    console,
    language_of,
    refuse_existing,
    today,
)
from salespipe.workbook.template import build_workbook

__all__ = ["new"]


@app.command(epilog="Example: salespipe new pipeline.xlsx")
def new(
    path: BookPath,
    *,
    lang: Lang = "en",
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make an empty workbook from the template."""
    language = language_of(lang)
    refuse_existing(path, force=force)
    build_workbook(path, language=language, today=today())
    answer(
        lambda: {"output": path, "language": language},
        lambda: console.print(screen.say("made", language, path=path), markup=False),
        as_json=as_json,
        quiet=quiet,
    )
