"""A rep at work in a spreadsheet program, and what our formulas come to in it."""

import json
import socket
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from salespipe.demo import make_example
from salespipe.stages import DEFAULT_STAGES
from salespipe.workbook.edits import Edits
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from salespipe.workbook.publish import publish
from salespipe.workbook.read import read_workbook
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.currency import CURRENCY_NAME
from tests.requirements import missing, program, shared_files
from tests.workbook.books import totals_book
from tests.workbook.lint import defects
from tests.workbook.made_up import make_results, make_tables

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*extension is not supported"),
]


@pytest.fixture(scope="module")
def python_of_office():
    """The Python that can talk to LibreOffice; distributions have it apart from the program."""
    for name in ("/usr/bin/python3", "/usr/lib/libreoffice/program/python"):
        asked = [name, "-c", "import uno"]
        if (
            Path(name).exists()
            and subprocess.run(asked, check=False, capture_output=True).returncode == 0
        ):
            return name
    return missing("no Python here can talk to LibreOffice (python3-uno)")


@pytest.fixture
def in_office(python_of_office, tmp_path):
    """Run office.py beside a LibreOffice of its own, on a given day; give what it prints."""
    office = program("soffice")

    def run(*arguments, clock=None):
        with socket.socket() as free:
            free.bind(("localhost", 0))
            port = free.getsockname()[1]
        there = f"--accept=socket,host=localhost,port={port};urp;"
        home = f"-env:UserInstallation=file://{tmp_path}/home"
        command = [office, home, "--headless", "--norestore", there]
        if clock:
            command = [program("faketime"), "-f", f"@{clock} 10:00:00", *command]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
            try:
                script = Path(__file__).with_name("office.py")
                told = subprocess.run(
                    [python_of_office, script, str(port), *map(str, arguments)],
                    check=True, capture_output=True, text=True, timeout=240,
                )  # fmt: skip
                running.wait(30)
            finally:
                running.kill()
        return told.stdout

    return run


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rep_sorts_filters_inserts_types_and_pastes(in_office, tmp_path, language):
    source, saved, again = (tmp_path / f"{name}.xlsx" for name in ("source", "saved", "again"))
    tables = make_tables()
    build_workbook(source, tables=tables, language=language)
    title = SHEETS["deals"].title(language)
    in_office("work", source, saved, title)

    book = read_workbook(saved)
    deals = book.tables.deals.set_index("deal_id")
    new = [f"INSERTED-{k}" for k in range(2)] + ["BELOW"] + [f"PASTED-{k}" for k in range(5)]
    assert {*deals.index} == {*tables.deals["deal_id"], *new}
    assert (deals.loc[new[:3], "amount"] == 1234).all()
    assert (deals.loc[new[:3], "stage"] == "Qualification").all()
    assert deals["amount"].eq(12_500).sum() == 1
    rules = {problem.rule for problem in book.problems if problem.severity != "info"}
    assert rules == {"rows-below-table"}
    assert defects(saved) == []

    saved_book = openpyxl.load_workbook(saved)
    assert_ready_for_input(saved_book[title], language, rows=len(tables.deals) + 2)
    assert "list_stages" in saved_book.defined_names
    publish(saved, again, replace(make_results(), stages=DEFAULT_STAGES))
    assert defects(again) == []
    assert read_workbook(again).tables.deals.equals(book.tables.deals)


def assert_ready_for_input(sheet, language, *, rows):
    """Whether the table grew, and formulas, drop-downs and the signs of currencies are there."""
    chinese = language == "zh"
    assert sheet.tables["Deals"].ref.endswith(str(1 + rows))
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules[heads["阶段" if chinese else "Stage"] + "2"].formula1 == "list_stages"
    last = heads["提示" if chinese else "Flag"]
    # Calc, unlike Excel, leaves calculated columns blank in rows that are inserted.
    flags = [str(sheet[f"{last}{row}"].value) for row in range(2, 2 + rows) if row not in {11, 12}]
    assert all(flag.startswith("=IF(Deals[[#This Row]") for flag in flags)
    money = heads["金额" if chinese else "Amount"]
    formulas = [
        formula
        for area in sheet.conditional_formatting
        for rule in (area.rules if f"{money}65" in area.sqref else ())
        for formula in rule.formula
    ]
    assert sum(CURRENCY_NAME in formula for formula in formulas) >= 11


def recalculated(in_office, *books):
    """Give what formulas come to, by book and sheet: with places, column by column."""
    told = json.loads(in_office("recalculate", *books))
    return [{sheet: sorted(cells, key=_column_first) for sheet, cells in b.items()} for b in told]


