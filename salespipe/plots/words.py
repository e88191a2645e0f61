"""Numbers as people write them: 1.25M, 350k, 62 %, 41 days."""

from datetime import date
from math import isfinite
from typing import Final

import pandas as pd

__all__ = ["MISSING", "amount", "day", "money", "number", "share", "value_of"]

MISSING: Final = "–"
"""Stands where nothing can be said."""

_UNITS: Final = ((1e12, "T"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))


def amount(value: float) -> str:
    """Shorten an amount to three significant digits: 1.25M, 350k, 70.1k, 0."""
    if not isfinite(value):
        return MISSING
    # Rounded first, so that 999,999 becomes 1M and not 1000k.
    rounded = float(f"{value:.3g}")
    for size, unit in _UNITS:
        if abs(rounded) >= size:
            return f"{rounded / size:.3g}{unit}"
    return f"{rounded:.3g}"


def money(value: float, *, currency: str) -> str:
    """Write an amount with its currency: USD 1.25M."""
    return f"{currency} {amount(value)}" if isfinite(value) else MISSING


def share(value: float) -> str:
    """Write a share of 1 in percent; 0 % and 100 % only where it is exactly so."""
    if not isfinite(value):
        return MISSING
    if 0 < value < 0.005:
        return "under 1 %"
    if 0.995 < value < 1:
        return "over 99 %"
    return f"{value:.0%}".replace("%", " %")


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


def value_of(value: float, *, unit: str, currency: str) -> str:
    """Write a KPI in its unit.

    Parameters
    ----------
    value : float
    unit : {"share", "days", "money", "count", "number"}
    currency : str
        ISO code.
    """
    if not isfinite(value):
        return MISSING
    if unit == "share":
        return share(value)
    if unit == "money":
        return money(value, currency=currency)
    return f"{number(value)} days" if unit == "days" else number(value)
