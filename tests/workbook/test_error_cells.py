import io
import struct
import subprocess
import zipfile

import pytest
import xlsxwriter

from salespipe.workbook import error_cells as module
from salespipe.workbook.error_cells import UnseenError, error_cells
from salespipe.workbook.foreign import foreign_grids
from salespipe.workbook.read import read_workbook
from tests.requirements import program
from tests.workbook.test_hostile import HEADERS, ROW

ERRORS = {"=NA()": "#N/A", "=1/0": "#DIV/0!", '=INDIRECT("zz!A1")': "#REF!", "=foo": "#NAME?"}


def zipped(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return made.getvalue()


def record(kind, body):
    size = len(body)
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + body


def binary_book(*sheets):
    """Make an .xlsb file of sheets that stand in their parts in the opposite order."""
    relations, bundles = "", b""
    for place in range(len(sheets)):
        relation = f"rId{place + 1}"
        target = f"worksheets/sheet{len(sheets) - place}.bin"
        relations += f'<Relationship Target="{target}" Id="{relation}"/>'
        said = relation.encode("utf-16-le")
        bundles += record(156, struct.pack("<III", 0, place, len(relation)) + said)
    parts = {
        f"xl/worksheets/sheet{len(sheets) - place}.bin": sheet for place, sheet in enumerate(sheets)
    }
    return zipped(
        {"xl/workbook.bin": bundles, "xl/_rels/workbook.bin.rels": relations.encode(), **parts}
    )


def test_errors_of_xlsb_are_found_in_their_sheets():
    first = b"".join(
        [
            record(0, struct.pack("<I", 4) + bytes(13)),
            record(3, struct.pack("<IIB", 2, 0, 0x2A)),
            record(7, bytes(300)),  # a text between them
            record(0, struct.pack("<I", 9) + bytes(13)),
            record(11, struct.pack("<IIB", 0, 0, 0x07) + bytes(20)),
        ]
    )
    assert error_cells(binary_book(first, b"")) == [[(5, 3, "#N/A"), (10, 1, "#DIV/0!")], []]


def old_stream(*cells):
    """Make the stream of an .xls file of one sheet with a chart in it before the cells."""
    bof, eof = struct.pack("<HHHH", 0x809, 4, 0, 0), struct.pack("<HH", 0x0A, 0)
    globals_ = struct.pack("<HHHH", 0x809, 4, 0, 0) + struct.pack("<HHIHH", 0x85, 8, 28, 0, 0) + eof
    body = b"".join(struct.pack("<HH", kind, len(cell)) + cell for kind, cell in cells)
    assert len(globals_) <= 28
    return globals_.ljust(28, b"\0") + bof + bof + eof + body + eof + bof


def test_errors_of_xls_are_told_from_other_results():
    cells = [
        (0x205, struct.pack("<HHHBB", 1, 2, 0, 0x2A, 1)),  # #N/A
        (0x205, struct.pack("<HHHBB", 1, 3, 0, 1, 0)),  # TRUE
        (0x06, struct.pack("<HHHBxB3xH", 2, 0, 0, 2, 0x07, 0xFFFF)),  # a formula: #DIV/0!
        (0x06, struct.pack("<HHHBxB3xH", 2, 1, 0, 0, 0, 0xFFFF)),  # a formula: a text
        (0x06, struct.pack("<HHHd", 2, 2, 0, 2.5)),  # a formula: a number
    ]
    stream = old_stream(*cells)
    assert list(module._old_cells(stream, 28)) == [(2, 3, "#N/A"), (3, 1, "#DIV/0!")]


def open_document(rows):
    return zipped(
        {"content.xml": f"<x><table:table>{rows}</table:table><table:table/></x>".encode()}
    )


def cell(text, many=1):
    return (
        f'<table:table-cell calcext:value-type="error" table:number-columns-repeated="{many}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def test_errors_of_ods_are_repeated_as_their_cells_are():
    blank = '<table:table-cell table:number-columns-repeated="3"/>'
    rows = (
        '<table:table-row table:number-rows-repeated="4"/>'
        f'<table:table-row table:number-rows-repeated="2">{blank}{cell("#N/A", 2)}'
        f"{cell('oops')}</table:table-row><table:table-row>{cell('Err:502')}</table:table-row>"
    )
    twice = [(4, "#N/A"), (5, "#N/A"), (6, "#VALUE!")]
    assert error_cells(open_document(rows)) == [
        [*((row, *place) for row in (5, 6) for place in twice), (7, 1, "Err:502")],
        [],
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"no workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
        zipped({"xl/workbook.bin": b""}),
        zipped({"content.xml": b"<x>"}),
        open_document(
            f'<table:table-row table:number-rows-repeated="1048576">{cell("#N/A", 16384)}'
            "</table:table-row>"
        ),
        binary_book(record(3, b"")),
    ],
)
def test_what_is_not_as_its_format_says_hides_its_errors(data):
    with pytest.raises(UnseenError):
        error_cells(data)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_error_cells_of_a_whole_workbook_are_problems(tmp_path, ending):
    office = program("soffice")
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("Deals")
    sheet.write_row(0, 0, HEADERS)
    for row, (formula, value) in enumerate(ERRORS.items(), start=1):
        sheet.write_row(row, 0, [f"D{row}", *ROW[1:4]])
        sheet.write_formula(row, 4, formula, None, value)
    book.close()
    command = [office, "--headless", "--convert-to", ending, "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "a.xlsx"], check=True, capture_output=True, timeout=120)
    path = tmp_path / f"a.{ending}"

    (grid,) = foreign_grids(path, path.read_bytes())

    assert not grid.blind
    found = {c.row: c.value for row in grid.rows.values() for c in row.values() if c.column == 5}
    assert list(found.values())[1:] == list(ERRORS.values())
    problems = read_workbook(path).problems
    assert [p.cell for p in problems if p.rule == "error-value"] == ["E2", "E3", "E4", "E5"]
    assert "errors-unseen" not in {problem.rule for problem in problems}
