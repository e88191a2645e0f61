"""Number formats of money: with the sign of its currency, and in large type."""

from salespipe.money import WAN, YI, sign
from salespipe.settings import Language

__all__ = ["large_money_code", "money_code"]


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


def _quoted(currency: str) -> str:
    mark = sign(currency)
    return f'"{mark}"' if mark else ""
