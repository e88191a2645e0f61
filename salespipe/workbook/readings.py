"""Values as people type them: numbers and dates in text, decided by the column's own evidence."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from salespipe.tables import Kind
from salespipe.workbook.day_numbers import from_day_number
from salespipe.workbook.grid import Cell
from salespipe.workbook.number_text import currency_word, decimal_mark, split_number

__all__ = ["READERS", "Evidence", "Reading", "money_word", "plain_text", "show", "weigh"]


class Reading(NamedTuple):
    """What was made of one cell.

    Attributes
    ----------
    value : str, float, datetime or None
        None where nothing could be made of it.
    rule : str
        The rule it broke, ``""`` if none; a key of :data:`salespipe.workbook.rules.RULES`.
    decided : bool
        Whether it could be read either way and the column's evidence decided.
    """

    value: str | float | datetime | None
    rule: str = ""
    decided: bool = False


@dataclass(frozen=True)
class Evidence:
    """What the unambiguous cells of a column say about the ambiguous ones.

    Attributes
    ----------
    decimal : str
        ``.`` or ``,``; ``""`` where nothing shows which.
    day_first : bool or None
        Whether 03/04/2026 is 3 April; None where nothing shows it, or both do.
    date1904 : bool
        Whether bare numbers count days from 1904.
    decimal_by, day_first_by : Cell or None
        The first cell that shows it.
    """

    decimal: Literal["", ".", ","] = ""
    day_first: bool | None = None
    date1904: bool = False
    decimal_by: Cell | None = None
    day_first_by: Cell | None = None


_NOT_A_NUMBER: Final = Reading(None, "not-a-number")
_ZERO_WIDTH: Final = re.compile("[\u200b-\u200f\u2060\ufeff]")
_BLANK_WORDS: Final = frozenset(
    {"-", "–", "—", "n/a", "na", "nil", "none", "null", "tbd", "tbc", "无", "待定", "?"}
)
_GROUPED: Final = re.compile(r"\d+|\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}|")
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[t ]+\d{1,2}:.*|[ (].*)?")
_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_EITHER: Final = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?:,? +\d{1,2}:.*)?")
_NAMED_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/ .]+([a-z]{3,9})[-/ .,]+(\d{4}|\d\d)")
_NAMED_MONTH: Final = re.compile(r"([a-z]{3,9})[-/ .]+(\d{1,2})(?:st|nd|rd|th)?[-/ .,]+(\d{4})")
_YEAR_MONTH: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})月?(?:份)?")
_NAMED_YEAR: Final = re.compile(r"([a-z]{3,9})[-/ .,']+(\d{4}|\d\d)")
_MONTHS: Final = {
    name: str(place)
    for place, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2099


def plain_text(text: str) -> str:
    """Drop zero-width characters and put one space where there is white space of any kind."""
    return " ".join(_ZERO_WIDTH.sub("", text).split())


def show(cell: Cell) -> str:
    """Give a cell's content as a person reads it."""
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.min.time() else f"{value:%F %T}"
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"
    return value


def money_word(cell: Cell | None) -> str:
    """Give the currency's sign, code or word that is typed into an amount, ``""`` if none is."""
    return currency_word(_folded(str(cell.value))) if cell and cell.kind == "text" else ""


def weigh(kind: Kind, cells: Iterable[Cell], *, date1904: bool = False) -> Evidence:
    """Let the unambiguous cells of a column decide how the ambiguous ones are read.

    Where they contradict each other nothing is decided.
    """
    if kind == "text":
        return Evidence(date1904=date1904)
    texts = [(cell, _folded(str(cell.value))) for cell in cells if cell.kind == "text"]
    if not texts:
        return Evidence(date1904=date1904)
    if kind in ("date", "month"):
        orders = {
            order: cell for cell, text in reversed(texts) if (order := _order(text)) is not None
        }
        if len(orders) != 1:
            return Evidence(date1904=date1904)
        day_first, shown = orders.popitem()
        return Evidence(day_first=day_first, date1904=date1904, day_first_by=shown)
    marks = {
        mark: cell
        for cell, text in reversed(texts)
        if (parts := split_number(text)) is not None and (mark := decimal_mark(parts[0]))
    }
    if len(marks) != 1:
        return Evidence()
    decimal, shown = marks.popitem()
    return Evidence(decimal=decimal, decimal_by=shown)


def _folded(text: str) -> str:
    return plain_text(unicodedata.normalize("NFKC", text)).casefold().replace("−", "-")


def _text(cell: Cell, _: Evidence) -> Reading:
    return Reading(plain_text(show(cell)) or None)


def _number(cell: Cell, evidence: Evidence) -> Reading:
    if cell.kind == "number" and isinstance(cell.value, float):
        return Reading(cell.value) if math.isfinite(cell.value) else _NOT_A_NUMBER
    if cell.kind != "text":
        return _NOT_A_NUMBER
    text = _folded(str(cell.value))
    if text in _BLANK_WORDS:
        return Reading(None, "blank-word")
    return _number_in_text(text, evidence.decimal)


