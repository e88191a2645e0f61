"""A new zip file in which every member that did not change keeps its compressed bytes.

zipfile can only compress anew, so the few records of the format are written here (APPNOTE.TXT
4.3.7, 4.3.12, 4.3.16). No member or file reaches 4 GB, so zip64 is not needed.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Final

from salespipe.workbook.archive import Archive, part_key

__all__ = ["repacked"]

LOCAL: Final = struct.Struct("<4s5H3L2H")
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
END: Final = struct.Struct("<4s4H2LH")

DESCRIPTOR_FOLLOWS: Final = 0x08
ZIP64_EXTRA: Final = 0x0001


def repacked(archive: Archive, parts: Mapping[str, bytes | None]) -> bytes:
    """Give the bytes of a zip file with some parts replaced, added, or dropped where None.

    Members keep their order, names and times, so the same input gives the same bytes; new ones
    follow in the order given.
    """
    changes = {part_key(name): content for name, content in parts.items()}
    new = [
        _new_member(name, content)
        for name, content in parts.items()
        if content is not None and part_key(name) not in archive.index
    ]
    out = BytesIO()
    directory = bytearray()
    count = 0
    for info, name, extra, old in _members(archive, new):
        key = part_key(info.filename)
        packed, method, crc, size = old, info.compress_type, info.CRC, info.file_size
        if key in changes:
            content = changes[key]
            if content is None:
                continue
            method, packed = zipfile.ZIP_DEFLATED, _deflated(content)
            crc, size = zlib.crc32(content), len(content)
        offset = out.tell()
        flags = info.flag_bits & ~DESCRIPTOR_FOLLOWS
        common = (flags, method, *_dos_time(info), crc, len(packed), size, len(name))
        version = max(20, min(info.extract_version, 45))
        local, central = _kept_extra(extra), _kept_extra(info.extra)
        out.write(LOCAL.pack(b"PK\3\4", version, *common, len(local)))
        out.write(name + local + packed)
        made_by = info.create_system << 8 | info.create_version
        ids = (len(central), len(info.comment), 0, info.internal_attr, info.external_attr, offset)
        directory += CENTRAL.pack(b"PK\1\2", made_by, version, *common, *ids)
        directory += name + central + info.comment
        count += 1
    start = out.tell()
    out.write(directory)
    out.write(END.pack(b"PK\5\6", 0, 0, count, count, len(directory), start, 0))
    return out.getvalue()


def _new_member(name: str, content: bytes) -> zipfile.ZipInfo:
    """Describe a part that was not there; its date is the first that the format can hold."""
    info = zipfile.ZipInfo(name)
    info.create_system = 0  # the same bytes on every system
    info.file_size, info.CRC = len(content), zlib.crc32(content)
    return info


def _members(
    archive: Archive, new: Iterable[zipfile.ZipInfo]
) -> Iterator[tuple[zipfile.ZipInfo, bytes, bytes, bytes]]:
    """Walk old and new members: description, name, local extra field, compressed content."""
    for info in archive.members:
        yield info, *archive.packed(info)
    for info in new:
        yield info, info.filename.encode(), b"", b""


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _dos_time(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def _kept_extra(extra: bytes) -> bytes:
    """Give an extra field less what says sizes in 64 bits, which are no longer needed."""
    return b"".join(field for kind, field in _fields(extra) if kind != ZIP64_EXTRA)


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at : at + 4 + size]
        at += 4 + size
