"""What cells refer to by number: the shared strings, and the styles that show a date or money."""

from functools import partial
from typing import Final

from salespipe.workbook.events import Handler, RichText
from salespipe.workbook.money import MoneyFormat, money_styles
from salespipe.workbook.number_formats import shows_date

__all__ = ["CellStyles", "SharedStrings"]

MAX_TEXT: Final = 200_000_000
"""Characters that the shared strings may hold together."""


class SharedStrings(RichText):
    """Collects the shared strings in `found`, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._size = 0
        self.starts["si"] = self._open
        self.ends["si"] = self._close

    def _open(self, _: dict[str, str]) -> None:
        self.runs = []

    def _close(self) -> None:
        self.found.append(self.joined())
        self._size += len(self.found[-1])
        if self._size > MAX_TEXT:
            raise ValueError(f"it holds more than {MAX_TEXT:,} characters")


class CellStyles(Handler):
    """Collects the cell styles and tells which of them show a date, and which a currency."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._list = ""
        self.starts |= {"numFmt": self._code, "xf": self._format}
        for name in ("numFmts", "cellXfs"):
            self.starts[name] = partial(self._enter, name)
            self.ends[name] = partial(self._enter, "")

    def _code(self, attributes: dict[str, str]) -> None:
        # Conditional formats have codes of their own, whose numbers may be those of others.
        if self._list == "numFmts" and "numFmtId" in attributes:
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")

    def _enter(self, name: str, _: dict[str, str] | None = None) -> None:
        self._list = name

    def _format(self, attributes: dict[str, str]) -> None:
        if self._list == "cellXfs":
            self._formats.append(int(attributes.get("numFmtId", 0)))

    def dates(self) -> frozenset[int]:
        """Give the indices of cell styles that show a date."""
        shown = {number: shows_date(number, self._codes) for number in set(self._formats)}
        return frozenset(i for i, number in enumerate(self._formats) if shown[number])

    def money(self) -> dict[int, MoneyFormat]:
        """Give what cell styles say of a currency, by their index; most say nothing."""
        return money_styles(self._codes, self._formats)
