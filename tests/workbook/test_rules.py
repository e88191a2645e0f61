import string

import pytest

from salespipe import names as n
from salespipe.problems import SEVERITIES
from salespipe.workbook.rules import RULES

WORDS = {"value", "column", "taken", "hint", "count"}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rules_speak_in_sentences_and_fill_in_known_words(rule):
    for sentence in filter(None, (rule.message, rule.remedy, rule.bulk)):
        asked = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert asked <= WORDS
        assert sentence.endswith((".", "}"))
    assert rule.severity in SEVERITIES


def test_a_rule_is_graver_where_the_forecast_hangs_on_the_value():
    assert RULES["not-a-number"].weight("deals", n.AMOUNT) == "error"
    assert RULES["not-a-number"].weight("activities", n.MINUTES) == "warning"
    assert RULES["error-value"].weight("deals", n.OWNER) == "error"
    assert RULES["error-value"].weight("deals", n.NOTES) == "warning"
    assert RULES["number-as-text"].weight("deals", n.AMOUNT) == "info"
