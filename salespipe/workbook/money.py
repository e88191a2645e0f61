"""Money as people see it: the sign of its currency, and the number formats made of it."""

from typing import Final

from salespipe.settings import Language

__all__ = ["SIGNS", "large_money_code", "money_code", "money_text", "sign"]

SIGNS: Final = {
    "USD": "$",
    "EUR": "€",
    "CNY": "¥",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "C$",
    "TWD": "NT$",
    "INR": "₹",
    "KRW": "₩",
}
"""Signs by ISO code, each for one currency only: a sheet of deals may show several."""

_WAN: Final = 10_000
_YI: Final = 100_000_000


def sign(currency: str) -> str:
    """Give what stands before an amount: a currency's sign, or its code and a space."""
    code = currency.strip().upper().replace('"', "")
    return SIGNS.get(code, f"{code}\N{NO-BREAK SPACE}" if code else "")


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
    return f'[>={_YI}]{mark}0\\.00,,"亿";[>={_WAN}]{mark}0\\.0,"万";{mark}#,##0'


def money_text(value: float, *, currency: str, language: Language) -> str:
    """Write an amount in a sentence: $1,284,600, ¥128.5万."""
    mark, size = sign(currency), abs(value)
    minus = "-" if value < 0 else ""
    if language == "zh" and size >= _YI:
        return f"{minus}{mark}{size / _YI:,.2f}亿"
    if language == "zh" and size >= _WAN:
        return f"{minus}{mark}{size / _WAN:,.1f}万"
    return f"{minus}{mark}{size:,.0f}"


def _quoted(currency: str) -> str:
    mark = sign(currency)
    return f'"{mark}"' if mark else ""
