import openpyxl
import pytest

from salespipe.workbook.package import Package
from salespipe.workbook.schema import DEFINED_NAME, SCHEMA_VERSION, STAMP_PROPERTY, STAMP_SHEET
from salespipe.workbook.stamp import schema_version
from salespipe.workbook.template import build_workbook
from tests.workbook.books import pipeline_book

# openpyxl warns of what it would lose; here it only reads.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")


def test_a_workbook_of_another_origin_has_none(tmp_path):
    assert schema_version(Package.open(pipeline_book(tmp_path / "b.xlsx"))) is None


@pytest.mark.parametrize("kept", ["sheet", "name", "property", "all"])
def test_any_one_of_the_three_suffices(tmp_path, kept):
    path = tmp_path / "b.xlsx"
    build_workbook(path)
    book = openpyxl.load_workbook(path)
    if kept not in ("sheet", "all"):
        del book[STAMP_SHEET]
    if kept not in ("name", "all"):
        del book.defined_names[DEFINED_NAME]
    if kept not in ("property", "all"):
        del book.custom_doc_props[STAMP_PROPERTY]
    book.save(path)
    assert schema_version(Package.open(path)) == int(SCHEMA_VERSION)


def test_the_highest_counts_and_nonsense_does_not(tmp_path):
    path = tmp_path / "b.xlsx"
    build_workbook(path)
    book = openpyxl.load_workbook(path)
    book[STAMP_SHEET]["B1"] = 7
    book.defined_names[DEFINED_NAME].value = '"latest"'
    book.save(path)
    assert schema_version(Package.open(path)) == 7
