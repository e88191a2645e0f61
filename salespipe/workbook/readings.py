"""Values as people type them: numbers and dates in text, decided by the column's own evidence."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from salespipe.tables import Kind
from salespipe.workbook.grid import Cell, serial_to_datetime

__all__ = ["READERS", "Evidence", "Reading", "plain_text", "show", "weigh"]


class Reading(NamedTuple):
    """What was made of one cell.

    Attributes
    ----------
    value : str, float, datetime or None
        None where nothing could be made of it.
    rule : str
        The rule it broke, ``""`` if none; a key of :data:`salespipe.workbook.rules.RULES`.
    """

    value: str | float | datetime | None
    rule: str = ""


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
    """

    decimal: Literal["", ".", ","] = ""
    day_first: bool | None = None
    date1904: bool = False


_NOT_A_NUMBER: Final = Reading(None, "not-a-number")
_ZERO_WIDTH: Final = re.compile("[\u200b-\u200f\u2060\ufeff]")
_BLANK_WORDS: Final = frozenset(
    {"-", "–", "—", "n/a", "na", "nil", "none", "null", "tbd", "tbc", "无", "待定", "?"}
)
_MONEY_WORDS: Final = re.compile(
    r"(?:us|hk|nt|ca|au)?\$|[€£¥₹₩]|人民币|美元|欧元|港币|日元|元整?$|圆$|"
    r"\b(?:usd|eur|gbp|cny|rmb|jpy|hkd|twd|sgd|aud|cad|nzd|chf|inr|krw|sek|nok|dkk|brl|mxn|zar|aed)"
    r"(?![a-z])"
)
_SCALES: Final = {
    "k": 3, "thousand": 3, "m": 6, "mm": 6, "mn": 6, "mio": 6, "million": 6, "b": 9, "bn": 9,
    "billion": 9, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8,
}  # fmt: skip
"""Power of ten of each word that shortens a number."""

_NUMBER: Final = re.compile(
    r"([+-]?) ?((?:\d[\d.,'’ ]*)|[.,]\d+)(?:e([+-]?\d+)| ?([a-z]+|[百千万亿]+))? ?(%?)([+-]?)"
)
_SPACED: Final = re.compile(r"[ '’](?=\d{3}(?!\d))")
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


def weigh(kind: Kind, cells: Iterable[Cell], *, date1904: bool = False) -> Evidence:
    """Let the unambiguous cells of a column decide how the ambiguous ones are read.

    Where they contradict each other nothing is decided.
    """
    texts = [_folded(str(cell.value)) for cell in cells if cell.kind == "text"]
    if kind in ("date", "month"):
        orders = {order for text in texts if (order := _order(text)) is not None}
        return Evidence(day_first=orders.pop() if len(orders) == 1 else None, date1904=date1904)
    if kind == "text":
        return Evidence()
    numbers = [parts[0] for text in texts if (parts := _split_number(text)) is not None]
    marks = {mark for digits in numbers if (mark := _decimal_mark(digits))}
    return Evidence(decimal=marks.pop() if len(marks) == 1 else "")


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


def _split_number(text: str) -> tuple[str, int, int] | None:
    """Take a number apart: digits with separators, sign, power of ten."""
    bracketed = text.startswith("(") and text.endswith(")")
    bare = _MONEY_WORDS.sub("", text.strip("()") if bracketed else text).strip()
    match = _NUMBER.fullmatch(bare)
    if match is None:
        return None
    before, digits, exponent, word, percent, after = match.groups()
    if word is not None and word not in _SCALES:
        return None
    sign = -1 if bracketed or "-" in (before, after) else 1
    power = int(exponent or 0) if len(exponent or "") < 4 else 0
    power += _SCALES.get(word or "", 0) - (2 if percent else 0)
    return _SPACED.sub("", digits.strip()), sign, power


def _decimal_mark(digits: str) -> Literal["", ".", ","]:
    """Give the decimal mark that a number shows beyond doubt."""
    other: dict[str, Literal[".", ","]] = {".": ",", ",": "."}
    marks = [char for char in digits if char in other]
    if not marks:
        return ""
    last = other[other[marks[-1]]]
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return other[last]
    whole, _, rest = digits.partition(last)
    return "" if len(rest) == 3 and whole.strip("0") and len(whole) <= 3 else last


def _number_in_text(text: str, decimal: str) -> Reading:
    parts = _split_number(text)
    if parts is None:
        return _NOT_A_NUMBER
    digits, sign, power = parts
    mark = _decimal_mark(digits) or decimal
    if not mark and "." in digits and not power:
        return Reading(None, "number-ambiguous")
    # Without any evidence "1,234" is a thousand (money has no third decimal), while "1.234" may
    # be either, save in "1.234k", which no one writes for a thousand thousands.
    whole, _, rest = digits.partition(mark or ".")
    if _GROUPED.fullmatch(whole) is None or not (rest.isdecimal() or not rest):
        return _NOT_A_NUMBER
    plain = whole.replace(",", "").replace(".", "")
    number = float(f"{plain or 0}.{rest or 0}e{power}")
    return Reading(sign * number, "number-as-text") if math.isfinite(number) else _NOT_A_NUMBER


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
        day = day or serial_to_datetime(number, date1904=evidence.date1904)
        return Reading(day, "date-as-number" if day else "not-a-date")
    if cell.kind != "text":
        return Reading(None, "not-a-date")
    text = _folded(str(cell.value))
    if text in _BLANK_WORDS:
        return Reading(None, "blank-word")
    return _date_in_text(text, evidence)


def _date_in_text(text: str, evidence: Evidence) -> Reading:
    if match := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        day = _day(*match.groups())
    elif match := _EITHER.fullmatch(text):
        first, mark, second, year = match.groups()
        day_first = _order(text)
        if day_first is None:
            day_first = True if mark == "." else evidence.day_first
        if day_first is None and int(first) != int(second):
            return Reading(None, "date-ambiguous")
        day = _day(year, second, first) if day_first else _day(year, first, second)
    elif match := _NAMED_DAY.fullmatch(text):
        day = _day(match[3], _MONTHS.get(match[2][:3], "0"), match[1])
    elif match := _NAMED_MONTH.fullmatch(text):
        day = _day(match[3], _MONTHS.get(match[1][:3], "0"), match[2])
    else:
        day = None
    return Reading(day, "date-as-text" if day else "not-a-date")


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
