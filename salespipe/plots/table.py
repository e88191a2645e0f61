"""Tables as people read them: money shortened, shares in percent, dates without a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

import numpy as np
import pandas as pd

from salespipe.plots.words import MISSING, amount, day, number, share, value_of

__all__ = ["Html", "table"]

MONEY: Final = frozenset(
    (
        *("worst", "likely", "best", "mean", "won_so_far", "from_open", "from_new", "won"),
        *("weighted_pipeline", "target", "amount", "expected_value", "value", "weighted"),
    )
)
"""Columns that hold money wherever salespipe has them, unless a column `unit` says otherwise."""

SHARES: Final = frozenset({"p_target", "p_won", "p_won_by_end", "reference", "probability"})


@dataclass(frozen=True)
class Html:
    """A piece of HTML that a notebook shows by itself.

    Attributes
    ----------
    text : str
    """

    text: str

    def _repr_html_(self) -> str:
        """Give the HTML."""
        return self.text


def table(
    frame: pd.DataFrame, *, currency: str, columns: Sequence[str] | None = None, top: int = 0
) -> Html:
    """Write a table for reading.

    Parameters
    ----------
    frame : DataFrame
        Any of the tables of :mod:`salespipe.results`, of problems or of estimates. Rows of KPIs
        are written in their own `unit`.
    currency : str
        ISO code, put beside the headers of money.
    columns : sequence of str, optional
        Which to show; by default all.
    top : int
        How many rows to show, of which a line below then tells; 0 shows all.
    """
    chosen = list(columns or frame.columns)
    rows = frame.head(top) if top else frame
    mixed = "unit" in frame
    heads = "".join(f"<th>{escape(_head(key, currency, mixed=mixed))}</th>" for key in chosen)
    body = "".join(
        f"<tr>{''.join(_cell(key, row, currency) for key in chosen)}</tr>" for row in _records(rows)
    )
    rest = len(frame) - len(rows)
    more = f"<p>… and {rest:,} more</p>" if rest else ""
    return Html(f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}")


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    columns = [str(key) for key in frame.columns]
    return [dict(zip(columns, row, strict=True)) for row in frame.itertuples(index=False)]


def _head(key: str, currency: str, *, mixed: bool) -> str:
    words = key.replace("p_won_by_end", "chance in time").replace("p_won", "chance")
    words = words.replace("p_target", "chance of target").replace("_", " ")
    return f"{words}, {currency}" if key in MONEY and not mixed else words


def _cell(key: str, row: dict[str, object], currency: str) -> str:
    value = row[key]
    text, right = _text(key, value, row, currency)
    align = "right" if right else "left"
    return f'<td style="text-align:{align}">{escape(text)}</td>'


def _text(key: str, value: object, row: dict[str, object], currency: str) -> tuple[str, bool]:
    """Write one value; tell whether it is a number, which stands on the right."""
    if isinstance(value, (bool, str)) or value is None:
        return (MISSING if value in (None, "") else str(value)), False
    if isinstance(value, date):  # also NaT, which is a date to Python
        return day(value), True
    if not isinstance(value, (int, float, np.number)):
        return str(value), False
    if np.isnan(value):
        return MISSING, True
    value = float(value)
    if key in {"value", "low", "high"} and "unit" in row:
        return value_of(value, unit=str(row["unit"]), currency=currency), True
    return _writer(key)(value), True


def _writer(key: str) -> Callable[[float], str]:
    if key in SHARES:
        return share
    return amount if key in MONEY else number
