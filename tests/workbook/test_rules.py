import string

import pytest

from salespipe import names as n
from salespipe.problems import SEVERITIES
from salespipe.workbook.rule_words import BULK, MESSAGES, REMEDIES
from salespipe.workbook.rules import RULES

WORDS = {"value", "column", "taken", "hint", "count"}


@pytest.mark.parametrize("words", [MESSAGES, REMEDIES, BULK], ids=["says", "mends", "bulk"])
def test_rules_speak_in_sentences_of_both_languages_and_fill_in_known_words(words):
    for rule, sentence in words.items():
        for text, ends in zip(sentence, (".", "。"), strict=True):
            asked = {name for _, name, _, _ in string.Formatter().parse(text) if name}
            assert asked <= WORDS, rule
            assert text.endswith((ends, "}")), rule
        assert not sentence.zh.isascii() or sentence.zh == sentence.en == "{hint}", rule


def test_every_rule_has_its_words():
    assert list(MESSAGES) == list(REMEDIES) == list(RULES)
    assert BULK.keys() < RULES.keys()
    assert {rule.severity for rule in RULES.values()} == set(SEVERITIES)


def test_a_rule_is_graver_where_the_forecast_hangs_on_the_value():
    assert RULES["not-a-number"].weight("deals", n.AMOUNT) == "error"
    assert RULES["not-a-number"].weight("activities", n.MINUTES) == "warning"
    assert RULES["error-value"].weight("deals", n.OWNER) == "error"
    assert RULES["error-value"].weight("deals", n.NOTES) == "warning"
    assert RULES["number-as-text"].weight("deals", n.AMOUNT) == "info"
