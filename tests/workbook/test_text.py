import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.workbook.text import escape, unescape


@given(st.text())
def test_any_text_survives(text):
    assert unescape(escape(text)) == text


@given(st.text())
def test_escaped_text_is_valid_xml(text):
    safe = escape(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert ET.fromstring(f"<t>{safe}</t>").text == (escape(text) or None)  # noqa: S314


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_x0041_", "_x005F_x0041_"),
        ("a\x01b", "a_x0001_b"),
        ("\r\n", "_x000D_\n"),
        ("_x41_", "_x41_"),
        ("\tplain ", "\tplain "),
    ],
)
def test_escapes_are_excels(text, expected):
    assert escape(text) == expected


def test_a_pair_of_surrogates_becomes_one_character():
    assert unescape("_xD83D__xDE00_") == "😀"
