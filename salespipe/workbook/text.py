"""Excel's own escape for characters that XML cannot hold: ``_xHHHH_``."""

import re
from typing import Final

__all__ = ["escape", "unescape"]

ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")

UNFIT: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What must be escaped: characters XML forbids, CR (parsers turn it into LF), a literal escape."""


def escape(text: str) -> str:
    """Escape what XML cannot hold, and underscores that would read as an escape."""
    return UNFIT.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescape(text: str) -> str:
    """Undo :func:`escape`; pairs of escaped surrogates become one character."""
    if "_x" not in text:
        return text
    plain = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
