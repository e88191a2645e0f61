import zipfile
from pathlib import Path

import pytest

from salespipe.errors import WorkbookEncryptedError, WorkbookError, WorkbookNotFoundError
from salespipe.workbook import archive
from salespipe.workbook.package import Package
from salespipe.workbook.parts import TablePart, parse_xml
from tests.workbook.books import pipeline_book, with_part, without_part

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return pipeline_book(tmp_path / "book.xlsx")


def test_sheets_and_tables_are_listed(book):
    package = Package.open(book)
    assert [(s.name, s.part, s.state) for s in package.sheets] == [
        ("Deals", "xl/worksheets/sheet1.xml", "visible"),
        ("To do", "xl/worksheets/sheet2.xml", "visible"),
    ]
    assert package.tables == (
        TablePart(
            "ToDo", "xl/tables/table1.xml", "To do", "A4:C7", ("Name", "Amount", "Due"), 1, 0
        ),
    )
    assert not package.date1904
    assert len(package.digest) == 64
    assert package.names[0] == "[Content_Types].xml"


def test_relations_are_resolved(book):
    package = Package.open(book)
    found = package.relationships("xl/worksheets/sheet2.xml").values()
    assert {(r.type, r.target, r.external) for r in found} == {
        ("hyperlink", "https://example.org/", True),
        ("drawing", "xl/drawings/drawing1.xml", False),
        ("table", "xl/tables/table1.xml", False),
    }
    assert package.relationships("xl/styles.xml") == {}
    assert "chart+xml" in package.content_type("xl/charts/chart1.xml")
    assert package.content_type("XL/Workbook.XML") == package.content_type("xl/workbook.xml") != ""


def test_parts_are_found_whatever_their_case_or_slashes(book, tmp_path):
    odd = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            new.writestr(
                name.replace("/", "\\").replace("sheet1.xml", "Sheet1.XML"), old.read(name)
            )
    package = Package.open(odd)
    assert [sheet.name for sheet in package.sheets] == ["Deals", "To do"]
    assert b"<sheetData>" in package.read(package.sheets[0].part)


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        (b"", WorkbookError, "is empty"),
        (b"Deal,Amount\n", WorkbookError, "is not an Excel workbook"),
        (b"PK\x03\x04" + b"x" * 90, WorkbookError, "damaged or cut short"),
        (OLE, WorkbookError, "old binary format"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), WorkbookEncryptedError, "by a password"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path, data, error, match):
    path = tmp_path / "b.xlsx"
    path.write_bytes(data)
    with pytest.raises(error, match=match):
        Package.open(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(WorkbookNotFoundError, match="There is no file"):
        Package.open(tmp_path / "none.xlsx")
    with pytest.raises(WorkbookError, match="is a folder"):
        Package.open(tmp_path)


def test_a_truncated_file_is_refused(book):
    book.write_bytes(book.read_bytes()[:-200])
    with pytest.raises(WorkbookError, match="damaged or cut short"):
        Package.open(book)


def test_a_damaged_part_is_refused_when_read(book):
    package = Package.open(book)
    info = package.archive.index["xl/styles.xml"]
    data = bytearray(book.read_bytes())
    data[info.header_offset + 60] ^= 0xFF
    book.write_bytes(data)
    with pytest.raises(WorkbookError, match=r"styles\.xml .* is damaged"):
        Package.open(book).read("xl/styles.xml")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_are_refused_without_regard_to_case(book):
    with zipfile.ZipFile(book, "a") as again:
        again.writestr("xl/Workbook.xml", "<workbook/>")
    with pytest.raises(WorkbookError, match="twice"):
        Package.open(book)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_dtd_is_refused(book, tmp_path, codec):
    bomb = '<!DOCTYPE a [<!ENTITY x "y">]><workbook>&x;</workbook>'.encode(codec)
    hostile = with_part(book, tmp_path / "bomb.xlsx", "xl/workbook.xml", bomb)
    with pytest.raises(WorkbookError, match="DTD"):
        _ = Package.open(hostile).sheets


def test_a_zip_bomb_is_refused(book, tmp_path):
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("xl/workbook.xml", b"\0" * (archive.RATIO_FLOOR + 1))
    with pytest.raises(WorkbookError, match="zip bomb"):
        Package.open(bomb)


def test_limits_hold(book, monkeypatch):
    for name, match in (
        ("MAX_PARTS", "parts"),
        ("MAX_UNPACKED_BYTES", "unpack to more"),
        ("MAX_FILE_BYTES", "larger than"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(archive, name, 3)
            with pytest.raises(WorkbookError, match=match):
                Package.open(book)


def test_other_packages_are_refused(book, tmp_path):
    bare = without_part(book, tmp_path / "bare.xlsx", "[Content_Types].xml")
    with pytest.raises(WorkbookError, match="zip file but not an Excel workbook"):
        Package.open(bare)
    ods = with_part(bare, tmp_path / "o.xlsx", "mimetype", "application/vnd.oasis.opendocument")
    with pytest.raises(WorkbookError, match="OpenDocument"):
        Package.open(ods)
    types = Package.open(book).read("[Content_Types].xml").decode()
    binary = types.replace("spreadsheetml.sheet.main+xml", "sheet.binary.macroEnabled.main")
    xlsb = with_part(book, tmp_path / "b.xlsx", "[Content_Types].xml", binary)
    with pytest.raises(WorkbookError, match="xlsb"):
        Package.open(xlsb)
    word = types.replace("spreadsheetml.sheet.main+xml", "x").replace("spreadsheetml", "wordml")
    docx = with_part(book, tmp_path / "d.xlsx", "[Content_Types].xml", word)
    with pytest.raises(WorkbookError, match="not an Excel workbook"):
        Package.open(docx)


def test_the_1904_calendar_is_seen(book, tmp_path):
    workbook = (
        Package.open(book)
        .read("xl/workbook.xml")
        .replace(b"<workbookPr", b'<workbookPr date1904="1"')
    )
    assert Package.open(with_part(book, tmp_path / "m.xlsx", "xl/workbook.xml", workbook)).date1904


def test_a_dtd_is_refused_by_the_parser_itself():
    bomb = b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    with pytest.raises(WorkbookError, match=r"The part p is damaged .it declares a DTD"):
        parse_xml(bomb, what="The part p")
    with pytest.raises(WorkbookError, match="The part p is damaged"):
        parse_xml(b"<a><b></a>", what="The part p")
