import io
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from salespipe.errors import WorkbookEncryptedError, WorkbookError
from salespipe.workbook import calamine_rows, foreign
from salespipe.workbook.foreign import csv_grid, foreign_grids
from salespipe.workbook.read import read_workbook
from tests.requirements import program
from tests.workbook.test_hostile import HEADERS, ROW


def test_a_csv_file_is_a_sheet_of_texts(tmp_path):
    grid = csv_grid(tmp_path / "Deals.csv", b"a,b\n\n 1 ,\n")
    assert (grid.title, grid.typed) == ("Deals", False)
    assert {row: [c.value for c in cells.values()] for row, cells in grid.rows.items()} == {
        1: ["a", "b"],
        3: [" 1 "],
    }


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_other_formats_hold_the_same_cells(tmp_path, ending):
    office = program("soffice")
    book = openpyxl.Workbook()
    book.active.append(HEADERS)
    book.active.append(ROW)
    book.active.append(["001", 1.5])
    book.save(tmp_path / "a.xlsx")
    command = [office, "--headless", "--convert-to", ending, "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "a.xlsx"], check=True, capture_output=True, timeout=120)
    path = tmp_path / f"a.{ending}"

    (grid,) = foreign_grids(path, path.read_bytes())

    assert [cell.value for cell in grid.rows[1].values()] == HEADERS
    kinds = [cell.kind for cell in grid.rows[2].values()]
    assert kinds == ["text", "text", "text", "text", "number", "date"]
    assert [(c.kind, c.value) for c in grid.rows[3].values()] == [("text", "001"), ("number", 1.5)]


def test_where_errors_cannot_be_told_it_is_said(tmp_path, monkeypatch):
    headers = {k: foreign.Cell(1, k, "text", name) for k, name in enumerate(HEADERS, start=1)}
    blind = foreign.Grid("Deals", {1: headers}, blind=True)
    monkeypatch.setattr("salespipe.workbook.book_file.foreign_grids", lambda *_: [blind])
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    told = {problem.rule: problem.message for problem in read_workbook(path, empty=True).problems}
    assert "In this .ods file error values" in told["errors-unseen"]


@pytest.mark.parametrize(
    ("program_text", "error", "word"),
    [
        ("raise SystemExit(3)", WorkbookEncryptedError, "by a password"),
        ("import sys; sys.stderr.write('bad'); raise SystemExit(4)", WorkbookError, r"\(bad\)"),
        ("raise SystemExit(5)", WorkbookError, "more memory"),
        ("import os; os.abort()", WorkbookError, "more memory"),
        ("import time; time.sleep(60)", WorkbookError, "takes too long"),
    ],
)
def test_however_the_reader_ends_it_is_one_sentence(
    tmp_path, monkeypatch, program_text, error, word
):
    monkeypatch.setattr(foreign, "_SECONDS", 2.0)
    real = subprocess.run

    def run(command, **options):
        return real([sys.executable, "-c", program_text], **options)

    monkeypatch.setattr(foreign.subprocess, "run", run)
    with pytest.raises(error, match=word):
        foreign_grids(tmp_path / "a.ods", b"")


class Panic(BaseException):
    """As some native readers raise."""


@pytest.mark.parametrize(("trouble", "status"), [(Panic("oh no"), 4), (MemoryError(), 5)])
def test_the_program_survives_a_panic(monkeypatch, capsys, trouble, status):
    def panics(_):
        raise trouble

    monkeypatch.setattr(calamine_rows, "_limit_memory", lambda: None)
    monkeypatch.setattr(calamine_rows, "sheets_of", panics)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    assert calamine_rows.main() == status
    assert "Traceback" not in capsys.readouterr().err


def test_a_sheet_that_repeats_its_cells_a_billion_times_is_refused(tmp_path):
    """The bomb of .ods: two attributes that stand for 17 thousand million cells."""
    path = tmp_path / "bomb.ods"
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="Deals"><table:table-row '
        'table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" '
        'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        new.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>',
        )
        new.writestr("content.xml", content)
    with pytest.raises(WorkbookError, match=r"damaged|memory|too long"):
        foreign_grids(path, path.read_bytes())
