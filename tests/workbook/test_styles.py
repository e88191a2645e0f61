import pytest

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.styles import Styles

HEAD = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
FORMATS = (
    b'<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy"/>'
    b'<numFmt numFmtId="170" formatCode="0.0"/></numFmts>'
)
XFS = (
    b'<cellXfs count="5"><xf numFmtId="0" xfId="0"/><xf numFmtId="164" xfId="0"/>'
    b'<xf numFmtId="31" xfId="0"/><xf numFmtId="14" xfId="0"/>'
    b'<xf numFmtId="170" fontId="3" xfId="0"><alignment wrapText="1"/></xf></cellXfs></styleSheet>'
)


def test_dates_are_told_from_numbers():
    styles = Styles(HEAD + FORMATS + XFS)
    assert [styles.is_date(style) for style in range(5)] == [False, True, True, True, False]


def test_a_date_style_keeps_all_else():
    styles = Styles(HEAD + FORMATS + XFS)
    assert styles.dated(1, "yyyy-mm-dd") == 1
    assert styles.dated(4, "yyyy-mm-dd") == 5
    assert styles.dated(4, "yyyy-mm-dd") == 5
    assert styles.dated(0, "yyyy-mm-dd") == 6
    data = styles.data()
    assert b'<numFmts count="3">' in data
    assert b'<numFmt numFmtId="171" formatCode="yyyy-mm-dd"/></numFmts>' in data
    assert b'<cellXfs count="7">' in data
    assert (
        b'<xf numFmtId="171" fontId="3" xfId="0" applyNumberFormat="1">'
        b'<alignment wrapText="1"/></xf><xf numFmtId="171" xfId="0" applyNumberFormat="1"/>'
    ) in data
    again = Styles(data)
    assert again.is_date(5)
    assert again.dated(5, "yyyy-mm-dd hh:mm") == 5


def test_a_known_format_is_used_again():
    styles = Styles(HEAD + FORMATS.replace(b"yyyy", b"yyyy-mm-dd") + XFS)
    styles.dated(0, "yyyy-mm-dd")
    assert styles.data().count(b"<numFmt ") == 2


def test_a_style_with_a_number_format_is_made_once_and_found_again():
    styles = Styles(HEAD + FORMATS + XFS)
    assert styles.formatted(4, "0.0") == 4
    assert styles.formatted(4, '"$"0') == 5
    assert styles.formatted(0, "General") == 0
    again = Styles(styles.data())
    assert again.formatted(4, '"$"0') == 5
    assert not again.appended
    assert again.formatted(5, '"$"0') == 5
    assert again.formatted(1, '"$"0') == 6


def test_formats_are_created_first_of_all():
    styles = Styles(HEAD + XFS)
    assert styles.data() == HEAD + XFS
    styles.dated(0, 'yyyy"年"')
    code = 'formatCode="yyyy&quot;年&quot;"'
    created = f'<numFmts count="1"><numFmt numFmtId="164" {code}/></numFmts>'
    assert styles.data().startswith(HEAD + created.encode())


def test_a_part_without_cell_styles_is_refused():
    with pytest.raises(WorkbookUnsafeError, match="unusual"):
        Styles(HEAD + b"</styleSheet>")


def test_a_style_out_of_range_and_an_empty_list_of_formats_are_taken():
    styles = Styles(HEAD + b"<numFmts/>" + XFS)
    assert not styles.is_date(99)
    assert styles.dated(99, "yyyy-mm-dd") == 5
    assert b'<numFmts count="1"><numFmt numFmtId="164"' in styles.data()
    assert b'<xf xfId="0" numFmtId="164" applyNumberFormat="1"/></cellXfs>' in styles.data()
