import re
import subprocess
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import salespipe.workbook
from salespipe.errors import WorkbookLockedError, WorkbookUnsafeError
from salespipe.workbook.archive import Archive
from salespipe.workbook.edits import ChartRange, Edits, Formula, Link, Styled
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits, patch_workbook
from salespipe.workbook.text import unescape
from tests.requirements import program
from tests.workbook.books import part, pipeline_book
from tests.workbook.lint import new_defects

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
"""Openpyxl says so of what it would lose; it only reads here."""

ROWS = [[Link(f"D-{i}", "Deals", "A2"), i * 1.5, date(2026, 4, 1 + i)] for i in range(6)]
NOON = datetime.combine(date(2026, 11, 23), time(12, 30))
TODO = "xl/worksheets/sheet2.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return pipeline_book(tmp_path / "book.xlsx")


def streams(path: Path) -> dict[str, bytes]:
    archive = Archive.open(path)
    return {info.filename: archive.packed(info)[2] for info in archive.members}


def without(text: str, *cells: str) -> str:
    """A sheet's XML less some cells and what may change beside them."""
    for cell in cells:
        text = re.sub(rf'<c r="{cell}"[^>]*?(/>|>.*?</c>)', "", text)
    return re.sub(r' spans="[^"]*"|<dimension[^>]*>', "", text)


def test_values_of_every_kind_are_read_back(book, tmp_path):
    target = tmp_path / "out.xlsx"
    values = {
        "A2": "=not a formula & <b>", "B2": 0.1, "C2": True, "D5": date(2026, 11, 23),
        "D6": NOON, "D7": Formula("B2*10", 1.0), "B9": " 中文 ",
        "E1": None, "D8": Styled(7, "B2"), "D9": "a_x0041_\x02",
    }  # fmt: skip
    patch_workbook(book, target, {"Deals": values})
    assert new_defects(book, target) == []
    sheet = openpyxl.load_workbook(target)["Deals"]
    assert sheet["A2"].value == "=not a formula & <b>"
    assert sheet["A2"].data_type == "s" or sheet["A2"].data_type == "inlineStr"
    assert sheet["D5"].value == datetime.combine(date(2026, 11, 23), time())
    assert sheet["D6"].value == NOON
    assert sheet["D6"].number_format == "yyyy-mm-dd hh:mm"
    assert sheet["D7"].value == "=B2*10"
    assert sheet["E1"].value is None
    assert sheet["D8"].number_format == sheet["B2"].number_format == "#,##0"
    rows = python_calamine.CalamineWorkbook.from_path(target).get_sheet_by_name("Deals").to_python()
    assert rows[1][:3] == ["=not a formula & <b>", 0.1, True]
    assert rows[4][3] == date(2026, 11, 23)
    assert rows[6][3] == 1.0
    assert rows[8][1] == " 中文 "
    assert rows[8][3] == "a_x0041_\x02"


def test_untouched_parts_and_cells_are_the_same_bytes(book, tmp_path):
    target = tmp_path / "out.xlsx"
    patch_workbook(book, target, {"To do": {"B6": 99, "A1": "x"}})
    before, after = streams(book), streams(target)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {TODO, "xl/charts/chart1.xml"}
    assert list(before) == list(after)
    assert without(part(book, TODO), "B6", "A1") == without(part(target, TODO), "B6", "A1")


def test_the_same_edits_give_the_same_bytes(book, tmp_path):
    edits = Edits(rows={"ToDo": ROWS}, cells={"Deals": {"A9": date(2026, 1, 2), "B9": "x"}})
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    apply_edits(book, one, edits)
    apply_edits(book, two, edits)
    assert one.read_bytes() == two.read_bytes()
    apply_edits(one, two, edits, backup=False)
    assert {n: part(two, n) for n in (TODO, "xl/styles.xml", "xl/tables/table1.xml")} == {
        n: part(one, n) for n in (TODO, "xl/styles.xml", "xl/tables/table1.xml")
    }


def test_no_edits_change_nothing(book, tmp_path):
    assert apply_edits(book, book, Edits()) is None
    apply_edits(book, tmp_path / "out.xlsx", Edits())
    assert (tmp_path / "out.xlsx").read_bytes() == book.read_bytes()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6])
