"""Parts of a donor workbook as they read in the workbook that they are grafted into."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from salespipe.workbook.areas import quote_sheet
from salespipe.workbook.content import render
from salespipe.workbook.markup import (
    Markup,
    as_index,
    escape_xml,
    splice,
    unescape_xml,
    with_attribute,
)
from salespipe.workbook.package import Package
from salespipe.workbook.style_graft import StyleMap

__all__ = [
    "Dialect",
    "grafted_relations",
    "grafted_table",
    "grafted_worksheet",
    "renamed_references",
    "table_number",
]

TRANSITIONAL: Final = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "officeDocument/relationships"
    ),
    "http://schemas.openxmlformats.org/drawingml/2006/main": "drawingml/main",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "drawingml/chart",
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing": (
        "drawingml/spreadsheetDrawing"
    ),
}
"""Namespaces of the usual form of the format, and where the strict form has them."""

STRICT: Final = "http://purl.oclc.org/ooxml/"

CELL: Final = re.compile(rb'<c r="([A-Z]+\d+)"(?: s="(\d+)")?')
SHARED: Final = re.compile(rb' t="s"><v>(\d+)</v>')
STYLED_TAG: Final = re.compile(rb'<(?:row|col) [^>]*?\b(?:s|style)="(\d+)"')
RULE_STYLE: Final = re.compile(rb'[dD]xfId="(\d+)"')
SELECTED: Final = re.compile(rb' tabSelected="1"')

CHART_SHEET: Final = re.compile(rb"(<c:f>)(?:'((?:[^'<]|'')+)'|([^'!<]+))!")
LINK_SHEET: Final = re.compile(rb'( location=")\'((?:[^\'"]|\'\')+)\'!')


@dataclass(frozen=True)
class Dialect:
    """The form of the format that a workbook speaks.

    Attributes
    ----------
    strict : bool
        Strict Open XML, whose namespaces are others.
    """

    strict: bool

    @classmethod
    def of(cls, package: Package) -> "Dialect":
        """Tell a workbook's dialect from its namespace."""
        return cls(STRICT.encode() + b"spreadsheetml/main" in package.read(package.workbook))

    def spoken(self, part: bytes) -> bytes:
        """Give a part in this dialect; it is one in the usual form."""
        if not self.strict:
            return part
        for usual, strict in TRANSITIONAL.items():
            part = part.replace(usual.encode(), (STRICT + strict).encode())
        return part

    @property
    def relationships(self) -> str:
        """The namespace of relations and of their types."""
        usual = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        return STRICT + TRANSITIONAL[usual] if self.strict else usual


def grafted_worksheet(
    part: bytes, *, styles: StyleMap, strings: Sequence[str], renamed: Mapping[str, str]
) -> bytes:
    """Give a worksheet with its styles where they are now and its texts in its own cells.

    Parameters
    ----------
    part : bytes
        As xlsxwriter makes it.
    styles : StyleMap
    strings : sequence of str
        The donor's shared strings.
    renamed : mapping
        Sheets that links lead to, by their names in the donor.
    """

    def cell(match: re.Match[bytes]) -> bytes:
        index = int(match[2] or b"0") + styles.cell
        return b'<c r="' + match[1] + b'" s="' + str(index).encode() + b'"'

    def text(match: re.Match[bytes]) -> bytes:
        shown = strings[int(match[1])]
        found = render(shown, where="", prefix="", date1904=False)
        return b' t="inlineStr">' + found.body if found.body else b">"

    part = SHARED.sub(text, CELL.sub(cell, SELECTED.sub(b"", part)))
    part = _shifted(STYLED_TAG, part, styles.cell)
    part = _shifted(RULE_STYLE, part, styles.differential)
    return _renamed(LINK_SHEET, part, renamed)


def _shifted(pattern: re.Pattern[bytes], part: bytes, by: int) -> bytes:
    found = pattern.finditer(part)
    return splice(part, [(*m.span(1), str(int(m[1]) + by).encode()) for m in found])


def renamed_references(part: bytes, renamed: Mapping[str, str]) -> bytes:
    """Give a chart whose ranges name sheets as they are called now."""
    return _renamed(CHART_SHEET, part, renamed)


def _renamed(pattern: re.Pattern[bytes], part: bytes, renamed: Mapping[str, str]) -> bytes:
    def reference(match: re.Match[bytes]) -> bytes:
        groups = [group for group in match.groups()[1:] if group]
        name = unescape_xml(groups[0].decode()).replace("''", "'")
        now = quote_sheet(renamed.get(name, name))
        return match[1] + escape_xml(now, {'"': "&quot;"}).encode() + b"!"

    return pattern.sub(reference, part)


def table_number(part: bytes) -> int:
    """Give the number that a table bears in its workbook."""
    markup = Markup(part, what="of a table")
    return as_index(markup.get(markup.root, "id"))


def grafted_table(part: bytes, *, number: int, name: str, styles: StyleMap) -> bytes:
    """Give a table under a number and a name of its own."""
    markup = Markup(part, what="of a table")
    tag = with_attribute(markup.tag(markup.root), "id", str(number))
    tag = with_attribute(with_attribute(tag, "name", name), "displayName", name)
    whole = splice(part, [(markup.root.start, markup.root.inner, tag)])
    return _shifted(RULE_STYLE, whole, styles.differential)


def grafted_relations(part: bytes, *, folder: str, names: Mapping[str, str]) -> bytes:
    """Give a list of relations whose targets are where they are now.

    Parameters
    ----------
    part : bytes
    folder : str
        Folder of the donor's part whose relations they are.
    names : mapping
        Parts' new names by their names in the donor.
    """
    markup = Markup(part, what="that lists relations")
    splices = []
    for child in markup.children(markup.root):
        target = posixpath.normpath(posixpath.join(folder, markup.get(child, "Target") or ""))
        if target in names:
            splices.append(markup.retagged(child, "Target", f"/{names[target]}"))
    return splice(part, splices)
