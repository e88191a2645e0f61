"""A workbook as a package of parts: sheets, tables and the relations between them, read-only."""

import posixpath
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from salespipe.errors import WorkbookError
from salespipe.workbook.archive import Archive, part_key
from salespipe.workbook.parts import Relationship, SheetPart, SheetState, TablePart, parse_xml
from salespipe.workbook.text import unescape

__all__ = ["Package"]

ROOT: Final = ""
"""Source of the package's own relationships."""

STATES: Final[dict[str, SheetState]] = {"hidden": "hidden", "veryHidden": "veryHidden"}


class Package:
    """A read-only view of one .xlsx or .xlsm file, loaded once.

    Attributes
    ----------
    path : Path
    digest : str
        SHA-256 of the file's bytes, hexadecimal.
    names : tuple of str
        Member names in zip order.
    archive : Archive
        The zip container.
    workbook : str
        Name of the workbook part.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.path: Path = archive.path
        self.digest: str = archive.digest
        self.names: tuple[str, ...] = tuple(info.filename for info in archive.members)
        self._refuse_other_packages()
        self.workbook: str = self._find_workbook()

    @classmethod
    def open(cls, path: Path) -> "Package":
        """Load a workbook.

        Raises
        ------
        WorkbookNotFoundError
            There is no file at that path.
        WorkbookEncryptedError
            It is protected by a password.
        WorkbookError
            It is not a workbook, or too large, damaged or hostile.
        """
        return cls(Archive.open(path))

    def __contains__(self, part: str) -> bool:
        """Whether the package has a part."""
        return part_key(part) in self.archive.index

    def read(self, part: str) -> bytes:
        """Give a part's bytes, unpacked.

        Raises
        ------
        WorkbookError
            There is no such part, it is damaged, or it declares a DTD.
        """
        return self.archive.read(part)

    def tree(self, part: str) -> ET.Element:
        """Parse a part.

        Raises
        ------
        WorkbookError
            There is no such part, or it is damaged.
        """
        return parse_xml(self.read(part), what=f'The part {part} of "{self.path.name}"')

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Give the relations of a part by their id; of the package itself for ``""``.

        Raises
        ------
        WorkbookError
            The list of relations is damaged.
        """
        folder, name = posixpath.split(part.replace("\\", "/"))
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self:
            return {}
        found = {}
        for element in self.tree(rels):
            external = element.get("TargetMode") == "External"
            target = element.get("Target", "")
            found[element.get("Id", "")] = Relationship(
                type=element.get("Type", "").rsplit("/", 1)[-1],
                target=target if external else self._resolve(folder, target),
                external=external,
            )
        return found

    def content_type(self, part: str) -> str:
        """Give a part's content type, ``""`` where none is declared."""
        key = part_key(part)
        defaults, overrides = self._content_types
        return overrides.get(key) or defaults.get(key.rpartition(".")[2], "")

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """Worksheets in tab order; chart and dialog sheets are left out."""
        relations = self.relationships(self.workbook)
        found = []
        for element in self._workbook_tree.iterfind("{*}sheets/{*}sheet"):
            relation = relations.get(_relation_id(element))
            if relation is None or relation.type != "worksheet" or relation.target not in self:
                continue
            sheet_id = element.get("sheetId", "0")
            found.append(
                SheetPart(
                    name=element.get("name", ""),
                    part=relation.target,
                    sheet_id=int(sheet_id) if sheet_id.isdecimal() and len(sheet_id) <= 10 else 0,
                    state=STATES.get(element.get("state", ""), "visible"),
                )
            )
        return tuple(found)

    @cached_property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of all sheets in tab order, chart and dialog sheets too."""
        found = self._workbook_tree.iterfind("{*}sheets/{*}sheet")
        return tuple(sheet.get("name", "") for sheet in found)

    @cached_property
    def defined_names(self) -> dict[str, str]:
        """What each name of the workbook or of a sheet stands for, names case folded."""
        found = self._workbook_tree.iterfind("{*}definedNames/{*}definedName")
        return {name.get("name", "").casefold(): name.text or "" for name in found}

    @cached_property
    def references(self) -> Counter[str]:
        """How many relations lead to each part, by :func:`part_key`."""
        found: Counter[str] = Counter()
        for name in self.archive.index:
            folder, slash, listed = name.rpartition("_rels/")
            if slash and listed.endswith(".rels"):
                relations = self.relationships(folder + listed.removesuffix(".rels")).values()
                found.update(part_key(r.target) for r in relations if not r.external)
        return found

    @cached_property
    def tables(self) -> tuple[TablePart, ...]:
        """Excel Tables, by sheet in tab order."""
        return tuple(
            _table(self.tree(relation.target), part=relation.target, sheet=sheet.name)
            for sheet in self.sheets
            for relation in self.relationships(sheet.part).values()
            if relation.type == "table" and not relation.external and relation.target in self
        )

    @cached_property
    def date1904(self) -> bool:
        """Whether day 0 is 1904-01-01 rather than 1899-12-30."""
        properties = self._workbook_tree.find("{*}workbookPr")
        return properties is not None and properties.get("date1904") in {"1", "true", "on"}

    @cached_property
    def _workbook_tree(self) -> ET.Element:
        return self.tree(self.workbook)

    @cached_property
    def _content_types(self) -> tuple[dict[str, str], dict[str, str]]:
        defaults: dict[str, str] = {}
        overrides: dict[str, str] = {}
        for element in self.tree("[Content_Types].xml"):
            kind = element.get("ContentType", "")
            if element.tag.endswith("}Default"):
                defaults[element.get("Extension", "").lower()] = kind
            else:
                overrides[part_key(element.get("PartName", ""))] = kind
        return defaults, overrides

    def _resolve(self, folder: str, target: str) -> str:
        path = target.split("#", maxsplit=1)[0].replace("\\", "/")
        full = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
        for name in (full, unquote(full)):
            if name in self:
                return self.archive.index[part_key(name)].filename
        return full

    def _refuse_other_packages(self) -> None:
        if "[Content_Types].xml" in self:
            return
        if "mimetype" in self and b"opendocument" in self.read("mimetype"):
            raise WorkbookError(
                f'"{self.path.name}" is an OpenDocument file; open it in LibreOffice and save it '
                "as .xlsx."
            )
        raise WorkbookError(
            f'"{self.path.name}" is a zip file but not an Excel workbook; give the .xlsx itself.'
        )

    def _find_workbook(self) -> str:
        main = [r for r in self.relationships(ROOT).values() if r.type == "officeDocument"]
        part = main[0].target if main else "xl/workbook.xml"
        kind = self.content_type(part)
        if "sheet.binary" in kind or part.lower().endswith(".bin"):
            raise WorkbookError(
                f'"{self.path.name}" is a binary workbook (.xlsb); open it in Excel and save it '
                "as .xlsx."
            )
        if part not in self or ("spreadsheetml" not in kind and "ms-excel" not in kind):
            raise WorkbookError(
                f'"{self.path.name}" is not an Excel workbook, whatever its name says; open it in '
                "Excel and save it as .xlsx."
            )
        return part


def _relation_id(element: ET.Element) -> str:
    return next((v for k, v in element.items() if k.endswith("relationships}id")), "")


def _table(root: ET.Element, *, part: str, sheet: str) -> TablePart:
    columns = root.iterfind("{*}tableColumns/{*}tableColumn")
    return TablePart(
        name=root.get("displayName", root.get("name", "")),
        part=part,
        sheet=sheet,
        ref=root.get("ref", ""),
        columns=tuple(unescape(column.get("name", "")) for column in columns),
        header_rows=int(root.get("headerRowCount", "1") != "0"),
        totals_rows=int(root.get("totalsRowCount", "0") != "0"),
    )
