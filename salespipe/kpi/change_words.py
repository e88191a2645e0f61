# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""What changed, in words: the names of movements and of the bridge's parts, and their sentences."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from salespipe import names as n
from salespipe.kpi.bridge import Bridge
from salespipe.money import money_words
from salespipe.settings import Language
from salespipe.wording import Words, filled

__all__ = ["MOVEMENT_NAMES", "PART_NAMES", "explain", "which"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

NAMED: Final = 3
"""Deals that a sentence names; the change log has all."""

MOVEMENT_NAMES: Final[dict[str, Words]] = {
    "new": Words("New", "新增"),
    "pulled_in": Words("Pulled in (earlier close)", "提前至本期"),
    "pushed_in": Words("Pushed in (later close)", "推迟至本期"),
    "owner_in": Words("From another owner", "由他人转入"),
    "moved_in": Words("From another stage or segment", "由其他阶段或细分转入"),
    "reopened": Words("Reopened", "重新打开"),
    "grown": Words("Grown", "金额增加"),
    "won": Words("Won", "赢单"),
    "lost": Words("Lost", "丢单"),
    "pushed_out": Words("Pushed out (later close)", "推迟出本期"),
    "pulled_out": Words("Pulled out (earlier close)", "提前出本期"),
    "owner_out": Words("To another owner", "转给他人"),
    "moved_out": Words("To another stage or segment", "转到其他阶段或细分"),
    "shrunk": Words("Shrunk", "金额减少"),
    "removed": Words("Deleted from the sheet", "从表中删除"),
}
"""Of :data:`salespipe.kpi.waterfall.MOVEMENTS`."""

PART_NAMES: Final[dict[str, Words]] = {
    "won": Words("Won", "赢单"),
    "lost": Words("Lost or deleted", "丢单或删除"),
    "slipped": Words("Close put later", "预计成交推迟"),
    "pulled_in": Words("Close put earlier", "预计成交提前"),
    "grown": Words("Amount raised", "金额增加"),
    "shrunk": Words("Amount lowered", "金额减少"),
    "moved": Words("Stage changed", "阶段变化"),
    "past_due": Words("Overdue, unchanged", "逾期且未更新"),
    "new": Words("New business", "新业务"),
    "market": Words("Market", "市场"),
    "refit": Words("Models and time", "模型与时间"),
}
"""Of :data:`salespipe.kpi.bridge.PARTS`."""

_SENTENCES: Final[dict[str, Words]] = {
    "won": Words("{deals} {were} won: {they} brought {after} where {before} had been expected of {them} by then.", "{count} 个商机赢单：实际 {after}，此前预期 {before}。"),
    "lost": Words("{deals} {were} lost or deleted, of which {before} had been expected.", "{count} 个商机丢单或被删除，此前预期 {before}。"),
    "slipped": Words("{deals} got a later expected close: {before} expected before, {after} now.", "{count} 个商机的预计成交推迟：此前预期 {before}，现为 {after}。"),
    "pulled_in": Words("{deals} got an earlier expected close: {before} expected before, {after} now.", "{count} 个商机的预计成交提前：此前预期 {before}，现为 {after}。"),
    "grown": Words("{deals} {have} a higher amount: {before} expected before, {after} now.", "{count} 个商机金额增加：此前预期 {before}，现为 {after}。"),
    "shrunk": Words("{deals} {have} a lower amount: {before} expected before, {after} now.", "{count} 个商机金额减少：此前预期 {before}，现为 {after}。"),
    "moved": Words("{deals} changed stage: {before} expected before, {after} now.", "{count} 个商机阶段变化：此前预期 {before}，现为 {after}。"),
    "past_due": Words("{deals} {are} past {their} expected close and nothing else changed: {before} expected before, {after} now.", "{count} 个商机已过预计成交日期且无其他变化：此前预期 {before}，现为 {after}。"),
    "new": Words("{deals} {were} created or reopened: {after} came or is expected of {them}; the rest is what new business is expected to bring, {rest}.", "{count} 个商机新建或重新打开：已实现或预期 {after}；其余为对新业务预期的变化 {rest}。"),
    "market": Words("What market indices are expected to add to the months to come, against their average, went from {before} to {after}.", "相对于指数平均水平，市场指数预计为未来月份带来的金额由 {before} 变为 {after}。"),
    "no market": Words("No market index is used by the models.", "模型未使用市场指数。"),
    "refit": Words("{deals} in which nothing was changed grew older or {are} judged anew by the models: {after} now, {before} before; the rest, {rest}, is between likely and mean.", "{count} 个未变动的商机因时间推移或模型重新评估：现为 {after}，此前 {before}；其余 {rest} 为可能值与均值之差的变化。"),
}  # fmt: skip

_FORMS: Final = {
    "were": ("was", "were"),
    "are": ("is", "are"),
    "have": ("has", "have"),
    "they": ("it", "they"),
    "them": ("it", "them"),
    "their": ("its", "their"),
}
"""Words that follow the number of deals: of one, and of any other number."""


def which(deals: pd.DataFrame, *, currency: str, signed: bool = False) -> Words:
    """Name the deals that matter most to a movement, and how many there are besides.

    Parameters
    ----------
    deals : DataFrame
        deal_id, account, deal_name, amount (money); largest first.
    currency : str
        ISO code.
    signed : bool
        Whether to show signs: for differences.
    """
    if deals.empty:
        return Words("", "")
    shown = [
        (_name(row), money_words(row["amount"], currency=currency, signed=signed))
        for row in deals.head(NAMED).to_dict("records")
    ]
    rest = len(deals) - NAMED
    more = (f"; {rest} more", f"；另 {rest} 个") if rest > 0 else ("", "")
    return Words(
        "; ".join(f"{name} {amount.en}" for name, amount in shown) + more[0],
        "；".join(f"{name} {amount.zh}" for name, amount in shown) + more[1],
    )


def _name(row: Mapping[Hashable, Any]) -> str:
    said = [row[key] for key in (n.ACCOUNT, n.DEAL_NAME) if isinstance(row[key], str) and row[key]]
    return f"{said[0]} ({row[n.DEAL_ID]})" if said else str(row[n.DEAL_ID])


def explain(bridge: Bridge, *, currency: str) -> dict[str, Words]:
    """Give each part of a bridge its sentence, with its numbers and its largest deals."""
    told: dict[str, Words] = {}
    for row in bridge.parts.to_dict("records"):
        part = str(row["part"])
        deals = bridge.deals[bridge.deals["part"] == part]
        count = len(deals)
        values: dict[str, object] = {
            "count": f"{count:,}",
            "deals": f"{count:,} deal{'' if count == 1 else 's'}",
            "before": money_words(deals["before"].sum(), currency=currency),
            "after": money_words(deals["after"].sum(), currency=currency),
            "rest": money_words(
                row["amount"] - deals["amount"].sum(), currency=currency, signed=True
            ),
        }
        sentence = part
        if part == "market" and bridge.market is None:
            sentence = "no market"
        elif part == "market" and bridge.market is not None:
            for key, added in zip(("before", "after"), bridge.market, strict=True):
                values[key] = money_words(added, currency=currency, signed=True)
        values |= {word: forms[count != 1] for word, forms in _FORMS.items()}
        named = which(deals, currency=currency, signed=True)
        said = (filled(_SENTENCES[sentence], values, language) for language in LANGUAGES)
        told[part] = Words(
            *(f"{text} {names}".strip() for text, names in zip(said, named, strict=True))
        )
    return told
