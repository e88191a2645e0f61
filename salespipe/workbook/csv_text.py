"""CSV files of any common encoding and separator, as rows of text."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from salespipe.errors import WorkbookError, WorkbookNotFoundError

__all__ = ["CsvText", "parse_csv", "read_csv_text"]

MAX_BYTES: Final = 200 * 2**20
MAX_CELLS: Final = 8_000_000
SEPARATORS: Final = (",", ";", "\t", "|")

_FIELD_LIMIT: Final = 1_000_000
"""Characters of one field; Excel itself ends at 32,767."""
_SAMPLED: Final = 200
_END: Final = "\x1eend\x1e"
"""A record put behind the text: it is read as one unless a quotation mark was never closed."""
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_STATED: Final = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_COMMON_CHINESE: Final = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef·—‘’“”…]")


@dataclass(frozen=True)
class CsvText:
    """A CSV file as text.

    Attributes
    ----------
    rows : list of list of str
        All records, the header among them; blank lines are empty lists, so that the place in the
        list is the row that a spreadsheet program would show.
    encoding, separator : str
        As found or given.
    """

    rows: list[list[str]]
    encoding: str
    separator: str


def read_csv_text(path: Path, *, encoding: str = "auto", separator: str = "auto") -> CsvText:
    """Read a CSV file; what is not said is found out from the file itself.

    Parameters
    ----------
    path : Path
    encoding : str
        A codec, or ``auto``: a byte order mark decides, else UTF-8 where it fits, else GB 18030
        where the text is Chinese in it, else cp1252.
    separator : str
        One character, or ``auto``: the one of ``, ; tab |`` that cuts the lines most evenly.

    Raises
    ------
    WorkbookError
        The file cannot be read, is empty, is no text, or is too large.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise WorkbookError(
                f'"{path.name}" is larger than {MAX_BYTES // 2**20} MB; split it by year.'
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise WorkbookNotFoundError(
            f'There is no file "{path}"; check the folder and the name.'
        ) from None
    except OSError as error:
        raise WorkbookError(
            f'"{path}" cannot be read ({error.strerror}); check who may read it.'
        ) from None
    return parse_csv(data, name=path.name, encoding=encoding, separator=separator)


def parse_csv(
    data: bytes, *, name: str, encoding: str = "auto", separator: str = "auto"
) -> CsvText:
    """Do the same with bytes; `name` stands in messages.

    Raises
    ------
    WorkbookError
    """
    if not data.strip(b"\0 \r\n\t"):
        raise WorkbookError(f'"{name}" is empty; export it again.')
    text, encoding = _decoded(data, name, encoding)
    if stated := _STATED.match(text):
        text, separator = text[stated.end() :], stated[1]
    if separator == "auto":
        separator = _separator(text)
    return CsvText(_rows(text, name, separator), encoding, separator)


def _decoded(data: bytes, name: str, encoding: str) -> tuple[str, str]:
    codec = _codec(data) if encoding == "auto" else encoding
    if codec.lower() in {"utf-8", "utf8"}:
        codec = "utf-8-sig"
    try:
        text = data.decode(codec)
    except (UnicodeError, LookupError):
        raise WorkbookError(
            f'"{name}" is not text in {codec.removesuffix("-sig")}; save it as CSV UTF-8, or name '
            'its encoding, such as "gb18030".'
        ) from None
    if text.count("\0") > len(text) // 100:
        raise WorkbookError(f'"{name}" is not text but binary data; export it as CSV UTF-8.')
    return text.removeprefix("\ufeff"), codec.removesuffix("-sig")


def _codec(data: bytes) -> str:
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), "")
    if marked:
        return marked
    head = data[:4096]
    if head.count(0) > len(head) // 5:
        even = head[::2].count(0)
        return "utf-16-be" if 2 * even > head.count(0) else "utf-16-le"
    for codec in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(codec)
        except UnicodeError:
            continue
        if codec != "gb18030" or _is_chinese(text):
            return codec
    return "cp1252" if not set(data) & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "latin-1"


def _is_chinese(text: str) -> bool:
    """Tell Chinese from cp1252 that GB 18030 happens to accept.

    In the latter an accented letter and the one after it become one rare character, so that
    common ones are few.
    """
    foreign = [char for char in text if ord(char) > 127]
    common = sum(_COMMON_CHINESE.match(char) is not None for char in foreign)
    if 10 * common < 9 * len(foreign):
        return False
    # Level 1 of GB 2312 (first byte B0 to D7) holds nearly all of what is written.
    usual = sum(0xB0 <= char.encode("gb18030")[0] <= 0xD7 for char in foreign[:5000])
    return 2 * usual > min(len(foreign), 5000)


def _separator(text: str) -> str:
    # Lines may end as on old Macs, which only an empty `newline` leaves to the csv module.
    sample = io.StringIO(text[:200_000], newline="")
    lines = [line for _, line in zip(range(_SAMPLED), sample, strict=False)]
    return max(SEPARATORS, key=lambda mark: _evenness(lines, mark))


def _evenness(lines: Sequence[str], mark: str) -> tuple[float, int]:
    """Give the share of lines with the usual number of fields, and that number."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if row)
    except csv.Error:
        return 0.0, 0
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    if width < 2:
        return 0.0, 0
    share = count / widths.total()
    # Nearly even counts as even: then the mark that cuts into more fields is the separator.
    return (1.0 if share > 0.9 else share), width


def _rows(text: str, name: str, separator: str) -> list[list[str]]:
    limit = csv.field_size_limit(_FIELD_LIMIT)
    rows: list[list[str]] = []
    cells = 0
    try:
        whole = io.StringIO(f"{text.rstrip('\r\n')}\n{_END}", newline="")
        for row in csv.reader(whole, delimiter=separator):
            cells += len(row)
            if cells > MAX_CELLS:
                raise WorkbookError(f'"{name}" holds more than {MAX_CELLS:,} cells; split it.')
            rows.append([] if len(row) == 1 and not row[0].strip() else row)
    except (csv.Error, TypeError) as error:
        raise WorkbookError(
            f'"{name}" is not a regular CSV file ({error}, row {len(rows) + 1}); export it again, '
            "or state its separator."
        ) from None
    finally:
        csv.field_size_limit(limit)
    last = rows.pop() if rows else []
    if last != [_END]:
        raise WorkbookError(
            f'"{name}" opens a quotation mark in row {len(rows) + 1} that is never closed, so that '
            "all rows below run into one cell; mend it there, or export the file again."
        )
    return rows
