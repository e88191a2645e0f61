import pytest

from salespipe.errors import WorkbookError
from salespipe.workbook import lookups
from salespipe.workbook.events import feed
from salespipe.workbook.lookups import CellStyles, SharedStrings

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_shared_strings_join_their_runs():
    strings = SharedStrings()
    feed(f"<sst {MAIN}><si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si></sst>".encode(),
         strings, "x")  # fmt: skip
    assert strings.found == ["a", "bc"]


def test_shared_strings_beyond_measure_are_refused(monkeypatch):
    monkeypatch.setattr(lookups, "MAX_TEXT", 3)
    with pytest.raises(WorkbookError, match="more than 3 characters"):
        feed(f"<sst {MAIN}><si><t>abcd</t></si></sst>".encode(), SharedStrings(), "x")


def test_styles_of_dates_are_known_also_east_asian_ones():
    styles = CellStyles()
    feed(
        f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="164"/>'
        '<xf numFmtId="31"/><xf numFmtId="2"/></cellXfs><dxfs><dxf><numFmt numFmtId="164" '
        'formatCode="#,##0"/></dxf></dxfs></styleSheet>'.encode(),
        styles,
        "x",
    )  # fmt: skip
    assert styles.dates() == {1, 2}
    assert not styles.money()


def test_styles_of_money_say_their_currency():
    styles = CellStyles()
    feed(
        f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="165" formatCode="[$€-407] #,##0"/>'
        '<numFmt numFmtId="44" formatCode="&quot;$&quot;#,##0"/></numFmts><cellXfs><xf/>'
        '<xf numFmtId="165"/><xf numFmtId="44"/><xf numFmtId="42"/></cellXfs>'
        '</styleSheet>'.encode(),
        styles,
        "x",
    )  # fmt: skip
    assert styles.money() == {1: ("€", False), 2: ("$", True)}
