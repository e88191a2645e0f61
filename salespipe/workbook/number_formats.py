"""Number formats: those that every workbook has, and whether one shows a date."""

import re
from typing import Final

__all__ = ["FIRST_CUSTOM", "format_code", "shows_date"]

FIRST_CUSTOM: Final = 164
"""Number of the first format that a workbook may define itself."""

_BUILT_IN: Final = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    37: "#,##0 ;(#,##0)",
    38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
}
"""Codes that no workbook writes down, but for those of money, which depend on where it is opened
(ECMA-376 part 1, 18.8.30)."""

_EAST_ASIAN_DATES: Final = frozenset({*range(27, 37), *range(50, 59)})
"""Formats that are dates in Chinese, Japanese and Korean Excel (the same)."""

_NOT_SHOWN: Final = re.compile(
    r'"[^"]*"|\[(?!(?:h+|m+|s+)\])[^\]]*\]|[\\_*].', re.IGNORECASE | re.DOTALL
)
"""Texts, colours, conditions and currencies; escaped characters, blanks and fillings."""

_DATE: Final = re.compile(r"[dmyhs]|aaa", re.IGNORECASE)
"""Parts of a date or a time; aaa is the day of the week in East Asian formats."""


def format_code(number: int, codes: dict[int, str]) -> str:
    """Give the code of a number format; it is empty where nobody knows.

    Parameters
    ----------
    number : int
    codes : dict
        Those that the workbook defines, by number.
    """
    return codes.get(number) or _BUILT_IN.get(number, "")


def shows_date(number: int, codes: dict[int, str]) -> bool:
    """Tell whether a number format shows a date or a time; the parameters as above."""
    if number in _EAST_ASIAN_DATES:
        return True
    positive = _NOT_SHOWN.sub("", format_code(number, codes)).partition(";")[0]
    return _DATE.search(positive) is not None
