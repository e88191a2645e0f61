"""Pivot tables over cells that change: Excel is told to refresh them when it opens the workbook."""

from collections.abc import Iterable, Mapping
from typing import Final

from salespipe.workbook.areas import Area
from salespipe.workbook.charts import Reference
from salespipe.workbook.markup import Element, Markup, splice
from salespipe.workbook.package import Package
from salespipe.workbook.plan import SheetPlan

__all__ = ["refreshed_pivots"]

CACHE: Final = "pivotCacheDefinition+xml"
"""In the content type of a pivot table's cache."""


def refreshed_pivots(
    package: Package, plans: Iterable[SheetPlan], parts: Mapping[str, bytes | None]
) -> dict[str, bytes | None]:
    """Give the pivot caches over changed cells with ``refreshOnLoad`` set.

    Parameters
    ----------
    package : Package
    plans : iterable of SheetPlan
        What changes.
    parts : mapping
        Parts that have changed already.
    """
    touched = {plan.sheet.name.casefold(): plan for plan in plans}
    changed: dict[str, bytes | None] = {}
    for name in package.names if touched else ():
        if CACHE not in package.content_type(name):
            continue
        data = parts.get(name) or package.read(name)
        markup = Markup(data, what=name)
        source = markup.find("cacheSource", "worksheetSource")
        if source is None or not _changes(package, markup, source, touched):
            continue
        if markup.get(markup.root, "refreshOnLoad") not in {"1", "true"}:
            changed[name] = splice(data, [markup.retagged(markup.root, "refreshOnLoad", "1")])
    return changed


def _changes(
    package: Package, markup: Markup, source: Element, touched: dict[str, SheetPlan]
) -> bool:
    if any(key.endswith(":id") for key in _attributes(markup, source)):
        return False  # another workbook
    sheet, ref = markup.get(source, "sheet"), markup.get(source, "ref")
    name = markup.get(source, "name")
    if name is not None:
        table = next((t for t in package.tables if t.name.casefold() == name.casefold()), None)
        named = Reference.parse(package.defined_names.get(name.casefold(), ""))
        if table is not None:
            plan = touched.get(table.sheet.casefold())
            if plan and any(body.table.part == table.part for body in plan.bodies):
                return True  # rows that were added lie outside of what it was
            sheet, ref = table.sheet, table.ref
        elif named is not None:
            sheet, ref = named.sheet, str(named.area)
        else:
            return True  # a formula behind a name: it may lead anywhere
    plan = touched.get((sheet or "").casefold())
    area = Area.parse(ref or "")
    return plan is not None and (area is None or any(area.holds(*cell) for cell in plan.cells))


def _attributes(markup: Markup, element: Element) -> list[str]:
    tag = markup.tag(element).decode(errors="replace")
    return [part.partition("=")[0] for part in tag.split() if "=" in part]
