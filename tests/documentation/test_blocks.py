"""What the documentation tells people to type is typed here, page by page, in the page's order."""

import os
import re
import shlex
import shutil
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import matplotlib as mpl
import pytest

from salespipe.backtest.ladder import LADDER
from salespipe.backtest.run import backtest
from tests.documentation.blocks import blocks_of

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(path for path in ROOT.glob("README*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
RUN_ELSEWHERE = {
    "first line": ".ci/run",
    "second line": ".ci/run",
}
"""Blocks after these comments, and what runs them."""

OTHER_PROGRAMS = {
    "uv run --no-sync sphinx-build -W docs docs/_build": "test_site.py builds the pages",
    "uv run --no-sync jupyter lab notebooks": "the notebooks are run as tests",
    "uv pip install -q -r requirements.txt -e .": "part of the README's first line",
    "python3 -m pip install -q uv && uv venv -q --allow-existing && "
    "uv pip install -q -r requirements.txt -e .": "the README's first line without its end",
}
"""Lines that are no commands of salespipe's, and why they are not typed here."""

LANGUAGES = {"sh", "python", "text", "toml", ""}
"""A block without a language is a drawing."""

FILLED = "pipeline.xlsx filled in"


def pages_with(*languages):
    return [
        page
        for page in PAGES
        if any(block.language in languages for block in blocks_of(page.read_text("utf-8")))
    ]


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def expanded(word):
    """Give the files that a word with a star stands for, as a shell would."""
    return sorted(str(path) for path in Path().glob(word)) if "*" in word else [word]


class Reader:
    """Somebody who types what a page says, in a folder of their own."""

    def __init__(self, shell, company_book):
        self.shell = shell
        self.company_book = company_book
        self.names = {}
        self.printed = ""

    def set_scene(self, wanted):
        for path in Path().iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if wanted == FILLED:
            shutil.copytree(self.company_book.parent, Path(), dirs_exist_ok=True)
        else:
            assert wanted == "empty folder", wanted

    def follow(self, block):
        for comment in block.asked:
            kind, _, rest = comment.partition(": ")
            if kind == "scene":
                self.set_scene(rest)
            elif kind == "file":
                Path(rest).write_text(block.text, "utf-8")
                return
            elif kind in RUN_ELSEWHERE:
                return
        if block.language == "python":
            exec(compile(block.text, "page", "exec"), self.names)  # noqa: S102
        elif block.language == "sh":
            self.type(block.text)
        elif "prints" in block.asked:
            for line in block.text.splitlines():
                pattern = line.replace("[", "[[]").replace("...", "*")
                assert any(fnmatch(said, pattern) for said in self.printed.splitlines()), line

    def type(self, text):
        self.printed = ""
        for line in text.splitlines():
            words = shlex.split(line, comments=True)
            if not words or line in OTHER_PROGRAMS:
                continue
            assert words[0] == "salespipe", line
            words = [name for word in words[1:] for name in expanded(word)]
            said = self.shell(*words)
            assert said.status == 0, f"{line}: {said.err or said.out[-300:]}"
            self.printed += said.out


@pytest.fixture
def reader(shell, company_book, fitted_before, tmp_path, monkeypatch):
    """Give somebody in a folder with the example; nothing is fitted that is not fitted already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("salespipe.backtest.run.backtest", partial(backtest, methods=dict(LADDER)))
    mpl.use("Agg")
    made = Reader(shell, company_book)
    made.set_scene(FILLED)
    return made


@pytest.mark.slow
@pytest.mark.timeout(900)  # the first of them waits for the fit that all share
@pytest.mark.parametrize("page", pages_with("sh", "python"), ids=name_of)
def test_everything_on_the_page_works(page, reader):
    for block in blocks_of(page.read_text("utf-8")):
        try:
            reader.follow(block)
        except Exception as error:
            error.add_note(f"{name_of(page)}, line {block.line}")
            raise


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_is_of_a_kind_that_is_run_or_only_read(page):
    for block in blocks_of(page.read_text("utf-8")):
        assert block.language in LANGUAGES, f"line {block.line}"
        if block.language == "toml":
            assert any(asked.startswith("file: ") for asked in block.asked), block.line


def test_what_is_not_typed_here_is_still_on_the_pages():
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for line in OTHER_PROGRAMS:
        assert line in text
    for marker in RUN_ELSEWHERE:
        assert f"<!-- {marker} -->" in text


def test_pictures_and_links_of_the_readmes_are_there():
    for page in ROOT.glob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not re.match(r"https?:", link):
                assert os.path.exists(page.parent / link), f"{page.name}: {link}"  # noqa: PTH110
