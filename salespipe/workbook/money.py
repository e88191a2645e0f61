"""Number formats of money: with the sign of its currency, in large type, and as people chose."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from salespipe.money import WAN, YI, sign
from salespipe.settings import Language
from salespipe.workbook.number_formats import FIRST_CUSTOM
from salespipe.workbook.number_text import currency_word

__all__ = ["MoneyFormat", "large_money_code", "money_code", "money_format", "money_styles"]

_PARTS: Final = re.compile(
    r'"(?P<quoted>[^"]*)"'
    r"|\\(?P<escaped>.)"
    r"|\[\$(?P<currency>[^\]-]*)[^\]]*\]"
    r"|(?P<plain>[$€£¥￥₹₩])"
    r"|(?P<end>;)"
    r"|(?P<other>\[[^\]]*\]|[_*].|.)",
    re.DOTALL,
)


class MoneyFormat(NamedTuple):
    """What a cell's number format says of its currency.

    Attributes
    ----------
    word : str
        The sign, code or word that it shows.
    local : bool
        Whether it is Excel's own, which shows the sign of whoever looks: it says where the workbook
        was saved, and nothing of a single amount.
    """

    word: str
    local: bool


def money_code(currency: str) -> str:
    """Give the number format of an amount; without a currency, of a plain number."""
    return f"{_quoted(currency)}#,##0"


def large_money_code(currency: str, language: Language) -> str:
    """Give the number format of a figure in large type or on an axis.

    A Chinese reader counts in 万 and 亿. The point is put in by hand: number formats divide by
    thousands only.
    """
    mark = _quoted(currency)
    if language == "en":
        return f"{mark}#,##0"
    return f'[>={YI}]{mark}0\\.00,,"亿";[>={WAN}]{mark}0\\.0,"万";{mark}#,##0'


def money_format(number: int, code: str) -> MoneyFormat | None:
    """Tell the currency that a number format shows; None where it shows none.

    Parameters
    ----------
    number : int
        Its number in the workbook's styles.
    code : str
        As the workbook writes it, such as ``[$€-407] #,##0``.
    """
    text = ""
    for part in _PARTS.finditer(code):
        kind = part.lastgroup or ""
        if kind == "end":
            break
        text += " " if kind == "other" else part[kind]
    word = currency_word(unicodedata.normalize("NFKC", text).casefold())
    return MoneyFormat(word, local=number < FIRST_CUSTOM) if word else None


def money_styles(codes: Mapping[int, str], formats: Sequence[int]) -> dict[int, MoneyFormat]:
    """Give what cell styles say of a currency, by their place; most say nothing.

    Parameters
    ----------
    codes : mapping of int to str
        The workbook's own number formats.
    formats : sequence of int
        The number format of each cell style.
    """
    shown = {number: money_format(number, codes.get(number, "")) for number in set(formats)}
    return {place: said for place, number in enumerate(formats) if (said := shown[number])}


def _quoted(currency: str) -> str:
    mark = sign(currency)
    return f'"{mark}"' if mark else ""
