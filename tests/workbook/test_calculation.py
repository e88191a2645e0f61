import pytest

from salespipe.workbook.calculation import recalculated_on_load, without_calc_chain
from salespipe.workbook.package import Package
from tests.workbook.books import part, pipeline_book, with_part


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<calcPr calcId="1"/>', '<calcPr calcId="1" fullCalcOnLoad="1"/>'),
        ('<calcPr fullCalcOnLoad="0"/>', '<calcPr fullCalcOnLoad="1"/>'),
        ("<extLst/>", '<calcPr fullCalcOnLoad="1"/><extLst/>'),
        (
            "<definedNames/><pivotCaches/>",
            '<definedNames/><calcPr fullCalcOnLoad="1"/><pivotCaches/>',
        ),
    ],
)
def test_excel_is_told_to_calculate(before, after):
    book = "<workbook><sheets><sheet/></sheets>{}</workbook>"
    assert recalculated_on_load(book.format(before).encode()).decode() == book.format(after)


def test_a_prefix_is_used():
    assert recalculated_on_load(b"<x:workbook><x:sheets/></x:workbook>") == (
        b'<x:workbook><x:sheets/><x:calcPr fullCalcOnLoad="1"/></x:workbook>'
    )


def test_the_chain_goes_with_all_that_names_it(tmp_path):
    book = pipeline_book(tmp_path / "a.xlsx")
    assert without_calc_chain(Package.open(book)) == {}
    rels = part(book, "xl/_rels/workbook.xml.rels")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/>'
    types = part(book, "[Content_Types].xml")
    override = '<Override PartName="/xl/calcChain.xml" ContentType="x"/>'
    book = with_part(book, tmp_path / "b.xlsx", "xl/calcChain.xml", "<calcChain/>")
    with_rels = rels.replace("</Rel", f"{link}</Rel")
    book = with_part(book, tmp_path / "c.xlsx", "xl/_rels/workbook.xml.rels", with_rels)
    with_types = types.replace("</Types>", f"{override}</Types>")
    book = with_part(book, tmp_path / "d.xlsx", "[Content_Types].xml", with_types)
    assert without_calc_chain(Package.open(book)) == {
        "xl/_rels/workbook.xml.rels": rels.encode(),
        "[Content_Types].xml": types.encode(),
        "xl/calcChain.xml": None,
    }
