"""Edits over real workbooks of other projects, kept outside the repository."""

import re
from datetime import date
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import pytest

from salespipe.errors import WorkbookError, WorkbookUnsafeError
from salespipe.workbook.archive import Archive, part_key
from salespipe.workbook.edits import Edits, Formula, Link
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from tests.workbook.lint import new_defects

SHARED = Path(__file__).resolve().parents[3] / "shared" / "xlsx"
BOOKS = sorted(path for path in SHARED.glob("books/*") if path.suffix != ".tsv")
ODD = sorted(path for path in SHARED.glob("odd/*") if path.suffix != ".tsv")
MISSING = pytest.mark.skipif(
    not BOOKS, reason="the folder shared/xlsx is not beside the repository"
)

REFUSED_TO_OPEN = {"duplicate-filename", "missing-bits", "type_openoffice"}
REFUSED_TO_EDIT = {
    "ms-office-2010-signed": "digitally signed",
    "no-styles-or-sharedStrings-parts": "no styles",
}


def short_name(path: Path) -> str:
    return path.stem.partition("__")[2]


@MISSING
@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS, ids=short_name)
def test_a_real_workbook_is_edited_or_refused_with_reason(book, tmp_path):
    if short_name(book) in REFUSED_TO_OPEN:
        with pytest.raises(WorkbookError, match=r"twice|not an Excel workbook|OpenDocument"):
            Package.open(book)
        return
    package = Package.open(book)
    target = tmp_path / book.name
    cells = {
        "ZZ5": "中文 <&> _x0041_", "ZZ6": 1.5, "ZZ9": date(2026, 11, 23), "ZY1": True,
        "ZY500": Formula("1+2", 3), "ZX1": Link("go", package.sheets[0].name, "A1"), "ZX2": None,
    }  # fmt: skip
    edits = Edits(cells={sheet.name: cells for sheet in package.sheets})
    if reason := REFUSED_TO_EDIT.get(short_name(book)):
        with pytest.raises(WorkbookUnsafeError, match=reason):
            apply_edits(book, target, edits)
        assert not target.exists()
        return
    apply_edits(book, target, edits)
    assert new_defects(book, target) == []
    _assert_untouched(package, target)


@MISSING
@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS, ids=short_name)
def test_random_cells_of_real_workbooks_change_alone(book, tmp_path):
    try:
        package = Package.open(book)
    except WorkbookError:
        pytest.skip("refused to open, as another test shows")
    random = Random(short_name(book))
    target = tmp_path / book.name
    for sheet in package.sheets[:4]:
        before = cells_of(package, sheet.part)
        chosen = random.sample(sorted(before), min(12, len(before)))
        values = [random.choice([None, 7.25, "=text", True, Formula("1+1", 2)]) for _ in chosen]
        edits = {
            cell: value
            for cell, value in zip(chosen, values, strict=True)
            if accepted(book, target, {sheet.name: {cell: value}})
        }
        target.unlink(missing_ok=True)
        if not accepted(book, target, {sheet.name: edits}):
            continue
        assert new_defects(book, target) == []
        after = cells_of(Package.open(target), sheet.part)
        assert {cell for cell in before if before[cell] != after[cell]} <= set(edits)
        assert list(before) == list(after)


def accepted(book: Path, target: Path, cells: dict) -> bool:
    target.unlink(missing_ok=True)
    try:
        apply_edits(book, target, Edits(cells=cells))
    except WorkbookUnsafeError:
        assert not target.exists()
        return False
    return True


def cells_of(package: Package, part: str) -> dict[str, bytes]:
    return {
        cell.get("r"): ET.tostring(cell)
        for cell in package.tree(part).iterfind("{*}sheetData/{*}row/{*}c")
        if cell.get("r")
    }


@MISSING
@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS, ids=short_name)
def test_tables_of_real_workbooks_grow_and_shrink_or_are_refused(book, tmp_path):
    try:
        tables = Package.open(book).tables
    except WorkbookError:
        pytest.skip("refused to open, as another test shows")
    if not tables:
        pytest.skip("no table in it")
    target = tmp_path / book.name
    for table in tables:
        for rows in ([], [["x"] * len(table.columns)] * 3, [[1] * len(table.columns)] * 200):
            target.unlink(missing_ok=True)
            try:
                apply_edits(book, target, Edits(rows={table.name: rows}))
            except WorkbookUnsafeError:
                assert not target.exists()
            else:
                assert new_defects(book, target) == []


@MISSING
@pytest.mark.parametrize("book", ODD, ids=short_name)
def test_an_odd_file_is_refused_in_one_line(book):
    if "5937385319563264" in book.name:
        assert Package.open(book).sheets  # hostile in a formula only
        return
    with pytest.raises(WorkbookError, match=re.escape(book.name)) as refusal:
        Package.open(book)
    assert "\n" not in str(refusal.value)


def _assert_untouched(package: Package, target: Path) -> None:
    """Every part but those an edit may change is the same compressed bytes."""
    edited = {sheet.part for sheet in package.sheets} | {package.workbook}
    relations = package.relationships(package.workbook).values()
    edited |= {r.target for r in relations if r.type in {"styles", "calcChain"}}
    edited |= {"[Content_Types].xml"}
    folder, _, name = package.workbook.rpartition("/")
    keys = {part_key(part) for part in edited} | {part_key(f"{folder}/_rels/{name}.rels")}
    after = Archive.open(target)
    for info in package.archive.members:
        if part_key(info.filename) not in keys and not info.is_dir():
            copy = after.index[part_key(info.filename)]
            assert after.packed(copy)[2] == package.archive.packed(info)[2], info.filename
