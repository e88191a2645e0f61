import pytest

from salespipe.workbook.edits import Edits
from salespipe.workbook.package import Package
from salespipe.workbook.patch import apply_edits
from tests.workbook.books import BODY, part, pipeline_book, with_part

CACHE = "xl/pivotCache/pivotCacheDefinition1.xml"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml"


@pytest.fixture
def pivot_book(tmp_path):
    def make(source, names=""):
        book = pipeline_book(tmp_path / "b.xlsx")
        types = part(book, "[Content_Types].xml")
        override = f'<Override PartName="/{CACHE}" ContentType="{TYPE}"/></Types>'
        one = with_part(
            book, tmp_path / "1.xlsx", "[Content_Types].xml", types.replace("</Types>", override)
        )
        workbook = part(book, "xl/workbook.xml").replace("<calcPr", f"{names}<calcPr")
        two = with_part(one, tmp_path / "2.xlsx", "xl/workbook.xml", workbook)
        cache = (
            f'<pivotCacheDefinition xmlns:r="r" refreshedBy="Ana"><cacheSource type="worksheet">'
            f"<worksheetSource {source}/></cacheSource></pivotCacheDefinition>"
        )
        return with_part(two, tmp_path / "3.xlsx", CACHE, cache)

    return make


def _refreshed(book, edits):
    target = book.with_name("out.xlsx")
    apply_edits(book, target, edits)
    before, after = part(book, CACHE), part(target, CACHE)
    new = before.replace('"Ana">', '"Ana" refreshOnLoad="1">')
    assert after in {before, new}
    return after == new


@pytest.mark.parametrize(
    ("source", "refreshed"),
    [
        ('ref="A1:C9" sheet="Deals"', True),
        ('ref="A1:C9" sheet="DEALS"', True),
        ('ref="A1:C1" sheet="Deals"', False),
        ('ref="A1:C9" sheet="To do"', False),
        ('ref="A1:C9" sheet="Deals" r:id="rId1"', False),
        ('name="ToDo"', False),
        ('name="area"', True),
        ('name="formula"', True),
        ('sheet="Deals"', True),
    ],
)
def test_a_pivot_over_a_changed_cell_is_refreshed(pivot_book, source, refreshed):
    names = (
        '<definedNames><definedName name="area">Deals!$A$1:$B$3</definedName>'
        '<definedName name="formula">OFFSET(Deals!$A$1,0,0)</definedName></definedNames>'
    )
    book = pivot_book(source, names)
    assert _refreshed(book, Edits(cells={"Deals": {"B2": 6}})) is refreshed


def test_a_pivot_over_a_table_is_refreshed_with_its_rows(pivot_book):
    book = pivot_book('name="ToDo"')
    assert Package.open(book).tables
    assert _refreshed(book, Edits(rows={"ToDo": BODY * 2}))
    book.with_name("out.xlsx").unlink()
    assert _refreshed(book, Edits(added={"ToDo": BODY}))


def test_nothing_changed_refreshes_nothing(pivot_book):
    assert not _refreshed(pivot_book('name="formula"'), Edits())
