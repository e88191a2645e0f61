"""Telling Excel to calculate anew: the flag in the workbook, and the chain of formulas."""

from typing import Final

from salespipe.workbook.archive import part_key
from salespipe.workbook.markup import Markup, splice
from salespipe.workbook.package import Package

__all__ = ["BEFORE", "recalculated_on_load", "without_calc_chain"]

BEFORE: Final = frozenset(
    {
        "fileVersion",
        "fileSharing",
        "workbookPr",
        "workbookProtection",
        "bookViews",
        "sheets",
        "functionGroups",
        "externalReferences",
        "definedNames",
    }
)
"""Children of a workbook that stand before ``calcPr`` (ECMA-376, CT_Workbook)."""


def recalculated_on_load(workbook: bytes) -> bytes:
    """Give the workbook part with ``fullCalcOnLoad`` set."""
    markup = Markup(workbook, what="workbook.xml")
    children = markup.children(markup.root)
    known = next((child for child in children if child.name == "calcPr"), None)
    if known:
        return splice(workbook, [markup.retagged(known, "fullCalcOnLoad", "1")])
    at = max(child.end for child in children if child.name in BEFORE)
    element = f'<{markup.root.prefix}calcPr fullCalcOnLoad="1"/>'.encode()
    return splice(workbook, [(at, at, element)])


def without_calc_chain(package: Package) -> dict[str, bytes | None]:
    """Give the parts that change when the calculation chain goes; None drops a part.

    Excel builds the chain anew, and calls a workbook damaged whose chain names a cell without a
    formula.
    """
    relations = package.relationships(package.workbook)
    chains = {key: r.target for key, r in relations.items() if r.type == "calcChain"}
    if not chains:
        return {}
    folder, _, name = package.workbook.rpartition("/")
    listed = f"{folder}/_rels/{name}.rels"
    targets = {part_key(target) for target in chains.values()}
    return {
        listed: _without(package.read(listed), "Id", set(chains)),
        "[Content_Types].xml": _without(
            package.read("[Content_Types].xml"), "PartName", targets, fold=True
        ),
        **{target: None for target in chains.values() if target in package},
    }


def _without(part: bytes, name: str, values: set[str], *, fold: bool = False) -> bytes:
    markup = Markup(part, what="that lists parts")
    doomed = []
    for child in markup.children(markup.root):
        value = markup.get(child, name) or ""
        if (part_key(value) if fold else value) in values:
            doomed.append((child.start, child.end, b""))
    return splice(part, doomed)
