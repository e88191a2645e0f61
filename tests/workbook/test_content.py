from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.errors import WorkbookUnsafeError
from salespipe.workbook.content import Rendered, refuse_code, render
from salespipe.workbook.edits import Formula, Link


def rendered(content, *, prefix="", date1904=False):
    return render(content, where="Deals!B7", prefix=prefix, date1904=date1904)


@pytest.mark.parametrize(
    ("content", "kind", "body"),
    [
        (None, None, b""),
        ("", None, b""),
        (0.1, None, b"<v>0.1</v>"),
        (3, None, b"<v>3</v>"),
        (3.0, None, b"<v>3</v>"),
        (1e300, None, b"<v>1e+300</v>"),
        (np.float64(0.5), None, b"<v>0.5</v>"),
        (np.int64(7), None, b"<v>7</v>"),
        (np.bool_(True), "b", b"<v>1</v>"),
        (False, "b", b"<v>0</v>"),
        (date(2026, 11, 23), None, b"<v>46349</v>"),
        (pd.Timestamp("2026-11-23 12:00"), None, b"<v>46349.5</v>"),
        ("=1+1", "inlineStr", b"<is><t>=1+1</t></is>"),
        ("a<b&c", "inlineStr", b"<is><t>a&lt;b&amp;c</t></is>"),
        (" a", "inlineStr", b'<is><t xml:space="preserve"> a</t></is>'),
        (Link("go", "S", "A1"), "inlineStr", b"<is><t>go</t></is>"),
        (Formula('A1&"x"', "yx"), "str", b'<f>A1&amp;"x"</f><v>yx</v>'),
        (Formula("1/0", "#DIV/0!"), "e", b"<f>1/0</f><v>#DIV/0!</v>"),
        (Formula("1=1", True), "b", b"<f>1=1</f><v>1</v>"),
        (Formula("'a(b'!A1+T[[#This Row],[it''s]]", 2.5), None, b"<v>2.5</v>"),
    ],
)
def test_contents_become_xml(content, kind, body):
    got = rendered(content)
    assert got.type == kind
    assert got.body == body or (isinstance(content, Formula) and got.body.endswith(body))


def test_the_sheets_prefix_is_used():
    assert rendered(1, prefix="x:") == Rendered(None, b"<x:v>1</x:v>")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (float("nan"), "Deals!B7 cannot hold nan: it is not a finite number; give None"),
        (float("-inf"), "finite"),
        (pd.NaT, "not a date; give None"),
        (2**60, "more digits"),
        ("x" * 32_768, "longer than 32767"),
        (datetime(2026, 1, 1, tzinfo=UTC), "time zone"),
        (date(1899, 12, 31), "calendar begins"),
        ([1], "type list"),
        (Formula("=1", 1), 'begins with "="'),
        (Formula("SUM(1", 1), "not closed"),
        (Formula('"a', 1), "not closed"),
        (Formula("1)", 1), "not closed"),
        (Formula("1" * 8193, 1), "longer than 8192"),
        (Formula("1", float("nan")), "finite"),
        (Formula("1\x01", 1), "control character"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused(content, match):
    with pytest.raises(WorkbookUnsafeError, match=match):
        rendered(content)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_exactly(number):
    body = rendered(number).body.decode()
    assert float(body.removeprefix("<v>").removesuffix("</v>")) == number


@pytest.mark.parametrize(
    "code", ["0.0%", '"€"#,##0', '[>=1]0\\.0,"万";[Red]-0;0;@', r"0\"", "_(0_)"]
)
def test_a_number_format_may_be_what_excel_takes(code):
    refuse_code(code, where="S!A1")


@pytest.mark.parametrize("code", ['"€0', "[Red0", "0]", "0;0;0;0;0", "0" * 256, "0\x01"])
def test_a_number_format_that_excel_would_call_damaged_is_refused(code):
    with pytest.raises(WorkbookUnsafeError, match="S!A1 cannot have the number format"):
        refuse_code(code, where="S!A1")
