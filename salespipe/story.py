"""What every notebook begins with: the workbook, as of a day, or one sentence on why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from salespipe.demo import example_workbook
from salespipe.errors import SalespipeError
from salespipe.job import last_recorded_day, problems_of, stop_on_errors
from salespipe.pipeline import Pipeline
from salespipe.plots.words import money
from salespipe.workbook.book import Book
from salespipe.workbook.read import read_workbook

__all__ = ["DEMO", "Story", "begin"]

DEMO: Final = "demo"
"""Names the built-in example, which is made where it is not there yet."""


@dataclass(frozen=True)
class Story:
    """A workbook as of a day.

    Attributes
    ----------
    book : Book
    pipeline : Pipeline
    """

    book: Book
    pipeline: Pipeline

    @property
    def currency(self) -> str:
        """ISO code of the money in which everything is reported."""
        return self.pipeline.settings.currency

    def cash(self, amount: float) -> str:
        """Write an amount in it: USD 1.25M."""
        return money(amount, currency=self.currency)

    def _repr_markdown_(self) -> str:
        """Say what the story is about."""
        deals = self.pipeline
        if self.book.language == "zh":
            return (
                f"**{self.book.path.name}**，截至 **{deals.as_of}**："
                f"{len(deals.open_deals):,} 个在谈商机，{len(deals.closed_deals):,} 个已关闭商机。"
            )
        return (
            f"**{self.book.path.name}** as of **{deals.as_of}**: "
            f"{len(deals.open_deals):,} open deals, {len(deals.closed_deals):,} closed ones."
        )


@dataclass(frozen=True)
class Ending:
    """Why a notebook goes no further.

    Attributes
    ----------
    sentence : str
    """

    sentence: str

    def _repr_markdown_(self) -> str:
        """Say it."""
        return f"**{self.sentence}**"


def begin(
    workbook: str | Path, *, today: date, as_of: date | str | None = None, sound: bool = False
) -> Story | Ending:
    """Open a workbook for a notebook.

    Where that is not possible (no deal yet, no such file, errors to mend first) it says so in one
    sentence, and the cells that follow do nothing until this one is run again: a notebook on an
    empty workbook comes to its end without a traceback.

    Parameters
    ----------
    workbook : str or Path
        A path, or :data:`DEMO` for the workbook of a made-up company.
    today : date
    as_of : date or str, optional
        By default the last day, up to today, on which anything was recorded.
    sound : bool
        Whether errors in the workbook stop the story.

    Raises
    ------
    SalespipeError
        Outside a notebook, for what is told in one sentence there.
    """
    cells = _cells()
    if cells is not None:
        cells[:] = [step for step in cells if step is not _only_a_beginning]
    try:
        book = read_workbook(example_workbook() if workbook == DEMO else workbook)
        day = as_of or last_recorded_day(book.tables, today=today)
        pipeline = book.pipeline(as_of=day)
        if sound:
            stop_on_errors(problems_of(book, as_of=pipeline.as_of))
    except SalespipeError as error:
        if cells is None:
            raise
        cells.append(_only_a_beginning)
        return Ending(str(error))
    return Story(book, pipeline)


def _cells() -> list[Callable[[list[str]], list[str]]] | None:
    """Give what is done to a notebook's cells before they run; None outside a notebook."""
    try:
        from IPython import get_ipython  # noqa: PLC0415 (where there is no notebook, there is none)
    except ImportError:
        return None
    shell: Any = get_ipython()
    return None if shell is None else shell.input_transformers_cleanup


def _only_a_beginning(lines: list[str]) -> list[str]:
    """Let a cell do nothing, unless a story begins in it."""
    return lines if any("begin(" in line for line in lines) else []
