"""A1 references in formulas: found, and written anew where their cells stand elsewhere now.

Only what is a reference for certain is touched: texts, error values, structured references,
functions, names and other workbooks are passed over.
"""

import re
from collections.abc import Callable
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import MAX_COLUMN, MAX_ROW, Area, column_letters, column_number

__all__ = ["Follow", "followed", "offset"]

type Follow = Callable[[Area, bool], Area]
"""Gives where an area stands now; the second value says whether its last row has a ``$``."""

CELL: Final = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
RANGE: Final = (
    rf"{CELL}(?:\s*:\s*{CELL})?"
    r"|\$?[A-Za-z]{1,3}\s*:\s*\$?[A-Za-z]{1,3}"
    r"|\$?[1-9]\d{0,6}\s*:\s*\$?[1-9]\d{0,6}"
)
NOT_LONGER: Final = r"(?![\w.\\?(!\[])"
TOKEN: Final = re.compile(
    r'"(?:[^"]|"")*"'
    r"|#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!)"
    r"|(?:(?P<sheet>'(?:[^']|'')*'|(?:\[[^\[\]]*\])?[^\W\d][\w.]*(?::[\w.]+)?|\[[^\[\]]*\])!)?"
    rf"(?:(?P<ref>{RANGE}){NOT_LONGER})"
    r"|(?:'(?:[^']|'')*'|(?:\[[^\[\]]*\])?[^\W\d][\w.]*(?::[\w.]+)?)!"
    r"|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"
    r"|[\w\\][\w.\\?]*"
)
ROW: Final = re.compile(r"(\$?)(\d+)$")
ENDS: Final = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)([1-9]\d{0,6})?$")


def followed(formula: str, *, home: str, sheet: str, follow: Follow) -> str:
    """Give a formula whose references to a sheet follow cells that moved.

    Parameters
    ----------
    formula : str
        Without ``=``.
    home : str
        Name of the sheet on which it stands, which a reference without a sheet means.
    sheet : str
        Name of the sheet whose cells moved.
    follow : callable

    Raises
    ------
    WorkbookUnsafeError
        A reference cannot follow, or one through several sheets would have to.
    """

    def written(match: re.Match[str]) -> str:
        text = match["ref"]
        if text is None:
            return match[0]
        named, through = _sheet_of(match["sheet"], home)
        if not through and named.casefold() != sheet.casefold():
            return match[0]
        area = Area.parse(re.sub(r"\s", "", text))
        if area is None:
            return match[0]
        last = text.rpartition(":")[2]
        new = follow(area, bool(re.search(r"\$\d+$", last)))
        if new == area:
            return match[0]
        if through:
            raise WorkbookUnsafeError(
                f'The formula "{formula:.60}" reaches through several sheets; give it one '
                "reference for each."
            )
        return match[0].removesuffix(text) + _with_rows(text, new)

    return TOKEN.sub(written, formula)


def _sheet_of(prefix: str | None, home: str) -> tuple[str, bool]:
    """Give the sheet that a prefix names, and whether it names a first and a last one."""
    if prefix is None:
        return home, False
    name = prefix[1:-1].replace("''", "'") if prefix.startswith("'") else prefix
    if "[" in name:
        return "", False  # another workbook; no sheet has an empty name
    return name, ":" in name


def _with_rows(text: str, area: Area) -> str:
    """Give a reference with the rows of an area; its columns are the same."""
    first, colon, last = text.partition(":")
    top, bottom = area.top, area.bottom
    if colon and _row(first) > _row(last):
        top, bottom = bottom, top
    start = ROW.sub(rf"\g<1>{top}", first.rstrip()) + first[len(first.rstrip()) :]
    return start + colon + ROW.sub(rf"\g<1>{bottom}", last)


def _row(text: str) -> int:
    match = ROW.search(text.strip())
    return int(match[2]) if match else 0


def offset(formula: str, *, rows: int, columns: int) -> str:
    """Give a formula as it reads some rows down and columns to the right, as if copied there.

    Raises
    ------
    WorkbookUnsafeError
        A reference would leave the sheet.
    """

    def end(text: str) -> str:
        match = ENDS.match(text.strip())
        if match is None:
            return text
        fixed, column, anchored, row = match[1], match[2], match[3], match[4]
        if column is None:  # a whole row: its only sign is the first
            fixed, anchored = "", match[1] or match[3]
        place = column_number(column) + (0 if fixed else columns) if column else 1
        number = int(row) + (0 if anchored else rows) if row else 1
        if not (1 <= place <= MAX_COLUMN and 1 <= number <= MAX_ROW):
            raise WorkbookUnsafeError(f'The formula "{formula:.60}" would leave the sheet.')
        letters = column_letters(place) if column else ""
        return f"{fixed}{letters}{anchored}{number}" if row else f"{fixed}{letters}"

    def written(match: re.Match[str]) -> str:
        text = match["ref"]
        if text is None:
            return match[0]
        return match[0].removesuffix(text) + ":".join(end(part) for part in text.split(":"))

    return TOKEN.sub(written, formula)
