"""Numbers and words as figures have them: 1.25M, 62 %, 41 days; in Chinese 125万, 41 天."""

from datetime import date
from math import isfinite

import pandas as pd

from salespipe.money import MISSING, short_amount, short_money
from salespipe.plots.chinese import CHINESE
from salespipe.settings import Language

__all__ = ["MISSING", "amount", "day", "money", "number", "percent", "share", "value_of", "write"]


def write(text: str, language: Language, **values: object) -> str:
    """Write a text of the figures in a language, its braces filled.

    Parameters
    ----------
    text : str
        In English, a key of :data:`salespipe.plots.chinese.CHINESE`.
    language : {"en", "zh"}
    **values : object
        What braces stand for.
    """
    return (CHINESE[text] if language == "zh" else text).format_map(values)


def amount(value: float, language: Language = "en") -> str:
    """Shorten an amount to three significant digits: 1.25M, 350k, 70.1k, 0."""
    return short_amount(value, language=language)


def money(value: float, *, currency: str, language: Language = "en") -> str:
    """Write an amount with its currency: USD 1.25M."""
    return short_money(value, currency=currency, language=language)


def share(value: float, language: Language = "en") -> str:
    """Write a share of 1 in percent; 0 % and 100 % only where it is exactly so."""
    if not isfinite(value):
        return MISSING
    if 0 < value < 0.005:
        return write("under 1 %", language)
    if 0.995 < value < 1:
        return write("over 99 %", language)
    return f"{value:.0%}".replace("%", " %")


def percent(chance: float) -> str:
    """Write a chance that was set, not estimated: 90 %."""
    return f"{chance:.0%}".replace("%", " %")


def number(value: float) -> str:
    """Write a count or a mean: 1,204, 41, 6.3."""
    if not isfinite(value):
        return MISSING
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def day(value: object) -> str:
    """Write a date as 2026-10-31."""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) and not pd.isna(value) else MISSING


def value_of(value: float, *, unit: str, currency: str, language: Language = "en") -> str:
    """Write a KPI in its unit.

    Parameters
    ----------
    value : float
    unit : {"share", "days", "money", "count", "number"}
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    if not isfinite(value):
        return MISSING
    if unit == "share":
        return share(value, language)
    if unit == "money":
        return money(value, currency=currency, language=language)
    return write("{n} days", language, n=number(value)) if unit == "days" else number(value)
