"""Amounts in a sentence, as readers of each language write them: USD 12,300 and ¥1.2万."""

from math import isfinite
from typing import Final

from salespipe.settings import Language

__all__ = ["money_text"]

_SIGNS: Final = {"CNY": "¥", "JPY": "JP¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$"}

_STEPS: Final = ((1e8, "亿"), (1e4, "万"))


def money_text(value: float, *, currency: str, language: Language) -> str:
    """Write an amount; a dash where it is not known.

    Parameters
    ----------
    value : float
    currency : str
        ISO code.
    language : {"en", "zh"}
        Chinese counts in 万 and 亿.
    """
    if not isfinite(value):
        return "–"
    if language == "en":
        return f"{currency} {value:,.0f}"
    sign = _SIGNS.get(currency, f"{currency} ")
    for size, word in _STEPS:
        # Rounded first, so that 9,999.6 becomes 1万 and not 10,000.
        if abs(round(value)) >= size:
            return f"{sign}{value / size:,.1f}".removesuffix(".0") + word
    return f"{sign}{value:,.0f}"
