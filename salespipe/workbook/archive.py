"""A workbook's zip container, read within limits: what is not a workbook is refused in one line."""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Final

from salespipe.errors import WorkbookEncryptedError, WorkbookError, WorkbookNotFoundError
from salespipe.wording import brief

__all__ = [
    "OLE",
    "PASSWORD_VARIABLE",
    "Archive",
    "file_bytes",
    "is_encrypted",
    "locked",
    "part_key",
]

MAX_PARTS: Final = 20_000
MAX_FILE_BYTES: Final = 500 * 2**20
MAX_UNPACKED_BYTES: Final = 2 * 2**30
MAX_RATIO: Final = 400
"""Unpacked over packed bytes; deflate itself ends at 1,032 and repetitive sheets reach 100."""
RATIO_FLOOR: Final = 8 * 2**20
"""Unpacked size in bytes under which a part may be as dense as it likes."""
LARGE_RATIO: Final = 150
LARGE: Final = 128 * 2**20
"""Unpacked size in bytes from which on a part may be LARGE_RATIO times its packed size only."""
_PIECE: Final = 2**20
"""Bytes that are unpacked at a time."""

ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    IndexError,
    OverflowError,
)
"""What zipfile raises on hostile input."""

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a compound file begins: an old .xls, or an encrypted workbook."""

PASSWORD_VARIABLE: Final = "SALESPIPE_PASSWORD"  # noqa: S105 (a name, not a password)
"""Environment variable that holds the password of the workbook that is read."""

DOCTYPES: Final = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))


def part_key(name: str) -> str:
    """Give the form under which part names are compared: no case, no leading slash."""
    return name.replace("\\", "/").lstrip("/").lower()


def is_encrypted(data: bytes) -> bool:
    """Tell whether a file is a workbook behind a password."""
    return data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in data


def locked(name: str) -> WorkbookEncryptedError:
    """Give the refusal of a workbook behind a password that nobody gave."""
    return WorkbookEncryptedError(
        f'"{name}" is protected by a password; commands that only read ask for it or take it from '
        f"{PASSWORD_VARIABLE}, but nothing is written into it or made of it, since only Excel can "
        "protect the result again: open it there, remove the password under File, Info, Protect "
        "Workbook, and save it."
    )


@dataclass(frozen=True)
class Archive:
    """The bytes of a zip file and its directory.

    Attributes
    ----------
    path : Path
    data : bytes
        The whole file.
    members : tuple of ZipInfo
        In the order of the directory, folders included.
    """

    path: Path
    data: bytes
    members: tuple[zipfile.ZipInfo, ...]

    @classmethod
    def open(cls, path: Path) -> "Archive":
        """Read a file and its directory.

        Raises
        ------
        WorkbookNotFoundError, WorkbookEncryptedError, WorkbookError
        """
        return cls.parse(path, file_bytes(path))

    @classmethod
    def parse(cls, path: Path, data: bytes) -> "Archive":
        """Read the directory of a file whose bytes are known; `path` names it in messages.

        Raises
        ------
        WorkbookEncryptedError, WorkbookError
        """
        _refuse_other_formats(path, data)
        try:
            members = tuple(zipfile.ZipFile(BytesIO(data)).infolist())
        except ZIP_ERRORS as trouble:
            raise WorkbookError(
                f'"{path.name}" is damaged or cut short ({brief(trouble)}); fetch it again, or '
                "open it in Excel and let Excel repair it."
            ) from None
        _refuse_bombs(path, members, size=len(data))
        return cls(path, data, members)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def index(self) -> dict[str, zipfile.ZipInfo]:
        """Members other than folders by :func:`part_key`."""
        return {part_key(info.filename): info for info in self.members if not info.is_dir()}

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(BytesIO(self.data))

    def read(self, part: str) -> bytes:
        """Unpack a part.

        Raises
        ------
        WorkbookError
            There is no such part, it is damaged, or it carries a DTD.
        """
        content = b"".join(self.stream(part))
        if part_key(part).endswith((".xml", ".rels")) and any(mark in content for mark in DOCTYPES):
            raise WorkbookError(
                f'The part {part} of "{self.path.name}" declares a DTD, which no spreadsheet '
                "program writes; open the file in Excel and save it again if you trust it."
            )
        return content

    def stream(self, part: str) -> Iterator[bytes]:
        """Unpack a part piece by piece, so that a large one never stands in memory as a whole.

        Whoever parses the pieces must refuse a DTD.

        Raises
        ------
        WorkbookError
            There is no such part, or it is damaged.
        """
        info = self.index.get(part_key(part))
        if info is None:
            raise WorkbookError(
                f'"{self.path.name}" lacks its part {part}; open it in Excel and save it again.'
            )
        try:
            with self._zip.open(info) as content:
                while piece := content.read(_PIECE):
                    yield piece
        except ZIP_ERRORS as trouble:
            raise WorkbookError(
                f'The part {part} of "{self.path.name}" is damaged ({brief(trouble)}); fetch the '
                "file again, or open it in Excel and let Excel repair it."
            ) from None

    def packed(self, info: zipfile.ZipInfo) -> tuple[bytes, bytes, bytes]:
        """Give a member's name, local extra field and compressed content as they stand.

        Raises
        ------
        WorkbookError
            The directory points at something else.
        """
        at = info.header_offset
        header = self.data[at : at + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise WorkbookError(f'"{self.path.name}" has a damaged directory; fetch it again.')
        name_size, extra_size = struct.unpack_from("<HH", header, 26)
        name_end = at + 30 + name_size
        start = name_end + extra_size
        return (
            self.data[at + 30 : name_end],
            self.data[name_end:start],
            self.data[start : start + info.compress_size],
        )


def file_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises
    ------
    WorkbookNotFoundError
        There is none.
    WorkbookError
        It is too large, a folder, or closed to us.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise WorkbookError(
                f'"{path.name}" is larger than {MAX_FILE_BYTES // 2**20} MB; split the workbook.'
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise WorkbookNotFoundError(
            f'There is no file "{path}"; check the folder and the name.'
        ) from None
    except IsADirectoryError:
        raise WorkbookError(f'"{path}" is a folder; give the workbook in it.') from None
    except OSError as trouble:
        raise WorkbookError(
            f'"{path}" cannot be read ({trouble.strerror}); check its permissions, and close it '
            "where it is open."
        ) from None


def _refuse_other_formats(path: Path, data: bytes) -> None:
    name = path.name
    if data.startswith(OLE):
        if is_encrypted(data):
            raise locked(name)
        raise WorkbookError(
            f'"{name}" is in the old binary format of Excel; open it in Excel and save it as .xlsx.'
        )
    if not data:
        raise WorkbookError(f'"{name}" is empty (0 bytes); fetch it again.')
    if not data.startswith(b"PK"):
        raise WorkbookError(
            f'"{name}" is not an Excel workbook, whatever its name says{_likely(data)}; open it in '
            "Excel and save it as .xlsx."
        )


def _likely(data: bytes) -> str:
    """Say what a file that is no workbook seems to be: exports often bear the wrong ending."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return " (it is a web page with a table)"
    if head.startswith(b"<?xml"):
        return " (it is an XML file)"
    if head.startswith(b"%pdf"):
        return " (it is a PDF)"
    if (
        b"\0" not in head
        and head.count(b"\n") > 1
        and max(map(head.count, (b",", b";", b"\t"))) > 2
    ):
        return " (it looks like CSV: then give it the ending .csv)"
    return ""


