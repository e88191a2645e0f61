import re
import shutil
from datetime import date

import openpyxl
import pandas as pd
import pytest

from salespipe.checks import check, stop_on_errors
from salespipe.demo import COMPANY, DEMO_NAME, example_workbook, make_example
from salespipe.ledger import ledger_path
from salespipe.synthetic import Company
from salespipe.synthetic.chinese import CNY_PER_UNIT
from salespipe.workbook.read import read_workbook

SMALL = Company(deals=40, months=4, future_months=1)


def files(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_same_seed_makes_the_same_files(tmp_path):
    for folder in ("one", "two"):
        make_example(tmp_path / folder / DEMO_NAME, company=SMALL)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    make_example(tmp_path / "two" / DEMO_NAME, company=SMALL, seed=8)
    assert files(tmp_path / "one") != files(tmp_path / "two")


def test_making_it_again_leaves_nothing_of_the_last_one(tmp_path):
    make_example(tmp_path / "again" / DEMO_NAME, company=Company(deals=90, months=6), seed=3)
    for folder in ("once", "again"):
        make_example(tmp_path / folder / DEMO_NAME, company=SMALL)
    assert files(tmp_path / "once") == files(tmp_path / "again")


def test_it_stands_as_of_the_companys_last_day(tmp_path):
    path = tmp_path / DEMO_NAME
    assert make_example(path, company=SMALL) == SMALL.end == date(2024, 8, 31)
    book = read_workbook(path)
    assert len(book.pipeline(as_of=SMALL.end).deals) > 10
    assert len(book.tables.changes) > 10


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_speaks_either_language_and_holds_the_same_deals(tmp_path, language):
    make_example(tmp_path / "usual.xlsx", company=SMALL)
    make_example(tmp_path / DEMO_NAME, company=SMALL, language=language)
    book, usual = read_workbook(tmp_path / DEMO_NAME), read_workbook(tmp_path / "usual.xlsx")
    assert book.language == book.tables.settings.language == language
    assert not [problem for problem in book.problems if problem.severity == "error"]
    found, wanted = (one.tables.deals.set_index("deal_id")["amount"] for one in (book, usual))
    rate = CNY_PER_UNIT if language == "zh" else 1
    pd.testing.assert_series_equal(found, wanted * rate)
    assert book.tables.settings.currency == ("CNY" if language == "zh" else "USD")


def test_the_chinese_example_is_chinese_throughout(tmp_path):
    make_example(tmp_path / DEMO_NAME, company=Company(deals=400, months=10), language="zh")
    book = openpyxl.load_workbook(tmp_path / DEMO_NAME)
    may = re.compile(r"D-\d+|CNY|en|zh|open|won|lost|[\w.-]+@[^@]+example\.com|\+1 555 \d+")
    for name in ("商机", "客户", "联系人", "活动", "目标", "市场", "反馈", "设置"):
        cells = (c.value for row in book[name].iter_rows(min_row=2) for c in row)
        texts = {str(v) for v in cells if isinstance(v, str) and not v.startswith("=")}
        assert {t for t in texts if t.isascii() and not may.fullmatch(t)} == set()
    accounts = [row[0].value for row in book["客户"].iter_rows(min_row=2)]
    assert len(accounts) == len({*accounts})


def test_a_workbook_that_is_there_is_taken_as_it_is(tmp_path):
    (tmp_path / DEMO_NAME).write_bytes(b"mine")
    assert example_workbook(tmp_path) == tmp_path / DEMO_NAME
    assert (tmp_path / DEMO_NAME).read_bytes() == b"mine"


def test_it_is_made_where_it_is_not_there(tmp_path, monkeypatch, company_book):
    def make(path):
        path.parent.mkdir()
        shutil.copy(company_book, path)

    monkeypatch.setattr("salespipe.demo.make_example", make)
    monkeypatch.chdir(tmp_path)
    assert read_workbook(example_workbook()).tables.deals.shape[0] > 100


@pytest.mark.slow
def test_the_whole_example_is_sloppy_and_stops_nobody(tmp_path):
    path = tmp_path / DEMO_NAME
    as_of = make_example(path)
    book = read_workbook(path)
    assert 1_800 < len(book.tables.deals) < 2_600
    found = (*book.problems, *check(book.tables, as_of=as_of, locator=book.locator))
    stop_on_errors(found)
    assert {problem.severity for problem in found} == {"warning", "info"}
    assert as_of == COMPANY.end
    assert ledger_path(path).is_dir()
