"""Everything that the notebooks say has its Chinese."""

import ast
import re
from pathlib import Path
from string import Formatter

import nbformat
import pytest

from salespipe.story_words import CHINESE, PROSE, prose

FOLDER = Path(__file__).parents[1] / "notebooks"
SAYS = {"say", "words"}
OF_THE_STORY = {"**{book}** as of **{day}**: {open:,} open deals, {closed:,} closed ones."}
"""Said by the package itself."""


def books():
    return [nbformat.read(path, as_version=4) for path in sorted(FOLDER.glob("*.ipynb"))]


def cells(kind):
    return [cell.source for book in books() for cell in book.cells if cell.cell_type == kind]


def texts(node):
    """Give the sentences that an argument may be."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    assert isinstance(node, ast.Constant), "a sentence of a notebook is written out"
    return [node.value]


def said():
    return {
        text
        for source in cells("code")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SAYS
        for text in texts(node.args[0])
    }


def blocks():
    """Give headings and paragraphs of the notebooks as they are looked up."""
    for source in cells("markdown"):
        for line in re.split(r"\n\n|(?<=\?)\n", source):
            yield " ".join(line.lstrip("# ").split())


def test_every_sentence_has_its_chinese_and_no_other():
    assert said() | OF_THE_STORY == set(CHINESE)


def test_every_heading_and_paragraph_has_its_chinese_and_no_other():
    found = {block for block in blocks() if block}
    assert found == set(PROSE)


@pytest.mark.parametrize("english", CHINESE)
def test_a_translation_fills_the_same_braces(english):
    def fields(text):
        return sorted((name, spec) for _, name, spec, _ in Formatter().parse(text) if name)

    assert fields(CHINESE[english]) == fields(english)


@pytest.mark.parametrize("source", cells("markdown"))
def test_prose_is_translated_whole(source):
    assert prose(source, "en") == source
    chinese = re.sub(r"CRPS|KPI", "", prose(source, "zh"))
    assert not re.search(r"[A-Za-z]{3,}", chinese)
    assert chinese.count("#") == source.count("#")


def test_what_has_no_chinese_stays():
    assert prose("## Our own section\nsomething", "zh") == "## Our own section\nsomething"
