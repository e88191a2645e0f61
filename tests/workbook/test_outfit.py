from dataclasses import replace
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from salespipe.workbook import outfit, stamp
from salespipe.workbook.edits import Edits
from salespipe.workbook.outfit import kept_rows, outfitted
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from salespipe.workbook.publish import publish
from salespipe.workbook.read import read_workbook
from salespipe.workbook.schema import SHEETS, STAMP_SHEET
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.layout import CELLS
from salespipe.workbook.template.tables import TABLES
from salespipe.workbook.template.tool_sheets import TOOL_SHEETS
from tests.workbook.lint import defects, new_defects
from tests.workbook.made_up import AS_OF, make_results, make_tables

# openpyxl warns of what it would lose; here it only reads.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

EXPORTS = {
    "en": ["Opportunity ID", "Account Name", "Owner", "Stage", "Amount", "Created Date", "Closed"],
    "zh": ["商机编号", "客户名称", "负责人", "阶段", "金额", "创建日期", "关闭日期"],
}


def export(path, language, *, title="report1698", others=()):
    """A CRM's export saved as .xlsx: one sheet, no stamp, nothing of ours."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, EXPORTS[language])
        for row in range(1, 20):
            sheet.write_row(row, 0, [f"006{row:04d}", "Acme & Söhne", "Ana", "Qualification", 5e3])
            sheet.write_datetime(row, 5, AS_OF, day)
        for other in others:
            book.add_worksheet(other).write(0, 0, "mine")
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_export_gets_every_sheet_of_the_tool_in_its_language(tmp_path, language):
    book, target = export(tmp_path / "e.xlsx", language), tmp_path / "out.xlsx"
    publish(book, target, make_results(), language=language)
    assert defects(target) == []
    titles = [SHEETS[key].title(language) for key in TOOL_SHEETS]
    found = openpyxl.load_workbook(target, data_only=True)
    assert found.sheetnames == ["report1698", *titles, STAMP_SHEET]
    assert found[STAMP_SHEET].sheet_state == "veryHidden"
    total = make_results().periods.iloc[-1]
    start = SHEETS["start"].title(language)
    assert found[start][CELLS["start_likely"].cell].value == total["likely"]
    with CalamineWorkbook.from_path(target) as other:
        rows = other.get_sheet_by_name(SHEETS["kpi"].title(language)).to_python()
    assert rows[0][0] == SHEETS["kpi"].title(language)


def test_what_was_there_stays_as_it_was(tmp_path):
    book, target = export(tmp_path / "e.xlsx", "en"), tmp_path / "out.xlsx"
    publish(book, target, make_results())
    old, new = openpyxl.load_workbook(book).active, openpyxl.load_workbook(target)["report1698"]
    for row in old:
        for cell in row:
            twin = new[cell.coordinate]
            assert (twin.value, twin.number_format, twin.font.name) == (
                cell.value,
                cell.number_format,
                cell.font.name,
            )
    with ZipFile(book) as before, ZipFile(target) as after:
        for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/theme/theme1.xml"):
            assert before.read(name) == after.read(name)
    assert read_workbook(target).tables.deals.equals(read_workbook(book).tables.deals)


def test_the_second_run_finds_the_sheets_of_the_first(tmp_path):
    book, one, two = (tmp_path / f"{name}.xlsx" for name in ("e", "one", "two"))
    export(book, "en", others=("Forecast", "KPI", "To do"))
    publish(book, one, make_results())
    publish(one, two, make_results())
    assert one.read_bytes() == two.read_bytes()
    assert "Forecast (2)" in openpyxl.load_workbook(two).sheetnames
    assert Package.open(two).sheet_names == Package.open(one).sheet_names


def test_a_persons_own_sheet_of_that_name_is_left_alone(tmp_path):
    book, target = export(tmp_path / "e.xlsx", "en", others=("Forecast",)), tmp_path / "out.xlsx"
    publish(book, target, make_results())
    found = openpyxl.load_workbook(target)
    assert found["Forecast"]["A1"].value == "mine"
    with ZipFile(target) as package:
        charts = [package.read(n).decode() for n in package.namelist() if "charts/chart" in n]
    assert charts
    for chart in charts:
        assert "<c:f>Forecast!" not in chart
        assert "<c:f>'Forecast'!" not in chart
    links = [c.hyperlink.location for row in found["Start"] for c in row if c.hyperlink]
    assert "'Forecast (2)'!A1" in links
    assert "'Forecast'!A1" not in links


def test_a_persons_own_table_keeps_its_name(tmp_path):
    book, target = tmp_path / "e.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("Tasks")
        sheet.add_table("A1:B3", {"name": "ToDo", "columns": [{"header": "x"}, {"header": "y"}]})
        made.define_name("Kpi", "=Tasks!$A$1")
    publish(book, target, make_results())
    assert new_defects(book, target) == []
    found = openpyxl.load_workbook(target)
    assert [*found["Tasks"].tables] == ["ToDo"]
    assert [*found["To do"].tables] == ["ToDo_2"]
    assert [*found["KPI"].tables] == ["KpiHeadlines", "Kpi_2"]
    publish(target, tmp_path / "again.xlsx", make_results())
    assert (tmp_path / "again.xlsx").read_bytes() == target.read_bytes()


def _older(path, monkeypatch, language="en"):
    """A workbook of an older template, whose Forecast, log and To do had a column less."""
    with monkeypatch.context() as past:
        for name in ("ForecastPeriods", "ForecastLog", "ToDo"):
            table = TABLES[name]
            past.setitem(TABLES, name, replace(table, columns=table.columns[:-1]))
        build_workbook(path, tables=make_tables(), language=language, today=AS_OF)
        row = [AS_OF, "2026-11", "month", 1.0, 2.0, 3.0, 4.0, 0.5, 2.5, "yes", "0.0.1"]
        apply_edits(path, path, Edits(rows={"ForecastLog": [row] * 3}), backup=False)
    monkeypatch.setattr(outfit, "SCHEMA_VERSION", "99")
    monkeypatch.setattr("salespipe.workbook.publish.SCHEMA_VERSION", "99")
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_older_template_is_brought_up_to_date_in_place(tmp_path, monkeypatch, language):
    book, target = _older(tmp_path / "old.xlsx", monkeypatch, language), tmp_path / "out.xlsx"
    names = Package.open(book).sheet_names
    publish(book, target, make_results())
    assert defects(target) == []
    after = Package.open(target)
    assert after.sheet_names == names
    assert stamp.schema_version(after) == 99
    for table in after.tables:
        if table.name in TABLES:
            assert table.columns == TABLES[table.name].headers(language)
    # The sheets that people fill are the same bytes.
    before = Package.open(book)
    for sheet in before.sheets:
        key = next((k for k, s in SHEETS.items() if s.title(language) == sheet.name), "")
        if key and SHEETS[key].filled_by == "people":
            assert after.read(sheet.part) == before.read(sheet.part)
    publish(target, tmp_path / "again.xlsx", make_results())
    assert (tmp_path / "again.xlsx").read_bytes() == target.read_bytes()


def test_the_log_of_an_older_template_is_kept(tmp_path, monkeypatch):
    book, target = _older(tmp_path / "old.xlsx", monkeypatch), tmp_path / "out.xlsx"
    publish(book, target, make_results())
    log = openpyxl.load_workbook(target)["Forecast log"]
    rows = [*log.iter_rows(6, 8, max_col=12, values_only=True)]
    assert rows == [rows[0]] * 3
    assert f"{rows[0][0]:%Y-%m-%d}" == AS_OF.isoformat()
    assert rows[0][1:] == ("2026-11", "month", 1, 2, 3, 4, 0.5, 2.5, "yes", "0.0.1", None)
    assert log.tables["ForecastLog"].ref == "A5:L8"


def test_nothing_is_missing_in_a_new_workbook(tmp_path):
    build_workbook(tmp_path / "new.xlsx")
    package = Package.open(tmp_path / "new.xlsx")
    assert outfitted(package, language="zh") is package
    assert kept_rows(package, "ForecastLog") == []


def test_a_sheet_that_was_deleted_comes_back_in_the_books_language(tmp_path):
    book, target = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    build_workbook(book, tables=make_tables(), language="zh", today=AS_OF)
    whole = openpyxl.load_workbook(book)
    del whole["指标"]
    del whole["开始"]
    whole.save(book)
    publish(book, target, make_results(), language="en")
    assert Package.open(target).sheet_names[-2:] == ("开始", "指标")
    assert new_defects(book, target) == []
