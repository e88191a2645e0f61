"""What a worksheet says about ranges: its dimension, links, formats and rules by area."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area, cell_address, quote_sheet
from salespipe.workbook.edits import Link
from salespipe.workbook.markup import Element, Splice, splice, with_attribute
from salespipe.workbook.sheet import SheetXml

__all__ = ["Resize", "extend_dimension", "resize_rules", "set_links", "show_rows"]

MAX_LINKS: Final = 65_530

BEFORE_LINKS: Final = frozenset(
    {
        "sheetPr",
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "sheetCalcPr",
        "sheetProtection",
        "protectedRanges",
        "scenarios",
        "autoFilter",
        "sortState",
        "dataConsolidate",
        "customSheetViews",
        "mergeCells",
        "phoneticPr",
        "conditionalFormatting",
        "dataValidations",
    }
)
"""Children of a worksheet that stand before its hyperlinks (ECMA-376, CT_Worksheet)."""

RULES: Final = frozenset(
    {"conditionalFormatting", "dataValidation", "ignoredError", "protectedRange"}
)
"""Elements whose ``sqref`` says where a rule holds; a selection has one too, and must keep it."""

EXTENDED_RANGES: Final = re.compile(rb"(<(?:\w+:)?sqref>)([^<]*)(</(?:\w+:)?sqref>)")


@dataclass(frozen=True)
class Resize:
    """A table's body before and after.

    Attributes
    ----------
    before, after : Area
        Same top and columns.
    """

    before: Area
    after: Area

    def applied(self, sqref: str) -> str:
        """Give a list of ranges in which those that covered the body cover the new one.

        A range covers it that lies in its columns, begins at the first body row or above, and ends
        at the last one; where it begins stays, so relative formulas in rules stay right.
        """
        return " ".join(self._range(text) for text in sqref.split())

    def _range(self, text: str) -> str:
        area = Area.parse(text)
        covers = (
            area is not None
            and self.before.left <= area.left
            and area.right <= self.before.right
            and self.before.top - 1 <= area.top <= self.before.top
            and area.bottom == self.before.bottom
        )
        if not area or not covers:
            return text
        return str(Area(area.top, area.left, self.after.bottom, area.right))


def extend_dimension(sheet: SheetXml, cells: Collection[tuple[int, int]]) -> bytes:
    """Extend the sheet's used range over cells given by row and column."""
    dimension = sheet.child("dimension")
    area = Area.parse(sheet.markup.get(dimension, "ref") or "") if dimension else None
    if not dimension or not area or not cells:
        return sheet.data
    rows, columns = {row for row, _ in cells}, {column for _, column in cells}
    wider = Area(
        min(area.top, *rows),
        min(area.left, *columns),
        max(area.bottom, *rows),
        max(area.right, *columns),
    )
    if wider == area:
        return sheet.data
    return splice(sheet.data, [sheet.markup.retagged(dimension, "ref", str(wider))])


def show_rows(sheet: SheetXml, areas: Iterable[Area]) -> bytes:
    """Unhide the rows of areas."""
    spans = [(area.top, area.bottom) for area in areas]
    hidden = [
        row.element
        for row in (sheet.rows if spans else ())
        if any(top <= row.number <= bottom for top, bottom in spans)
        and sheet.markup.get(row.element, "hidden") is not None
    ]
    return splice(sheet.data, [sheet.markup.retagged(row, "hidden", None) for row in hidden])


def resize_rules(sheet: SheetXml, resizes: Iterable[Resize]) -> bytes:
    """Make conditional formats, validations and their like cover resized bodies."""
    resizes = list(resizes)
    splices: list[Splice] = []
    for element in _rules(sheet):
        old = sheet.markup.get(element, "sqref")
        if old is not None and (new := _resized(old, resizes)) != old:
            splices.append(sheet.markup.retagged(element, "sqref", new))
    for start, end in _extended_rules(sheet):
        for match in EXTENDED_RANGES.finditer(sheet.markup.view, start, end):
            old = match[2].decode(errors="replace")
            if (new := _resized(old, resizes)) != old:
                splices.append((match.start(2), match.end(2), new.encode()))
    return splice(sheet.data, splices)


