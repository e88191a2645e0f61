"""Parts of a workbook that follow cells which moved: sheets, tables, names, drawings, pivots."""

import re
from collections.abc import Iterable
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.areas import Area
from salespipe.workbook.markup import Markup, Splice, splice
from salespipe.workbook.move_cells import moved_sheet
from salespipe.workbook.move_formulas import (
    following_formulas,
    following_text,
    mentions,
    quoted,
)
from salespipe.workbook.moves import NOWHERE, Move
from salespipe.workbook.package import Package
from salespipe.workbook.parts import TablePart
from salespipe.workbook.references import Follow
from salespipe.workbook.sheet import SheetXml

__all__ = ["moved_parts"]

type Parts = dict[str, bytes | None]

NAME: Final = re.compile(rb"<((?:\w+:)?definedName)(?:\s[^<>]*)?>([^<]+)</\1>")
OF_TABLE: Final = re.compile(
    rb"<((?:\w+:)?(?:calculatedColumnFormula|totalsRowFormula))(?:\s[^<>]*)?>([^<]+)</\1>"
)
EXTENDED_CHART: Final = re.compile(rb"<((?:\w+:)?f)(?:\s[^<>]*)?>([^<]+)</\1>")
SHOWN_TEXT: Final = re.compile(rb"""\stextlink=("[^"]*"|'[^']*')""")
ANCHOR: Final = re.compile(
    rb"<(?:\w+:)?(?:twoCellAnchor|oneCellAnchor)[\s>].*?<(?:\w+:)?(?:graphicFrame|pic|sp|grpSp|cxnSp"
    rb"|contentPart|AlternateContent)[\s>]",
    re.DOTALL,
)
ROW: Final = re.compile(rb"(<(?:\w+:)?row>)(\d{1,7})(</)")
CONTROLLED: Final = re.compile(rb"\sfmla\w+\s*=\s*(\"[^\"]*\"|'[^']*')")


def moved_parts(package: Package, moves: Iterable[Move]) -> Parts:
    """Give the parts that change because cells move, as they read before anything is written.

    Charts are left out: they follow when what they remember is known.

    Raises
    ------
    WorkbookUnsafeError
        Something refers to cells that move and cannot follow them.
    """
    parts: Parts = {}
    for move in moves:
        _Follower(package, move, parts).follow()
    return parts


