"""Parts that list others: the workbook, its relations, the content types; each with new entries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from salespipe.workbook.archive import part_key
from salespipe.workbook.calculation import BEFORE
from salespipe.workbook.graft_parts import Dialect
from salespipe.workbook.markup import Element, Markup, Splice, as_index, splice, with_attribute
from salespipe.workbook.parts import SheetState
from salespipe.workbook.style_graft import prefixed

__all__ = [
    "NewSheet",
    "extended_content_types",
    "extended_relations",
    "extended_workbook",
    "relations_part",
]

BEFORE_NAMES: Final = BEFORE - {"definedNames"}
"""Children of a workbook that stand before ``definedNames`` (ECMA-376, CT_Workbook)."""

RELATIONS_TYPE: Final = (
    b'<Default Extension="rels" '
    b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
)


@dataclass(frozen=True)
class NewSheet:
    """A sheet that comes into a workbook.

    Attributes
    ----------
    name : str
    part : str
    state : {"visible", "hidden", "veryHidden"}
    replaces : bool
        Whether it takes the place of the sheet of that name.
    """

    name: str
    part: str
    state: SheetState
    replaces: bool


def relations_part(part: str) -> str:
    """Give the name of the part that lists a part's relations."""
    folder, slash, name = part.replace("\\", "/").rpartition("/")
    return f"{folder}{slash}_rels/{name}.rels"


def extended_content_types(
    part: bytes, types: Mapping[str, str], *, gone: Collection[str]
) -> bytes:
    """Give the content types with those of new parts, and without those of parts that go.

    Parameters
    ----------
    part : bytes
    types : mapping
        Content type by part.
    gone : collection of str
        Keys of parts that go.
    """
    markup = Markup(part, what="[Content_Types].xml")
    root, children = markup.root, markup.children(markup.root)
    splices: list[Splice] = [
        (child.start, child.end, b"")
        for child in children
        if part_key(markup.get(child, "PartName") or "") in gone
    ]
    defaults = {(markup.get(child, "Extension") or "").lower() for child in children}
    entries = b"" if "rels" in defaults else RELATIONS_TYPE
    for name, kind in types.items():
        tag = with_attribute(b"<Override/>", "PartName", f"/{name}")
        entries += with_attribute(tag, "ContentType", kind)
    splices.append(markup.inserted(root, root.inner_end, prefixed(entries, root.prefix)))
    return splice(part, splices)


def extended_relations(
    part: bytes, targets: Mapping[str, str], dialect: Dialect
) -> tuple[bytes, dict[str, str]]:
    """Give a list of relations with new ones, and their ids by target.

    Parameters
    ----------
    part : bytes
    targets : mapping
        Kind of relation by target.
    dialect : Dialect
    """
    markup = Markup(part, what="that lists relations")
    root = markup.root
    taken = {markup.get(child, "Id") for child in markup.children(root)}
    ids: dict[str, str] = {}
    entries, number = b"", len(taken)
    for target, kind in targets.items():
        number += 1
        while f"rId{number}" in taken:
            number += 1
        ids[target] = f"rId{number}"
        tag = with_attribute(b"<Relationship/>", "Id", ids[target])
        tag = with_attribute(tag, "Type", f"{dialect.relationships}/{kind}")
        entries += with_attribute(tag, "Target", target)
    spliced = markup.inserted(root, root.inner_end, prefixed(entries, root.prefix))
    return splice(part, [spliced] if entries else []), ids


def extended_workbook(
    part: bytes,
    sheets: Sequence[NewSheet],
    *,
    ids: Mapping[str, str],
    names: bytes,
    dialect: Dialect,
) -> bytes:
    """Give the workbook part with new sheets at the end, and with their defined names.

    Parameters
    ----------
    part : bytes
    sheets : sequence of NewSheet
        In the order that they have in the donor.
    ids : mapping
        Relation ids by part.
    names : bytes
        The donor's workbook part, whose defined names come along.
    dialect : Dialect
    """
    markup = Markup(part, what="workbook.xml")
    holder = markup.find("sheets")
    if holder is None:
        raise markup.lost()
    known = markup.children(holder)
    titles = [(markup.get(sheet, "name") or "").casefold() for sheet in known]
    number = max((as_index(markup.get(sheet, "sheetId")) for sheet in known), default=0)
    entries, places, place = b"", [], len(known)
    for sheet in sheets:
        if sheet.replaces:
            places.append(titles.index(sheet.name.casefold()))
            continue
        number += 1
        places.append(place)
        place += 1
        entries += _sheet_entry(sheet, number, ids[sheet.part], dialect)
    replaced = {at for at, sheet in zip(places, sheets, strict=True) if sheet.replaces}
    splices = _named(markup, Markup(names, what="workbook.xml"), places, replaced)
    if entries:
        splices.append(
            markup.inserted(holder, holder.inner_end, prefixed(entries, markup.root.prefix))
        )
    return splice(part, splices)


def _sheet_entry(sheet: NewSheet, number: int, relation: str, dialect: Dialect) -> bytes:
    tag = with_attribute(b"<sheet/>", "name", sheet.name)
    tag = with_attribute(tag, "sheetId", str(number))
    if sheet.state != "visible":
        tag = with_attribute(tag, "state", sheet.state)
    # Declared here, since the workbook may call the namespace anything.
    tag = with_attribute(tag, "xmlns:r", dialect.relationships)
    return with_attribute(tag, "r:id", relation)


def _named(
    markup: Markup, donor: Markup, places: Sequence[int], replaced: Collection[int]
) -> list[Splice]:
    """Make the splices that bring the donor's defined names, in place of their older forms."""
    found = donor.find("definedNames")
    coming: dict[tuple[str, str], bytes] = {}
    for element in donor.children(found) if found else ():
        local = donor.get(element, "localSheetId")
        tag = donor.tag(element)
        where = "" if local is None else str(places[int(local)])
        if local is not None:
            tag = with_attribute(tag, "localSheetId", where)
        key = ((donor.get(element, "name") or "").casefold(), where)
        coming[key] = tag + donor.data[element.inner : element.end]
    content = prefixed(b"".join(coming.values()), markup.root.prefix)
    if not content:
        return []
    holder = markup.find("definedNames")
    if holder is None:
        tag = f"{markup.root.prefix}definedNames".encode()
        at = max(c.end for c in markup.children(markup.root) if c.name in BEFORE_NAMES)
        return [(at, at, b"<" + tag + b">" + content + b"</" + tag + b">")]
    stale = _stale(markup, markup.children(holder), coming, replaced)
    return [
        *((element.start, element.end, b"") for element in stale),
        markup.inserted(holder, holder.inner_end, content),
    ]


def _stale(
    markup: Markup,
    elements: Iterable[Element],
    coming: Mapping[tuple[str, str], bytes],
    replaced: Collection[int],
) -> list[Element]:
    """List names that come anew, and print areas, titles and filters of replaced sheets."""
    found = []
    for element in elements:
        name = (markup.get(element, "name") or "").casefold()
        where = markup.get(element, "localSheetId") or ""
        of_replaced = where.isdecimal() and int(where) in replaced
        if (name, where) in coming or (of_replaced and name.startswith("_xlnm.")):
            found.append(element)
    return found
