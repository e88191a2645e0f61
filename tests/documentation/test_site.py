"""The documentation as it is built: no warnings, every page reached, nothing written twice."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import salespipe
from salespipe.cli.registry import COMMANDS
from salespipe.workbook.schema import DEAL_COLUMNS, SETTINGS, SHEETS

DOCS = Path(__file__).parents[2] / "docs"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", DOCS, out],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return out


class Page(HTMLParser):
    """Links, pictures and anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids.add(values.get("id"))
        link = values.get("href") or values.get("src")
        if link and tag in {"a", "img", "script", "link"}:
            self.links.append(link)


def test_every_link_leads_somewhere(site):
    pages = {path: Page(path.read_text("utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > 20
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or not parts.path:
                continue
            target = (path.parent / unquote(parts.path)).resolve()
            known = pages.get(target)
            if not target.exists() or (known and parts.fragment and "_modules" not in link
                                       and parts.fragment not in known.ids):  # fmt: skip
                broken.append((path.name, link))
    assert broken == []


def words_of(site, page):
    return re.sub(r"<[^>]+>", "", (site / page).read_text("utf-8"))


def test_the_front_page_leads_to_every_page(site):
    front = Page((site / "index.html").read_text("utf-8"))
    reached = {urlsplit(link).path for link in front.links}
    pages = {path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")}
    assert pages - reached == {"index.html"} - reached


def test_what_the_code_says_is_on_the_pages(site):
    dictionary = words_of(site, "data-dictionary.html")
    for column in DEAL_COLUMNS:
        assert column.en in dictionary
        assert column.zh in dictionary
    for sheet in SHEETS.values():
        assert (f"{sheet.en} ({sheet.zh})" in dictionary) == (sheet.filled_by == "people")
    for en, zh in SETTINGS.values():
        assert en in dictionary
        assert zh in dictionary
    commands = words_of(site, "commands.html")
    for name in COMMANDS:
        assert f"salespipe {name}" in commands
    api = words_of(site, "api.html")
    for name in salespipe.__all__:
        if not name.startswith("__"):
            assert f"sp.{name}" in api
    kpis = words_of(site, "kpis.html")
    for name in ("Win rate", "Sales cycle", "Slippage", "Coverage", "Bottleneck"):
        assert name in kpis
    models = words_of(site, "models.html")
    for builder in ("build_timing", "build_win_rate", "build_arrivals", "build_amount"):
        assert builder in models
