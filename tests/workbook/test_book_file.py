import zipfile

import pytest

from salespipe.errors import WorkbookError
from salespipe.workbook.book_file import open_book
from tests.workbook.books import pipeline_book, with_part


def test_an_excel_workbook_has_sheets_and_tables(tmp_path):
    book = open_book(pipeline_book(tmp_path / "b.xlsx"))
    assert (book.form, book.macros, book.links) == ("xlsx", False, ())
    assert [sheet.name for sheet in book.sheets] == ["Deals", "To do"]
    assert [table.name for table in book.tables] == ["ToDo"]
    assert book.grid(book.sheets[0]).rows[1][1].value == "Deal"


def test_a_csv_file_has_one_sheet(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text("Deal ID,Stage\nA,Won\n")
    book = open_book(path)
    assert (book.form, [sheet.name for sheet in book.sheets]) == ("csv", ["deals"])
    assert book.grid(book.sheets[0]).rows[2][1].value == "A"


def test_links_and_macros_are_seen_and_left_alone(tmp_path):
    path = pipeline_book(tmp_path / "b.xlsx")
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    macro = with_part(path, tmp_path / "m.xlsx", "xl/vbaProject.bin", b"\x00")
    link = with_part(macro, tmp_path / "l.xlsx", "xl/externalLinks/externalLink1.xml", "<a/>")
    target = "file:///C:/Users/ann/Plan%202026.xlsx"
    rels = (
        f'<Relationships xmlns="{package}"><Relationship Id="r1" TargetMode="External" '
        f'Type="{relations}/externalLinkPath" Target="{target}"/></Relationships>'
    )
    name = "xl/externalLinks/_rels/externalLink1.xml.rels"
    linked = with_part(link, tmp_path / "k.xlsx", name, rels)
    with zipfile.ZipFile(linked) as archive:
        known = archive.read("xl/_rels/workbook.xml.rels").decode()
    more = (
        f'<Relationship Id="x9" Type="{relations}/externalLink" '
        'Target="externalLinks/externalLink1.xml"/></Relationships>'
    )
    text = known.replace("</Relationships>", more)
    book = open_book(with_part(linked, tmp_path / "f.xlsx", "xl/_rels/workbook.xml.rels", text))
    assert (book.macros, book.links) == (True, ("Plan 2026.xlsx",))


@pytest.mark.parametrize("kind", ["text", "presentation"])
def test_an_open_document_that_is_no_spreadsheet_is_refused(tmp_path, kind):
    path = with_part(
        pipeline_book(tmp_path / "b.xlsx"),
        tmp_path / "b.ods",
        "mimetype",
        f"application/vnd.oasis.opendocument.{kind}",
    )
    with pytest.raises(WorkbookError, match="no spreadsheet"):
        open_book(path)
