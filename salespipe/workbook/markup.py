"""Finding and splicing bytes in an XML part, without ever serialising it.

A part written anew by an XML library loses prefixes that ``mc:Ignorable`` names, quoting or order;
here every byte that is not meant to change stays as it stands. In well-formed XML a ``<`` outside
comments, CDATA and processing instructions always begins a tag, and only ``>`` may stand in an
attribute: so a scanner that masks the former and knows quotes is exact.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape as escape_html
from html import unescape as unescape_xml
from types import MappingProxyType
from typing import Final

from salespipe.errors import WorkbookUnsafeError

__all__ = [
    "Element",
    "Markup",
    "Splice",
    "as_index",
    "attribute",
    "escape_xml",
    "splice",
    "tag_pattern",
    "unescape_xml",
    "with_attribute",
]

type Splice = tuple[int, int, bytes]
"""Start, end and replacement of a stretch of bytes."""

REST: Final = rb"""[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>"""
"""The rest of a tag after its name, quotes respected."""

TAG: Final = re.compile(rb"""<(/?)([^\s<>/:"'=!?]+:)?([^\s<>/:"'=!?]+)""" + REST)
ATTRIBUTE: Final = re.compile(rb"""\s+([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")
MASKED: Final = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
DECLARED: Final = re.compile(rb"""<\?xml\s[^>]*encoding\s*=\s*["']([^"']+)""")


def tag_pattern(name: bytes) -> re.Pattern[bytes]:
    """Give the pattern of an opening or empty tag with that prefixed name."""
    return re.compile(rb"<" + re.escape(name) + rb"(?=[\s/>])" + REST)


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands in a part.

    Attributes
    ----------
    name : str
        Without prefix.
    prefix : str
        With its colon, ``""`` if none.
    start, end : int
        Of the whole element.
    inner, inner_end : int
        Of its content; both equal `end` for an empty tag.
    """

    name: str
    prefix: str
    start: int
    inner: int
    inner_end: int
    end: int


class Markup:
    """An XML part as bytes, with the places of its elements.

    Attributes
    ----------
    data : bytes
    what : str
        The part's name, for messages.

    Raises
    ------
    WorkbookUnsafeError
        The part is not in UTF-8 or cannot be followed.
    """

    def __init__(self, data: bytes, *, what: str) -> None:
        self.data = data
        self.what = what
        declared = DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
        odd = declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}
        if odd or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise WorkbookUnsafeError(
                f"The part {what} is not in UTF-8; open the workbook in Excel and save it again."
            )

    @cached_property
    def view(self) -> bytes:
        """The bytes with comments, CDATA and instructions blanked: same offsets, only real tags."""
        if b"<!" not in self.data and self.data.find(b"<?", 2) < 0:
            return self.data
        return MASKED.sub(lambda match: b" " * len(match[0]), self.data)

    @cached_property
    def root(self) -> Element:
        """The root element."""
        for element in self.elements(0, len(self.data)):
            return element
        raise self.lost()

    def lost(self) -> WorkbookUnsafeError:
        """Make the error for a part whose structure cannot be followed."""
        return WorkbookUnsafeError(
            f"The part {self.what} is built in an unusual way; open the workbook in Excel and save "
            "it again."
        )

    def elements(self, start: int, end: int) -> Iterator[Element]:
        """Walk the elements that lie side by side between two offsets."""
        depth = 0
        at = start
        first: re.Match[bytes] | None = None
        while match := TAG.search(self.view, at, end):
            at = match.end()
            closing, empty = bool(match[1]), self.view[at - 2 : at - 1] == b"/"
            if depth == 0 and not closing:
                first = match
            if closing:
                depth -= 1
            elif not empty:
                depth += 1
                if match[3] == b"sheetData":
                    at = self._end_of(match)
            if depth < 0 or first is None:
                raise self.lost()
            if depth == 0:
                inner_end = match.start() if closing else at
                yield Element(
                    name=first[3].decode(errors="replace"),
                    prefix=(first[2] or b"").decode(errors="replace"),
                    start=first.start(),
                    inner=first.end(),
                    inner_end=inner_end,
                    end=at,
                )
        if depth:
            raise self.lost()

    def _end_of(self, match: re.Match[bytes]) -> int:
        # Millions of cells lie in there and none is wanted one by one.
        at = self.view.find(b"</" + (match[2] or b"") + match[3], match.end())
        if at < 0:
            raise self.lost()
        return at

    def children(self, parent: Element) -> list[Element]:
        """List an element's own children."""
        return list(self.elements(parent.inner, parent.inner_end))

    def find(self, *path: str) -> Element | None:
        """Find the first element below the root by the names on the way to it."""
        here: Element | None = self.root
        for name in path:
            if here is None:
                return None
            here = next((child for child in self.children(here) if child.name == name), None)
        return here

    def tag(self, element: Element) -> bytes:
        """Give an element's opening tag."""
        return self.data[element.start : element.inner]

    def get(self, element: Element, name: str) -> str | None:
        """Give an attribute of an element."""
        return attribute(self.tag(element), name)

    def retagged(self, element: Element, name: str, value: str | None) -> Splice:
        """Give the splice that sets (or with None drops) an attribute."""
        tag = with_attribute(self.tag(element), name, value)
        return element.start, element.inner, tag

    def inserted(self, parent: Element, at: int, content: bytes) -> Splice:
        """Give the splice that puts content into a parent; an empty tag is opened for it."""
        tag = self.tag(parent)
        if not tag.endswith(b"/>"):
            return at, at, content
        closing = f"</{parent.prefix}{parent.name}>".encode()
        return parent.start, parent.end, tag[:-2].rstrip() + b">" + content + closing


def escape_xml(text: str, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """Give a text as it may stand in an element, further characters replaced as told.

    As ``xml.sax.saxutils.escape``, which loads what fetches pages from the network.
    """
    escaped = escape_html(text, quote=False)
    for character, entity in more.items():
        escaped = escaped.replace(character, entity)
    return escaped


def as_index(text: str | None) -> int:
    """Give the whole number in an attribute, 0 where there is none worth the name."""
    return int(text) if text and text.isdecimal() and len(text) <= 10 else 0


def attribute(tag: bytes, name: str) -> str | None:
    """Give the value of an attribute in an opening tag, unescaped; None if it is not there."""
    wanted = name.encode()
    for match in ATTRIBUTE.finditer(tag):
        if match[1] == wanted:
            return unescape_xml(match[2][1:-1].decode(errors="replace"))
    return None


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """Give an opening tag with an attribute set, or dropped where the value is None."""
    wanted = name.encode()
    text = None if value is None else escape_xml(value, {'"': "&quot;", "\n": "&#10;"}).encode()
    for match in ATTRIBUTE.finditer(tag):
        if match[1] == wanted:
            if text is None:
                return tag[: match.start()] + tag[match.end() :]
            return tag[: match.start(2)] + b'"' + text + b'"' + tag[match.end(2) :]
    if text is None:
        return tag
    tail = b"/>" if tag.endswith(b"/>") else b">"
    return tag.removesuffix(tail).rstrip() + b" " + wanted + b'="' + text + b'"' + tail


def splice(data: bytes, splices: Iterable[Splice]) -> bytes:
    """Replace stretches of bytes; they may touch but not overlap."""
    splices = list(splices)
    if not splices:
        return data
    view = memoryview(data)  # a slice of bytes would be a copy, and a sheet may be 100 MB
    pieces: list[bytes | memoryview] = []
    at = 0
    for start, end, content in sorted(splices, key=lambda item: (item[0], item[1])):
        if start < at:
            raise AssertionError(f"splices overlap at byte {start}")
        pieces += [view[at:start], content]
        at = end
    return b"".join([*pieces, view[at:]])
