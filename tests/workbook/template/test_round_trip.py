"""What is built is read back unchanged, by the reader and under the linter."""

from dataclasses import replace

import pandas as pd
import pytest

from salespipe.errors import EmptyPipelineError
from salespipe.tables import COLUMNS
from salespipe.workbook.publish import publish
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from salespipe.workbook.template.text import STAGE_TEXTS
from tests.workbook.lint import defects
from tests.workbook.made_up import AS_OF, make_results, make_tables

BUILT = [key for key in COLUMNS if key != "changes"]


@pytest.fixture(scope="module", params=["en", "zh"])
def books(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    built, published, empty = (folder / f"{name}.xlsx" for name in ("built", "published", "empty"))
    tables = make_tables()
    build_workbook(built, tables=tables, language=request.param, today=AS_OF)
    publish(built, published, make_results())
    build_workbook(empty, language=request.param)
    return request.param, tables, built, published, empty


@pytest.mark.parametrize("which", ["built", "published"])
def test_the_reader_gives_the_tables_back(books, which):
    language, tables, built, published, _ = books
    book = read_workbook(built if which == "built" else published)
    for key in BUILT:
        wanted, found = getattr(tables, key), getattr(book.tables, key)
        if key == "stage_entries":
            by = list(COLUMNS[key])
            wanted, found = (frame.sort_values(by) for frame in (wanted, found))
        if key == "deals":
            wanted = wanted.rename(columns={"Owner": book.tables.deals.columns[-1]})
        wanted, found = (frame.reset_index(drop=True) for frame in (wanted, found))
        pd.testing.assert_frame_equal(found, wanted, obj=key)
    assert book.language == language
    wanted = tables.stages
    if language == "zh":  # the usual criteria are told in the workbook's language
        told = ("entry", "exit", "activities", "milestones")
        wanted = tuple(
            replace(stage, **{key: STAGE_TEXTS.get(v := getattr(stage, key), v) for key in told})
            for stage in wanted
        )
    assert book.tables.stages == wanted
    assert book.tables.settings.quantiles == tables.settings.quantiles
    assert {problem.severity for problem in book.problems} <= {"info"}


def test_the_stamp_of_a_run_is_read(books):
    _, _, _, published, _ = books
    stamp = read_workbook(published).stamp
    assert (stamp["data_hash"], stamp["as_of"]) == ("9f31c0a4d2b86e57", "2026-10-31")


def test_no_workbook_has_a_defect(books):
    for path in books[2:]:
        assert defects(path) == []


def test_an_empty_workbook_is_read_as_one_without_deals(books):
    with pytest.raises(EmptyPipelineError, match="has no deal"):
        read_workbook(books[4])
