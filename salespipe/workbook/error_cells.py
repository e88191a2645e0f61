"""Cells of .xls, .xlsb and .ods files that hold an error: their reader hands back blanks for them.

Only the few records (or elements) that hold errors are looked at: in .xls [MS-XLS] 2.4.24 and
2.4.127, in .xlsb [MS-XLSB] 2.4.309 and 2.4.683, in .ods what LibreOffice marks as an error.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.parsers import expat

import olefile

from salespipe.workbook.archive import OLE, ZIP_ERRORS

__all__ = ["MAX_ERRORS", "ErrorCell", "UnseenError", "error_cells"]

MAX_ERRORS: Final = 200_000
"""Errors that one file may hold; a sheet that repeats a cell a billion times holds more."""

_CODES: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_WORST: Final = "#VALUE!"
_SAID = re.compile(r"#[A-Z0-9_/]+[!?]?|Err:\d+")

# Records of .xls.
_EOF, _SHEET, _BOOL_OR_ERROR, _FORMULA, _BOF = 0x0A, 0x85, 0x205, 0x06, 0x809
# Records of .xlsb.
_ROW, _ERROR, _FORMULA_ERROR, _BUNDLE = 0, 3, 11, 156


class UnseenError(Exception):
    """Where the errors stand cannot be told."""


class ErrorCell(NamedTuple):
    """A cell that holds an error: its place, from 1, and the error as Excel writes it."""

    row: int
    column: int
    code: str


def error_cells(data: bytes) -> list[list[ErrorCell]]:
    """Find the error cells of each sheet, sheets of every kind in their order.

    Parameters
    ----------
    data : bytes
        An .xls, .xlsb or .ods file.

    Raises
    ------
    UnseenError
        The file is not as its format says, or holds more than :data:`MAX_ERRORS`.
    """
    try:
        return _sheets(data)
    except (OSError, KeyError, AttributeError, TypeError, expat.ExpatError, *ZIP_ERRORS) as error:
        raise UnseenError from error


def _sheets(data: bytes) -> list[list[ErrorCell]]:
    if data.startswith(OLE):
        return _old(data)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = set(book.namelist())
        if "xl/workbook.bin" in names:
            return [_few(_binary(book.read(part))) for part in _binary_parts(book)]
        return _open_document(book)


def _few(cells: Iterator[ErrorCell]) -> list[ErrorCell]:
    found: list[ErrorCell] = []
    for cell in cells:
        if len(found) == MAX_ERRORS:
            raise UnseenError
        found.append(cell)
    return found


def _old(data: bytes) -> list[list[ErrorCell]]:
    with olefile.OleFileIO(io.BytesIO(data)) as book:
        name = "Workbook" if book.exists("Workbook") else "Book"
        stream: bytes = book.openstream(name).read()
    places = []
    for kind, body in _old_records(stream, 0):
        if kind == _SHEET:
            places.append(struct.unpack_from("<I", stream, body)[0])
    return [_few(_old_cells(stream, place)) for place in places]


def _old_records(stream: bytes, place: int) -> Iterator[tuple[int, int]]:
    """Give the kind and the place of the records up to the end of the sheet that begins here.

    Charts within a sheet begin and end as sheets do.
    """
    depth = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, place + 4
        if depth <= 0:
            return
        place += 4 + size


def _old_cells(stream: bytes, place: int) -> Iterator[ErrorCell]:
    for kind, body in _old_records(stream, place):
        if kind == _BOOL_OR_ERROR:
            row, column, _, code, is_error = struct.unpack_from("<HHHBB", stream, body)
        elif kind == _FORMULA:
            # A result that is no number: what it is, in its first byte, and all ones in its last.
            row, column, _, what, code, mark = struct.unpack_from("<HHHBxB3xH", stream, body)
            is_error = what == 2 and mark == 0xFFFF
        else:
            continue
        if is_error:
            yield ErrorCell(row + 1, column + 1, _CODES.get(code, _WORST))


def _binary_parts(book: zipfile.ZipFile) -> Iterator[str]:
    """Give the parts of the sheets of an .xlsb file in their order."""
    relations = book.read("xl/_rels/workbook.bin.rels").decode("utf-8")
    targets = {}
    for tag in re.findall(r"<Relationship\b[^>]*>", relations):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        targets[said["Id"]] = said["Target"]
    stream = book.read("xl/workbook.bin")
    for kind, body in _binary_records(stream):
        if kind == _BUNDLE:
            (length,) = struct.unpack_from("<I", stream, body + 8)
            target = targets[stream[body + 12 : body + 12 + 2 * length].decode("utf-16-le")]
            yield target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _binary_records(stream: bytes) -> Iterator[tuple[int, int]]:
    """Give the kind and the place of each record; both numbers before it come in groups of 7."""
    place = 0
    while place < len(stream):
        kind = stream[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (stream[place] & 0x7F) << 7
            place += 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte = stream[place]
            place += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, place
        place += size


def _binary(stream: bytes) -> Iterator[ErrorCell]:
    row = 0
    for kind, body in _binary_records(stream):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", stream, body)
        elif kind in (_ERROR, _FORMULA_ERROR):
            column, code = struct.unpack_from("<I4xB", stream, body)
            yield ErrorCell(row + 1, column + 1, _CODES.get(code, _WORST))


def _open_document(book: zipfile.ZipFile) -> list[list[ErrorCell]]:
    content = _Content()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.characters
    with book.open("content.xml") as part:
        parser.ParseFile(part)
    return content.sheets


class _Content:
    """What the elements of a content.xml say of its sheets."""

    def __init__(self) -> None:
        self.sheets: list[list[ErrorCell]] = []
        self._row = self._column = 1
        self._rows = self._columns = 1
        self._here: list[tuple[int, int, str]] = []
        self._text: list[str] | None = None

    def start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "table:table":
            self.sheets.append([])
            self._row = 1
        elif tag == "table:table-row":
            self._rows = int(said.get("table:number-rows-repeated", 1))
            self._column, self._here = 1, []
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._columns = int(said.get("table:number-columns-repeated", 1))
            self._text = [] if said.get("calcext:value-type") == "error" else None

    def characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            if self._text is not None:
                code = _SAID.search("".join(self._text))
                self._here.append((self._column, self._columns, code[0] if code else _WORST))
                self._text = None
            self._column += self._columns
        elif tag == "table:table-row":
            if len(self.sheets[-1]) + sum(width for _, width, _ in self._here) * self._rows > (
                MAX_ERRORS
            ):
                raise UnseenError
            self.sheets[-1] += [
                ErrorCell(row, column, code)
                for row in range(self._row, self._row + self._rows * bool(self._here))
                for first, width, code in self._here
                for column in range(first, first + width)
            ]
            self._row += self._rows
