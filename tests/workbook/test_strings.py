from salespipe.workbook.package import Package
from salespipe.workbook.strings import shared_strings
from tests.workbook.books import pipeline_book, with_part, without_part

STRINGS = (
    "<sst><si><t>plain_x0041_</t></si><si><r><t>ri</t></r><r><rPr/><t>ch</t></r></si>"
    "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si/></sst>"
)


def test_texts_come_without_fonts_and_guides(tmp_path):
    book = pipeline_book(tmp_path / "a.xlsx")
    odd = with_part(book, tmp_path / "b.xlsx", "xl/sharedStrings.xml", STRINGS)
    assert shared_strings(Package.open(odd)) == ["plainA", "rich", "東京", ""]


def test_a_workbook_may_have_none(tmp_path):
    book = pipeline_book(tmp_path / "a.xlsx")
    bare = without_part(book, tmp_path / "b.xlsx", "xl/sharedStrings.xml")
    assert shared_strings(Package.open(bare)) == []
