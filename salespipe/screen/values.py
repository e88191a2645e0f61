"""Values as people read them in the terminal, and as JSON has them."""

from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salespipe.screen.words import say
from salespipe.settings import Language

__all__ = ["figure", "money", "percent", "plain"]


def plain(value: Any) -> Any:  # noqa: ANN401
    """Make a value fit for JSON: dates as ISO text, NaN and NaT as null."""
    if isinstance(value, str):  # most are
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or (isinstance(value, float) and not isfinite(value)):
        return None
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    return str(value) if isinstance(value, Path) else value


def money(value: float) -> str:
    """Write an amount without decimals, such as ``1,234,567``; a dash where it is not known."""
    return "–" if pd.isna(value) else f"{value:,.0f}"


def percent(value: float) -> str:
    """Write a share as a whole percentage; a dash where it is not known."""
    return "–" if pd.isna(value) else f"{value:.0%}"


def figure(value: float, unit: str, language: Language = "en") -> str:
    """Write a number with its unit; a dash where it is not known."""
    if np.isnan(value):
        return "–"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "money":
        return f"{value:,.0f}"
    number = f"{value:,.1f}"
    return say("days", language, value=number) if unit == "days" else number