def test_a_table_takes_any_number_of_rows(book, tmp_path, count):
    target = tmp_path / "out.xlsx"
    last = 4 + max(count, 1)
    charts = [ChartRange("To do", f"{c}5", max(count, 1)) for c in "AB"]
    apply_edits(book, target, Edits(rows={"ToDo": ROWS[:count]}, charts=charts))
    assert new_defects(book, target) == []
    sheet = openpyxl.load_workbook(target)["To do"]
    assert sheet.tables["ToDo"].ref == f"A4:C{last}"
    assert [sheet.cell(5 + i, 2).value for i in range(7)] == [
        i * 1.5 if i < count else None for i in range(7)
    ]
    assert [sheet.cell(5 + i, 2).number_format for i in range(max(count, 1))] == ["#,##0"] * max(
        count, 1
    )
    body = "5" if last == 5 else f"5:B{last}"
    assert {str(r.sqref) for r in sheet.conditional_formatting} == {f"B{body}", "E1:E3"}
    found = re.findall(r'<hyperlink ref="(\w+)" (?:location="([^"]*)")?', part(target, TODO))
    links = {ref: location or None for ref, location in found}
    assert links == {"E9": None} | {f"A{5 + i}": "'Deals'!A2" for i in range(count)}
    chart = part(target, "xl/charts/chart1.xml")
    assert chart.count("<c:f>'To do'!$B$5" + (f":$B${last}" if last > 5 else "") + "</c:f>") == 3
    assert f"<xm:sqref>B{body}</xm:sqref>" in part(target, TODO)


def test_a_table_that_shrank_may_grow_again(book):
    apply_edits(book, book, Edits(rows={"ToDo": ROWS}), backup=False)
    apply_edits(book, book, Edits(rows={"ToDo": []}), backup=False)
    apply_edits(book, book, Edits(rows={"ToDo": ROWS}), backup=False)
    assert Package.open(book).tables[0].ref == "A4:C10"


def test_a_filter_of_a_person_is_lifted_with_its_hidden_rows(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as new:
        sheet = new.add_worksheet("S")
        sheet.add_table("A1:A4", {"name": "T", "data": [[1], [2], [3]]})
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(8, None, None, {"hidden": True})
    table = part(path, "xl/tables/table1.xml")
    filtered = table.replace(
        '<autoFilter ref="A1:A4"/>',
        '<autoFilter ref="A1:A4"><filterColumn colId="0"><filters><filter val="1"/></filters>'
        "</filterColumn></autoFilter>",
    )
    assert filtered != table
    with_filter = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(with_filter, "w") as new_zip:
        for name in old.namelist():
            is_table = name == "xl/tables/table1.xml"
            new_zip.writestr(name, filtered if is_table else old.read(name))
    apply_edits(with_filter, with_filter, Edits(rows={"T": [[7], [8]]}), backup=False)
    sheet = openpyxl.load_workbook(with_filter)["S"]
    assert not sheet.row_dimensions[3].hidden
    assert sheet.row_dimensions[9].hidden
    assert "filterColumn" not in part(with_filter, "xl/tables/table1.xml")


def test_charts_remember_the_new_values_even_unasked(book, tmp_path):
    target = tmp_path / "out.xlsx"
    patch_workbook(book, target, {"To do": {"B6": 123.5, "A7": "new"}})
    chart = part(target, "xl/charts/chart1.xml")
    assert chart.count("<c:v>123.5</c:v>") == 3
    assert "<c:v>new</c:v>" in chart


def test_the_source_must_be_as_it_was_read(book):
    digest = Package.open(book).digest
    backup = apply_edits(book, book, Edits(cells={"Deals": {"A9": 1}}), expected_digest=digest)
    assert Package.open(backup).digest == digest
    with pytest.raises(WorkbookLockedError, match="saved by someone since it was read"):
        apply_edits(book, book, Edits(cells={"Deals": {"A9": 2}}), expected_digest=digest)


def test_a_link_to_the_workbook_stays_a_link(book, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.xlsx"
    link.symlink_to(book)
    backup = apply_edits(link, link, Edits(cells={"Deals": {"A9": 1}}))
    assert link.is_symlink()
    assert backup.parent == book.parent
    assert openpyxl.load_workbook(book)["Deals"]["A9"].value == 1


def test_macros_and_plain_workbooks_are_not_mixed(book, tmp_path):
    with pytest.raises(WorkbookUnsafeError, match=r"must end in \.xlsx"):
        patch_workbook(book, tmp_path / "out.xlsm", {"Deals": {"A1": 1}})


CELLS = st.tuples(st.integers(1, 12), st.integers(1, 12))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20), st.dates(date(1901, 1, 1), date(9999, 12, 31)),
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    start=st.dictionaries(CELLS, st.integers(0, 9), max_size=30),
    edits=st.dictionaries(CELLS, VALUES),
)
def test_random_edits_come_back_and_all_else_stays(tmp_path, start, edits):
    source, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(source) as new:
        sheet = new.add_worksheet("S")
        for (row, column), value in start.items():
            sheet.write(row - 1, column - 1, value)
    addresses = {openpyxl.utils.get_column_letter(c) + str(r): v for (r, c), v in edits.items()}
    apply_edits(source, target, Edits(cells={"S": addresses}), backup=False)
    assert new_defects(source, target) == []
    sheet = openpyxl.load_workbook(target)["S"]
    wanted = {**start, **edits}
    for (row, column), value in wanted.items():
        got = sheet.cell(row, column).value
        assert _read(got) == (None if value == "" else value)


