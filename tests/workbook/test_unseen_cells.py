import io
import struct
import subprocess
import zipfile

import pytest
import xlsxwriter

from salespipe.workbook import unseen_cells as module
from salespipe.workbook.foreign import foreign_grids
from salespipe.workbook.money import MoneyFormat
from salespipe.workbook.read import read_workbook
from salespipe.workbook.unseen_cells import UnseenError, unseen_cells
from tests.requirements import program
from tests.workbook.test_hostile import HEADERS, ROW

ERRORS = {"=NA()": "#N/A", "=1/0": "#DIV/0!", '=INDIRECT("zz!A1")': "#REF!", "=foo": "#NAME?"}


def zipped(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return made.getvalue()


def errors_of(data):
    return [sheet.errors for sheet in unseen_cells(data)]


def record(kind, body):
    size = len(body)
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + body


def binary_styles(*formats):
    """Make the styles of an .xlsb file: cell styles of some number formats after a plain one."""
    codes = b"".join(
        record(44, struct.pack("<HI", 164 + k, len(code)) + code.encode("utf-16-le"))
        for k, code in enumerate(formats)
    )
    numbers = [0, *range(164, 164 + len(formats))]
    of_cells = b"".join(record(47, struct.pack("<HH", 0, number) + bytes(12)) for number in numbers)
    named = record(47, struct.pack("<HH", 0xFFFF, 164) + bytes(12))
    return codes + named + record(617, bytes(4)) + of_cells + record(618, b"")


def binary_book(*sheets, styles=b""):
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
        {
            "xl/workbook.bin": bundles,
            "xl/_rels/workbook.bin.rels": relations.encode(),
            "xl/styles.bin": styles,
            **parts,
        }
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
    assert errors_of(binary_book(first, b"")) == [[(5, 3, "#N/A"), (10, 1, "#DIV/0!")], []]


def test_currencies_that_formats_of_xlsb_show():
    cells = b"".join(
        [
            record(0, struct.pack("<I", 1) + bytes(13)),
            record(5, struct.pack("<IId", 0, 0, 7.0)),  # a plain number
            record(5, struct.pack("<IId", 1, 1, 7.0)),
            record(2, struct.pack("<III", 2, 2 | 1 << 24, 28)),
            record(9, struct.pack("<IId", 3, 3, 7.0) + bytes(9)),  # a formula
            record(7, struct.pack("<III", 4, 1, 0)),  # a text
        ]
    )
    styles = binary_styles("[$€-407] #,##0", '"US$"0', "0.0%")
    (sheet,) = unseen_cells(binary_book(cells, styles=styles))
    assert (sheet.errors, sheet.money) == ([], [(2, 2, "€", False), (2, 3, "us$", False)])


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
    assert list(module._old_cells(stream, 28, {})) == [(2, 3, "#N/A"), (3, 1, "#DIV/0!")]


def test_currencies_that_formats_of_xls_show(tmp_path):
    rates = b"".join(struct.pack("<HI", style, 28) for style in (2, 0, 1))
    cells = [
        (0x203, struct.pack("<HHHd", 1, 0, 0, 7.0)),  # a plain number
        (0x203, struct.pack("<HHHd", 1, 1, 1, 7.0)),
        (0x27E, struct.pack("<HHHI", 2, 1, 2, 28)),
        (0xBD, struct.pack("<HH", 3, 4) + rates + struct.pack("<H", 6)),
        (0x06, struct.pack("<HHHd", 4, 0, 1, 2.5)),  # a formula: a number
        (0x06, struct.pack("<HHHBxB3xH", 4, 1, 1, 0, 0, 0xFFFF)),  # a formula: a text
    ]
    euro, yuan = MoneyFormat("€", local=False), MoneyFormat("¥", local=True)
    found = module._old_cells(old_stream(*cells), 28, {1: euro, 2: yuan})
    assert [cell[:3] for cell in found] == [
        (2, 2, "€"), (3, 2, "¥"), (4, 5, "¥"), (4, 7, "€"), (5, 1, "€"),
    ]  # fmt: skip


def test_currencies_of_ods_are_repeated_as_their_cells_are():
    euros = (
        '<table:table-cell office:value-type="currency" office:currency="EUR" office:value="7" '
        'table:number-columns-repeated="2"/>'
    )
    rows = f'<table:table-row table:number-rows-repeated="2"><table:table-cell/>{euros}'
    sheet, _ = unseen_cells(open_document(f"{rows}</table:table-row>"))
    assert sheet.money == [(row, column, "EUR", False) for row in (1, 2) for column in (2, 3)]


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
    assert errors_of(open_document(rows)) == [
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
        zipped({"content.xml": b"<?xml version='1.0' encoding='UUF-8'?><x/>"}),
        open_document(
            f'<table:table-row table:number-rows-repeated="1048576">{cell("#N/A", 16384)}'
            "</table:table-row>"
        ),
        binary_book(record(3, b"")),
    ],
)
def test_what_is_not_as_its_format_says_hides_its_errors(data):
    with pytest.raises(UnseenError):
        unseen_cells(data)


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


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_currencies_of_a_whole_workbook_are_read(tmp_path, ending):
    office = program("soffice")
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("Deals")
    sheet.write_row(0, 0, HEADERS)
    for row, code in enumerate(["0", "0", "0", "[$€-407] #,##0", "[$£-809]#,##0.00"], start=1):
        sheet.write_row(row, 0, [f"D{row}", *ROW[1:4]])
        sheet.write_number(row, 4, 1000 + row, book.add_format({"num_format": code}))
    book.close()
    command = [office, "--headless", "--convert-to", ending, "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "a.xlsx"], check=True, capture_output=True, timeout=120)

    book = read_workbook(tmp_path / f"a.{ending}")

    assert book.tables.deals["currency"].fillna("").tolist() == ["", "", "", "EUR", "GBP"]
    found = [problem.cell for problem in book.problems if problem.rule == "currency-from-format"]
    assert found == ["E5", "E6"]