class _Follower:
    """Lets every part of a workbook follow one move."""

    def __init__(self, package: Package, move: Move, parts: Parts) -> None:
        self.package = package
        self.move = move
        self.parts = parts

    def follow(self) -> None:
        move, package = self.move, self.package
        for sheet in package.sheets:
            data = following_formulas(SheetXml(self._read(sheet.part), name=sheet.name), move)
            if sheet.name == move.sheet and move.block != NOWHERE:
                data = moved_sheet(SheetXml(data, name=sheet.name), move)
            self._set(sheet.part, data)
        for table in package.tables:
            self._set(table.part, self._table(table))
        self._texts(package.workbook, NAME, move.follow)
        for name in package.names:
            kind = package.content_type(name)
            if "chartex" in kind:
                self._texts(name, EXTENDED_CHART, move.follow)
            elif "drawing+xml" in kind:
                self._drawing(name)
            elif "pivotCacheDefinition" in kind:
                self._pivot(name)
            elif "controlproperties" in kind:
                self._refuse_controlled(name)

    def _read(self, part: str) -> bytes:
        return self.parts.get(part) or self.package.read(part)

    def _set(self, part: str, data: bytes) -> None:
        if data != self._read(part):
            self.parts[part] = data

    def _texts(self, part: str, pattern: re.Pattern[bytes], follow: Follow) -> None:
        """Let formulas of a part follow that name their sheet."""
        data = self._read(part)
        if not mentions(data, self.move.sheet):
            return
        splices: list[Splice] = []
        for match in pattern.finditer(Markup(data, what=part).view):
            new = following_text(match[2], home="", move=self.move, follow=follow)
            splices.append((match.start(2), match.end(2), new))
        self._set(part, splice(data, splices))

    def _table(self, table: TablePart) -> bytes:
        """Give a table's part with its formulas, and its place if it stands below."""
        data, move = self._read(table.part), self.move
        markup = Markup(data, what=table.part)
        splices: list[Splice] = []
        for match in OF_TABLE.finditer(markup.view):
            totals = match[1].endswith(b"totalsRowFormula")
            own = table.name == move.table
            follow = (
                move.follow_anchored if not totals else (move.follow_total if own else move.follow)
            )
            new = following_text(match[2], home=table.sheet, move=move, follow=follow)
            splices.append((match.start(2), match.end(2), new))
        area = Area.parse(table.ref)
        if table.sheet == move.sheet and move.inserts and area and move.block.covers(area):
            filters = [c for c in markup.children(markup.root) if c.name == "autoFilter"]
            sorts = [markup.root, *filters]
            held = [inner for parent in sorts for inner in markup.children(parent)]
            for element in [*sorts, *held]:
                old = Area.parse(markup.get(element, "ref") or "")
                if old and element.name in {"table", "autoFilter", "sortState"}:
                    new_area = str(move.place(old))
                    splices.append(markup.retagged(element, "ref", new_area))
                if element.name == "sortState":
                    splices += self._sorted_by(markup, element.inner, element.inner_end)
        return splice(data, dict.fromkeys(splices))

    def _sorted_by(self, markup: Markup, start: int, end: int) -> list[Splice]:
        found = [e for e in markup.elements(start, end) if e.name == "sortCondition"]
        areas = [(e, Area.parse(markup.get(e, "ref") or "")) for e in found]
        return [markup.retagged(e, "ref", str(self.move.place(a))) for e, a in areas if a]

    def _drawing(self, part: str) -> None:
        """Let texts that shapes show follow, and shapes that stand below inserted rows."""
        data, move = self._read(part), self.move
        view = Markup(data, what=part).view
        splices: list[Splice] = []
        for match in SHOWN_TEXT.finditer(view):
            old = match[1][1:-1]
            new = following_text(old, home="", move=move, follow=move.follow)
            if new != old:
                splices.append((match.start(1), match.end(1), quoted(new)))
        if move.inserts and part in self._drawings():
            for anchor in ANCHOR.finditer(view):
                rows = list(ROW.finditer(view, anchor.start(), anchor.end()))
                if rows and int(rows[0][2]) >= move.block.top - 1:  # they count from 0
                    splices += [
                        (r.start(2), r.end(2), str(int(r[2]) + move.by).encode()) for r in rows
                    ]
        self._set(part, splice(data, splices))

    def _drawings(self) -> set[str]:
        sheet = next(s for s in self.package.sheets if s.name == self.move.sheet)
        found = self.package.relationships(sheet.part).values()
        return {r.target for r in found if r.type == "drawing"}

    def _pivot(self, part: str) -> None:
        """Let the cells that a pivot table sums up follow."""
        data = self._read(part)
        markup = Markup(data, what=part)
        source = markup.find("cacheSource", "worksheetSource")
        area = Area.parse(markup.get(source, "ref") or "") if source else None
        if source is None or area is None or b":id=" in markup.tag(source):
            return
        if (markup.get(source, "sheet") or "").casefold() != self.move.sheet.casefold():
            return
        new = self.move.follow(area, True)
        if new != area:
            refreshed = splice(data, [markup.retagged(source, "ref", str(new))])
            root = Markup(refreshed, what=part)
            again = root.retagged(root.root, "refreshOnLoad", "1")
            self._set(part, splice(refreshed, [again]))

    def _refuse_controlled(self, part: str) -> None:
        for match in CONTROLLED.finditer(self._read(part)):
            old = match[1][1:-1]
            if following_text(old, home="", move=self.move, follow=self.move.follow) != old:
                raise WorkbookUnsafeError(
                    f'The table "{self.move.table}" on the sheet "{self.move.sheet}" cannot change '
                    "its length: a form control is linked to cells that would move; unlink it."
                )
