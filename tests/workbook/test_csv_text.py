import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe.errors import WorkbookError, WorkbookNotFoundError
from salespipe.workbook import csv_text
from salespipe.workbook.csv_text import parse_csv, read_csv_text

GERMAN = "Kunde;Betrag\nMüller & Söhne;1.234,50\nGroß AG;7\n"
CHINESE = "客户,金额\n北京科技有限公司,100\n上海贸易，合同,7\n"


@pytest.mark.parametrize(
    ("text", "codec", "found"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (GERMAN, "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "gbk", "gb18030"),
        ("Deal,Amount\nA,1\n", "ascii", "utf-8"),
        ("Preis;Währung\n5 €;Öl–ß\n", "cp1252", "cp1252"),
        ("名,é\n李,ü\n" * 30, "utf-8", "utf-8"),
    ],
)
def test_the_encoding_is_found(text, codec, found):
    read = parse_csv(text.encode(codec), name="a.csv")
    assert read.encoding == found
    assert read.rows == [row.split(read.separator) if row else [] for row in text.splitlines()]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n2,5;3\n", ";"),
        ("a\tb, c\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("a\n1\n", ","),
        ('"x; y",b\n"p; q; r",2\n', ","),
        ("sep=;\na;b\n", ";"),
    ],
)
def test_the_separator_is_found(text, separator):
    assert parse_csv(text.encode(), name="a.csv").separator == separator


def test_blank_lines_keep_their_place():
    assert parse_csv(b"a,b\n\n1,2\n", name="a.csv").rows == [["a", "b"], [], ["1", "2"]]


@pytest.mark.parametrize(
    ("data", "options", "word"),
    [
        (b"", {}, "is empty"),
        (b"\n \n", {}, "is empty"),
        (b"abcdefghij\x00" * 50, {}, "binary data"),
        ("é".encode("cp1252"), {"encoding": "utf-8"}, "is not text in utf-8"),
        (b"a", {"encoding": "klingon"}, "is not text in klingon"),
        (b'a,"' + b"x" * 1_100_000, {}, "not a regular CSV"),
        (b"a,b", {"separator": "too long"}, "not a regular CSV"),
    ],
)
def test_what_is_no_csv_is_refused(data, options, word):
    with pytest.raises(WorkbookError, match=word):
        parse_csv(data, name="a.csv", **options)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_may_end_as_on_any_machine(end):
    read = parse_csv(end.join(["a;b", "c;d,2", "e;f,3", ""]).encode(), name="a.csv")
    assert (read.separator, read.rows) == (";", [["a", "b"], ["c", "d,2"], ["e", "f,3"]])


def test_an_open_quotation_mark_is_told_with_its_row():
    text = 'a,b\n1,"two\nlines"\n2,"never closed\n3,x\n4,y\n'
    with pytest.raises(WorkbookError, match="quotation mark in row 3 that is never closed"):
        parse_csv(text.encode(), name="a.csv")
    inches = parse_csv(b'a,b\n1,5" pipe\n', name="a.csv")
    assert inches.rows[1] == ["1", '5" pipe']


def test_limits_and_missing_files(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    with pytest.raises(WorkbookNotFoundError, match="There is no file"):
        read_csv_text(path)
    with pytest.raises(WorkbookError, match="cannot be read"):
        read_csv_text(tmp_path)
    path.write_text("a,b\n1,2\n")
    monkeypatch.setattr(csv_text, "MAX_CELLS", 3)
    with pytest.raises(WorkbookError, match="more than 3 cells"):
        read_csv_text(path)
    monkeypatch.setattr(csv_text, "MAX_BYTES", 3)
    with pytest.raises(WorkbookError, match="larger than"):
        read_csv_text(path)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@given(
    st.lists(st.lists(words, min_size=3, max_size=3), min_size=2, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_what_is_written_is_read(rows, separator, codec):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    read = parse_csv(text.getvalue().encode(codec), name="a.csv", separator=separator)
    assert read.rows == rows
