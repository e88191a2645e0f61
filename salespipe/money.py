"""Money as people see it: the sign of its currency, and amounts in a sentence."""

from math import isfinite
from typing import Final

from salespipe.settings import Language
from salespipe.wording import Words

__all__ = [
    "MISSING",
    "SIGNS",
    "WAN",
    "YI",
    "money_text",
    "money_words",
    "short_amount",
    "short_money",
    "sign",
]

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

MISSING: Final = "–"
"""Stands where an amount is not known."""

WAN: Final = 10_000
YI: Final = 100_000_000
"""万 and 亿, in which Chinese readers count."""

_SHORT: Final[dict[Language, tuple[tuple[float, str], ...]]] = {
    "en": ((1e12, "T"), (1e9, "bn"), (1e6, "M"), (1e3, "k")),
    "zh": ((1e12, "万亿"), (YI, "亿"), (WAN, "万")),
}


def sign(currency: str) -> str:
    """Give what stands before an amount: a currency's sign, or its code and a space."""
    code = currency.strip().upper().replace('"', "")
    return SIGNS.get(code, f"{code}\N{NO-BREAK SPACE}" if code else "")


def money_text(value: float, *, currency: str, language: Language, signed: bool = False) -> str:
    """Write an amount in a sentence: $1,284,600, ¥128.5万; a dash where it is not known.

    Parameters
    ----------
    value : float
    currency : str
        ISO code.
    language : {"en", "zh"}
        Chinese counts in 万 and 亿.
    signed : bool
        Whether to show that it is above 0: +$300.
    """
    if not isfinite(value):
        return MISSING
    mark, size = sign(currency), abs(value)
    minus = "-" if value < 0 else "+" if signed and value > 0 else ""
    # Rounded first, so that 9,999.6 becomes 1万 and not 10,000.
    if language == "zh" and round(size) >= YI:
        return f"{minus}{mark}{size / YI:,.2f}".removesuffix(".00") + "亿"
    if language == "zh" and round(size) >= WAN:
        return f"{minus}{mark}{size / WAN:,.1f}".removesuffix(".0") + "万"
    return f"{minus}{mark}{size:,.0f}"


def money_words(value: float, *, currency: str, signed: bool = False) -> Words:
    """Write an amount in a sentence of both languages."""
    return Words(
        money_text(value, currency=currency, language="en", signed=signed),
        money_text(value, currency=currency, language="zh", signed=signed),
    )


def short_amount(value: float, *, language: Language = "en") -> str:
    """Shorten an amount to three significant digits, as figures have it: 1.25M, 350k; 125万, 35万.

    Parameters
    ----------
    value : float
    language : {"en", "zh"}
    """
    if not isfinite(value):
        return MISSING
    # Rounded first, so that 999,999 becomes 1M and not 1000k.
    rounded = float(f"{value:.3g}")
    for size, unit in _SHORT[language]:
        if abs(rounded) >= size:
            return f"{_digits(rounded / size)}{unit}"
    return _digits(rounded)


def short_money(value: float, *, currency: str, language: Language = "en") -> str:
    """Write a short amount with its currency: USD 1.25M, ¥125万.

    Parameters
    ----------
    value : float
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    text = short_amount(value, language=language)
    if not isfinite(value) or language == "en":
        return f"{currency} {text}" if isfinite(value) else text
    return f"-{sign(currency)}{text[1:]}" if text.startswith("-") else f"{sign(currency)}{text}"


def _digits(value: float) -> str:
    """Write a number of three significant digits without an exponent."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
