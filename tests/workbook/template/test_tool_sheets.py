from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from salespipe.workbook.schema import SHEETS, STAMP_SHEET
from salespipe.workbook.template.tool_sheets import TOOL_SHEETS, build_tool_sheets

# openpyxl warns of what it would lose; here it only reads.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_sheet_can_be_made_alone(language):
    for key in TOOL_SHEETS:
        data = build_tool_sheets({key: "Any name"}, language=language, links={}, stamped=False)
        book = openpyxl.load_workbook(BytesIO(data))
        assert book.sheetnames == ["Any name"]
        assert [*book["Any name"].tables]


def test_start_lists_the_sheets_that_there_are():
    links = {"deals": "My deals", "forecast": "It's ours"}
    data = build_tool_sheets({"start": "Start"}, language="en", links=links, stamped=True)
    book = openpyxl.load_workbook(BytesIO(data))
    shown = {c.hyperlink.location for row in book["Start"] for c in row if c.hyperlink}
    assert shown == {"'My deals'!A1", "'It''s ours'!A1"}
    assert book[STAMP_SHEET].sheet_state == "veryHidden"


def test_the_same_sheets_are_the_same_bytes():
    titles = {key: SHEETS[key].en for key in TOOL_SHEETS}
    one, two = (
        build_tool_sheets(titles, language="en", links=titles, stamped=True) for _ in range(2)
    )
    read = [
        {n: archive.read(n) for n in archive.namelist() if n.startswith("xl/")}
        for archive in (ZipFile(BytesIO(data)) for data in (one, two))
    ]
    assert read[0] == read[1]
