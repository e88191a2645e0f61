"""A cell's content as the XML that Excel expects."""

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.day_numbers import to_day_number
from salespipe.workbook.edits import Content, Formula, Link, Value
from salespipe.workbook.markup import escape_xml
from salespipe.workbook.text import escape

__all__ = ["MAX_TEXT", "Rendered", "refuse_code", "render"]

MAX_TEXT: Final = 32_767
MAX_FORMULA: Final = 8_192
MAX_CODE: Final = 255
"""Most characters of a number format."""
MAX_SECTIONS: Final = 4
"""Of a number format: for positive and negative numbers, for zero, for text."""
MAX_EXACT: Final = 2**53
"""Largest integer a cell can hold exactly; Excel's numbers are doubles."""

ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)


UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no formula may hold; unlike a text, it has no escape for it."""


_QUOTED: Final = re.compile(r'\\.|_.|\*.|"[^"]*"', re.DOTALL)
"""What stands for itself in a number format: an escaped character, a quoted text."""

_BRACKETED: Final = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True)
class Rendered:
    """A cell's type attribute (None for a number) and inner XML (empty for an empty cell)."""

    type: str | None
    body: bytes


def render(content: Content, *, where: str, prefix: str, date1904: bool) -> Rendered:
    """Give a content as XML.

    Parameters
    ----------
    content : Value, Formula or Link
    where : str
        Sheet and cell, for messages.
    prefix : str
        Namespace prefix of the sheet's elements, with its colon.
    date1904 : bool
        The workbook's epoch.

    Raises
    ------
    WorkbookUnsafeError
        A cell cannot hold the content.
    """
    try:
        if isinstance(content, Formula):
            return _formula(content, prefix)
        return _value(content.text if isinstance(content, Link) else content, prefix, date1904)
    except ValueError as trouble:
        raise WorkbookUnsafeError(f"{where} cannot hold {_shown(content)}: it {trouble}.") from None


def _shown(content: Content) -> str:
    value = content.text if isinstance(content, Formula | Link) else content
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f'{text[:57]}..."'


def _plain(value: object) -> object:
    """Give a numpy scalar as Python's own, whose repr is the bare number.

    Told by its class, for numpy need not be there to write a number: it weighs more than all else.
    """
    kind, single = type(value).__module__, getattr(value, "item", None)
    return single() if kind == "numpy" and single else value


def _value(given: Value, prefix: str, date1904: bool) -> Rendered:
    value = _plain(given)
    if value is None or (isinstance(value, str) and not value):
        return Rendered(None, b"")
    if isinstance(value, str):
        return Rendered("inlineStr", _inline(value, prefix))
    if isinstance(value, bool):
        return Rendered("b", _element("v", str(int(value)), prefix))
    if isinstance(value, date):
        # pandas' NaT is a datetime that equals nothing, not even itself.
        if value != value:  # noqa: PLR0124
            raise ValueError("is not a date; give None for an empty cell")
        return Rendered(
            None, _element("v", _number(to_day_number(value, date1904=date1904)), prefix)
        )
    if isinstance(value, int | float):
        return Rendered(None, _element("v", _number(value), prefix))
    raise ValueError(f"is of the type {type(value).__name__}; give text, a number or a date")


def _number(value: float) -> str:
    if isinstance(value, int):
        if abs(value) > MAX_EXACT:
            raise ValueError("has more digits than a number in Excel can hold; give it as text")
        return str(value)
    if not math.isfinite(value):
        raise ValueError("is not a finite number; give None for an empty cell")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))


def _inline(text: str, prefix: str) -> bytes:
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT} characters; shorten it")
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
    inner = f"<{prefix}t{keep}>{escape_xml(escape(text))}</{prefix}t>"
    return f"<{prefix}is>{inner}</{prefix}is>".encode()


def _element(name: str, text: str, prefix: str) -> bytes:
    return f"<{prefix}{name}>{escape_xml(text)}</{prefix}{name}>".encode()


def _formula(formula: Formula, prefix: str) -> Rendered:
    text, cached = formula.text, _plain(formula.cached)
    if not text or text.startswith("="):
        raise ValueError('is empty or begins with "="; give the formula without it')
    if len(text) > MAX_FORMULA:
        raise ValueError(f"is longer than {MAX_FORMULA} characters; shorten it")
    if not _balanced(text):
        raise ValueError("has a bracket or quote that is not closed; check the formula")
    if UNPRINTABLE.search(text):
        raise ValueError("holds a control character; check the formula")
    source = _element("f", text, prefix)
    if isinstance(cached, bool):
        return Rendered("b", source + _element("v", str(int(cached)), prefix))
    if isinstance(cached, str):
        kind = "e" if cached in ERRORS else "str"
        return Rendered(kind, source + _element("v", escape(cached), prefix))
    if not isinstance(cached, int | float):
        raise ValueError("has a cached value that is no number, text or truth value")  # noqa: TRY004
    return Rendered(None, source + _element("v", _number(cached), prefix))


def refuse_code(code: str, *, where: str) -> None:
    """Refuse a number format for which Excel would call the whole workbook damaged.

    Raises
    ------
    WorkbookUnsafeError
    """
    bare = _QUOTED.sub("", code)
    sound = (
        len(code) <= MAX_CODE
        and not UNPRINTABLE.search(code)
        and '"' not in bare
        and bare.count(";") < MAX_SECTIONS
        and "[" not in (outside := _BRACKETED.sub("", bare))
        and "]" not in outside
    )
    if not sound:
        raise WorkbookUnsafeError(
            f"{where} cannot have the number format {_shown(code)}: give one that Excel takes, "
            f"of at most {MAX_CODE} characters, with its quotes and brackets closed."
        )


def _balanced(text: str) -> bool:
    pairs = {")": "(", "]": "[", "}": "{"}
    stack: list[str] = []
    quote = ""
    characters = iter(text)
    for character in characters:
        if quote:
            quote = "" if character == quote else quote
        elif stack and stack[-1] == "[" and character == "'":
            next(characters, "")  # in Table[...] an apostrophe escapes what follows
        elif character in "\"'":
            quote = character
        elif character in pairs.values():
            stack.append(character)
        elif character in pairs and (not stack or stack.pop() != pairs[character]):
            return False
    return not stack and not quote
