"""Text of an export as days and numbers: decided by the column's evidence, never guessed."""

import re
import unicodedata
from typing import Final

import pandas as pd

from salespipe.errors import ImportMapError
from salespipe.wording import Words
from salespipe.workbook.choices import currency_code, likely_currency
from salespipe.workbook.grid import Cell
from salespipe.workbook.number_text import currency_word, without_currency
from salespipe.workbook.readings import weigh

__all__ = [
    "DATE_ORDERS",
    "currencies",
    "day_month_order",
    "natural_key",
    "to_days",
    "to_numbers",
    "with_currencies",
]

DATE_ORDERS: Final = ("auto", "ymd", "mdy", "dmy")
"""How a map may state its dates, besides a strptime pattern such as ``%d.%m.%y``.

Dates that begin with a four-digit year are read in any case.
"""

_YEAR_FIRST: Final = (
    r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:[T ].*)?$"
)
_YEAR_LAST: Final = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<year>\d{4})(?:,?[T ].*)?$"
_DOUBTFUL: Final = r"[^\d]*[1-9]\d{0,2}\.\d{3}[^\d]*"
_POINT: Final = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")


def day_month_order(column: pd.Series, *, file: str, header: str) -> str:
    """Find whether the day or the month comes first in dates that end with the year.

    Returns
    -------
    str
        ``mdy`` or ``dmy`` where a number above 12 proves it, ``ymd`` where there are no such
        dates, ``""`` where they could be either.

    Raises
    ------
    ImportMapError
        The column holds proof of both.
    """
    parts = column.str.extract(_YEAR_LAST).dropna()
    if parts.empty:
        return "ymd"
    day_first = parts.index[parts["a"].astype(int) > 12]
    month_first = parts.index[parts["b"].astype(int) > 12]
    if len(day_first) and len(month_first):
        raise ImportMapError(
            f'{file}, column "{header}": the date "{column[day_first[0]]}" in row {day_first[0]} '
            f'puts the day first, "{column[month_first[0]]}" in row {month_first[0]} the month; '
            "mend the export so that all are alike."
        )
    if len(day_first):
        return "dmy"
    return "mdy" if len(month_first) else ""


def to_days(column: pd.Series, *, order: str, file: str, header: str) -> pd.Series:
    """Read dates, dropping a time of day; the day is taken as it stands in the export.

    Parameters
    ----------
    column : Series of str
        ``""`` is missing.
    order : str
        ``ymd``, ``mdy``, ``dmy`` or a strptime pattern.
    file, header : str
        For the error.

    Returns
    -------
    Series of datetime64[us]

    Raises
    ------
    ImportMapError
        A value is not a date; the sentence gives its row.
    """
    text = column[column != ""].drop_duplicates()
    if "%" in order:
        days = pd.to_datetime(text, format=order, errors="coerce").dt.normalize()
    else:
        days = _days(text, order)
    bad = text[days.isna()]
    if len(bad):
        raise ImportMapError(
            f'{file}, row {bad.index[0]}, column "{header}": "{bad.iloc[0]}" is not a date'
            f"{'' if order == 'ymd' else f' of the form {order}'}; mend it in the export, or "
            "state the form in the map (dates)."
        )
    return _spread(days.astype("datetime64[us]"), text, column)


def _days(text: pd.Series, order: str) -> pd.Series:
    parts = text.str.extract(_YEAR_FIRST)
    if order != "ymd":
        last = text.str.extract(_YEAR_LAST)
        first, second = ("day", "month") if order == "dmy" else ("month", "day")
        parts = parts.fillna(last.rename(columns={"a": first, "b": second}))
    return pd.to_datetime(parts.astype("float64"), errors="coerce")


def to_numbers(
    column: pd.Series, *, decimal: str, fraction: bool, file: str, header: str
) -> pd.Series:
    """Read numbers with thousands separators, currency signs, brackets for minus and percents.

    Parameters
    ----------
    column : Series of str
        ``""`` is missing.
    decimal : {"auto", ".", ","}
        Decimal sign; the other one may separate thousands. With ``auto`` the column's own numbers
        decide.
    fraction : bool
        Whether the column holds shares; one with values above 1 is then taken for percents.
    file, header : str
        For the error.

    Returns
    -------
    Series of float64

    Raises
    ------
    ImportMapError
        A value is not a number; the sentence gives its row.
    """
    text = column[column != ""].drop_duplicates()
    if decimal == "auto":
        decimal = _decimal_mark(text, file=file, header=header)
    numbers = text.map(lambda value: _number(value, decimal)).astype("float64")
    bad = text[numbers.isna()]
    if len(bad):
        raise ImportMapError(
            f'{file}, row {bad.index[0]}, column "{header}": "{bad.iloc[0]}" is not a number; '
            f'mend it in the export, or state the decimal sign in the map (decimal = "{decimal}" '
            "now)."
        )
    if fraction and (numbers > 1).any():
        numbers = numbers.where(text.str.endswith("%"), numbers / 100)
    return _spread(numbers, text, column)


