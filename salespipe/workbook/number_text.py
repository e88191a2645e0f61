"""A number as people write it, taken apart: digits, sign, power of ten, decimal mark."""

import re
from typing import Final, Literal

__all__ = ["currency_word", "decimal_mark", "split_number", "without_currency"]

_MONEY_WORDS: Final = re.compile(
    r"(?:(?<![a-z])(?:us|hk|nt|ca|au|nz|mx|cn|jp|[acrs]))?[$¥]|[€£₹₩₽₺₪฿₫₱]|zł|kč|"
    r"人民币|美元|欧元|英镑|港币|港元|日元|韩元|加元|澳元|新台币|元整?$|圆$|"
    r"(?<![a-z])(?:usd|eur|gbp|cny|rmb|jpy|hkd|twd|sgd|aud|cad|nzd|chf|inr|krw|sek|nok|dkk|brl|mxn|zar"
    r"|aed|pln|czk|huf|ron|try|ils|thb|vnd|php|idr|myr|sar|rub|clp|cop|ars|kr\.?|s?fr\.)(?![a-z])"
)
_SCALES: Final = {
    "k": 3, "thousand": 3, "m": 6, "mm": 6, "mn": 6, "mio": 6, "million": 6, "b": 9, "bn": 9,
    "billion": 9, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8,
}  # fmt: skip
"""Power of ten of each word that shortens a number."""

_NUMBER: Final = re.compile(
    r"([+-]?) ?((?:\d[\d.,'’ ]*)|[.,]\d+)(?:e([+-]?\d+)| ?([a-z]+|[百千万亿]+))? ?(%?)([+-]?)"
)
_SPACED: Final = re.compile(r"[ '’](?=\d{3}(?!\d))")


def currency_word(text: str) -> str:
    """Give the sign, code or word of a currency that stands beside a number, ``""`` if none."""
    match = _MONEY_WORDS.search(text)
    return match[0].removesuffix("整") if match else ""


def without_currency(text: str) -> str:
    """Take the currency away from a number."""
    return _MONEY_WORDS.sub("", text)


def split_number(text: str) -> tuple[str, int, int] | None:
    """Take a number apart: digits with separators, sign, power of ten."""
    bracketed = text.startswith("(") and text.endswith(")")
    bare = without_currency(text.strip("()") if bracketed else text).strip()
    match = _NUMBER.fullmatch(bare)
    if match is None:
        return None
    before, digits, exponent, word, percent, after = match.groups()
    if word is not None and word not in _SCALES:
        return None
    sign = -1 if bracketed or "-" in (before, after) else 1
    power = int(exponent or 0) if len(exponent or "") < 4 else 0
    power += _SCALES.get(word or "", 0) - (2 if percent else 0)
    return _SPACED.sub("", digits.strip()), sign, power


def decimal_mark(digits: str) -> Literal["", ".", ","]:
    """Give the decimal mark that a number shows beyond doubt."""
    other: dict[str, Literal[".", ","]] = {".": ",", ",": "."}
    marks = [char for char in digits if char in other]
    if not marks:
        return ""
    last = other[other[marks[-1]]]
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return other[last]
    whole, _, rest = digits.partition(last)
    return "" if len(rest) == 3 and whole.strip("0") and len(whole) <= 3 else last
