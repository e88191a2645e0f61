import pytest

from salespipe.workbook.areas import Area
from salespipe.workbook.parts import TablePart
from salespipe.workbook.ranges import Resize
from salespipe.workbook.sheet import SheetXml
from salespipe.workbook.tables import Body
from salespipe.workbook.totals import totalled

BODY = Body(
    TablePart("T", "t", "S", "A1:A4", ("x",), 1, 1),
    Resize(Area(2, 1, 2, 1), Area(2, 1, 4, 1)),
    False,
)


def total(function, *cells, row="", formula="SUBTOTAL(109,T[x])", kind=""):
    table = (
        f'<table><tableColumns><tableColumn totalsRowFunction="{function}"/></tableColumns></table>'
    )
    rows = "".join(
        f'<row r="{number}"{row}>{cell}</row>' for number, cell in enumerate(cells, start=2)
    )
    last = f'<row r="5"><c r="A5"{kind}><f>{formula}</f><v>-1</v></c></row>'
    data = f"<worksheet><sheetData>{rows}{last}</sheetData></worksheet>"
    made = totalled(SheetXml(data.encode(), name="S"), BODY, table.encode(), ["text"])
    return made.decode().rpartition("<v>")[2].partition("</v>")[0]


NUMBERS = ["<c><v>1.5</v></c>", "<c><v>4</v></c>", '<c t="s"><v>0</v></c>']


@pytest.mark.parametrize(
    ("function", "value"),
    [("sum", "5.5"), ("average", "2.75"), ("max", "4"), ("min", "1.5"), ("countNums", "2"),
     ("count", "3"), ("stdDev", "-1"), ("custom", "-1")],
)  # fmt: skip
def test_what_excel_offers_is_worked_out(function, value):
    assert total(function, *NUMBERS) == value


def test_totals_of_nothing():
    assert total("sum", "<c/>") == "0"
    assert total("countNums", "<c/>") == "0"
    assert total("average", "<c/>") == "-1"


def test_what_cannot_be_told_stays():
    assert total("sum", '<c t="e"><v>#N/A</v></c>') == "-1"
    assert total("sum", *NUMBERS, row=' hidden="1"') == "-1"
    assert total("sum", *NUMBERS, formula="A1+A2") == "-1"
    assert total("sum", *NUMBERS, kind=' t="e"') == "-1"
