import ast
import re
from pathlib import Path

import pytest

import salespipe
from salespipe.refusals import CHINESE, refusal, tab_language
from salespipe.workbook.template import build_workbook


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    for language in ("en", "zh"):
        build_workbook(folder / f"{language}.xlsx", language=language)
    return folder


def raised():
    """Give the sentences that the package raises, with ``{}`` where values stand."""
    found = set()
    for path in Path(salespipe.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = node.func.id
                if name.endswith("Error") and node.args:
                    found.add(sentence(node.args[0]))
    return found


def sentence(node):
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join("{}" if isinstance(p, ast.FormattedValue) else p.value for p in node.values)
    return ""


def test_every_chinese_refusal_is_one_that_can_be_raised():
    """The first hole of some is filled with words; the rest of the sentence must be there."""
    told = raised()
    for english in CHINESE:
        pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(english))
        pattern = pattern.replace(r"On\ the\ Stages\ sheet,", ".*")
        pattern = pattern.replace(r"On\ the\ Settings\ sheet,", ".*")
        assert any(re.fullmatch(pattern, one, re.DOTALL) for one in told), english


@pytest.mark.parametrize("english", CHINESE)
def test_what_braces_stand_for_is_copied(english, books):
    holes = sorted(set(re.findall(r"{(\w+)}", english)))
    assert sorted(set(re.findall(r"{(\w+)}", CHINESE[english]))) in (
        holes,
        [hole for hole in holes if hole not in {"s", "it"}],  # English plurals
    )
    values = {hole: f"<{hole}>" for hole in holes}
    made = refusal(english.format_map(values), books / "zh.xlsx")
    assert made == CHINESE[english].format_map(values)


def test_the_tabs_tell_the_language(books, tmp_path):
    assert tab_language(books / "zh.xlsx") == "zh"
    assert tab_language(books / "en.xlsx") == "en"
    assert tab_language(tmp_path / "none.xlsx") == "en"
    (tmp_path / "text.xlsx").write_bytes(b"PK\x03\x04cut")
    assert tab_language(tmp_path / "text.xlsx") == "en"


def test_what_has_no_chinese_or_no_workbook_stays(books):
    assert refusal("Something else.", books / "zh.xlsx") == "Something else."
    known = '"x" is not a date; write it as 2026-10-31.'
    assert refusal(known, books / "en.xlsx") == refusal(known, None) == known
