import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.markup import Markup, attribute, splice, tag_pattern, with_attribute

TRICKY = (
    b"<?xml version='1.0'?><a x='&lt;' y=\"1>2\"><!-- <b/> -->"
    b'<b n="/>"/><c><b/></c><![CDATA[<d>]]></a>'
)


def test_markup_is_told_from_comments_cdata_and_quotes():
    markup = Markup(TRICKY, what="p")
    assert [child.name for child in markup.children(markup.root)] == ["b", "c"]
    assert markup.get(markup.root, "y") == "1>2"
    assert markup.get(markup.find("b"), "n") == "/>"
    assert len(markup.view) == len(markup.data)


def test_find_goes_down_by_names():
    markup = Markup(b"<x:a><x:b/><x:c><x:b k='1'/></x:c></x:a>", what="p")
    assert markup.get(markup.find("c", "b"), "k") == "1"
    assert markup.find("c", "z") is None
    assert markup.root.prefix == "x:"


@pytest.mark.parametrize("data", [b"<a><b></a>", b"</a>", b"", b"<a>"])
def test_what_cannot_be_followed_is_refused(data):
    with pytest.raises(WorkbookUnsafeError, match="unusual way"):
        Markup(data, what="p").find("b")


@pytest.mark.parametrize(
    "data", [b'<?xml version="1.0" encoding="GBK"?><a/>', "<a/>".encode("utf-16")]
)
def test_other_encodings_are_refused(data):
    with pytest.raises(WorkbookUnsafeError, match="UTF-8"):
        Markup(data, what="p")


def test_a_byte_order_mark_is_no_trouble():
    markup = Markup(b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><a/>', what="p")
    assert markup.root.name == "a"


def test_attributes_are_not_found_inside_values():
    tag = b"""<c q=' r="B2"' r = "A1" s='3'/>"""
    assert attribute(tag, "r") == "A1"
    assert attribute(tag, "s") == "3"
    assert attribute(tag, "t") is None


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        (b'<c r="A1"/>', "x", b'<c r="A1" t="x"/>'),
        (b'<c r="A1">', "x", b'<c r="A1" t="x">'),
        (b"<c t='s' r=\"A1\">", "x", b'<c t="x" r="A1">'),
        (b'<c t="s" r="A1">', None, b'<c r="A1">'),
        (b'<c r="A1" />', None, b'<c r="A1" />'),
    ],
)
def test_an_attribute_is_set_where_it_stands(tag, value, expected):
    assert with_attribute(tag, "t", value) == expected


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_attribute_values_come_back(value):
    assert attribute(with_attribute(b'<a b="1"/>', "t", value), "t") == value


def test_splices_replace_and_insert():
    assert splice(b"abcdef", [(4, 5, b"E"), (1, 1, b"+"), (1, 3, b"-")]) == b"a+-dEf"
    assert splice(b"abc", []) == b"abc"
    with pytest.raises(AssertionError, match="overlap"):
        splice(b"abcdef", [(0, 3, b""), (2, 4, b"")])


def test_an_empty_parent_is_opened():
    markup = Markup(b'<x:a k="1"/>', what="p")
    at = markup.root.inner
    assert splice(markup.data, [markup.inserted(markup.root, at, b"<b/>")]) == (
        b'<x:a k="1"><b/></x:a>'
    )


def test_a_tag_pattern_takes_whole_names():
    assert [m[0] for m in tag_pattern(b"c").finditer(b'<c/><col/><c a=">">')] == [
        b"<c/>",
        b'<c a=">">',
    ]
