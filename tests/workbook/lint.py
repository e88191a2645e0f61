"""A linter of what Excel demands of a workbook: a list of defects, to compare before and after.

It shares no code with the writer, so that a misunderstanding shows.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import join, normpath
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

__all__ = ["defects", "new_defects"]

WORKSHEET = [
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
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
WORKBOOK = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
]
HOLDERS = {
    "hyperlinks",
    "mergeCells",
    "dataValidations",
    "cols",
    "tableParts",
    "conditionalFormatting",
}


def new_defects(before: Path, after: Path) -> list[str]:
    """List the defects that a workbook has and the one it was made from has not."""
    return sorted((Counter(defects(after)) - Counter(defects(before))).elements())


def defects(path: Path) -> list[str]:
    """List what Excel would stumble over."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        found = [f"zip: {name} is twice" for name, n in Counter(map(_key, names)).items() if n > 1]
        if broken := archive.testzip():
            return [*found, f"zip: {broken} is damaged"]
        parts = {_key(name): archive.read(name) for name in names}
    return [*found, *_Book(parts).defects()]


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


class _Book:
    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.trees: dict[str, ET.Element] = {}

    def defects(self) -> Iterator[str]:
        for name, data in self.parts.items():
            if name.endswith((".xml", ".rels")):
                try:
                    self.trees[name] = ET.fromstring(data)  # noqa: S314 (test files)
                except ET.ParseError as trouble:
                    yield f"{name}: not well-formed ({trouble})"
        yield from self._content_types()
        yield from self._relations()
        yield from self._ignorable()
        workbook = next((n for n, t in self.trees.items() if _local(t) == "workbook"), None)
        if workbook is None:
            yield "no workbook part"
            return
        yield from self._workbook(self.trees[workbook])
        for name, tree in self.trees.items():
            if _local(tree) == "worksheet":
                yield from self._sheet(name, tree)
            elif _local(tree) == "chartSpace":
                yield from self._chart(name, tree)
        yield from self._styles()
        yield from self._calc_chain(workbook)

    def rels(self, part: str) -> dict[str, tuple[str, str]]:
        """Relations of a part: id to (type, key of the target), external ones with no target."""
        path = PurePosixPath(part)
        tree = self.trees.get(str(path.parent / "_rels" / f"{path.name}.rels").lstrip("./"))
        if tree is None and part:
            tree = self.trees.get(_key(join(str(path.parent), "_rels", f"{path.name}.rels")))
        found = {}
        for r in tree if tree is not None else ():
            target = r.get("Target", "").replace("\\", "/")
            full = _key(normpath(join("/", str(path.parent), unquote(target))))
            outside = r.get("TargetMode") == "External" or target.startswith("#")
            kind = r.get("Type", "").rpartition("/")[2]
            found[r.get("Id", "")] = kind, "" if outside else full
        return found

    def _content_types(self) -> Iterator[str]:
        tree = self.trees.get("[content_types].xml")
        if tree is None:
            yield "no content types"
            return
        defaults = {e.get("Extension", "").lower() for e in tree if _local(e) == "Default"}
        overrides = [_key(e.get("PartName", "")) for e in tree if _local(e) == "Override"]
        for name in overrides:
            if name not in self.parts:
                yield f"content types: {name} is not there"
        for name, n in Counter(overrides).items():
            if n > 1:
                yield f"content types: {name} is declared twice"
        for name in self.parts:
            known = name in overrides or name.rpartition(".")[2] in defaults
            if not known and name != "[content_types].xml":
                yield f"content types: {name} has none"

    def _relations(self) -> Iterator[str]:
        for name in self.parts:
            relations = self.rels(name)
            for key, (_, target) in relations.items():
                if target and target not in self.parts:
                    yield f"{name}: relation {key} leads to {target}, which is not there"
            tree = self.trees.get(name)
            for element in tree.iter() if tree is not None else ():
                for attribute, value in element.items():
                    is_id = "officeDocument" in attribute and attribute.endswith("relationships}id")
                    if is_id and value and value not in relations:
                        yield f"{name}: r:id {value} leads nowhere"

    def _ignorable(self) -> Iterator[str]:
        for name, data in self.parts.items():
            match = re.search(rb'Ignorable\s*=\s*"([^"]*)"', data) if name in self.trees else None
            for prefix in match[1].split() if match else ():
                if b"xmlns:" + prefix + b"=" not in data:
                    yield f"{name}: mc:Ignorable names {prefix!r}, which is not declared"

    def _ordered(self, name: str, tree: ET.Element, order: list[str]) -> Iterator[str]:
        places = [order.index(_local(child)) for child in tree if _local(child) in order]
        if places != sorted(places):
            yield f"{name}: children out of order"
        for child in tree:
            if _local(child) in HOLDERS and len(child) == 0:
                yield f"{name}: {_local(child)} is empty"

    def _workbook(self, tree: ET.Element) -> Iterator[str]:
        yield from self._ordered("workbook", tree, WORKBOOK)
        sheets = tree.findall("{*}sheets/{*}sheet")
        for what in ("name", "sheetId"):
            for value, n in Counter(s.get(what, "").lower() for s in sheets).items():
                if n > 1:
                    yield f"workbook: {what} {value} is twice"
        yield from (
            f"workbook: {s.get('name')} is long" for s in sheets if len(s.get("name", "")) > 31
        )
        defined = {
            d.get("name", "").lower() for d in tree.iterfind("{*}definedNames/{*}definedName")
        }
        tables = [t for t in self.trees.values() if _local(t) == "table"]
        for what in ("id", "displayName"):
            for value, n in Counter(t.get(what, "").lower() for t in tables).items():
                if n > 1:
                    yield f"table {what} {value} is twice"
        yield from self._names(tree, tables, len(sheets))
        clash = defined & {t.get("displayName", "").lower() for t in tables}
        yield from (f"table {name} clashes with a defined name" for name in clash)

    def _names(self, tree: ET.Element, tables: list[ET.Element], sheets: int) -> Iterator[str]:
        for d in tree.iterfind("{*}definedNames/{*}definedName"):
            if int(d.get("localSheetId", "0")) >= sheets:
                yield f"workbook: the name {d.get('name')} belongs to no sheet"
        scoped = Counter(
            (d.get("name", "").lower(), d.get("localSheetId"))
            for d in tree.iterfind("{*}definedNames/{*}definedName")
        )
        yield from (f"workbook: the name {name} is twice" for name, n in scoped.items() if n > 1)
        for t in tables:
            if not re.fullmatch(r"[^\W\d][\w.\\?]{0,254}", t.get("displayName", "")):
                yield f"table name {t.get('displayName')} cannot be"
            heads = Counter(
                c.get("name", "").lower() for c in t.iter() if _local(c) == "tableColumn"
            )
            if any(n > 1 for n in heads.values()):
                yield f"table {t.get('displayName')}: a column is twice"

    def _count(self, root: str, path: str) -> int:
        tree = next((t for t in self.trees.values() if _local(t) == root), None)
        return len(tree.findall(path)) if tree is not None else 0

    def _strings(self) -> list[str]:
        tree = next((t for t in self.trees.values() if _local(t) == "sst"), None)
        return ["".join(i.itertext()) for i in tree] if tree is not None else []

    def _sheet(self, name: str, tree: ET.Element) -> Iterator[str]:
        yield from self._ordered(name, tree, WORKSHEET)
        values: dict[tuple[int, int], str] = {}
        styles, strings = max(1, self._count("styleSheet", "{*}cellXfs/{*}xf")), self._strings()
        last_row = 0
        for row in tree.iterfind("{*}sheetData/{*}row"):
            number = int(row.get("r", last_row + 1))
            if number <= last_row:
                yield f"{name}: row {number} out of order"
            last_row, last_column = number, 0
            for cell in row.iterfind("{*}c"):
                at = (
                    coordinate_to_tuple(cell.get("r"))
                    if cell.get("r")
                    else (number, last_column + 1)
                )
                if at[0] != number or at[1] <= last_column:
                    yield f"{name}: cell {cell.get('r')} out of order"
                last_column = at[1]
                values[at] = "".join(cell.itertext())
                if cell.get("t") == "s" and (cell.findtext("{*}v") or "0").isdecimal():
                    index = int(cell.findtext("{*}v") or 0)
                    values[at] = strings[index] if index < len(strings) else "?"
                yield from self._cell(f"{name}: {at}", cell, styles, len(strings))
            low, _, high = (row.get("spans") or "1:16384").split()[0].partition(":")
            if last_column and not int(low) <= last_column <= int(high):
                yield f"{name}: row {number} is outside its spans"
        yield from self._ranges(name, tree, values)
        yield from self._tables(name, tree, values)

    def _cell(self, where: str, cell: ET.Element, styles: int, strings: int) -> Iterator[str]:
        if int(cell.get("s", "0")) >= styles:
            yield f"{where}: style out of range"
        kind, value = cell.get("t", "n"), cell.findtext("{*}v")
        if kind == "s" and int(value or 0) >= strings:
            yield f"{where}: shared string out of range"
        if kind == "n" and value:
            try:
                float(value)
            except ValueError:
                yield f"{where}: {value} is no number"
        if kind == "b" and value not in {"0", "1", None}:
            yield f"{where}: {value} is no truth value"
        if kind == "inlineStr" and (cell.find("{*}is") is None or value is not None):
            yield f"{where}: inline string without its text"
        if kind != "inlineStr" and cell.find("{*}is") is not None:
            yield f"{where}: inline text of another type"
        if (
            len("".join(cell.find("{*}is").itertext() if cell.find("{*}is") is not None else ""))
            > 32_767
        ):
            yield f"{where}: text too long"
        formula = cell.findtext("{*}f") or ""
        if formula.startswith("=") or len(formula) > 8192:
            yield f"{where}: formula begins with = or is too long"

    def _ranges(
        self, name: str, tree: ET.Element, values: dict[tuple[int, int], str]
    ) -> Iterator[str]:
        dimension = tree.find("{*}dimension")
        if dimension is not None and values:
            left, top, right, bottom = range_boundaries(dimension.get("ref"))
            held = [at for at, value in values.items() if value]
            if any(not (top <= r <= bottom and left <= c <= right) for r, c in held):
                yield f"{name}: a cell lies outside the dimension"
        links = Counter(h.get("ref") for h in tree.iterfind("{*}hyperlinks/{*}hyperlink"))
        yield from (f"{name}: link {ref} is twice" for ref, n in links.items() if n > 1)
        dxfs = self._count("styleSheet", "{*}dxfs/{*}dxf")
        for rule in tree.iterfind("{*}conditionalFormatting/{*}cfRule"):
            if int(rule.get("dxfId", "-1")) >= dxfs:
                yield f"{name}: dxf out of range"
        for element in tree.iter():
            for ref in (element.get("sqref") or "").split():
                range_boundaries(ref)
        for formula in tree.iterfind("{*}dataValidations/{*}dataValidation/{*}formula1"):
            if (formula.text or "").startswith('"') and len(formula.text or "") > 257:
                yield f"{name}: list literal too long"

    def _tables(
        self, name: str, tree: ET.Element, values: dict[tuple[int, int], str]
    ) -> Iterator[str]:
        areas: list[tuple[int, int, int, int]] = []
        merges = [
            range_boundaries(m.get("ref")) for m in tree.iterfind("{*}mergeCells/{*}mergeCell")
        ]
        for kind, target in self.rels(name).values():
            table = self.trees.get(target)
            if kind != "table" or table is None:
                continue
            where = f"{name}: table {table.get('displayName')}"
            left, top, right, bottom = area = range_boundaries(table.get("ref"))
            columns = table.findall("{*}tableColumns/{*}tableColumn")
            heads, totals = (
                int(table.get("headerRowCount", "1")),
                int(table.get("totalsRowCount", "0")),
            )
            if len(columns) != right - left + 1:
                yield f"{where}: ref does not fit its columns"
            if bottom - top + 1 - heads - totals < 1:
                yield f"{where}: no row"
            for at, column in enumerate(columns, start=left):
                head = re.sub(r"_x000[aA]_|\s", "", column.get("name", ""))
                if heads and re.sub(r"\s", "", values.get((top, at), "")) != head:
                    yield f"{where}: header {head} differs from its cell"
            shown = table.find("{*}autoFilter")
            if shown is not None and range_boundaries(shown.get("ref")) != (
                left,
                top,
                right,
                bottom - totals,
            ):
                yield f"{where}: autoFilter differs from its ref"
            if any(_meet(area, other) for other in [*areas, *merges]):
                yield f"{where}: overlaps a table or merge"
            areas.append(area)

    def _styles(self) -> Iterator[str]:
        tree = next((t for t in self.trees.values() if _local(t) == "styleSheet"), None)
        for holder in tree if tree is not None else ():
            if holder.get("count") and int(holder.get("count", "0")) != len(holder):
                yield f"styles: count of {_local(holder)} is wrong"
        known = (
            {f.get("numFmtId") for f in tree.iterfind("{*}numFmts/{*}numFmt")}
            if tree is not None
            else set()
        )
        sizes = {
            f"{kind}Id": self._count("styleSheet", f"{{*}}{kind}s/{{*}}{kind}")
            for kind in ("font", "fill", "border")
        }
        for xf in tree.iterfind("{*}cellXfs/{*}xf") if tree is not None else ():
            for kind, size in sizes.items():
                if int(xf.get(kind, "0")) >= max(1, size):
                    yield f"styles: {kind} {xf.get(kind)} is not there"
            if int(xf.get("numFmtId", "0")) >= 164 and xf.get("numFmtId") not in known:
                yield f"styles: number format {xf.get('numFmtId')} is not there"

    def _chart(self, name: str, tree: ET.Element) -> Iterator[str]:
        for holder in tree.iter():
            cache = next((c for c in holder if _local(c) in {"numCache", "strCache"}), None)
            formula = holder.findtext("{*}f") or ""
            match = re.search(r"!(\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)$", formula)
            if cache is None or not match:
                continue
            count = cache.find("{*}ptCount")
            points = [int(p.get("idx", "-1")) for p in cache.iterfind("{*}pt")]
            left, top, right, bottom = range_boundaries(match[1])
            size = (right - left + 1) * (bottom - top + 1)
            if count is not None and int(count.get("val", "0")) != size:
                yield f"{name}: cache of {formula} has another length"
            if points != sorted(set(points)) or (points and points[-1] >= size):
                yield f"{name}: cache of {formula} has points out of order"

    def _calc_chain(self, workbook: str) -> Iterator[str]:
        chain = next((t for t in self.trees.values() if _local(t) == "calcChain"), None)
        if chain is None:
            return
        relations = self.rels(workbook)
        parts = {}
        for sheet in self.trees[workbook].iterfind("{*}sheets/{*}sheet"):
            rid = next((v for k, v in sheet.items() if k.endswith("}id")), "")
            parts[sheet.get("sheetId")] = relations.get(rid, ("", ""))[1]
        formulas = {
            part: {
                c.get("r")
                for c in self.trees[part].iterfind(".//{*}c")
                if c.find("{*}f") is not None
            }
            for part in parts.values()
            if part in self.trees
        }
        sheet_id = None
        for link in chain:
            sheet_id = link.get("i") or sheet_id
            if link.get("r") not in formulas.get(parts.get(sheet_id, ""), {link.get("r")}):
                yield f"calcChain: {link.get('r')} on {sheet_id} has no formula"


def _meet(one: tuple[int, int, int, int], two: tuple[int, int, int, int]) -> bool:
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]
