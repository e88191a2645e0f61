"""The beginning of every notebook: a workbook, or one sentence and quiet cells."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from salespipe.errors import EmptyPipelineError
from salespipe.story import Ending, begin
from salespipe.workbook.template import build_workbook

DAY = date(2026, 10, 31)


@pytest.fixture
def notebook():
    shell = InteractiveShell.instance()
    yield shell
    InteractiveShell.clear_instance()
    shell.history_manager.end_session()


@pytest.fixture
def empty(tmp_path):
    path = tmp_path / "empty.xlsx"
    build_workbook(path, language="en", today=DAY)
    return path


def test_a_filled_workbook_begins_a_story(company_book, as_of):
    story = begin(company_book, as_of=as_of, today=as_of)
    assert story.pipeline.as_of == as_of
    assert f"as of **{as_of}**" in story._repr_markdown_()
    assert story.cash(1_250_000) == f"{story.currency} 1.25M"
    assert begin(company_book, today=as_of).pipeline.as_of <= as_of


def test_a_story_is_told_in_the_language_of_its_workbook(company_book, as_of):
    story = begin(company_book, as_of=as_of, today=as_of)
    settings = replace(story.pipeline.settings, language="zh", currency="CNY")
    chinese = replace(story, pipeline=replace(story.pipeline, settings=settings))
    sentence = "The chance of reaching {target} is {chance}."
    values = {"target": chinese.cash(9_140_000), "chance": chinese.share(0.001)}
    assert (
        chinese.say(sentence, **values)._repr_markdown_() == "达成目标 ¥914万 的概率为 不足 1 %。"
    )
    assert story.words(sentence, target="1", chance="2") == "The chance of reaching 1 is 2."
    assert chinese.names(["above the team", "Ana"]) == "高于团队、Ana"
    assert story.names([]) == "–"
    frame = pd.DataFrame({"owner": ["Ana"], "amount": [20_000.0]})
    assert "金额（CNY）" in chinese.table(frame).text
    assert "amount, USD" in replace(story).table(frame).text.replace(story.currency, "USD")
    assert "个在谈商机" in chinese._repr_markdown_()


def test_a_chinese_workbook_says_in_chinese_why_it_cannot_begin(notebook, tmp_path):
    path = tmp_path / "空.xlsx"
    build_workbook(path, language="zh", today=DAY)
    notebook.user_ns.update(DAY=DAY, path=path)
    told = notebook.run_cell(
        "from salespipe.story import begin\nstory = begin(path, today=DAY)\nstory"
    )
    assert "没有商机" in told.result._repr_markdown_()


def test_outside_a_notebook_it_raises(empty, tmp_path):
    with pytest.raises(EmptyPipelineError, match="no deal"):
        begin(empty, today=DAY)
    with pytest.raises(FileNotFoundError, match="no file"):
        begin(tmp_path / "none.xlsx", today=DAY)


def test_in_a_notebook_the_cells_after_an_empty_workbook_do_nothing(notebook, empty, company_book):
    notebook.user_ns.update(DAY=DAY, empty=empty, full=company_book)
    first = notebook.run_cell(
        "from salespipe.story import begin\nstory = begin(empty, today=DAY)\nstory"
    )
    assert first.success
    assert isinstance(first.result, Ending)
    assert "no deal" in first.result._repr_markdown_()
    after = notebook.run_cell("1 / 0")
    assert after.success
    assert after.result is None
    again = notebook.run_cell("story = begin(full, today=DAY)\nstory")
    assert "open deals" in again.result._repr_markdown_()
    assert notebook.run_cell("1 + 1").result == 2
