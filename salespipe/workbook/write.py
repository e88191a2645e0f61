"""Planned changes carried out on worksheet parts, and on the styles they need."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import partial

from salespipe.workbook.areas import cell_address
from salespipe.workbook.cells import Put, put_cells
from salespipe.workbook.content import refuse_code, render
from salespipe.workbook.edits import Content, Formula
from salespipe.workbook.guards import refuse_cells
from salespipe.workbook.package import Package
from salespipe.workbook.plan import Placed, SheetPlan, links_of
from salespipe.workbook.ranges import extend_dimension, resize_rules, set_links, show_rows
from salespipe.workbook.sheet import SheetXml
from salespipe.workbook.strings import shared_strings
from salespipe.workbook.styles import Styles
from salespipe.workbook.tables import Body
from salespipe.workbook.totals import totalled

__all__ = ["SheetWriter"]

type Address = tuple[int, int]


class SheetWriter:
    """Writes sheets of one workbook, appending to its styles as number formats need it.

    A workbook without styles must have been given some before a date is written.

    Attributes
    ----------
    moved : mapping
        Parts in which cells moved before anything is written.
    formulas_changed : bool
        Whether a formula came or went so far.
    """

    def __init__(self, package: Package, moved: Mapping[str, bytes | None]) -> None:
        self.package = package
        self.moved = moved
        self.formulas_changed = False
        self._styles: Styles | None = None

    def written(self, plan: SheetPlan) -> bytes:
        """Give a sheet's part with a plan carried out.

        Raises
        ------
        WorkbookUnsafeError
            It cannot be done safely.
        """
        name, part = plan.sheet.name, plan.sheet.part
        sheet = SheetXml(self.moved.get(part) or self.package.read(part), name=name)
        refuse_cells(self.package, sheet, part=part, cells=plan.cells)
        puts = {at: self._put(sheet, at, placed) for at, placed in plan.cells.items()}
        self.formulas_changed |= _formulas_change(sheet, plan.cells)
        filled = {at for at, put in puts.items() if put.rendered.body}
        bodies = [body.resize for body in plan.bodies]
        areas = [(body, area) for body in plan.bodies for area in body.areas]
        own = [(body.resize.after, body.left_over) for body in plan.bodies if not body.kept]
        cleared = [area for pair in own for area in pair if area]
        cleared += [body.grown for body in plan.bodies if body.kept and body.grown]
        shown = [area for body, area in areas if body.filtered and not body.kept]
        steps: list[Callable[[SheetXml], bytes]] = [
            lambda sheet: put_cells(sheet, puts),
            lambda sheet: extend_dimension(sheet, filled),
            lambda sheet: show_rows(sheet, shown),
            lambda sheet: resize_rules(sheet, bodies),
            lambda sheet: set_links(sheet, links_of(plan.cells), cleared=cleared),
            *(partial(self._totalled, body) for body in plan.bodies if body.table.totals_rows),
        ]
        for step in steps:
            data = step(sheet)
            sheet = sheet if data == sheet.data else SheetXml(data, name=name)
        return sheet.data

    def _totalled(self, body: Body, sheet: SheetXml) -> bytes:
        table = self.package.read(body.table.part)
        return totalled(sheet, body, table, shared_strings(self.package))

    def changed_styles(self) -> dict[str, bytes | None]:
        """Give the styles part if it was appended to."""
        if self._styles is None or not self._styles.appended:
            return {}
        return {self._styles_part(): self._styles.data()}

    def _put(self, sheet: SheetXml, at: Address, placed: Placed) -> Put:
        where = f"{sheet.name}!{cell_address(*at)}"
        rendered = render(
            placed.content,
            where=where,
            prefix=sheet.prefix,
            date1904=self.package.date1904,
        )
        style = sheet.style_at(*(placed.like or at))
        if placed.code:
            refuse_code(placed.code, where=where)
            return Put(rendered, self._known_styles().formatted(style, placed.code))
        code = _date_code(placed.content)
        return Put(rendered, self._known_styles().dated(style, code) if code else style)

    def _known_styles(self) -> Styles:
        if self._styles is None:
            self._styles = Styles(self.package.read(self._styles_part()))
        return self._styles

    def _styles_part(self) -> str:
        relations = self.package.relationships(self.package.workbook).values()
        return next(r.target for r in relations if r.type == "styles")


def _formulas_change(sheet: SheetXml, cells: Mapping[Address, Placed]) -> bool:
    for (row, column), placed in cells.items():
        cell = sheet.cell(row, column)
        if isinstance(placed.content, Formula) or (cell and sheet.has_formula(cell)):
            return True
    return False


def _date_code(content: Content) -> str:
    """Give the number format that a date needs, ``""`` for other contents."""
    if not isinstance(content, date):
        return ""
    timed = isinstance(content, datetime) and content.time() != time.min
    return "yyyy-mm-dd hh:mm" if timed else "yyyy-mm-dd"