def _column_first(cell):
    row, column, _ = cell
    return column, row


@pytest.mark.parametrize("below", [False, True])
def test_a_table_with_a_totals_row_comes_to_the_same_where_it_stands_now(
    in_office, tmp_path, below
):
    """With blank rows nothing changes but places; with others, the totals are right at once."""
    book = totals_book(tmp_path / "book.xlsx", below=below)
    blank, longer, shorter = (tmp_path / f"{name}.xlsx" for name in ("blank", "longer", "shorter"))
    apply_edits(book, blank, Edits(added={"Sales1": [[None] * 3] * 5}))
    apply_edits(book, longer, Edits(added={"Sales1": [["e", 50, 5], ["f", 60, 6]]}))
    apply_edits(book, shorter, Edits(rows={"Sales1": [["a", 1, 3], ["b", 2, 5]]}))
    before, same, more, less = recalculated(in_office, book, blank, longer, shorter)
    for sheet, cells in before.items():
        assert [value for *_, value in same[sheet]] == [value for *_, value in cells]
        assert len(cells) >= 4
    assert [8, 3, 100] in before["Sales"]
    assert [13, 3, 100] in same["Sales"]
    for found, path, row, total, mean in (
        (more, longer, 10, 210, 111 / 6),
        (less, shorter, 6, 3, 4),
    ):
        assert [row, 3, total] in found["Sales"]
        stored = openpyxl.load_workbook(path, data_only=True)["Sales"]
        assert (stored.cell(row, 3).value, stored.cell(row, 4).value) == (total, mean)
        assert [1, 6, total * 3] in found["Sales"]
        assert [[1, 1, total * 2], [2, 1, total], [4, 1, total]] == [
            cell for cell in found["Else where"] if cell[0] in {1, 2, 4}
        ]


REAL = [
    path
    for path in shared_files("xlsx/books/*")
    if any(name in path.name for name in ("ConditionalFormattingSamples", "missingcalcchain"))
]


@pytest.mark.skipif(not REAL, reason="the folder shared/xlsx is not beside the repository")
@pytest.mark.parametrize("book", REAL, ids=lambda path: path.stem.partition("__")[2])
def test_real_tables_with_totals_come_to_the_same_with_blank_rows(in_office, tmp_path, book):
    package = Package.open(book)
    grown = []
    for table in package.tables:
        if table.totals_rows:
            grown.append(tmp_path / f"{table.name}{book.suffix}")
            rows = [[None] * len(table.columns)] * 4
            apply_edits(book, grown[-1], Edits(added={table.name: rows}))
    before, *after = recalculated(in_office, book, *grown)
    values = {sheet: [value for *_, value in cells] for sheet, cells in before.items()}
    assert sum(map(len, values.values())) > 200
    for found in after:
        assert {sheet: [v for *_, v in cells] for sheet, cells in found.items()} == values
    assert len(after) >= 3


def test_calculated_afresh_formulas_come_to_what_we_stored(in_office, tmp_path):
    today = date.today()  # noqa: DTZ011 (the program's own TODAY())
    books = []
    for language in ("en", "zh"):
        empty, filled, run = (tmp_path / f"{name}-{language}.xlsx" for name in ("a", "b", "c"))
        build_workbook(empty, language=language, today=today)
        build_workbook(filled, tables=make_tables(), language=language, today=today)
        publish(filled, run, make_results())
        books += [empty, filled, run]
    told = json.loads(in_office("recalculate", *books))
    assert sum(map(assert_as_stored, books, told)) > 1_500


def test_the_demos_formulas_come_to_what_is_stored_on_its_day(in_office, tmp_path):
    books = [tmp_path / f"{language}.xlsx" for language in ("en", "zh")]
    days = {make_example(book, language=book.stem) for book in books}
    told = json.loads(in_office("recalculate", *books, clock=days.pop()))
    assert min(map(assert_as_stored, books, told)) > 10_000
    assert not days


def assert_as_stored(path, found):
    """Compare what formulas come to with what is stored beside them; give how many there are."""
    stored = openpyxl.load_workbook(path, data_only=True)
    compared = 0
    for title, row, column, value in ((t, *cell) for t, cells in found.items() for cell in cells):
        cached = stored[title].cell(row, column).value
        # Calc takes a truth value for a formula, and counts it as 1.
        wanted = "" if cached is None else cached
        assert value == pytest.approx(wanted + 0 if wanted is True else wanted), (title, row)
        compared += 1
    return compared
