"""What the reader of .xls, .xlsb and .ods files does not hand over: errors, and shown currencies.

It gives blanks for errors, and nothing of number formats. Only the few records (or elements) that
say so are looked at: in .xls [MS-XLS] 2.4.24, 2.4.126, 2.4.127, 2.4.180, 2.4.175, 2.4.220 and
2.4.353, in .xlsb [MS-XLSB] 2.4 (BrtCellError, BrtCellRk, BrtCellReal, their formulas, BrtFmt,
BrtXF), in .ods what LibreOffice marks as an error, and the currency of a value.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from xml.parsers import expat

import olefile

from salespipe.workbook.archive import OLE, ZIP_ERRORS
from salespipe.workbook.money import MoneyFormat, money_styles

__all__ = [
    "MAX_ERRORS",
    "MAX_MONEY",
    "ErrorCell",
    "MoneyCell",
    "Unseen",
    "UnseenError",
    "unseen_cells",
]

MAX_ERRORS: Final = 200_000
"""Errors that one file may hold; a sheet that repeats a cell a billion times holds more."""

MAX_MONEY: Final = 1_000_000
"""Amounts with a currency that one file may hold."""

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
_FORMAT, _XF, _NUMBER, _RK, _MANY_RK = 0x41E, 0xE0, 0x203, 0x27E, 0xBD
# Records of .xlsb.
_ROW, _ERROR, _FORMULA_ERROR, _BUNDLE = 0, 3, 11, 156
_BINARY_FORMAT, _BINARY_XF, _CELL_XFS, _CELL_XFS_END = 44, 47, 617, 618
_NUMBERS: Final = frozenset({2, 5, 9})


class UnseenError(Exception):
    """Where the errors stand cannot be told."""


class ErrorCell(NamedTuple):
    """A cell that holds an error: its place, from 1, and the error as Excel writes it."""

    row: int
    column: int
    code: str


class MoneyCell(NamedTuple):
    """A number whose format shows a currency: its place, from 1, and what is shown."""

    row: int
    column: int
    word: str
    local: bool


@dataclass
class Unseen:
    """What is not handed over of one sheet.

    Attributes
    ----------
    errors : list of ErrorCell
    money : list of MoneyCell
    """

    errors: list[ErrorCell] = field(default_factory=list)
    money: list[MoneyCell] = field(default_factory=list)

    def room(self, errors: int = 1, money: int = 0) -> None:
        """Raise where so many more are too many."""
        if len(self.errors) + errors > MAX_ERRORS or len(self.money) + money > MAX_MONEY:
            raise UnseenError


def unseen_cells(data: bytes) -> list[Unseen]:
    """Find the errors and the currencies of each sheet, sheets of every kind in their order.

    Parameters
    ----------
    data : bytes
        An .xls, .xlsb or .ods file.

    Raises
    ------
    UnseenError
        The file is not as its format says, or holds more than :data:`MAX_ERRORS` of them.
    """
    try:
        return _sheets(data)
    except (
        OSError,
        LookupError,
        AttributeError,
        TypeError,
        expat.ExpatError,
        *ZIP_ERRORS,
    ) as error:
        raise UnseenError from error


def _sheets(data: bytes) -> list[Unseen]:
    if data.startswith(OLE):
        return _old(data)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = set(book.namelist())
        if "xl/workbook.bin" in names:
            formats = (
                _binary_formats(book.read("xl/styles.bin")) if "xl/styles.bin" in names else {}
            )
            return [_gathered(_binary(book.read(part), formats)) for part in _binary_parts(book)]
        return _open_document(book)


def _gathered(cells: Iterator[ErrorCell | MoneyCell]) -> Unseen:
    found = Unseen()
    for cell in cells:
        if isinstance(cell, ErrorCell):
            found.room()
            found.errors.append(cell)
        else:
            found.room(0, 1)
            found.money.append(cell)
    return found


def _old(data: bytes) -> list[Unseen]:
    with olefile.OleFileIO(io.BytesIO(data)) as book:
        name = "Workbook" if book.exists("Workbook") else "Book"
        stream: bytes = book.openstream(name).read()
    places: list[int] = []
    codes: dict[int, str] = {}
    formats: list[int] = []
    for kind, body in _old_records(stream, 0):
        if kind == _SHEET:
            places.append(struct.unpack_from("<I", stream, body)[0])
        elif kind == _FORMAT and name == "Workbook":
            number, length, wide = struct.unpack_from("<HHB", stream, body)
            text = stream[body + 5 : body + 5 + length * (1 + (wide & 1))]
            codes[number] = text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")
        elif kind == _XF:
            formats.append(struct.unpack_from("<2xH", stream, body)[0])
    styles = money_styles(codes, formats)
    return [_gathered(_old_cells(stream, place, styles)) for place in places]


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


def _old_cells(
    stream: bytes, place: int, styles: dict[int, MoneyFormat]
) -> Iterator[ErrorCell | MoneyCell]:
    for kind, body in _old_records(stream, place):
        is_error, numbers = False, []
        if kind == _BOOL_OR_ERROR:
            row, column, _, code, is_error = struct.unpack_from("<HHHBB", stream, body)
        elif kind == _FORMULA:
            # A result that is no number: what it is, in its first byte, and all ones in its last.
            row, column, style, what, code, mark = struct.unpack_from("<HHHBxB3xH", stream, body)
            is_error = what == 2 and mark == 0xFFFF
            numbers = [style] if mark != 0xFFFF else []
        elif styles and kind in (_NUMBER, _RK):
            row, column, style = struct.unpack_from("<HHH", stream, body)
            numbers = [style]
        elif styles and kind == _MANY_RK:
            (size,) = struct.unpack_from("<H", stream, body - 2)
            row, column = struct.unpack_from("<HH", stream, body)
            numbers = [
                struct.unpack_from("<H", stream, at)[0]
                for at in range(body + 4, body + size - 2, 6)
            ]
        if is_error:
            yield ErrorCell(row + 1, column + 1, _CODES.get(code, _WORST))
        for beside, style in enumerate(numbers, start=1):
            if style in styles:
                yield MoneyCell(row + 1, column + beside, *styles[style])


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


def _binary_formats(stream: bytes) -> dict[int, MoneyFormat]:
    codes: dict[int, str] = {}
    formats: list[int] = []
    of_cells = False
    for kind, body in _binary_records(stream):
        if kind == _BINARY_FORMAT:
            number, length = struct.unpack_from("<HI", stream, body)
            codes[number] = stream[body + 6 : body + 6 + 2 * length].decode("utf-16-le", "replace")
        elif kind in (_CELL_XFS, _CELL_XFS_END):
            of_cells = kind == _CELL_XFS
        elif kind == _BINARY_XF and of_cells:
            formats.append(struct.unpack_from("<2xH", stream, body)[0])
    return money_styles(codes, formats)


def _binary(stream: bytes, styles: dict[int, MoneyFormat]) -> Iterator[ErrorCell | MoneyCell]:
    row = 0
    for kind, body in _binary_records(stream):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", stream, body)
        elif kind in (_ERROR, _FORMULA_ERROR):
            column, code = struct.unpack_from("<I4xB", stream, body)
            yield ErrorCell(row + 1, column + 1, _CODES.get(code, _WORST))
        elif styles and kind in _NUMBERS:
            column, style = struct.unpack_from("<II", stream, body)
            if said := styles.get(style & 0xFFFFFF):
                yield MoneyCell(row + 1, column + 1, *said)


def _open_document(book: zipfile.ZipFile) -> list[Unseen]:
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
        self.sheets: list[Unseen] = []
        self._row = self._column = 1
        self._rows = self._columns = 1
        self._here: list[tuple[int, int, str]] = []
        self._money: list[tuple[int, int, str]] = []
        self._text: list[str] | None = None

    def start(self, tag: str, said: dict[str, str]) -> None:
        if tag == "table:table":
            self.sheets.append(Unseen())
            self._row = 1
        elif tag == "table:table-row":
            self._rows = int(said.get("table:number-rows-repeated", 1))
            self._column, self._here, self._money = 1, [], []
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._columns = int(said.get("table:number-columns-repeated", 1))
            self._text = [] if said.get("calcext:value-type") == "error" else None
            if self._text is None and (currency := said.get("office:currency")):
                self._money.append((self._column, self._columns, currency))

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
            sheet = self.sheets[-1]
            sheet.room(*(self._rows * sum(w for _, w, _ in c) for c in (self._here, self._money)))
            sheet.errors += [ErrorCell(*cell) for cell in self._repeated(self._here)]
            sheet.money += [MoneyCell(*cell, False) for cell in self._repeated(self._money)]
            self._row += self._rows

    def _repeated(self, cells: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        return [
            (row, column, said)
            for row in range(self._row, self._row + self._rows * bool(cells))
            for first, width, said in cells
            for column in range(first, first + width)
        ]
