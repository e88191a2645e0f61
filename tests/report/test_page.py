"""The page in a real browser: no errors, whole links and images, no scrolling sideways."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from salespipe.plots import table
from salespipe.report.front import front_page
from salespipe.report.page import page
from salespipe.report.sections import Section
from tests.report.browser import look_at
from tests.report.test_sections import PIXEL
from tests.workbook.made_up import make_results


def made(language, *, company="Zubrex <b>& Co", stopped=""):
    wide = table(pd.DataFrame({"note": ["x" * 900], "n": [1]}), currency="USD").text
    html = (
        f'<figure><img src="data:image/png;base64,{PIXEL}" alt="Won"></figure>'
        f'<div class="scroll" tabindex="0">{wide}</div>'
    )
    front = front_page(replace(make_results(), company=company), language)
    return page(front, [Section("1-check", "1. Fit to be used?", html, stopped)], language)


def test_what_a_workbook_says_is_escaped():
    html = made("en", stopped="ValueError: <i>")
    assert "Zubrex &lt;b&gt;&amp; Co" in html
    assert "ValueError: &lt;i&gt;" in html
    assert "This part stopped before its end" in html


def test_nothing_is_asked_of_the_network():
    assert re.findall(r'(?:src|href)="(?!data:|#)', made("en")) == []
    assert "<script" not in made("en")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_a_browser(tmp_path, language):
    path = tmp_path / "pack.html"
    path.write_text(made(language), "utf-8")
    assert look_at(path, language) == 1
