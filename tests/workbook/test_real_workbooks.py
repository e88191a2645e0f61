"""Writing into real workbooks of other projects, kept outside the repository."""

import re
import subprocess
import warnings
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from python_calamine import CalamineWorkbook

from salespipe.errors import WorkbookError, WorkbookUnsafeError
from salespipe.workbook.archive import part_key
from salespipe.workbook.areas import Area
from salespipe.workbook.edits import Edits, Formula, Link
from salespipe.workbook.outfit import outfitted
from salespipe.workbook.package import Package
from salespipe.workbook.parts import TablePart
from salespipe.workbook.patch import apply_edits, write_edits
from salespipe.workbook.text import unescape
from tests.requirements import program, shared_files
from tests.workbook.lint import new_defects

BOOKS = [path for path in shared_files("xlsx/books/*") if path.suffix != ".tsv"]
ODD = [path for path in shared_files("xlsx/odd/*") if path.suffix != ".tsv"]
MISSING = pytest.mark.skipif(
    not BOOKS, reason="the folder shared/xlsx is not beside the repository"
)

NOT_OPENED = {
    "duplicate-filename": "twice",
    "missing-bits": "not an Excel workbook",
    "type_openoffice": "OpenDocument",
}
NOT_EDITED = NOT_OPENED | {"ms-office-2010-signed": "digitally signed"}
NOT_GRAFTED = NOT_EDITED | {
    "SharedWorkbook": "shared workbook",
    "workbookProtection_workbook_revision_protected": "shared workbook",
}
"""Refusals by book, with a word of the reason: of 112 books 3, 4 and 6."""

CELLS = {
    "ZZ5": "中文 <&> _x0041_",
    "ZZ6": 1.5,
    "ZZ9": date(2026, 11, 23),
    "ZY1": True,
    "ZY500": Formula("1+2", 3),
    "ZX2": None,
}


def short_name(path: Path) -> str:
    return path.stem.partition("__")[2]


books = pytest.mark.parametrize("book", BOOKS, ids=short_name)


def refused(book: Path, reasons: dict[str, str], work) -> bool:
    """Carry out work on a book, or see it refused for the known reason and nothing written."""
    reason = reasons.get(short_name(book))
    if reason is None:
        work()
        return False
    with pytest.raises(WorkbookError, match=reason):
        work()
    return True


@MISSING
@pytest.mark.slow
@books
def test_a_real_workbook_is_edited_or_refused_with_reason(book, tmp_path):
    target = tmp_path / book.name

    def edit():
        package = Package.open(book)
        link = {"ZX1": Link("go", package.sheets[0].name, "A1")}
        cells = {sheet.name: CELLS | link for sheet in package.sheets}
        apply_edits(book, target, Edits(cells=cells))

    if refused(book, NOT_EDITED, edit):
        assert not target.exists()
        return
    assert new_defects(book, target) == []
    before, after = Package.open(book), Package.open(target)
    edited = {part_key(sheet.part) for sheet in before.sheets}
    assert_untouched(before, after, but=edited)
    for sheet in before.sheets:
        ours = {*CELLS, "ZX1"}
        assert rest_of(after, sheet.part, ours) == rest_of(before, sheet.part, ours)
    assert_read_back(book, target, [sheet.name for sheet in before.sheets])


@MISSING
@pytest.mark.slow
@books
def test_a_real_workbook_takes_the_tools_sheets_or_refuses(book, tmp_path):
    target = tmp_path / book.name
    language = "zh" if len(book.name) % 2 else "en"
    title = "预测" if language == "zh" else "Forecast"

    def graft():
        package = Package.open(book)
        made = outfitted(package, language=language)
        edits = Edits(cells={title: {"ZZ5": CELLS["ZZ5"]}})
        write_edits(made, target, edits, digest=package.digest)

    if refused(book, NOT_GRAFTED, graft):
        assert not target.exists()
        return
    assert new_defects(book, target) == []
    before, after = Package.open(book), Package.open(target)
    assert after.sheet_names[: len(before.sheet_names)] == before.sheet_names
    assert_untouched(before, after, but=set())
    assert_read_back(book, target, [title])


@MISSING
@pytest.mark.slow
@pytest.mark.parametrize(
    "book", [b for b in BOOKS if short_name(b) not in NOT_OPENED and Package.open(b).tables],
    ids=short_name,
)  # fmt: skip
def test_tables_of_real_workbooks_grow_and_shrink_or_are_refused(book, tmp_path):
    target = tmp_path / book.name
    package = Package.open(book)
    for table in package.tables:
        width = len(table.columns)
        for edits in (
            Edits(rows={table.name: []}),
            Edits(rows={table.name: [["x"] * width] * 3}),
            Edits(rows={table.name: [[1] * width] * 200}),
            Edits(added={table.name: [[None] * width]}),
            Edits(added={table.name: [[1] * width] * 30}),
        ):
            target.unlink(missing_ok=True)
            why = fed(package, table) or (ARRAY if edits.rows and "CRM_Sales" in book.name else "")
            if why:
                with pytest.raises(WorkbookUnsafeError, match=why):
                    apply_edits(book, target, edits)
                assert not target.exists()
                continue
            apply_edits(book, target, edits)
            assert new_defects(book, target) == []
            sheet = next(s.part for s in package.sheets if s.name == table.sheet)
            touched = {part_key(sheet), part_key(table.part)}
            after = Package.open(target)
            long = any(len(rows) == 200 for rows in edits.rows.values())
            if table.totals_rows or edits.added or long:
                touched |= {part_key(name) for name in after.names if follows(name)}
                assert_same_contents(package, after, table.sheet)
            assert_untouched(package, after, but=touched)