def _decimal_mark(text: pd.Series, *, file: str, header: str) -> str:
    """Let the column's numbers show their decimal mark; one that may be either is refused."""
    cells = [Cell(place, 1, "text", value) for place, value in enumerate(text)]
    shown = weigh("number", cells).decimal
    doubtful = text[text.str.fullmatch(_DOUBTFUL)]
    if not shown and len(doubtful):
        raise ImportMapError(
            f'{file}, row {doubtful.index[0]}, column "{header}": "{doubtful.iloc[0]}" may be a '
            "thousand or a decimal, and no other cell of the column shows which; write decimal = "
            '"." or decimal = "," into the map.'
        )
    return shown or "."


def currencies(amounts: pd.Series, *, home: str) -> pd.Series:
    """Give the code of the currency that each amount names, ``""`` where it names none.

    Parameters
    ----------
    amounts : Series of str
    home : str
        Decides what a sign of several currencies means.
    """
    words = amounts.map(lambda text: currency_word(_folded(text)))
    codes = {
        word: currency_code(word, home=home) or likely_currency(word, home=home)
        for word in words.unique()
        if word
    }
    return words.map(lambda word: codes.get(word, "")).astype("str")


def with_currencies(
    amounts: pd.Series, told: pd.Series | None, *, home: str
) -> tuple[pd.Series, list[Words]]:
    """Give each deal's currency: the column's, else the one that its amount names.

    Parameters
    ----------
    amounts : Series of str
    told : Series of str or None
        What the column for the currency says; None without one.
    home : str
        The workbook's currency.

    Returns
    -------
    Series of str
        Missing where neither names one. The workbook's own is named too: the deals may be brought
        into a workbook of another.
    list of Words
        What is to be said of it.
    """
    named = currencies(amounts, home=home)
    blank = pd.Series("", index=named.index, dtype="str")
    stated = blank if told is None else told.fillna("")
    taken = (stated == "") & (named != "")
    said = []
    counts = named[taken & (named != home)].value_counts()
    if len(counts):
        found = ", ".join(f"{code} ({count:,})" for code, count in counts.items())
        said.append(
            Words(
                f"amounts that name another currency count in it: {found}.",
                f"金额写明其他币种的，按该币种计：{found}。",
            )
        )
    codes = stated.map(lambda word: currency_code(word, home=home) or "").astype("str")
    differ = (named != "") & (stated != "") & (named != codes)
    if differ.any():
        said.append(
            Words(
                f"amounts that name another currency than the column for it: {differ.sum():,}; the "
                "column counts.",
                f"金额写明的币种与币种列不同：{differ.sum():,} 个；以币种列为准。",
            )
        )
    out = stated.mask(taken, named)
    return out.where(out != ""), said


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("−", "-")


def _spread(values: pd.Series, text: pd.Series, column: pd.Series) -> pd.Series:
    """Give each cell of the column the value of its text; a blank one gets none."""
    spread: pd.Series = values.set_axis(pd.Index(text)).reindex(column)
    return spread.set_axis(column.index)


def _number(value: str, decimal: str) -> float | None:
    digits = re.sub(r"[\s'’]", "", without_currency(_folded(value)))
    if decimal == ",":
        digits = digits.translate(str.maketrans(",.", ".,"))
    sign = -1 if digits.startswith("(") and digits.endswith(")") else 1
    share = 0.01 if digits.endswith("%") else 1
    digits = digits.strip("()%")
    if not _POINT.fullmatch(digits):
        return None
    try:
        return sign * share * float(digits.replace(",", ""))
    except ValueError:
        return None


def natural_key(column: pd.Series) -> pd.Series:
    """Give the place of each value when text is ordered by the numbers in it (``x.9, x.10``)."""
    distinct = sorted(
        set(column), key=lambda value: ([int(d) for d in re.findall(r"\d+", value)], value)
    )
    return column.map({value: place for place, value in enumerate(distinct)}).astype("int64")
