"""A pack in a real browser: what holds of every page, on a desktop and on a phone."""

import pytest

from tests.requirements import program

__all__ = ["WIDTHS", "look_at"]

WIDTHS = (1280, 390)
"""Of a desktop's window and of a phone's."""

PAPER = 680
"""Width of A4 between its margins."""


def look_at(path, language):
    """Open a page and find no error, no request, nothing broken, sideways or off the paper.

    Parameters
    ----------
    path : Path
    language : str

    Returns
    -------
    int
        How many images it has.
    """
    chromium = program("chromium")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in WIDTHS:
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
        images = view.evaluate("document.images.length")
        view.set_viewport_size({"width": PAPER, "height": 900})
        view.emulate_media(media="print")
        tables = "[...document.querySelectorAll('table')]"
        assert max(view.evaluate(f"{tables}.map(t => t.scrollWidth)")) <= PAPER
        browser.close()
    return images
