import re
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries

from salespipe.kpi.coaching import advice
from salespipe.kpi.pack import pack
from salespipe.workbook.publish import publish
from salespipe.workbook.review_page import review_page
from salespipe.workbook.schema import SHEETS
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.tables import TABLES
from tests.workbook.made_up import AS_OF, make_results, make_tables
from tests.workbook.test_chinese import _names_in


@pytest.fixture(scope="module")
def results(small_pipeline):
    made = pack(small_pipeline)
    return replace(make_results(), pack=made, stages=small_pipeline.stages)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sheet_holds_the_pack(results, language, tmp_path):
    book, target = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    build_workbook(book, tables=make_tables(5), language=language, today=AS_OF)
    publish(book, target, results, language=language)

    sheet = openpyxl.load_workbook(target)[SHEETS["review"].title(language)]
    made = results.pack
    frames = {
        "Agenda": made.agenda,
        "Scorecard": made.scorecard,
        "Advice": made.advice,
        "DealNeeds": made.needs,
    }
    for name, frame in frames.items():
        left, top, right, bottom = range_boundaries(sheet.tables[name].ref)
        assert bottom - top == max(len(frame), 1)
        assert right - left + 1 == len(TABLES[name].columns)
    for place, row in enumerate(made.scorecard.itertuples()):
        cell = sheet[TABLES["Scorecard"].cell(place, "value")]
        assert cell.value == pytest.approx(row.value)
    first = sheet[TABLES["Agenda"].cell(0, "amount")].value
    assert first == pytest.approx(made.agenda["amount"].iloc[0])


def test_every_word_of_ours_is_chinese_on_a_chinese_sheet(results, small_pipeline):
    names = [*_names_in(small_pipeline), *small_pipeline.deals["account"].dropna().unique()]
    page = review_page(results, "zh")
    assert len(page.tables["Advice"]) == len(advice(small_pipeline)) > 3
    # What people typed (ids, evidence, criteria, feedback) is theirs and stays.
    words = [row for name in ("Scorecard", "Advice") for row in page.tables[name]]
    words += [row for row in page.tables["Agenda"] if row[0] not in ("承诺", "未答复反馈")]
    for row in words:
        for text in filter(lambda cell: isinstance(cell, str), row):
            left = text
            for name in names:
                left = left.replace(name, "")
            assert not re.search(r"[a-z]{3,}", left), text


def test_a_run_without_a_pack_leaves_the_sheet_bare():
    page = review_page(make_results(), "en")
    assert not any(page.tables.values())