@MISSING
@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_random_rows_go_into_tables_of_real_workbooks(tmp_path_factory, data):
    holders = [b for b in BOOKS if short_name(b) not in NOT_EDITED and opened(b).tables]
    book = data.draw(st.sampled_from(holders))
    package = opened(book)
    table = data.draw(st.sampled_from(package.tables))
    row = st.lists(ANY_VALUE, min_size=len(table.columns), max_size=len(table.columns))
    rows = data.draw(st.lists(row, min_size=1, max_size=12))
    assume(not fed(package, table))
    first, second = (tmp_path_factory.mktemp("book") / f"{k}{book.suffix}" for k in "ab")
    for target in (first, second):
        apply_edits(book, target, Edits(added={table.name: rows}))
    assert first.read_bytes() == second.read_bytes()
    assert new_defects(book, first) == []
    after = Package.open(first)
    grown = next(t for t in after.tables if t.name == table.name)
    before, now = Area.parse(table.ref), Area.parse(grown.ref)
    assert now == Area(before.top, before.left, before.bottom + len(rows), before.right)
    assert_same_contents(package, after, table.sheet)


ARRAY = "belongs to an array formula"


def fed(package: Package, table: TablePart) -> str:
    """Why a table takes no rows: something else fills it. There is no other reason here."""
    kind = package.tree(table.part).get("tableType", "worksheet")
    return "" if kind == "worksheet" else "filled by a query or an XML map"


def follows(name: str) -> bool:
    """Whether a part may refer to cells that moved."""
    return name.startswith(("xl/worksheets/sheet", "xl/tables/", "xl/drawings/drawing"))


def assert_same_contents(before: Package, after: Package, table_sheet: str) -> None:
    """Every sheet but the table's own has the same cells, formulas aside, and as many of those."""
    for old, new in zip(before.sheets, after.sheets, strict=True):
        if old.name != table_sheet:
            pair = []
            for package, sheet in ((before, old), (after, new)):
                cells = package.tree(sheet.part).iterfind("{*}sheetData/{*}row/{*}c")
                found = [(c.attrib, c.findtext("{*}v"), c.find("{*}f") is None) for c in cells]
                pair.append(found)
            assert pair[0] == pair[1]


@cache
def opened(book: Path) -> Package:
    return Package.open(book)


@cache
def cells_of(package: Package, part: str) -> dict[str, bytes]:
    return {
        cell.get("r"): ET.tostring(cell)
        for cell in package.tree(part).iterfind("{*}sheetData/{*}row/{*}c")
        if cell.get("r")
    }


ANY_VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**53), 2**53),
    st.text(max_size=40),
    st.dates(date(1905, 1, 1)),
    st.just(Formula("1+1", 2)),
)


@MISSING
@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_random_cells_of_real_workbooks_change_alone(tmp_path_factory, data):
    book = data.draw(st.sampled_from([b for b in BOOKS if short_name(b) not in NOT_EDITED]))
    package = opened(book)
    sheet = data.draw(st.sampled_from(package.sheets))
    before = cells_of(package, sheet.part)
    there = st.sampled_from(sorted(before)) if before else st.nothing()
    new = st.builds("{}{}".format, st.sampled_from(["A", "C", "AB"]), st.integers(1, 60))
    edits = data.draw(st.dictionaries(there | new, ANY_VALUE, min_size=1, max_size=8))
    target = tmp_path_factory.mktemp("book") / book.name
    try:
        apply_edits(book, target, Edits(cells={sheet.name: edits}))
    except WorkbookUnsafeError:
        assert not target.exists()
        assume(False)
    assert new_defects(book, target) == []
    after = Package.open(target)
    assert_untouched(package, after, but={part_key(sheet.part)})
    assert rest_of(after, sheet.part, {*edits}) == rest_of(package, sheet.part, {*edits})


