"""Damaged files: bytes of good workbooks and CSV files, changed at random but repeatably."""

import re
import zipfile
from io import BytesIO
from random import Random

__all__ = ["damaged_bytes", "damaged_csv", "damaged_parts", "nonsense"]

TOKENS = (
    "", "-1", "0", "1e999", "nan", "99999999999999999999", "ZZZZ9", "A0", "A1:XFD1048576", "$A",
    "#REF!", "１２", "&#x41;", "x" * 40_000, "s", "inlineStr", "d", "e", "true", "\u202e", "二",
    "2026-13-45", "1048577", "A1:B", "A1 B2", "=1+1", "0.1.2",
)  # fmt: skip
VALUE = re.compile(rb'="[^"]*"|>[^<]+<')
TAG = re.compile(rb"<[^>]*>")


def nonsense(random: Random) -> bytes:
    """Bytes that are nothing, behind a head that looks like something."""
    heads = (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"a,b\n", b"<a>")
    return random.choice(heads) + random.randbytes(random.randrange(600))


def damaged_bytes(data: bytes, random: Random) -> bytes:
    """Change, cut, repeat or move some bytes of a file."""
    mutant = bytearray(data)
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(mutant) or 1)
        size = random.choice((1, 1, 2, 8, 200))
        what = random.randrange(5)
        if what == 0:
            mutant[at : at + size] = random.randbytes(size)
        elif what == 1:
            del mutant[at : at + size]
        elif what == 2:
            mutant[at:at] = mutant[at : at + size]
        elif what == 3:
            del mutant[at:]
        elif mutant:
            mutant[at % len(mutant)] ^= 1 << random.randrange(8)
    return bytes(mutant)


def damaged_parts(data: bytes, random: Random) -> bytes:
    """Change values and tags in the XML of one or two parts of a workbook, in a sound zip file."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name.endswith((".xml", ".rels"))]
    likely = [name for name in names if "sheet" in name.lower() or "workbook" in name]
    for _ in range(random.randrange(1, 3)):
        name = random.choice(likely if random.random() < 0.8 else names)
        parts[name] = _damaged_xml(parts[name], random)
    if random.random() < 0.05:
        del parts[random.choice(names)]
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _damaged_xml(xml: bytes, random: Random) -> bytes:
    for _ in range(random.randrange(1, 8)):
        what = random.random()
        found = list((VALUE if what < 0.7 else TAG).finditer(xml))
        if not found:
            return damaged_bytes(xml, random)
        match = random.choice(found)
        if what < 0.7:
            old = match.group()
            token = random.choice(TOKENS).encode()
            new = b'="' + token + b'"' if old.startswith(b"=") else b">" + token + b"<"
        elif what < 0.8:
            new = b""
        elif what < 0.9:
            new = match.group() * random.choice((2, 2, 50))
        elif what < 0.95:
            new = random.choice(found).group()
        else:
            return damaged_bytes(xml, random)
        xml = xml[: match.start()] + new + xml[match.end() :]
    return xml


def damaged_csv(text: str, random: Random) -> bytes:
    """Change a CSV file's fields, quotes, separators and encoding."""
    for _ in range(random.randrange(1, 8)):
        at = random.randrange(len(text) or 1)
        token = random.choice((*TOKENS, '"', "\n", ";", "\t", ",", "\0", "\r", "﻿", "sep=;\n"))
        text = text[:at] + token + text[at + random.randrange(12) :]
    codec = random.choice(("utf-8", "utf-16", "gb18030", "cp1252", "utf-32", "utf-16-le"))
    data = text.encode(codec, "replace")
    return damaged_bytes(data, random) if random.random() < 0.5 else data
