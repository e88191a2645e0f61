"""Blank cells of a sheet's XML: taken out before it is parsed, since a used range may be vast."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["without_blanks"]

_BLANK: Final = (
    rb'<(?:c|\w+:c) r="[A-Z]++[0-9]++"(?: (?:s|cm|vm|ph)="[0-9]++")*+\s*+(?:/>|></(?:c|\w+:c)>)'
)

_RUN: Final = re.compile(rb"(?:" + _BLANK + rb')+(?=<(?:\w+:)?c r="|</(?:\w+:)?row>)')
"""Blank cells after which the next one says where it stands, or none comes: without them nothing
else moves."""

_ROW: Final = re.compile(
    rb'(?:<((?:\w+:)?)row r="[0-9]+"(?: (?:spans|s|customFormat|ht|customHeight|x14ac:dyDescent)'
    rb'="[^"<>]*")*\s*(?:/>|></\1row>))+(?=<(?:\w+:)?row r="|</(?:\w+:)?sheetData>)'
)
"""Rows without cells that are not hidden, likewise."""

_FEW: Final = 4
"""Closing tags for each blank cell from which on there are few of them; a filled cell has two."""

_KEPT: Final = (b"<![CDATA[", b"<!--")
"""Where text may look like a cell."""


def without_blanks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Take blank cells and rows of nothing else out of the pieces of a sheet.

    What a person formatted far below the data makes millions of them, and each would cost the
    parser as much as a cell that holds something. Cells and rows that do not say where they stand
    are counted by those before them, so what is before them stays; so do hidden rows, whatever a
    piece cuts in two, and all of a piece in which text could look like a cell.

    Parameters
    ----------
    pieces : iterable of bytes
        The part in order, cut anywhere.

    Yields
    ------
    bytes
    """
    for piece in pieces:
        if _mostly_filled(piece) or any(mark in piece for mark in _KEPT):
            yield piece
        else:
            yield _ROW.sub(b"", _RUN.sub(b"", piece))


def _mostly_filled(piece: bytes) -> bool:
    """Tell whether so few cells are blank that looking for them costs more than parsing them."""
    blank = piece.count(b"/>") + piece.count(b'"></')
    return _FEW * blank < piece.count(b"</")