def _read(value: object) -> object:
    """Undo openpyxl's ways: dates as datetimes, Excel's escapes left in inline strings."""
    if isinstance(value, datetime):
        return value.date()
    return unescape(value) if isinstance(value, str) else value


@pytest.mark.slow
def test_libreoffice_opens_the_result_and_agrees(book, tmp_path):
    office = program("soffice")
    target = tmp_path / "out.xlsx"
    cells = {"Deals": {"B2": 21, "C2": Formula("B2*2", 42)}}
    apply_edits(book, target, Edits(rows={"ToDo": ROWS}, cells=cells))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = [
        office,
        home,
        "--headless",
        "--convert-to",
        "csv",
        "--outdir",
        str(tmp_path),
        str(target),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[1].startswith("D-1,21,42")


def test_values_may_bring_a_number_format(book, tmp_path):
    target = tmp_path / "out.xlsx"
    euros = '"€"#,##0'
    values = {"A9": Styled(5, code=euros), "B9": Styled(7, like="B2", code=euros)}
    salespipe.workbook.patch_workbook(str(book), str(target), {"Deals": values})
    sheet = openpyxl.load_workbook(target)["Deals"]
    assert [(sheet[at].value, sheet[at].number_format) for at in values] == [(5, euros), (7, euros)]
    assert sheet["B9"].fill.fgColor.rgb == sheet["B2"].fill.fgColor.rgb == "FFEEEEEE"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Deals": {5: 1}}, '"5" is not the address of a cell'),
        ({"Deals": {"A9": 1}, "DEALS": {"a9": 2}}, "Deals!A9 is given twice"),
        ({"Deals": {"A9": pd.NA}}, "it is of the type NAType"),
        ({"Deals": {"A9": Styled(1, code='"')}}, "Deals!A9 cannot have the number format"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(book, tmp_path, changes, said):
    with pytest.raises(WorkbookUnsafeError, match=said):
        patch_workbook(book, tmp_path / "out.xlsx", changes)
    assert not (tmp_path / "out.xlsx").exists()


def test_the_package_offers_its_public_names():
    assert {*salespipe.workbook.__all__} <= {*dir(salespipe.workbook)}
    for name in salespipe.workbook.__all__:
        assert getattr(salespipe.workbook, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = salespipe.workbook.nothing


@pytest.mark.parametrize("changes", [None, [("A1", 1)], {"Deals": 3}, {"Deals": ["A1"]}, "A1"])
def test_changes_that_are_no_mapping_are_refused_in_a_sentence(book, tmp_path, changes):
    target = tmp_path / "out.xlsx"
    with pytest.raises(WorkbookUnsafeError, match=r"given as \{sheet name: \{address: value\}\}"):
        patch_workbook(book, target, changes)
    assert not target.exists()


def test_a_write_loads_no_heavy_library():
    """They would weigh more than all that a write needs (a third of what openpyxl needs)."""
    program = (
        "import sys; from salespipe.workbook import patch_workbook; "
        "heavy = ('numpy', 'pandas', 'openpyxl', 'xlsxwriter', 'lxml'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
