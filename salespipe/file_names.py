"""File names made of people's names: safe on every system, and never the same twice."""

import re
from collections.abc import Iterable

__all__ = ["file_stems"]

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_PORTS = {f"{kind}{number}" for kind in ("COM", "LPT") for number in range(10)}
_DEVICES = {"CON", "PRN", "AUX", "NUL"} | _PORTS
"""Names that Windows keeps for itself."""


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """Give each name a file name without its ending; two that would clash are numbered."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = _UNSAFE.sub("_", name).strip(". ") or "_"
        if stem.upper() in _DEVICES:
            stem += "_"
        chosen, number = stem, 2
        while chosen.casefold() in taken:
            chosen, number = f"{stem} {number}", number + 1
        taken.add(chosen.casefold())
        stems[name] = chosen
    return stems
