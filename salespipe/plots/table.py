"""Tables as people read them: money shortened, shares in percent, dates without a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

import pandas as pd

from salespipe.kpi.waterfall import MOVEMENTS
from salespipe.plots.heads import cell, head
from salespipe.plots.words import MISSING, amount, day, number, share, value_of, write
from salespipe.settings import Language

__all__ = ["Html", "table", "unbroken"]

type Kind = Literal["text", "day", "measured", "share", "money", "number"]

MONEY: Final = frozenset(
    (
        *("worst", "likely", "best", "mean", "won_so_far", "from_open", "from_new", "won"),
        *("weighted_pipeline", "target", "amount", "expected_value", "value", "weighted"),
        *("change", "start", "end", "open_start", "open_end", "actual", *MOVEMENTS),
    )
)
"""Columns that hold money wherever salespipe has them, unless a column `unit` says otherwise."""

SHARES: Final = frozenset(
    {"p_target", "p_won", "p_won_by_end", "reference", "share_of_variance", "target_swing"}
)

ESTIMATES: Final = frozenset({"value", "low", "high"})
"""Columns written in the unit that the column `unit` names, where there is one."""

UNBROKEN: Final = 12
"""Letters up to which a text, such as an id, stays on one line."""

LONG: Final = 25
"""Letters from which on a text is given some width, however narrow the screen."""

WHOLE: Final = re.compile(r"\b(?:\d{4}-\d{2}(?:-\d{2})?|[A-Za-z]{1,4}-\d+)\b")
"""A month, a day or an id within a sentence, which stays on one line."""


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
    frame: pd.DataFrame,
    *,
    currency: str,
    columns: Sequence[str] | None = None,
    shares: Sequence[str] = (),
    top: int = 0,
    language: Language = "en",
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
    shares : sequence of str
        Columns to write in percent, beside those that always are.
    top : int
        How many rows to show, of which a line below then tells; 0 shows all.
    language : {"en", "zh"}
        Of the heads and of the tool's own words; what people named stays as it is.
    """
    chosen = list(columns or frame.columns)
    rows = frame.head(top) if top else frame
    kinds = {key: _kind(frame, key, shares) for key in chosen}
    heads = "".join(
        f"<th{_side(kinds[key])}>{escape(_head(key, kinds[key], currency, language))}</th>"
        for key in chosen
    )
    units = rows["unit"] if "unit" in rows else [""] * len(rows)
    lines = []
    for unit, row in zip(units, rows[chosen].itertuples(index=False), strict=True):
        texts = [
            _text(value, key, kinds[key], unit=unit, currency=currency, language=language)
            for key, value in zip(chosen, row, strict=True)
        ]
        cells = [_cell(text, kinds[key]) for key, text in zip(chosen, texts, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    body = "".join(lines)
    rest = len(frame) - len(rows)
    more = f"<p>{escape(write('… and {rest:,} more', language, rest=rest))}</p>" if rest else ""
    return Html(f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}")


def unbroken(text: str) -> str:
    """Write a text as HTML in which no month, day or id is broken into two lines."""
    return WHOLE.sub(r'<span style="white-space:nowrap">\g<0></span>', escape(text))


def _kind(frame: pd.DataFrame, key: str, shares: Sequence[str]) -> Kind:
    """Tell from a column's dtype and name how it is written."""
    column = frame[key]
    if pd.api.types.is_datetime64_any_dtype(column):
        return "day"
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return "text"
    if "unit" in frame and key in ESTIMATES:
        return "measured"
    if key in shares or key in SHARES:
        return "share"
    return "money" if key in MONEY else "number"


def _side(kind: Kind, *, more: str = "") -> str:
    return f' style="text-align:{"left" if kind == "text" else "right"}{more}"'


def _cell(text: str, kind: Kind) -> str:
    """Write one cell; numbers, dates and ids are never broken into two lines."""
    whole = kind != "text" or len(text) <= UNBROKEN
    wide = ";min-width:11em;overflow-wrap:anywhere" if len(text) >= LONG else ""
    side = _side(kind, more=";white-space:nowrap" if whole else wide)
    return f"<td{side}>{escape(text) if whole else unbroken(text)}</td>"


def _head(key: str, kind: Kind, currency: str, language: Language) -> str:
    words = head(key, language)
    if kind != "money":
        return words
    return f"{words}（{currency}）" if language == "zh" else f"{words}, {currency}"


def _text(
    value: object, key: str, kind: Kind, *, unit: str, currency: str, language: Language
) -> str:
    if value is None or value == "" or pd.isna(value):  # type: ignore[call-overload]
        return MISSING
    if kind == "text":
        return cell(value, key, language)
    if kind == "day":
        return day(value)
    figure = float(str(value))
    if kind == "measured":
        return value_of(figure, unit=unit, currency=currency, language=language)
    if kind == "money":
        return amount(figure, language)
    return share(figure, language) if kind == "share" else number(figure)
