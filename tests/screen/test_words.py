import re
from pathlib import Path

import pytest

import salespipe
from salespipe.screen.words import SAYINGS, say


@pytest.mark.parametrize("name", sorted(SAYINGS))
def test_both_languages_fill_the_same_braces(name):
    english, chinese = (set(re.findall(r"{(\w+)}", text)) for text in SAYINGS[name])
    assert english == chinese
    assert re.search("[\u4e00-\u9fff]", SAYINGS[name].zh)


def test_every_saying_is_said_somewhere():
    package = Path(salespipe.__file__).parent
    folders = (package / "screen", package / "cli")
    code = "".join(
        path.read_text("utf-8")
        for folder in folders
        for path in folder.glob("*.py")
        if path.name != "words.py"
    )
    unsaid = {name for name in SAYINGS if f'"{name}"' not in code}
    assert unsaid == {"severity_error", "severity_warning", "severity_info"}


def test_a_saying_in_each_language():
    assert say("written", "en", path="a[b].xlsx") == "Written: a[b].xlsx"
    assert say("written", "zh", path="a[b].xlsx") == "已写入：a[b].xlsx"