def _number_in_text(text: str, decimal: str) -> Reading:
    parts = split_number(text)
    if parts is None:
        return _NOT_A_NUMBER
    digits, sign, power = parts
    own = decimal_mark(digits)
    mark = own or decimal
    decided = not own and bool(decimal) and not digits.isdecimal()
    if not mark and "." in digits and not power:
        return Reading(None, "number-ambiguous")
    # Without any evidence "1,234" is a thousand (money has no third decimal), while "1.234" may
    # be either, save in "1.234k", which no one writes for a thousand thousands.
    whole, _, rest = digits.partition(mark or ".")
    if _GROUPED.fullmatch(whole) is None or not (rest.isdecimal() or not rest):
        return _NOT_A_NUMBER
    plain = whole.replace(",", "").replace(".", "")
    number = float(f"{plain or 0}.{rest or 0}e{power}")
    return (
        Reading(sign * number, "number-as-text", decided)
        if math.isfinite(number)
        else _NOT_A_NUMBER
    )


def _money(cell: Cell, evidence: Evidence) -> Reading:
    if cell.kind == "text" and "%" in _folded(str(cell.value)):
        return _NOT_A_NUMBER
    return _number(cell, evidence)


def _fraction(cell: Cell, evidence: Evidence) -> Reading:
    reading = _number(cell, evidence)
    number = reading.value
    if not isinstance(number, float):
        return reading
    # 1.5 is 150 % in a cell formatted as a percentage; nobody means one and a half per cent.
    if 2 <= number <= 100 and not (cell.kind == "text" and "%" in _folded(str(cell.value))):
        return Reading(number / 100, "percent-as-number")
    if not 0 <= number <= 1:
        return Reading(None, "confidence-out-of-range")
    return reading


def _date(cell: Cell, evidence: Evidence) -> Reading:
    reading = _any_date(cell, evidence)
    day = reading.value
    if not isinstance(day, datetime):
        return reading
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return Reading(None, "not-a-date")
    return reading._replace(value=datetime(day.year, day.month, day.day))  # noqa: DTZ001 (a day)


def _any_date(cell: Cell, evidence: Evidence) -> Reading:
    if isinstance(cell.value, datetime):
        return Reading(cell.value)
    if cell.kind == "number" and isinstance(cell.value, float):
        number = cell.value
        compact = _COMPACT.fullmatch(f"{number:.0f}")
        day = _day(*compact.groups()) if compact else None
        day = day or from_day_number(number, date1904=evidence.date1904)
        return Reading(day, "date-as-number" if day else "not-a-date")
    if cell.kind != "text":
        return Reading(None, "not-a-date")
    text = _folded(str(cell.value))
    if text in _BLANK_WORDS:
        return Reading(None, "blank-word")
    return _date_in_text(text, evidence)


def _date_in_text(text: str, evidence: Evidence) -> Reading:
    decided = False
    if match := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        day = _day(*match.groups())
    elif match := _EITHER.fullmatch(text):
        first, mark, second, year = match.groups()
        day_first = _order(text)
        if day_first is None:
            decided = mark != "." and int(first) != int(second)
            day_first = True if mark == "." else evidence.day_first
        if day_first is None and decided:
            return Reading(None, "date-ambiguous")
        day = _day(year, second, first) if day_first else _day(year, first, second)
    elif match := _NAMED_DAY.fullmatch(text):
        day = _day(match[3], _MONTHS.get(match[2][:3], "0"), match[1])
    elif match := _NAMED_MONTH.fullmatch(text):
        day = _day(match[3], _MONTHS.get(match[1][:3], "0"), match[2])
    else:
        day = None
    return Reading(day, "date-as-text" if day else "not-a-date", decided)


def _order(text: str) -> bool | None:
    """Say whether a date written with two short numbers beyond doubt begins with the day."""
    match = _EITHER.fullmatch(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if first > 12 >= second:
        return True
    return False if second > 12 >= first else None


def _day(year: str, month: str, day: str) -> datetime | None:
    full = int(year) + (0 if len(year) > 2 else 2000)
    try:
        return datetime(full, int(month), int(day))  # noqa: DTZ001 (a day has no time zone)
    except ValueError:
        return None


def _month(cell: Cell, evidence: Evidence) -> Reading:
    reading = _date(cell, evidence)
    if reading.rule == "not-a-date" and cell.kind == "text":
        text = _folded(str(cell.value))
        first = None
        if match := _YEAR_MONTH.fullmatch(text):
            first = _day(match[1], match[2], "1")
        elif match := _NAMED_YEAR.fullmatch(text):
            first = _day(match[2], _MONTHS.get(match[1][:3], "0"), "1")
        return Reading(first, "date-as-text") if first else reading
    if isinstance(reading.value, datetime):
        return reading._replace(value=reading.value.replace(day=1))
    return reading


READERS: Final[dict[Kind, Callable[[Cell, Evidence], Reading]]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "fraction": _fraction,
    "date": _date,
    "month": _month,
}
"""Reads one cell of a kind of column; error values and uncached formulas are told apart before."""
