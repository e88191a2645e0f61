import string

from salespipe.checks import CHECKS
from salespipe.checks.upkeep import REMINDERS
from salespipe.checks.words import LABELS, MESSAGES, REMEDIES


def asked(text):
    return {(name, form) for _, name, form, _ in string.Formatter().parse(text) if name}


def test_every_rule_has_its_words_in_both_languages():
    assert set(MESSAGES) == set(REMEDIES) == {*CHECKS, *REMINDERS, "nobody-fills"}
    for words in (MESSAGES, REMEDIES):
        for rule, (en, zh) in words.items():
            assert en.endswith("."), rule
            assert zh.endswith("。"), rule
            assert asked(en) == asked(zh) or (rule, words) == ("stage-dates-out-of-order", MESSAGES)
    assert all(en.isascii() and not zh.isascii() for en, zh in LABELS.values())
