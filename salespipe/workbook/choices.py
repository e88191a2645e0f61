"""Words that stand for something known: stages, forecast categories, currencies."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from salespipe import names as n
from salespipe.stages import Stage
from salespipe.wording import Words
from salespipe.workbook.headers import fold
from salespipe.workbook.schema import CATEGORY_LABELS

__all__ = ["CATEGORIES", "CLOSED", "StageNames", "currency_code", "likely_currency"]

CLOSED: Final[dict[str, str]] = {
    fold(word): outcome
    for outcome, words in {
        n.WON: (
            "won", "win", "closed won", "close won", "closed - won", "won deal", "deal won",
            "成交", "赢单", "已成交", "已赢单", "签约", "已签约", "中标", "成功", "关闭成交",
            "赢单关闭",
        ),
        n.LOST: (
            "lost", "loss", "lose", "closed lost", "close lost", "closed - lost", "lost deal",
            "deal lost", "丢单", "输单", "已丢单", "已输单", "失败", "流失", "未成交", "未中标",
            "关闭丢单", "输单关闭",
        ),
    }.items()
    for word in words
}  # fmt: skip
"""Usual spellings of the two ends, folded."""

CATEGORIES: Final[dict[str, str | None]] = {
    **{fold(word): key for key, labels in CATEGORY_LABELS.items() for word in (key, *labels)},
    **{fold(word): n.COMMIT for word in ("committed", "commitment", "forecast", "确定")},
    **{fold(word): n.BEST_CASE for word in ("upside", "最佳情况", "乐观")},
    **{fold(word): n.PIPELINE for word in ("open", "管道", "在谈商机")},
    **{fold(word): n.OMITTED for word in ("omit", "excluded", "忽略", "排除")},
    # A CRM's category of closed deals says no more than the stage does.
    **dict.fromkeys((fold(word) for word in ("closed", "won", "lost", "已关闭")), None),
}
"""Forecast categories by folded word; None for words that say nothing about an open deal."""

_CURRENCIES: Final[dict[str, str]] = {
    "us$": "USD", "美元": "USD", "rmb": "CNY", "人民币": "CNY", "元": "CNY", "€": "EUR",
    "欧元": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "英镑": "GBP", "日元": "JPY",
    "hk$": "HKD", "港币": "HKD", "港元": "HKD", "nt$": "TWD", "新台币": "TWD", "₹": "INR",
    "₩": "KRW", "韩元": "KRW", "us dollar": "USD", "us dollars": "USD", "ca$": "CAD", "c$": "CAD",
    "加元": "CAD", "au$": "AUD", "a$": "AUD", "澳元": "AUD", "nz$": "NZD", "s$": "SGD", "r$": "BRL",
    "mx$": "MXN", "cn¥": "CNY", "圆": "CNY", "jp¥": "JPY", "zł": "PLN", "kč": "CZK", "₽": "RUB",
    "₺": "TRY", "₪": "ILS", "฿": "THB", "₫": "VND", "₱": "PHP", "fr.": "CHF", "sfr.": "CHF",
}  # fmt: skip

_SHARED_SYMBOLS: Final = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"),
    "¥": ("CNY", "JPY"),
    "kr": ("SEK", "NOK", "DKK"),
    "kr.": ("DKK", "SEK", "NOK"),
}


def currency_code(text: str, *, home: str) -> str | None:
    """Give the ISO code that a word or sign stands for; None where it stands for none.

    Parameters
    ----------
    text : str
    home : str
        The workbook's currency; a sign shared by several, such as ``$``, is taken for it where it
        is one of them.
    """
    word = _sign(text)
    if word in _CURRENCIES:
        return _CURRENCIES[word]
    if word in _SHARED_SYMBOLS:
        return home if home in _SHARED_SYMBOLS[word] else None
    return word.upper() if len(word) == 3 and word.isascii() and word.isalpha() else None


def likely_currency(text: str, *, home: str) -> str:
    """Give what is assumed, and said, of a word that :func:`currency_code` does not know.

    A sign shared by several currencies is the best known of them, anything else the workbook's own.
    """
    return _SHARED_SYMBOLS.get(_sign(text), (home,))[0]


def _sign(text: str) -> str:
    return text.strip().casefold().replace("￥", "¥")


class StageNames:
    """The spellings of a workbook's stages.

    Parameters
    ----------
    stages : sequence of Stage
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._keys = dict(CLOSED)
        self._labels: dict[str, str] = {}
        for stage in stages:
            key = stage.name if stage.kind == n.OPEN else stage.kind
            for name in filter(None, (stage.name, stage.name_zh)):
                self._keys[fold(name)] = key
                self._labels[fold(name)] = name
        self._choices = [(stage.name, stage.name_zh or stage.name) for stage in stages]

    def find(self, text: str) -> str | None:
        """Give the stage's name, ``won`` or ``lost``; None for a word that is none of them.

        Numbers around the name are passed over: ``3. Proposal``, ``Proposal (70%)``.
        """
        word = fold(text)
        return self._keys.get(word) or self._keys.get(word.strip("0123456789"))

    def hint(self, text: str) -> Words:
        """Say how to mend a word that is no stage."""
        near = get_close_matches(fold(text), self._labels, n=1, cutoff=0.5)
        if not near:
            starts = [word for word in self._labels if len(fold(text)) > 1 and fold(text) in word]
            near = starts[:1]
        if near:
            label = self._labels[near[0]]
            return Words(
                f'Write "{label}" if that is meant, or add it to the Stages sheet.',
                f"如指“{label}”，请改写；否则请将其加入“阶段”表。",
            )
        return Words(
            f"Choose one of {', '.join(en for en, _ in self._choices)}, or add it to the Stages "
            "sheet.",
            f"请选择：{'、'.join(zh for _, zh in self._choices)}；或将其加入“阶段”表。",
        )
