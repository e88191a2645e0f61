import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.table_columns import widened_table

PART = (
    b'<x:table xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="1" '
    b'displayName="T" ref="B4:C7" totalsRowShown="0"><x:autoFilter ref="B4:C7"/>'
    b'<x:tableColumns count="2"><x:tableColumn id="1" name="a"/><x:tableColumn id="7" name="b"/>'
    b'</x:tableColumns><x:tableStyleInfo name="S"/></x:table>'
)


def test_a_table_grows_to_the_right_with_ids_of_its_own():
    wide = widened_table(PART, ["Näch<ste>", "c"], what="the table")
    assert b' ref="B4:E7" totalsRowShown="0">' in wide
    assert b'<x:autoFilter ref="B4:E7"/>' in wide
    assert b'<x:tableColumns count="4">' in wide
    added = '<x:tableColumn id="8" name="Näch&lt;ste&gt;"/><x:tableColumn id="9" name="c"/>'
    assert f"{added}</x:tableColumns>".encode() in wide
    # All else stays as it was.
    kept = wide.replace(added.encode(), b"").replace(b"B4:E7", b"B4:C7")
    assert kept.replace(b'count="4"', b'count="2"') == PART


@pytest.mark.parametrize(
    "part", [b'<table ref="B4:C7"/>', b'<table><tableColumns count="0"/></table>']
)
def test_what_is_no_whole_table_is_refused(part):
    with pytest.raises(WorkbookUnsafeError, match="the table has no columns"):
        widened_table(part, ["c"], what="the table")
