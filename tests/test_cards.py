"""What `sp.` hands back shows itself in a line and as a small table, in its workbook's language."""

from dataclasses import replace

import numpy as np
import pytest

import salespipe as sp
from salespipe.cards import card, line
from salespipe.simulation.scenarios import BASE, Scenarios
from salespipe.wording import Words

FACTS = {
    Words("deals", "商机"): 1_234,
    Words("kept", "保留"): True,
    Words("owner", "负责人"): "<b>",
}


def test_a_line_and_a_card():
    assert line("Book", "a.xlsx", FACTS) == "<Book a.xlsx: deals 1,234, kept True, owner <b>>"
    shown = card("a & b", FACTS, "zh")
    assert "<caption>a &amp; b</caption>" in shown
    assert "商机" in shown
    assert '<td style="text-align:left">&lt;b&gt;</td>' in shown


@pytest.fixture(scope="module")
def book(company_book):
    return sp.read_workbook(company_book)


def test_a_book_says_what_is_in_it(book):
    deals = f"{len(book.tables.deals):,}"
    assert repr(book).startswith(f"<Book {book.path.name}: deals {deals}, ")
    assert "\n" not in repr(book)
    assert len(repr(book)) < 200
    shown = book._repr_html_()
    assert all(part in shown for part in (book.path.name, deals, "errors"))
    assert "错误" in replace(book, language="zh")._repr_html_()


def test_a_pipeline_says_what_was_known_when(book, as_of):
    pipeline = book.pipeline(as_of=as_of)
    assert repr(pipeline).startswith(f"<Pipeline as of {as_of}: open deals ")
    assert len(repr(pipeline)) < 200
    assert f"{len(pipeline.open_deals):,}" in pipeline._repr_html_()
    chinese = replace(pipeline, settings=replace(pipeline.settings, language="zh", currency="CNY"))
    assert "在谈商机" in chinese._repr_html_()
    assert "¥" in chinese._repr_html_()


def test_tables_list_their_rows(book):
    assert f"deals {len(book.tables.deals):,}" in repr(book.tables)
    assert "\n" not in repr(book.tables)
    assert "deals" in book.tables._repr_html_()


def test_levers_name_what_differs():
    assert repr(sp.Levers()) == "Levers()"
    assert repr(sp.Levers(win_rate=1.1, lost=("D-1",))) == "Levers(win_rate=1.1, lost=('D-1',))"


def test_settings_show_themselves_in_their_own_language():
    settings = sp.Settings(company="A & B", currency="EUR", horizon=6)
    shown = settings._repr_html_()
    assert all(part in shown for part in ("Settings", "A &amp; B", "EUR", "10% / 50% / 90%", ">6<"))
    assert "预测月数" in replace(settings, language="zh")._repr_html_()


def test_a_stage_shows_itself_in_both_languages(book):
    stage = book.tables.stages[0]
    shown = stage._repr_html_()
    assert f"{stage.name} · {stage.name_zh}" in shown
    assert "10%" in shown
    assert stage.exit in shown
    assert ">–<" in replace(stage, exit="")._repr_html_()


@pytest.mark.slow
def test_a_run_says_what_was_written_and_shows_its_forecast(monthly_run):
    day = monthly_run.results.receipt.as_of
    assert repr(monthly_run).startswith(f"<MonthlyRun as of {day}: written to ")
    shown = monthly_run._repr_html_()
    assert str(monthly_run.output) in shown
    assert monthly_run.forecast._repr_html_() in shown


def test_scenarios_show_their_table():
    before = np.array([[100.0, 200.0], [300.0, 400.0]])
    settings = sp.Settings(currency="CNY", language="zh")
    made = Scenarios({BASE: before, "Prices 5 % lower": before * 0.95}, 600.0, settings)
    assert repr(made) == "<Scenarios change of the mean: Prices 5 % lower -¥25>"
    shown = made._repr_html_()
    assert "价格降低 5 %" in shown
    assert "475" in shown


def test_settings_and_stages_stay_what_python_writes(book):
    assert eval(repr(sp.Settings()), {"Settings": sp.Settings}) == sp.Settings()  # noqa: S307
    stage = book.tables.stages[0]
    assert eval(repr(stage), {"Stage": sp.Stage}) == stage  # noqa: S307
