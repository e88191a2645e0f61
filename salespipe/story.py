"""What every notebook begins with: the workbook, as of a day, or one sentence on why not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypedDict

import pandas as pd

from salespipe.checks import problems_of, stop_on_errors
from salespipe.demo import example_workbook
from salespipe.errors import SalespipeError
from salespipe.pipeline import Pipeline
from salespipe.plots.table import Html, table
from salespipe.plots.words import MISSING, money, share
from salespipe.refusals import refusal
from salespipe.settings import Language
from salespipe.story_words import CHINESE
from salespipe.workbook.book import Book
from salespipe.workbook.chinese import in_language
from salespipe.workbook.read import read_workbook

__all__ = ["DEMO", "Ending", "Said", "Story", "begin"]

DEMO: Final = "demo"
"""Names the built-in example, which is made where it is not there yet."""


class Style(TypedDict):
    """Money and language of a workbook, as figures and tables take them."""

    currency: str
    language: Language


@dataclass(frozen=True)
class Said:
    """A sentence that a notebook shows.

    Attributes
    ----------
    text : str
    """

    text: str

    def _repr_markdown_(self) -> str:
        """Say it."""
        return self.text


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

    @property
    def language(self) -> Language:
        """In which everything is told: the workbook's."""
        return self.pipeline.settings.language

    @property
    def style(self) -> Style:
        """What figures have to know of the workbook."""
        return Style(currency=self.currency, language=self.language)

    def cash(self, amount: float) -> str:
        """Write an amount in the workbook's money: USD 1.25M, ¥125万."""
        return money(amount, **self.style)

    def share(self, part: float) -> str:
        """Write a share of 1 in percent."""
        return share(part, self.language)

    def names(self, named: Iterable[object]) -> str:
        """Write names one after another; a dash where there is none."""
        told = [str(in_language(str(name), self.language)) for name in named]
        return ("、" if self.language == "zh" else ", ").join(told) or MISSING

    def words(self, text: str, **values: object) -> str:
        """Write a text in the workbook's language.

        Parameters
        ----------
        text : str
            In English, a key of :data:`salespipe.story_words.CHINESE`.
        **values : object
            What its braces stand for; the tool's own sentences among them get their Chinese.
        """
        filled = {key: in_language(value, self.language) for key, value in values.items()}
        return (CHINESE[text] if self.language == "zh" else text).format_map(filled)

    def say(self, text: str, **values: object) -> Said:
        """Say a sentence in the workbook's language; see :meth:`words`."""
        return Said(self.words(text, **values))

    def table(
        self,
        frame: pd.DataFrame,
        *,
        columns: Sequence[str] | None = None,
        shares: Sequence[str] = (),
        top: int = 0,
    ) -> Html:
        """Write a table in the workbook's money and language.

        Parameters
        ----------
        frame : DataFrame
        columns, shares : sequence of str
        top : int
            See :func:`salespipe.plots.table`.
        """
        return table(frame, columns=columns, shares=shares, top=top, **self.style)

    def _repr_markdown_(self) -> str:
        """Say what the story is about."""
        deals = self.pipeline
        return self.words(
            "**{book}** as of **{day}**: {open:,} open deals, {closed:,} closed ones.",
            book=self.book.path.name,
            day=deals.as_of,
            open=len(deals.open_deals),
            closed=len(deals.closed_deals),
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
        day = as_of or book.tables.last_recorded_day(today=today)
        pipeline = book.pipeline(as_of=day)
        if sound:
            stop_on_errors(problems_of(book, as_of=pipeline.as_of))
    except SalespipeError as error:
        if cells is None:
            raise
        cells.append(_only_a_beginning)
        return Ending(refusal(str(error), None if workbook == DEMO else Path(workbook)))
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
