"""Sheets of one workbook put into another, with all that belongs to them."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, count, islice
from typing import Final

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.archive import Archive, part_key
from salespipe.workbook.graft_parts import (
    Dialect,
    grafted_relations,
    grafted_table,
    grafted_worksheet,
    renamed_references,
    table_number,
)
from salespipe.workbook.index_parts import (
    NewSheet,
    extended_content_types,
    extended_relations,
    extended_workbook,
    relations_part,
)
from salespipe.workbook.markup import Markup
from salespipe.workbook.package import Package
from salespipe.workbook.parts import SheetPart
from salespipe.workbook.repack import repacked
from salespipe.workbook.strings import shared_strings
from salespipe.workbook.style_graft import StyleMap, appended_styles

__all__ = ["free_name", "grafted", "styled"]

CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
STYLES: Final = CONTENT + "styles+xml"

MOVED: Final = frozenset({"drawing", "table", "chart"})
"""Kinds of parts that go along with a sheet; an internal link is no part."""

PLAIN_STYLES: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    b"</styleSheet>"
)

NUMBERED: Final = re.compile(r"(.*?)(\d*)(\.\w+)")


def free_name(wanted: str, taken: Collection[str], *, pattern: str, limit: int = 255) -> str:
    """Give a name that is not taken, whatever the case: the wanted one, or one with a number.

    Parameters
    ----------
    wanted : str
    taken : collection of str
    pattern : str
        How a number is added, such as ``"{name} ({number})"``.
    limit : int
        Most characters of a name.
    """
    known = {name.casefold() for name in taken}
    candidate, number = wanted, 1
    while candidate.casefold() in known:
        number += 1
        room = limit - len(pattern.format(name="", number=number))
        candidate = pattern.format(name=wanted[:room], number=number)
    return candidate


def grafted(
    package: Package,
    donor: Package,
    *,
    replaced: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Package:
    """Give a workbook with all sheets of a donor in it, after those that are there.

    Parts that are not concerned keep their compressed bytes. Nothing is written to the disk.

    Parameters
    ----------
    package : Package
    donor : Package
        A workbook made by xlsxwriter for this purpose: no macros, pictures or outside links.
    replaced : collection of str
        Names of sheets that are in both: the donor's takes the place, the name and the identity of
        the other, whose tables, drawings and charts go.
    renamed : mapping, optional
        Sheet names that the donor's charts and links use, to those that they are to use.

    Raises
    ------
    WorkbookUnsafeError
        A sheet of that name is there already, or the workbook cannot take new sheets safely.
    """
    _refuse_shared(package)
    folded = {name.casefold() for name in replaced}
    return _Graft(styled(package), donor, folded, renamed or {}).package()


def _refuse_shared(package: Package) -> None:
    """Refuse a workbook whose changes are logged: its log would not know the new sheets."""
    relations = package.relationships(package.workbook).values()
    if any(relation.type == "revisionHeaders" for relation in relations):
        raise WorkbookUnsafeError(
            f'"{package.path.name}" is a shared workbook of the old kind, which holds no tables or '
            "charts; end the sharing under Review, Unshare Workbook, and save it."
        )


def styled(package: Package) -> Package:
    """Give a workbook that has a styles part: the same one if it does.

    The part that is put in has Excel's own default style and no other, which is how a workbook
    without styles looks.
    """
    if _related(package, "styles") in package:
        return package
    names = {part_key(name) for name in package.names}
    part = next(name for name in _style_names() if part_key(name) not in names)
    book, types = package.workbook, "[Content_Types].xml"
    lists = relations_part(book)
    dialect = Dialect.of(package)
    listed, _ = extended_relations(package.read(lists), {f"/{part}": "styles"}, dialect)
    parts: dict[str, bytes | None] = {
        part: dialect.spoken(PLAIN_STYLES),
        lists: listed,
        types: extended_content_types(package.read(types), {part: STYLES}, gone=()),
    }
    return Package(Archive.parse(package.path, repacked(package.archive, parts)))


def _style_names() -> Iterator[str]:
    yield "xl/styles.xml"
    yield from (f"xl/styles{number}.xml" for number in count(2))


class _Graft:
    """One graft: new parts gathered, with their names, content types and relations."""

    def __init__(
        self, package: Package, donor: Package, replaced: set[str], renamed: Mapping[str, str]
    ) -> None:
        self._package = package
        self._donor = donor
        self._replaced = replaced
        self._renamed = renamed
        self._dialect = Dialect.of(package)
        self._taken = {part_key(name) for name in package.names}
        self._parts: dict[str, bytes | None] = {}
        self._types: dict[str, str] = {}
        self._strings = shared_strings(donor)
        numbers = (table_number(package.read(table.part)) for table in package.tables)
        self._last_table = max(numbers, default=0)
        self._table_names = [*(t.name for t in package.tables), *package.defined_names]

    def package(self) -> Package:
        """Give the workbook with the sheets in it."""
        styles = self._styles()
        mine = {sheet.name.casefold(): sheet for sheet in self._package.sheets}
        names = {name.casefold() for name in self._package.sheet_names}
        dropped: set[str] = set()
        added: list[NewSheet] = []
        for sheet in self._donor.sheets:
            old = mine.get(sheet.name.casefold())
            if old and old.name.casefold() in self._replaced:
                dropped |= self._owned(old)
                part = old.part
            elif sheet.name.casefold() in names:
                raise WorkbookUnsafeError(
                    f'"{self._package.path.name}" has a sheet "{sheet.name}" already; rename it.'
                )
            else:
                part = self._new_name("xl/worksheets/sheet1.xml")
                self._types[part] = CONTENT + "worksheet+xml"
            self._add_sheet(sheet, part, styles)
            added.append(NewSheet(sheet.name, part, sheet.state, replaces=old is not None))
        kept = {part_key(name) for name in self._parts}
        self._parts |= dict.fromkeys(name for name in dropped if part_key(name) not in kept)
        self._index(added)
        data = repacked(self._package.archive, self._parts)
        return Package(Archive.parse(self._package.path, data))

    def _styles(self) -> StyleMap:
        donors = _related(self._donor, "styles")
        part = _related(self._package, "styles")
        data, moved = appended_styles(self._package.read(part), self._donor.read(donors))
        self._parts[part] = data
        return moved

    def _add_sheet(self, sheet: SheetPart, part: str, styles: StyleMap) -> None:
        self._parts[part] = self._dialect.spoken(
            grafted_worksheet(
                self._donor.read(sheet.part),
                styles=styles,
                strings=self._strings,
                renamed=self._renamed,
            )
        )
        self._move_related(sheet.part, part, styles)

    def _move_related(self, source: str, target: str, styles: StyleMap) -> None:
        """Bring the parts that a donor's part leads to, and the list of those relations."""
        names: dict[str, str] = {}
        for relation in self._donor.relationships(source).values():
            if relation.external or relation.type not in MOVED:
                continue
            part = self._new_name(relation.target)
            names[relation.target] = part
            self._types[part] = self._donor.content_type(relation.target)
            data = self._donor.read(relation.target)
            if relation.type == "table":
                data = self._table(data, styles)
            elif relation.type == "chart":
                data = renamed_references(data, self._renamed)
            self._parts[part] = self._dialect.spoken(data)
            self._move_related(relation.target, part, styles)
        if names:
            folder = source.rpartition("/")[0]
            listed = self._donor.read(relations_part(source))
            moved = grafted_relations(listed, folder=folder, names=names)
            self._parts[relations_part(target)] = self._dialect.spoken(moved)

    def _table(self, data: bytes, styles: StyleMap) -> bytes:
        self._last_table += 1
        wanted = Markup(data, what="of a table")
        name = wanted.get(wanted.root, "displayName") or "Table"
        name = free_name(name, self._table_names, pattern="{name}_{number}")
        self._table_names.append(name)
        return grafted_table(data, number=self._last_table, name=name, styles=styles)

    def _new_name(self, like: str) -> str:
        match = NUMBERED.fullmatch(like)
        stem, number, ending = match.groups() if match else (like, "", "")
        names = (f"{stem}{at}{ending}" for at in range(1, len(self._taken) + 2))
        candidates = names if number else chain([like], islice(names, 1, None))
        name = next(name for name in candidates if part_key(name) not in self._taken)
        self._taken.add(part_key(name))
        return name

    def _owned(self, sheet: SheetPart) -> set[str]:
        """List the parts that a sheet leads to and that no other part needs, with their lists."""
        owned: set[str] = set()
        front = [sheet.part]
        while front:
            part = front.pop()
            if relations_part(part) in self._package:
                owned.add(relations_part(part))
            for relation in self._package.relationships(part).values():
                target = relation.target
                if relation.external or target in owned or target not in self._package:
                    continue
                if self._package.references[part_key(target)] > 1:
                    continue
                owned.add(target)
                front.append(target)
        freed = [t.name for t in self._package.tables if t.part in owned]
        self._table_names = [name for name in self._table_names if name not in freed]
        return owned

    def _index(self, added: list[NewSheet]) -> None:
        package = self._package
        book = package.workbook
        read = package.read
        gone = {part_key(name) for name, data in self._parts.items() if data is None}
        targets = {f"/{sheet.part}": "worksheet" for sheet in added if not sheet.replaces}
        lists = relations_part(book)
        self._parts[lists], ids = extended_relations(read(lists), targets, self._dialect)
        self._parts[book] = extended_workbook(
            read(book),
            added,
            ids={target[1:]: key for target, key in ids.items()},
            names=self._donor.read(self._donor.workbook),
            dialect=self._dialect,
        )
        types = "[Content_Types].xml"
        self._parts[types] = extended_content_types(read(types), self._types, gone=gone)


def _related(package: Package, kind: str) -> str:
    relations = package.relationships(package.workbook).values()
    return next((relation.target for relation in relations if relation.type == kind), "")
