"""Formulas and rules of a worksheet that refer to cells which moved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area, cell_address, parse_cell
from salespipe.workbook.markup import (
    ATTRIBUTE,
    Splice,
    attribute,
    escape_xml,
    splice,
    tag_pattern,
    unescape_xml,
    with_attribute,
)
from salespipe.workbook.moves import Move
from salespipe.workbook.references import Follow, followed, offset
from salespipe.workbook.sheet import SheetXml

__all__ = ["following_formulas", "following_text", "mentions", "quoted"]

RULE: Final = re.compile(rb"<((?:\w+:)?(?:formula|formula1|formula2|f))(?:\s[^<>]*)?>([^<]+)</\1>")
"""Formulas of conditional formats, validations and sparklines, in either of their two forms."""

THRESHOLD: Final = re.compile(rb"<(?:\w+:)?cfvo\s[^<>]*>")
LINK: Final = re.compile(rb"<(?:\w+:)?hyperlink\s[^<>]*>")
THROUGH: Final = re.compile(rb":[\w. ]+'?!")
"""The end of a reference through several sheets, which need not name those between."""


def mentions(data: bytes, sheet: str) -> bool:
    """Whether a part may refer to a sheet by its name."""
    plain = escape_xml(sheet)
    names = {plain, plain.replace("'", "''"), plain.replace("'", "&apos;&apos;")}
    folded = data.lower() if sheet.isascii() else data
    found = any((n.lower() if sheet.isascii() else n).encode() in folded for n in names)
    return found or THROUGH.search(data) is not None


def following_text(text: bytes, *, home: str, move: Move, follow: Follow) -> bytes:
    """Give the text of a formula as it stands in XML, its references following a move."""
    plain = unescape_xml(text.decode(errors="replace"))
    new = followed(plain, home=home, sheet=move.sheet, follow=follow)
    return text if new == plain else escape_xml(new).encode()


@dataclass(frozen=True)
class _Formula:
    """A formula of a cell: where it stands, its opening tag, its text as it is stored."""

    at: tuple[int, int]
    start: int
    end: int
    tag: bytes
    text: str

    @property
    def group(self) -> str | None:
        """The shared group that it belongs to."""
        return attribute(self.tag, "si") if attribute(self.tag, "t") == "shared" else None


def following_formulas(sheet: SheetXml, move: Move) -> bytes:
    """Give a worksheet whose formulas, rules and links follow a move; its cells stay in place.

    Raises
    ------
    WorkbookUnsafeError
        One of them cannot follow.
    """
    here = sheet.name.casefold() == move.sheet.casefold()
    if not here and not mentions(sheet.data, move.sheet):
        return sheet.data
    splices = [*_cells(sheet, move, here=here), *_rules(sheet, move)]
    return splice(sheet.data, splices)


def _cells(sheet: SheetXml, move: Move, *, here: bool) -> Iterator[Splice]:
    formulas = list(_formulas(sheet))
    masters: dict[str | None, _Formula] = {f.group: f for f in formulas if f.group and f.text}
    texts: dict[tuple[int, int], tuple[str, str]] = {}
    loose: set[str] = set()
    for formula in formulas:
        old = _own_text(formula, masters)
        follow = _follow(sheet.name, formula.at, move, here=here)
        goes = here and move.replaced and move.resize.before.holds(*formula.at)
        new = old if goes else followed(old, home=sheet.name, sheet=move.sheet, follow=follow)
        texts[formula.at] = old, new
        moves = here and move.block.holds(*formula.at)
        if formula.group is not None and (new != old or moves or goes):
            loose.add(formula.group)
    for formula in formulas:
        old, new = texts[formula.at]
        tag = formula.tag
        if formula.group in loose:
            for name in ("t", "ref", "si"):
                tag = with_attribute(tag, name, None)
        elif here:
            tag = _following_array(tag, move)
        if new == old and tag == formula.tag:
            continue
        opening = tag.removesuffix(b"/>").removesuffix(b">").rstrip() + b">"
        closing = f"</{sheet.prefix}f>".encode()
        yield formula.start, formula.end, opening + escape_xml(new).encode() + closing


def _formulas(sheet: SheetXml) -> Iterator[_Formula]:
    view = sheet.markup.view
    data, cell = sheet.sheet_data, f"<{sheet.prefix}c ".encode()
    closing = f"</{sheet.prefix}f>".encode()
    for match in tag_pattern(f"{sheet.prefix}f".encode()).finditer(
        view, data.inner, data.inner_end
    ):
        start = view.rfind(cell, data.inner, match.start())
        address = attribute(view[start : view.find(b">", start) + 1], "r") if start >= 0 else None
        if address is None:
            raise sheet.markup.lost()
        inner = end = match.end()
        if not match[0].endswith(b"/>"):
            inner = view.find(closing, inner)
            end = inner + len(closing)
        text = unescape_xml(sheet.data[match.end() : inner].decode(errors="replace"))
        yield _Formula(parse_cell(address), match.start(), end, match[0], text)


def _own_text(formula: _Formula, masters: dict[str | None, _Formula]) -> str:
    """Give a formula's text, worked out from its group's first where it is shared."""
    master = masters.get(formula.group)
    if formula.text or master is None:
        return formula.text
    rows, columns = formula.at[0] - master.at[0], formula.at[1] - master.at[1]
    return offset(master.text, rows=rows, columns=columns)


def _follow(name: str, at: tuple[int, int], move: Move, *, here: bool) -> Follow:
    """Give how references of a cell follow: a running total in the table ends at its own row."""
    move = replace(move, who=f"the formula in {name}!{cell_address(*at)}")
    body = move.resize.before
    inside = here and body.holds(*at)
    if here and move.total and at[0] == body.bottom + 1 and body.left <= at[1] <= body.right:
        return move.follow_total

    def follow(area: Area, anchored: bool) -> Area:
        running = inside and not anchored and area.bottom == at[0]
        return move.place(area) if running else move.follow(area, anchored)

    return follow


def _following_array(tag: bytes, move: Move) -> bytes:
    """Give the tag of a formula over several cells, which go along all together or not at all."""
    area = Area.parse(attribute(tag, "ref") or "")
    if attribute(tag, "t") == "shared" or area is None:
        return tag
    ends = [Area.parse(attribute(tag, name) or "") for name in ("r1", "r2")]
    table = attribute(tag, "t") == "dataTable"
    if move.block.covers(area) and not table:
        return with_attribute(tag, "ref", str(move.place(area)))
    if move.block.meets(area) or (table and any(end and move.block.meets(end) for end in ends)):
        raise WorkbookUnsafeError(
            f'The table "{move.table}" on the sheet "{move.sheet}" cannot change its length: the '
            f"formula in {cell_address(area.top, area.left)} fills {area}; clear it in Excel."
        )
    return tag


def quoted(text: bytes) -> bytes:
    """Give an attribute's value, escaped but for its quotes, in quotes."""
    return b'"' + text.replace(b'"', b"&quot;") + b'"'


def _rules(sheet: SheetXml, move: Move) -> Iterator[Splice]:
    """Walk what stands beside the cells: rules, their thresholds, sparklines, places of links."""
    view, data = sheet.markup.view, sheet.sheet_data
    home = sheet.name
    for start, end in ((0, data.start), (data.end, len(view))):
        for match in RULE.finditer(view, start, end):
            # A sparkline shows the same cells wherever it stands; rules slide from cell to cell.
            shown = (
                view[max(0, match.start() - 40) : match.start()].rstrip().endswith(b"sparkline>")
            )
            follow = move.follow if shown else move.follow_anchored
            new = following_text(match[2], home=home, move=move, follow=follow)
            if new != match[2]:
                yield match.start(2), match.end(2), new
        for pattern, name in ((THRESHOLD, b"val"), (LINK, b"location")):
            tags = pattern.finditer(view, start, end)
            for found in (m for tag in tags for m in ATTRIBUTE.finditer(view, *tag.span())):
                old = found[2][1:-1]
                if found[1] == name:
                    new = following_text(old, home=home, move=move, follow=move.follow_anchored)
                    if new != old:
                        yield found.start(2), found.end(2), quoted(new)