@MISSING
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_libreoffice_opens_what_was_grafted_and_edited(tmp_path):
    office = program("soffice")
    chosen = [book for book in BOOKS if short_name(book) not in NOT_GRAFTED][::3]
    targets = []
    for place, book in enumerate(chosen):
        package = Package.open(book)
        made = outfitted(package, language="en")
        cells = {package.sheets[0].name: {"ZZ1": "seen"}, "Forecast": {"A2": f"book {place}"}}
        suffix = ".xlsm" if "m" in book.suffix else ".xlsx"
        targets.append(tmp_path / f"b{place:03d}{suffix}")
        targets[-1].write_bytes(made.archive.data)
        apply_edits(targets[-1], targets[-1], Edits(cells=cells), backup=False)
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    arguments = ["--headless", "--convert-to", every_sheet, "--outdir", tmp_path / "csv", *targets]
    subprocess.run([office, home, *arguments], check=True, capture_output=True, timeout=800)
    for place, target in enumerate(targets):
        shown = (tmp_path / "csv" / f"{target.stem}-Forecast.csv").read_text("utf-8")
        assert f"book {place}" in shown
        first = Package.open(target).sheets[0].name
        page = tmp_path / "csv" / f"{target.stem}-{first}.csv"
        assert not page.exists() or "seen" in page.read_text("utf-8")
    assert len(targets) >= 30


@MISSING
@pytest.mark.parametrize("book", ODD, ids=short_name)
def test_an_odd_file_is_refused_in_one_line(book):
    if "5937385319563264" in book.name:
        assert Package.open(book).sheets  # hostile in a formula only
        return
    with pytest.raises(WorkbookError, match=re.escape(book.name)) as refusal:
        Package.open(book)
    assert "\n" not in str(refusal.value)


def assert_untouched(before: Package, after: Package, *, but: set[str]) -> None:
    """Every part but those an edit may change is the same compressed bytes."""
    relations = before.relationships(before.workbook).values()
    shared = {r.target for r in relations if r.type in {"styles", "calcChain"}}
    folder, _, name = before.workbook.replace("\\", "/").rpartition("/")
    shared |= {before.workbook, "[Content_Types].xml", f"{folder}/_rels/{name}.rels"}
    free = but | {part_key(part) for part in shared}
    free |= {part_key(name) for name in before.names if is_live(before, name)}
    for info in before.archive.members:
        key = part_key(info.filename)
        if key not in free and not info.is_dir():
            copy = after.archive.index[key]
            assert after.archive.packed(copy)[2] == before.archive.packed(info)[2], info.filename


def is_live(package: Package, name: str) -> bool:
    """Whether a part follows from cells: a chart's remembered values, a pivot's cache."""
    kind = package.content_type(name)
    return "drawingml.chart+xml" in kind or "pivotCacheDefinition" in kind


def say_where_cells_are(tree: ET.Element) -> None:
    """Give every cell its address; one that has none follows the one before it."""
    last_row = 0
    for row in tree.iterfind("{*}sheetData/{*}row"):
        last_row, last = int(row.get("r", last_row + 1)), 0
        for cell in row.iterfind("{*}c"):
            last = coordinate_to_tuple(cell.get("r"))[1] if cell.get("r") else last + 1
            cell.set("r", f"{get_column_letter(last)}{last_row}")


def rest_of(package: Package, part: str, edited: set[str]) -> str:
    """Give a sheet less some cells, and less what follows from them: extent, spans, links."""
    tree = ET.fromstring(package.read(part))  # noqa: S314 (test files)
    rows = {coordinate_to_tuple(cell)[0] for cell in edited}
    say_where_cells_are(tree)
    for row in tree.iterfind("{*}sheetData/{*}row"):
        row.attrib.pop("spans", None)
        for cell in [c for c in row if c.get("r") in edited]:
            row.remove(cell)
    data = tree.find("{*}sheetData")
    for row in [*data]:
        if len(row) == 0 and set(row.keys()) <= {"r"} and int(row.get("r", "0")) in rows:
            data.remove(row)
    for link in [*tree.iterfind("{*}hyperlinks/{*}hyperlink")]:
        if link.get("ref") in edited:
            tree.find("{*}hyperlinks").remove(link)
    for child in [*tree]:
        name = child.tag.rpartition("}")[2]
        if name == "dimension" or (name == "hyperlinks" and len(child) == 0):
            tree.remove(child)
    for element in (data, *(e for child in tree if child is not data for e in child.iter())):
        element.tail = None  # line breaks between what was there and what was put in
        element.text = (element.text or "").strip() or None
    return ET.canonicalize(ET.tostring(tree))


def assert_read_back(book: Path, target: Path, sheets: list[str]) -> None:
    """Two readers find the text, where they can read the book as it was."""
    # openpyxl sees no sheet in strict workbooks, calamine none in some odd ones.
    with warnings.catch_warnings(action="ignore"):
        known: list[str] = []
        with suppress(Exception), book.open("rb") as file:
            known = openpyxl.load_workbook(file).sheetnames
        if known:
            found = openpyxl.load_workbook(target)
            # It leaves Excel's escapes in inline strings as they are.
            assert {unescape(found[name]["ZZ5"].value) for name in sheets} == {CELLS["ZZ5"]}
    names: list[str] = []
    with suppress(BaseException), CalamineWorkbook.from_path(book) as old:
        names = [name for name in old.sheet_names if old.get_sheet_by_name(name) is not None]
    if names:
        with CalamineWorkbook.from_path(target) as new:
            for name in sheets:
                rows = new.get_sheet_by_name(name).to_python(skip_empty_area=False)
                assert rows[4][701] == CELLS["ZZ5"]
