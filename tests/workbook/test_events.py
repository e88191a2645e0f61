import pytest

from salespipe.errors import WorkbookError
from salespipe.workbook.events import Handler, RichText, feed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@pytest.mark.parametrize("space", [MAIN, STRICT])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_elements_are_known_by_namespace_whatever_their_prefix(space, prefix):
    seen = []
    handler = Handler()
    handler.starts["c"] = seen.append
    declared = f'xmlns{":" + prefix[:-1] if prefix else ""}="{space}"'

    feed(
        f'<{prefix}a {declared}><{prefix}c r="1"/><o:c xmlns:o="other"/></{prefix}a>'.encode(),
        handler,
        "It",
    )

    assert seen == [{"r": "1"}]


def test_runs_are_joined_and_phonetic_ones_left_out():
    text = RichText()

    feed(
        f'<si xmlns="{MAIN}"><r><t>東</t></r><r><t xml:space="preserve"> 京</t></r>'
        "<rPh><t>とう</t></rPh></si>".encode(),
        text,
        "It",
    )

    assert text.joined() == "東 京"


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b"<a>", "It is damaged"),
        (b"", "It is damaged"),
        (b"<!DOCTYPE a []><a/>", "It holds a document type"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "It holds a document type"),
    ],
)
def test_what_is_not_plain_xml_is_refused(xml, words):
    with pytest.raises(WorkbookError, match=words):
        feed(xml, Handler(), "It")
