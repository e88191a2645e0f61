"""Chinese sheets are Chinese: every sentence that the KPIs and the forecast state has one."""

import re
from itertools import product

import pandas as pd
import pytest

from salespipe import kpi
from salespipe import names as n
from salespipe.bands import AGE_NAMES, CALLS, DUE_BANDS
from salespipe.results import CARRY_ON
from salespipe.simulation.deals import SIZE_NAMES
from salespipe.workbook.chinese import _SENTENCES, in_language

LEFT = re.compile(r"[A-Za-z]{3,}")
"""A word that nobody translated."""

OURS = re.compile(r"Kaplan-Meier|Aalen-Johansen|Jeffreys|log-log")
"""Names that are the same in both."""


def untranslated(text, *, names=()):
    """Give the English words that are left in the Chinese of a text."""
    said = in_language(text, "zh")
    for name in names:
        said = said.replace(name, "")
    return LEFT.findall(OURS.sub("", said))


def _names_in(pipeline):
    deals = pipeline.deals
    columns = [deals[key].dropna().unique() for key in (n.OWNER, n.SEGMENT, n.SOURCE)]
    kinds = pipeline.activities[n.ACTIVITY_TYPE].dropna().unique()
    stages = pipeline.stages
    method = [text for stage in stages for text in (stage.name, stage.entry, stage.exit) if text]
    return sorted(
        {*method, *kinds, *(x for c in columns for x in c)},
        key=len,
        reverse=True,
    )


@pytest.mark.parametrize("column", ["name", "definition", "population", "interval", "trap"])
def test_every_sentence_of_the_kpis_has_its_chinese(small_pipeline, column):
    names = _names_in(small_pipeline)
    texts = kpi.review(small_pipeline)[column].dropna().unique()
    assert len(texts) > 1
    left = {text: untranslated(text, names=names) for text in texts}
    assert not {text: words for text, words in left.items() if words}


def test_what_moves_a_deal_and_what_to_do_have_theirs():
    texts = [CARRY_ON, "Nothing in particular: like the average open deal in its stage"]
    texts += [f"Amount: {name}: +5 points" for name in SIZE_NAMES]
    texts += [f"Owner's call: {call.replace('_', ' ')}: -3 points" for call in CALLS]
    texts += [f"In stage {name}: -12 points" for name in AGE_NAMES]
    texts += [f"Expected close: {band}: +2 points" for band in DUE_BANDS]
    assert not {text: words for text in texts if (words := untranslated(text))}


@pytest.mark.slow
def test_what_a_forecast_says_has_its_chinese(small_fit):
    from salespipe.simulation.forecast import forecast

    made = forecast(small_fit)
    names = [*_names_in(small_fit.pipeline), *small_fit.pipeline.market["index"].unique()]
    texts = [*made.notes, *made.deals["driver"], *made.deals["action"]]
    assert not {text: words for text in texts if (words := untranslated(text, names=names))}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Owner Ana: +5 points", "负责人 Ana：+5 个百分点"),
        ("Owner Ana: Bo; Cem: +5 points", "负责人 Ana: Bo; Cem：+5 个百分点"),
        (
            "deals created in the 12 full months 2025-11 to 2026-10; 3 still open",
            "创建于 2025-11 至 2026-10 这 12 个整月的商机；3 个仍在谈",
        ),
        (
            "deals closed in the one full month 2026-10 (the data begins on 2026-09-05)",
            "关闭于 2026-10 这一整月（数据始于 2026-09-05）的商机",
        ),
        ("median of won deals", "赢单商机的中位数"),
        ("next is won", "下一步为赢单"),
        ("next is Legal review", "下一步为Legal review"),
        (
            "unripe: younger than the median stay in Demo of 9 days",
            "尚未成熟：不足在“Demo”停留时间中位数 9 天",
        ),
        ("80th percentile of creation to close, lost deals", "创建到关闭的80 % 分位数，丢单商机"),
        ("Something nobody foresaw", "Something nobody foresaw"),
    ],
)
def test_sentences_keep_what_is_named_in_them(english, chinese):
    assert in_language(english, "zh") == chinese
    assert in_language(english, "en") == english


@pytest.mark.parametrize("value", [None, 3, 2.5, pd.NaT])
def test_what_is_no_text_stays(value):
    assert in_language(value, "zh") is value


def test_both_languages_of_a_sentence_speak_of_the_same_things():
    places = re.compile(r"\{=?\w+\}")
    for english, chinese in _SENTENCES.items():
        assert set(places.findall(english)) == set(places.findall(chinese)), english


def test_no_sentence_is_hidden_by_a_wider_one():
    """Filled with something plain, every sentence gets its own Chinese."""
    for (english, chinese), filler in product(_SENTENCES.items(), ("7",)):
        filled = re.sub(r"\{=?\w+\}", filler, english)
        assert in_language(filled, "zh") == re.sub(r"\{=?\w+\}", filler, chinese).strip(), english
