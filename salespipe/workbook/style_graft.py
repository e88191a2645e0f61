"""Cell styles of one workbook appended to those of another."""

import re
from dataclasses import dataclass
from typing import Final

from salespipe.workbook.markup import Element, Markup, Splice, as_index, splice, with_attribute
from salespipe.workbook.number_formats import FIRST_CUSTOM

__all__ = ["StyleMap", "appended_styles", "prefixed"]

SECTIONS: Final = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
"""Children of a style sheet in the order that the format demands (ECMA-376, CT_Stylesheet)."""

SHIFTED: Final = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}

TAG_NAME: Final = re.compile(rb"<(/?)(?=[A-Za-z])")


@dataclass(frozen=True)
class StyleMap:
    """What became of the indices of the styles that were appended.

    Attributes
    ----------
    cell, differential : int
        Added to the index of a cell style and of a conditional format's style.
    """

    cell: int
    differential: int


def prefixed(fragment: bytes, prefix: str) -> bytes:
    """Give elements without prefixes the one (with its colon) that a part uses."""
    return TAG_NAME.sub(rb"<\1" + prefix.encode(), fragment) if prefix else fragment


def appended_styles(data: bytes, donor: bytes) -> tuple[bytes, StyleMap]:
    """Append all cell styles and conditional styles of a donor to a styles part.

    Nothing that was there changes its index or its look.

    Parameters
    ----------
    data, donor : bytes
        The donor's is one that xlsxwriter made: no prefixes, no formats of named styles.

    Returns
    -------
    bytes
        The part.
    StyleMap
    """
    mine, theirs = _Sheet(data), _Sheet(donor)
    shift = {name: mine.count(name) for name in SECTIONS}
    numbers, added_formats = _number_formats(mine, theirs)
    added = {
        "numFmts": added_formats,
        **{name: theirs.pieces(name) for name in ("fonts", "fills", "borders", "dxfs")},
        "cellXfs": [_moved(xf, shift, numbers) for xf in theirs.pieces("cellXfs")],
    }
    if not shift["cellStyleXfs"]:
        added["cellStyleXfs"] = theirs.pieces("cellStyleXfs")
    return mine.extended(added), StyleMap(shift["cellXfs"], shift["dxfs"])


class _Sheet:
    """A styles part and its sections."""

    def __init__(self, data: bytes) -> None:
        self.markup = Markup(data, what="styles.xml")
        children = self.markup.children(self.markup.root)
        self.sections: dict[str, Element] = {child.name: child for child in children}

    def items(self, section: str) -> list[Element]:
        found = self.sections.get(section)
        return self.markup.children(found) if found else []

    def count(self, section: str) -> int:
        return len(self.items(section))

    def pieces(self, section: str) -> list[bytes]:
        return [self.markup.data[item.start : item.end] for item in self.items(section)]

    def extended(self, added: dict[str, list[bytes]]) -> bytes:
        """Give the part with elements put at the end of sections, which are made if missing."""
        splices: list[Splice] = []
        created: dict[int, bytes] = {}
        prefix = self.markup.root.prefix
        for name in SECTIONS:
            pieces = added.get(name)
            if not pieces:
                continue
            content = prefixed(b"".join(pieces), prefix)
            total = str(self.count(name) + len(pieces))
            section = self.sections.get(name)
            if section:
                splices += self._grown(section, content, total)
                continue
            before = [s.end for key, s in self.sections.items() if _place(key) < _place(name)]
            at = max(before, default=self.markup.root.inner)
            tag = f"{prefix}{name}".encode()
            whole = b"<" + tag + f' count="{total}">'.encode() + content + b"</" + tag + b">"
            created[at] = created.get(at, b"") + whole
        splices += [(at, at, content) for at, content in created.items()]
        return splice(self.markup.data, splices)

    def _grown(self, section: Element, content: bytes, total: str) -> list[Splice]:
        tag = with_attribute(self.markup.tag(section), "count", total)
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
            closing = f"</{section.prefix}{section.name}>".encode()
            return [(section.start, section.end, tag + content + closing)]
        return [
            (section.start, section.inner, tag),
            (section.inner_end, section.inner_end, content),
        ]


def _place(section: str) -> int:
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)


def _number_formats(mine: _Sheet, theirs: _Sheet) -> tuple[dict[int, int], list[bytes]]:
    """Find or make the donor's number formats; give their new ids and what is to be added."""
    get = mine.markup.get
    known = {
        get(item, "formatCode") or "": as_index(get(item, "numFmtId"))
        for item in mine.items("numFmts")
    }
    following = max([FIRST_CUSTOM - 1, *known.values()]) + 1
    moved: dict[int, int] = {}
    added: list[bytes] = []
    for item, piece in zip(theirs.items("numFmts"), theirs.pieces("numFmts"), strict=True):
        code = theirs.markup.get(item, "formatCode") or ""
        number = as_index(theirs.markup.get(item, "numFmtId"))
        if code not in known:
            known[code] = following
            added.append(with_attribute(piece, "numFmtId", str(following)))
            following += 1
        moved[number] = known[code]
    return moved, added


def _moved(xf: bytes, shift: dict[str, int], numbers: dict[int, int]) -> bytes:
    """Give a cell style with its font, fill, border and number format where they are now."""
    tag, rest = xf[: xf.index(b">") + 1], xf[xf.index(b">") + 1 :]
    markup = Markup(xf, what="styles.xml")
    for attribute, section in SHIFTED.items():
        index = as_index(markup.get(markup.root, attribute)) + shift[section]
        tag = with_attribute(tag, attribute, str(index))
        # Without the flag a program may take the named style's look, which is another here.
        tag = with_attribute(tag, f"apply{attribute[:-2].capitalize()}", "1")
    number = as_index(markup.get(markup.root, "numFmtId"))
    tag = with_attribute(tag, "numFmtId", str(numbers.get(number, number)))
    return with_attribute(with_attribute(tag, "xfId", "0"), "applyNumberFormat", "1") + rest
