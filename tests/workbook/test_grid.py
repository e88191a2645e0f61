import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from salespipe.errors import WorkbookError
from salespipe.workbook.areas import Area
from salespipe.workbook.grid import GridReader
from salespipe.workbook.package import Package

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

day = datetime.fromisoformat


def read(path):
    package = Package.open(path)
    sheet = package.sheets[0]
    return GridReader(package).read(sheet.name, sheet.part)


def edit(path, part, change):
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts.get(part, b"").decode()).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)


def with_rows(path, rows, *, prefix=""):
    xmlns = MAIN.replace("xmlns", f"xmlns:{prefix}") if prefix else MAIN
    tag = f"{prefix}:" if prefix else ""
    body = rows.replace("<", f"<{tag}").replace(f"<{tag}/", f"</{tag}") if prefix else rows
    sheet = f"<{tag}worksheet {xmlns}><{tag}sheetData>{body}</{tag}sheetData></{tag}worksheet>"
    edit(path, "xl/worksheets/sheet1.xml", lambda _: sheet)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(path)
    return path


def test_kinds_of_cells(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["001", 7, 1.5, True, date(2026, 3, 1), "#N/A", "=1+1", None, ""])
    book.save(path)

    cells = read(path).rows[1]

    assert [(cell.kind, cell.value) for cell in cells.values()] == [
        ("text", "001"),
        ("number", 7.0),
        ("number", 1.5),
        ("bool", True),
        ("date", day("2026-03-01")),
        ("error", "#N/A"),
        ("uncached", ""),
    ]
    assert list(cells) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("number_format", [14, 22, 27, 31, 36, 45, 50, 57, 58])
def test_builtin_date_formats_are_dates_the_east_asian_ones_too(path, number_format):
    style = f'<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="{number_format}"/></cellXfs>'
    edit(path, "xl/styles.xml", lambda _: f"<styleSheet {MAIN}>{style}</styleSheet>")
    with_rows(path, '<row r="1"><c r="A1" s="1"><v>45000</v></c><c r="B1"><v>45000</v></c></row>')

    cells = read(path).rows[1]

    assert (cells[1].kind, cells[1].value) == ("date", day("2023-03-15"))
    assert cells[2].kind == "number"


def test_a_custom_format_is_a_date_only_if_it_shows_one(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    formats = ['[$-804]yyyy"年"m"月"d"日"', '0 "days"', "[Red]#,##0", "dd.mm.yy"]
    for column, code in enumerate(formats, start=1):
        book.active.cell(1, column, 45000).number_format = code
    book.save(path)

    kinds = [cell.kind for cell in read(path).rows[1].values()]

    assert kinds == ["date", "number", "number", "date"]


def test_the_1904_date_system(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append([date(2026, 3, 1)])
    book.save(path)

    assert read(path).rows[1][1].value == day("2026-03-01")


@pytest.mark.parametrize("prefix", ["", "x"])
def test_cells_without_addresses_follow_each_other(path, prefix):
    with_rows(
        path, "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", prefix=prefix
    )

    rows = read(path).rows

    assert [(r, c, cell.value) for r, row in rows.items() for c, cell in row.items()] == [
        (1, 1, 1.0),
        (1, 2, 2.0),
        (2, 1, 3.0),
    ]


def test_strings_inline_escaped_rich_and_phonetic(path):
    rich = "<is><r><t>Ho</t></r><r><t>llo</t></r><rPh sb='0' eb='1'><t>ほ</t></rPh></is>"
    with_rows(
        path,
        f'<row r="1"><c r="A1" t="inlineStr">{rich}</c>'
        '<c r="B1" t="inlineStr"><is><t>a_x000D_b</t></is></c>'
        '<c r="C1" t="str"><f>A1</f><v>cached</v></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c>'
        '<c r="E1"><f>A1</f><v></v></c></row>',
    )

    cells = read(path).rows[1]

    assert {c: (cell.kind, cell.value) for c, cell in cells.items()} == {
        1: ("text", "Hollo"),
        2: ("text", "a\rb"),
        3: ("text", "cached"),
        5: ("uncached", ""),
    }


def test_hidden_rows_and_merged_cells_are_told(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    for row in range(1, 5):
        book.active.append([row, row])
    book.active.row_dimensions[3].hidden = True
    book.active.merge_cells("A1:B2")
    book.save(path)

    grid = read(path)

    assert grid.hidden == {3}
    assert grid.merged == (Area(1, 1, 2, 2),)
    assert grid.rows[3][1].value == 3.0


def test_a_number_that_is_none_stays_text(path):
    with_rows(path, '<row r="1"><c r="A1"><v>12x</v></c><c r="B1" t="d"><v>soon</v></c></row>')

    assert [(c.kind, c.value) for c in read(path).rows[1].values()] == [
        ("text", "12x"),
        ("text", "soon"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="x"/>',
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1">',
    ],
)
def test_a_damaged_sheet_is_refused_in_one_sentence(path, rows):
    with_rows(path, rows)

    with pytest.raises(WorkbookError, match="is damaged"):
        read(path)


def test_a_document_type_is_refused(path):
    bomb = f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet {MAIN}><sheetData/></worksheet>'
    edit(path, "xl/worksheets/sheet1.xml", lambda _: bomb)

    with pytest.raises(WorkbookError):
        read(path)
