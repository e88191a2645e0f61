"""A workbook as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from salespipe.cards import card, line
from salespipe.market import as_known
from salespipe.periods import parse_date
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.problems import Problem, count_by_severity
from salespipe.settings import Language
from salespipe.tables import Tables
from salespipe.wording import Words
from salespipe.workbook.locate import Locator

__all__ = ["Book"]


@dataclass(frozen=True)
class Book:
    """A workbook as it was read.

    Attributes
    ----------
    path : Path
    digest : str
        SHA-256 of the file's bytes, hexadecimal.
    language : {"en", "zh"}
        What the Settings sheet says, else the language of most headers.
    tables : Tables
        With the change log that lies beside the workbook, if there is one.
    problems : tuple of Problem
        What was noticed in reading, sheet by sheet, row by row.
    retold : tuple of Problem
        The same in the other language.
    locator : Locator
    stamp : mapping of str to str
        What the last run left on the very hidden sheet: names and values; empty without one.
    protected : bool
        Whether it was opened with a password; nothing of it is then kept on disk.
    """

    path: Path
    digest: str
    language: Language
    tables: Tables
    problems: tuple[Problem, ...]
    locator: Locator
    stamp: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    retold: tuple[Problem, ...] = field(default=(), repr=False, compare=False)

    def __repr__(self) -> str:
        """Say in one line what was read."""
        return line("Book", self.path.name, self._facts())

    def _repr_html_(self) -> str:
        """Say in a notebook what was read."""
        return card(self.path.name, self._facts(), self.language)

    def _facts(self) -> dict[Words, object]:
        counts = count_by_severity(self.problems)
        return {
            Words("deals", "商机"): len(self.tables.deals),
            Words("activities", "活动"): len(self.tables.activities),
            Words("targets", "目标"): len(self.tables.targets),
            Words("changes on record", "变更记录"): len(self.tables.changes),
            Words("errors", "错误"): counts["error"],
            Words("warnings", "警告"): counts["warning"],
            Words("remarks", "提示"): counts["info"],
        }

    def in_language(self, language: Language) -> "Book":
        """Give the book as if it were kept in a language: what is said of it is said in that."""
        if language == self.language:
            return self
        settings = replace(self.tables.settings, language=language)
        return replace(
            self,
            language=language,
            tables=replace(self.tables, settings=settings),
            problems=self.retold,
            retold=self.problems,
        )

    def pipeline(self, *, as_of: date | str, looking_back: bool = False) -> Pipeline:
        """Rebuild what was known at the end of a day.

        Parameters
        ----------
        as_of : date or str
            A day, as ``2026-10-31`` if text.
        looking_back : bool
            Whether months have passed since: what was assumed of the market then is not known.

        Raises
        ------
        AsOfError
            No deal is known on that day, or the text is not a date.
        """
        day = parse_date(as_of) if isinstance(as_of, str) else as_of
        home = None if self.protected else self.path
        tables = as_known(self.tables, as_of=day) if looking_back else self.tables
        return replace(build_pipeline(tables, as_of=day), home=home)
