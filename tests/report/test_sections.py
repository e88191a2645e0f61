"""Notebooks as sections: all that was said and drawn, and nothing of it as markup."""

import nbformat.v4 as nb
import pytest

from salespipe.report.runs import Ran
from salespipe.report.sections import section

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBg"
    "AAAABQABpfZFQAAAAABJRU5ErkJggg=="
)
EVIL = "<script>alert(1)</script>"


def shown(data, **metadata):
    return nb.new_output("display_data", data=data, metadata=metadata)


@pytest.fixture
def ran():
    return Ran(
        "2-kpi-review",
        nb.new_notebook(
            cells=[
                nb.new_markdown_cell("# 2. How is the team?\n\nA question."),
                nb.new_code_cell("seed = 1", metadata={"tags": ["parameters"]}),
                nb.new_markdown_cell("## The headlines"),
                nb.new_code_cell(
                    f"print('{EVIL}')",
                    outputs=[
                        nb.new_output("stream", name="stderr", text="a warning"),
                        shown(
                            {"image/png": PIXEL}, **{"image/png": {"alt": 'Won "most" <b>deals'}}
                        ),
                        shown({"text/html": "<table><tr><td>1</td></tr></table>"}),
                        shown({"text/markdown": f"**62 %** of {EVIL}"}),
                        shown({"text/plain": EVIL}),
                    ],
                ),
            ]
        ),
        "",
    )


def test_title_question_and_headings_are_in_their_places(ran):
    made = section(ran, "en")
    assert (made.anchor, made.title) == ("2-kpi-review", "2. How is the team?")
    assert "<p>A question.</p>" in made.html
    assert "<h3>The headlines</h3>" in made.html
    assert "<h1" not in made.html


def test_nothing_becomes_markup_that_was_none(ran):
    html = section(ran, "en").html
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3
    assert 'alt="Won &quot;most&quot; &lt;b&gt;deals"' in html


def test_code_is_folded_and_parameters_are_left_out(ran):
    html = section(ran, "zh").html
    assert html.count("<details><summary>代码</summary>") == 1
    assert "seed" not in html
    assert "a warning" not in html


def test_figures_tables_and_sentences_are_there(ran):
    html = section(ran, "en").html
    assert f'src="data:image/png;base64,{PIXEL}"' in html
    assert '<div class="scroll" tabindex="0" role="region"' in html
    assert "<strong>62 %</strong>" in html


def test_headings_of_the_notebooks_are_chinese_on_a_chinese_page():
    cells = [
        nb.new_markdown_cell("# 4. What will the coming months bring?\nOur own remark."),
        nb.new_markdown_cell("## The target"),
    ]
    part = section(Ran("4-revenue-forecast", nb.new_notebook(cells=cells), ""), "zh")
    assert part.title == "4. 未来几个月会带来多少收入？"
    assert ">目标</h3>" in part.html
    assert "Our own remark." in part.html
