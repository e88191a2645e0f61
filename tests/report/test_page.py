"""The page in a real browser: no errors, whole links and images, no scrolling sideways."""

import re
from dataclasses import replace

import pytest

from salespipe.report.front import front_page
from salespipe.report.page import page
from salespipe.report.sections import Section
from tests.report.test_sections import PIXEL
from tests.requirements import program
from tests.workbook.made_up import make_results


def made(language, *, company="Zubrex <b>& Co", stopped=""):
    wide = "<td>" + "x" * 900 + "</td>"
    html = (
        f'<figure><img src="data:image/png;base64,{PIXEL}" alt="Won"></figure>'
        f'<div class="scroll" tabindex="0"><table><tr>{wide}</tr></table></div>'
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
    chromium = program("chromium")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    path = tmp_path / "pack.html"
    path.write_text(made(language), "utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in (1200, 390):
            told, asked = [], []
            view = browser.new_page(viewport={"width": width, "height": 900})
            view.on("console", lambda message, told=told: told.append(message.text))
            view.on("pageerror", lambda error, told=told: told.append(str(error)))
            view.on("request", lambda request, asked=asked: asked.append(request.url))
            view.goto(path.as_uri())
            assert told == []
            assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
            assert view.evaluate("document.documentElement.scrollWidth") <= width
            assert view.evaluate("[...document.images].every(i => i.complete && i.naturalWidth)")
            assert view.evaluate("[...document.images].every(i => i.alt)")
            assert view.evaluate(
                "[...document.querySelectorAll('a')]"
                ".every(a => document.getElementById(decodeURIComponent(a.hash.slice(1))))"
            )
            assert view.evaluate("document.documentElement.lang").startswith(language)
            assert view.evaluate("document.querySelectorAll('h1, main').length") == 2
            view.keyboard.press("Tab")
            assert view.evaluate("document.activeElement.className") == "skip"
        browser.close()
