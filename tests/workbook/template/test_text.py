import re
from string import Formatter

import pytest

from salespipe.tables import COLUMNS
from salespipe.workbook.schema import SETTINGS, SHEETS, STAGE_COLUMNS
from salespipe.workbook.template.hints import ALERTS, HINTS, SETTING_HINTS, STAGE_HINTS, alert, hint
from salespipe.workbook.template.layout import LISTS
from salespipe.workbook.template.tables import RECEIPT_ROWS
from salespipe.workbook.template.text import (
    FLAGS,
    LIST_DEFAULTS,
    PHRASES,
    SHEET_NOTES,
    STEPS,
    flag,
    phrase,
)

PAIRS = {
    **PHRASES,
    **{f"flag {key}": pair for key, pair in FLAGS.items()},
    **{f"step {k}": pair for k, pair in enumerate(STEPS)},
    **{f"sheet {key}": pair for key, pair in SHEET_NOTES.items()},
    **{f"alert {key}": pair for key, pair in ALERTS.items()},
    **{f"setting {key}": pair for key, pair in SETTING_HINTS.items()},
    **{f"stage {key}": pair for key, pair in STAGE_HINTS.items()},
    **{f"{table} {key}": pair for table, keys in HINTS.items() for key, pair in keys.items()},
}
SAME_IN_BOTH = {"tool", "money_axis", "method_salespipe"}


@pytest.mark.parametrize("key", PAIRS)
def test_both_languages_say_something_with_the_same_blanks(key):
    english, chinese = PAIRS[key]
    assert english
    assert not re.search("[\u4e00-\u9fff]", english)
    assert bool(re.search("[\u4e00-\u9fff]", chinese)) != (key in SAME_IN_BOTH)
    blanks = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in PAIRS[key]]
    assert blanks[0] == blanks[1]


def test_every_key_belongs_to_something():
    assert set(SHEET_NOTES) == set(SHEETS) - {"start"}
    assert set(SETTING_HINTS) == set(SETTINGS)
    assert set(STAGE_HINTS) <= {column.key for column in STAGE_COLUMNS}
    for table, keys in HINTS.items():
        known = set(COLUMNS[table]) | ({"entered_on"} if table == "deals" else set())
        assert set(keys) <= known
    assert set(LIST_DEFAULTS) <= set(LISTS)
    assert {f"list_{key}" for key in LISTS} | {f"receipt_{key}" for key in RECEIPT_ROWS} <= set(
        PHRASES
    )


def test_messages_fit_what_excel_allows():
    messages = [*SETTING_HINTS.values(), *STAGE_HINTS.values(), *ALERTS.values()]
    messages += [pair for keys in HINTS.values() for pair in keys.values()]
    assert max(len(text) for pair in messages for text in pair) <= 255
    assert max(len(text) for text in ALERTS["title"]) <= 32


def test_a_language_is_chosen():
    assert (phrase("won", "en"), phrase("won", "zh")) == ("Won", "已成交")
    assert (flag("stale", "en"), flag("stale", "zh")) == ("Stale", "停滞")
    assert alert("rate", "en") == "Give a number above 0."
    assert hint("deals", "amount", "zh").startswith("商机金额")
    assert hint("accounts", "region", "en") == ""
