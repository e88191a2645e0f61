"""Hostile files: one clear line each, soon and in little memory."""

import subprocess
import sys
import time
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pace import allowed

from salespipe.checks import problems_of
from salespipe.errors import SalespipeError, WorkbookError
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.workbook.books import with_part
from tests.workbook.made_up import make_tables
from tests.workbook.mutants import damaged_bytes, damaged_csv, damaged_parts, nonsense

AS_OF = date(2026, 10, 31)
SHARED = Path(__file__).parents[3] / "shared"
FILES = sorted(
    [p for p in SHARED.glob("xlsx/*/*") if p.suffix != ".tsv"] + list(SHARED.glob("data/*/*.csv"))
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADERS = ["Deal ID", "Account", "Owner", "Stage", "Amount", "Created", "Closed"]
ROW = ["D-1", "Acme", "Ana", "Qualification", 1000, date(2026, 1, 5), None]
SECONDS = 5
MEMORY = 2**30

PROGRAM = """
import sys, time
from datetime import date
from salespipe.checks import check
from salespipe.errors import SalespipeError
from salespipe.workbook.read import read_workbook
begin = time.process_time()
try:
    book = read_workbook(sys.argv[1])
    check(book.tables, as_of=date(2026, 10, 31), locator=book.locator)
    said = f"read {len(book.tables.deals)}"
except SalespipeError as error:
    said = f"{type(error).__name__} {error}"
# Of this program alone: ru_maxrss would begin with the memory of the process that started it.
with open("/proc/self/status") as status:
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(time.process_time() - begin, peak, said)
"""


def measured(path):
    """Read a file in a program of its own, soon and in little memory; give what it says."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    seconds, kilobytes, said = done.stdout.strip().split(maxsplit=2)
    assert float(seconds) < allowed(SECONDS)
    assert int(kilobytes) * 1024 < MEMORY
    return said


def outcome(path):
    """Read a file: a book, or the sentence that refuses it."""
    try:
        book = read_workbook(path)
        problems_of(book, as_of=AS_OF)
    except SalespipeError as refused:
        sentence = str(refused)
    else:
        return book
    assert "\n" not in sentence
    assert len(sentence) < 2000
    return sentence


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "good.xlsx"
    build_workbook(path, tables=make_tables(12), language="zh", today=AS_OF)
    return path


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "plain.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Deals"
    book.active.append(HEADERS)
    book.active.append(ROW)
    book.save(path)
    return path


def sheet(rows):
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def with_sheet(plain, tmp_path, rows, name="hostile.xlsx"):
    """Replace the sheet; `rows` follow the header and the first deal."""
    text = "".join(f'<c t="inlineStr"><is><t>{header}</t></is></c>' for header in HEADERS)
    deal = "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in ROW if v is not None)
    xml = sheet(f'<row r="1">{text}</row><row r="2">{deal}</row>{rows}')
    hostile = tmp_path / name
    with (
        zipfile.ZipFile(plain) as old,
        zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            sheet_part = info.filename == "xl/worksheets/sheet1.xml"
            new.writestr(info.filename, xml if sheet_part else old.read(info))
    return hostile


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason="the folder shared is not beside the repository")
def test_every_shared_file_gives_a_reading_or_a_sentence(subtests):
    for path in FILES:
        with subtests.test(path.name):
            begin = time.process_time()
            outcome(path)
            assert time.process_time() - begin < allowed(SECONDS)


def test_every_truncation_is_refused(good, tmp_path):
    data = good.read_bytes()
    random = Random(4)
    for cut in random.sample(range(len(data) - 1), 50):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(data[:cut])
        assert isinstance(outcome(path), str), cut


@pytest.mark.parametrize("ending", [".xls", ".xlsb", ".ods", ".xlsm"])
def test_the_content_decides_not_the_ending(plain, tmp_path, ending):
    path = tmp_path / f"wrong{ending}"
    path.write_bytes(plain.read_bytes())
    assert len(read_workbook(path).tables.deals) == 1


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<html><table><tr><td>Deal ID</td></tr></table></html>", "web page"),
        (b"Deal ID,Stage,Amount\nA,B,1\nC,D,2\n", "looks like CSV"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
        (b"\x00\x01\x02\x03", "whatever its name says"),
    ],
)
def test_a_wrong_ending_is_explained(tmp_path, content, word):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookError, match=word):
        read_workbook(path)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_an_entity_bomb_is_refused(plain, tmp_path, part, codec):
    laughs = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><worksheet xmlns="{MAIN}">&l11;</worksheet>'
    path = with_part(plain, tmp_path / "bomb.xlsx", part, bomb.encode(codec))
    with pytest.raises(WorkbookError, match=r"DTD|document type definition"):
        read_workbook(path)


def test_an_outside_entity_is_never_fetched(plain, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read")
    xml = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'
    path = with_part(plain, tmp_path / "xxe.xlsx", "xl/worksheets/sheet1.xml", xml)
    with pytest.raises(WorkbookError, match="document type definition") as refused:
        read_workbook(path)
    assert "do not read" not in str(refused.value)


def test_zip_bombs_are_refused_soon(plain, tmp_path):
    flat = tmp_path / "flat.xlsx"
    with zipfile.ZipFile(flat, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("[Content_Types].xml", b" " * 2**29)
    assert "zip bomb" in measured(flat)

    # Many directory entries that share one member's bytes.
    member = zipfile.ZipInfo("xl/a.xml")
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr(member, b"<a/>" * 100_000)
        first = new.infolist()[0]
        for k in range(200):
            twin = zipfile.ZipInfo(f"xl/b{k}.xml")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, name, getattr(first, name))
            new.filelist.append(twin)
    overlapping = tmp_path / "overlapping.xlsx"
    overlapping.write_bytes(out.getvalue())
    with pytest.raises(WorkbookError, match="overlap"):
        read_workbook(overlapping)


@pytest.mark.slow
@pytest.mark.parametrize("columns", ["B", "ABCDE"])
def test_a_used_range_of_a_million_rows_is_read_soon(plain, tmp_path, columns):
    blank = "".join(
        f'<row r="{k}">{"".join(f"""<c r="{at}{k}" s="1"/>""" for at in columns)}</row>'
        for k in range(3, 1_048_576)
    )
    path = with_sheet(plain, tmp_path, blank)
    assert measured(path) == "read 1"


@pytest.mark.slow
def test_rows_as_wide_as_a_sheet_are_refused_before_memory_is_out(plain, tmp_path):
    wide = "".join(f'<c t="inlineStr"><is><t>x{k}</t></is></c>' for k in range(16_384))
    rows = "".join(f'<row r="{k}">{wide}</row>' for k in range(3, 203))
    said = measured(with_sheet(plain, tmp_path, rows))
    assert "more than 200,000 cells right of column 1,000" in said


def test_all_columns_and_the_longest_text_are_read(plain, tmp_path):
    wide = "".join(f'<c t="inlineStr"><is><t>x{k}</t></is></c>' for k in range(16_384))
    long = f'<c r="A4" t="inlineStr"><is><t>{"宽" * 32_767}</t></is></c>'
    path = with_sheet(plain, tmp_path, f'<row r="3">{wide}</row><row r="4">{long}</row>')
    assert measured(path) == "read 2"


def test_a_sheet_of_too_many_cells_is_refused_before_memory_is_out(plain, tmp_path, monkeypatch):
    monkeypatch.setattr("salespipe.workbook.grid.MAX_CELLS", 1000)
    rows = "".join(f'<row r="{k}"><c r="A{k}"><v>1</v></c></row>' for k in range(3, 1200))
    with pytest.raises(WorkbookError, match="more than 1,000 cells"):
        read_workbook(with_sheet(plain, tmp_path, rows))


def test_formulas_in_text_stay_text(plain, tmp_path):
    words = ("=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)")
    book = openpyxl.load_workbook(plain)
    for word in words:
        book.active.append([word, *ROW[1:]])
        book.active.cell(book.active.max_row, 1).data_type = "s"
    path = tmp_path / "injected.xlsx"
    book.save(path)
    assert read_workbook(path).tables.deals["deal_id"].tolist()[1:] == list(words)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_damaged_books_never_end_in_a_traceback(good, tmp_path_factory, random):
    path = tmp_path_factory.mktemp("fuzz") / "book.xlsx"
    damage = random.choice((damaged_parts, damaged_bytes))
    path.write_bytes(damage(good.read_bytes(), random))
    outcome(path)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([".csv", ".txt", ".xlsx"]))
def test_damaged_text_and_nonsense_never_end_in_a_traceback(tmp_path_factory, random, ending):
    path = tmp_path_factory.mktemp("fuzz") / f"file{ending}"
    text = make_tables(5).deals.to_csv(index=False)
    path.write_bytes(damaged_csv(text, random) if ending == ".csv" else nonsense(random))
    outcome(path)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_as_csv(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz") / "any.csv"
    path.write_bytes(data)
    outcome(path)