def _resized(sqref: str, resizes: Iterable[Resize]) -> str:
    for resize in resizes:
        new = resize.applied(sqref)
        sqref = new if new.split() != sqref.split() else sqref  # keep their spaces if not
    return sqref


def _rules(sheet: SheetXml) -> Iterator[Element]:
    for child in sheet.children:
        if child.name in RULES:
            yield child
        elif child.name in {"dataValidations", "ignoredErrors", "protectedRanges"}:
            yield from sheet.markup.children(child)


def _extended_rules(sheet: SheetXml) -> Iterator[tuple[int, int]]:
    """Walk the stretches of the extension list that hold formats and validations.

    Sparklines have an ``xm:sqref`` too, which names their cell and must stay.
    """
    extensions = sheet.child("extLst")
    if extensions is None:
        return
    for extension in sheet.markup.children(extensions):
        for child in sheet.markup.children(extension):
            if child.name in {"conditionalFormattings", "dataValidations"}:
                yield child.inner, child.inner_end


def set_links(
    sheet: SheetXml, links: Mapping[tuple[int, int], Link], *, cleared: Iterable[Area] = ()
) -> bytes:
    """Set internal hyperlinks by row and column; those within cleared areas go first.

    Raises
    ------
    WorkbookUnsafeError
        A link of a person spans the cell and others.
    """
    cleared = list(cleared)
    holder = sheet.child("hyperlinks")
    kept = []
    for element in sheet.markup.children(holder) if holder else []:
        ref = sheet.markup.get(element, "ref") or ""
        area = Area.parse(ref)
        if area and any(body.covers(area) for body in cleared):
            continue
        hit = next((cell for cell in links if area and area.holds(*cell)), None)
        if hit and area and area.rows * area.columns > 1:
            raise WorkbookUnsafeError(
                f'A link spans {ref} on the sheet "{sheet.name}"; remove it, so that '
                f"{cell_address(*hit)} can have its own."
            )
        if not hit:
            kept.append(sheet.data[element.start : element.end])
    total = len(kept) + len(links)
    if total > MAX_LINKS:
        raise WorkbookUnsafeError(
            f'The sheet "{sheet.name}" would have {total} links; Excel allows {MAX_LINKS}.'
        )
    added = [_link(cell, link, sheet.prefix) for cell, link in sorted(links.items(), key=_place)]
    return _with_links(sheet, holder, kept + added) if added or cleared else sheet.data


def _place(item: tuple[tuple[int, int], Link]) -> tuple[int, int]:
    return item[0]


def _with_links(sheet: SheetXml, holder: Element | None, links: list[bytes]) -> bytes:
    content = b"".join(links)
    if holder:
        if content == sheet.data[holder.inner : holder.inner_end]:
            return sheet.data
        # An empty element would be refused by Excel.
        tag = sheet.markup.tag(holder).removesuffix(b"/>").removesuffix(b">") + b">"
        closing = f"</{sheet.prefix}hyperlinks>".encode()
        whole = tag + content + closing if content else b""
        return splice(sheet.data, [(holder.start, holder.end, whole)])
    if not content:
        return sheet.data
    at = max(child.end for child in sheet.children if child.name in BEFORE_LINKS)
    name = f"{sheet.prefix}hyperlinks".encode()
    return splice(sheet.data, [(at, at, b"<" + name + b">" + content + b"</" + name + b">")])


def _link(cell: tuple[int, int], link: Link, prefix: str) -> bytes:
    tag = f"<{prefix}hyperlink/>".encode()
    tag = with_attribute(tag, "ref", cell_address(*cell))
    tag = with_attribute(tag, "location", f"{quote_sheet(link.sheet)}!{link.cell.upper()}")
    return with_attribute(tag, "display", link.text)