def _refuse_bombs(path: Path, members: tuple[zipfile.ZipInfo, ...], *, size: int) -> None:
    name = path.name
    if len(members) > MAX_PARTS:
        raise WorkbookError(f'"{name}" has {len(members)} parts, which no workbook needs.')
    if sum(info.file_size for info in members) > MAX_UNPACKED_BYTES:
        raise WorkbookError(
            f'"{name}" would unpack to more than {MAX_UNPACKED_BYTES // 2**30} GB; split the '
            "workbook, or do not trust it."
        )
    if sum(info.compress_size for info in members) > size:
        raise WorkbookError(
            f'"{name}" holds parts that overlap, as in a zip bomb; do not trust the file.'
        )
    for info in members:
        ratio = LARGE_RATIO if info.file_size > LARGE else MAX_RATIO
        if info.file_size > RATIO_FLOOR and info.file_size > ratio * max(info.compress_size, 1):
            raise WorkbookError(
                f'The part {info.filename} of "{name}" unpacks to more than {ratio} times its '
                "size, as a zip bomb does; do not trust the file."
            )
        if info.flag_bits & 0x1:
            raise WorkbookEncryptedError(
                f'"{name}" is a zip file with a password; take the workbook out of it first.'
            )
    duplicate = _first_duplicate(members)
    if duplicate:
        raise WorkbookError(
            f'"{name}" holds the part {duplicate} twice; open it in Excel and save it again.'
        )


def _first_duplicate(members: tuple[zipfile.ZipInfo, ...]) -> str:
    seen: set[str] = set()
    for info in members:
        key = part_key(info.filename)
        if key in seen and not info.is_dir():
            return info.filename
        seen.add(key)
    return ""
