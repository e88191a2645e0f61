"""The script that keeps the table of forecast skill: it replaces its own section and no other."""

from datetime import date

import forecast_skill as script
import page as benchmarks_page

from salespipe.backtest.ladder import LADDER
from salespipe.backtest.run import backtest
from tests.backtest.test_run import END, company


def test_the_section_is_replaced_and_the_others_stay(tmp_path, monkeypatch):
    page = tmp_path / "benchmarks.md"
    page.write_text("# Benchmarks\n\nHead.\n\n## Forecast skill\n\nold\n\n## Speed\n\nfast\n")
    monkeypatch.setattr(benchmarks_page, "PAGE", page)
    script.write_section(script.TITLE, "new")
    script.write_section(script.TITLE, "newer\n\n### case\n\n| a |")
    assert page.read_text() == (
        "# Benchmarks\n\nHead.\n\n## Forecast skill\n\nnewer\n\n### case\n\n| a |\n\n"
        "## Speed\n\nfast\n"
    )
    script.write_section("## Memory", "much")
    assert page.read_text().endswith("## Speed\n\nfast\n\n## Memory\n\nmuch\n")


def test_a_table_has_a_row_for_each_method():
    made = backtest(company(), as_of=END, methods=dict(LADDER), months=3)
    case = script.Case("somewhere", "x.csv", "2026-03", "2026-06", date(2026, 9, 30))
    assert script.month_ends(case) == list(made.dates)
    text = script.table(case, made, 1.0)
    assert "4 / 4 / 4 dates" in text
    assert [line.split(" | ")[0] for line in text.splitlines()[-len(LADDER) :]] == [
        f"| {name}" for name in LADDER
    ]
