# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""The review pack: the agenda as one list, the scorecard, advice, and what open deals need."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final, Literal

import pandas as pd

from salespipe import names as n
from salespipe.kpi.agenda import Agenda, agenda
from salespipe.kpi.coaching import advice
from salespipe.kpi.evidence import needs
from salespipe.kpi.scorecard import scorecard
from salespipe.pipeline import Pipeline
from salespipe.results import AGENDA_COLUMNS, Changes, Pack
from salespipe.wording import Words

__all__ = ["pack"]

PROMISES: Final = 40
"""Most promises, and most remarks, that the list shows; the sheet Feedback has all."""

_SAID: Final[dict[str, Words]] = {
    "one": Words("1 deal", "1 个商机"),
    "many": Words("{count:,} deals", "{count:,} 个商机"),
    "share": Words("{deals}, {share:.0%} of the open amount", "{deals}，占在谈金额的 {share:.0%}"),
    "open": Words("open for {days:.0f} days", "已 {days:.0f} 天未了结"),
    "undated": Words("open, without a date", "未了结，未填日期"),
    "won": Words("{days:.0f} days from creation to close, {touches:.0f} touches", "创建到成交 {days:.0f} 天，接触 {touches:.0f} 次"),
}  # fmt: skip


def pack(
    pipeline: Pipeline, *, kind: Literal["week", "month"] = "month", changes: Changes | None = None
) -> Pack:
    """Gather what a review needs.

    Parameters
    ----------
    pipeline : Pipeline
    kind : {"week", "month"}
    changes : Changes, optional
        What moved since the last look (:func:`salespipe.memory.changes_since`).
    """
    made = agenda(pipeline, kind=kind, changes=changes)
    rows = [*_changed(changes), *_key_deals(made), *_risks(made), *_said(made), *_wins(made)]
    return Pack(
        since=made.since.date(),
        agenda=pd.DataFrame(rows, columns=list(AGENDA_COLUMNS), dtype=object),
        scorecard=scorecard(pipeline),
        advice=advice(pipeline),
        needs=needs(pipeline),
    )


type _Row = tuple[str, object, object, object, object]


def _filled(key: str, **values: object) -> Words:
    """Fill both languages of a sentence; a value may have words of its own."""
    en, zh = (
        {
            name: value[place] if isinstance(value, Words) else value
            for name, value in values.items()
        }
        for place in (0, 1)
    )
    return Words(_SAID[key].en.format(**en), _SAID[key].zh.format(**zh))


def _deals(count: int) -> Words:
    return _SAID["one"] if count == 1 else _filled("many", count=count)


def _named(row: Mapping[Hashable, Any]) -> str:
    account = row[n.ACCOUNT]
    return f"{account} ({row[n.DEAL_ID]})" if isinstance(account, str) else str(row[n.DEAL_ID])


def _changed(changes: Changes | None) -> Iterator[_Row]:
    """Tell the movements of the open pipeline, then the parts of the bridge."""
    if changes is None:
        return
    for row in changes.movements.to_dict("records"):
        if row["count"]:
            deals = _deals(row["count"])
            told = Words(f"{deals.en}: {row['which'].en}", f"{deals.zh}：{row['which'].zh}")
            yield "changed", row["name"], None, row["amount"], told
    for row in changes.bridge.to_dict("records"):
        if row["count"] or row["amount"]:
            yield "bridge", row["name"], None, row["amount"], row["which"]


def _key_deals(made: Agenda) -> Iterator[_Row]:
    for row in made.key_deals.to_dict("records"):
        yield "key_deals", _named(row), row[n.OWNER], row[n.AMOUNT], row["question"]


def _risks(made: Agenda) -> Iterator[_Row]:
    for row in made.risks.to_dict("records"):
        if row["count"]:
            share = 0.0 if pd.isna(row["share"]) else row["share"]
            told = _filled("share", deals=_deals(row["count"]), share=share)
            yield "risks", row["risk"], None, row["amount"], told


def _said(made: Agenda) -> Iterator[_Row]:
    """List promises with what became of them, then remarks that are open."""
    remarks = made.feedback[made.feedback["open"]]
    for topic, table in (("promises", made.promises), ("feedback", remarks)):
        for row in table.head(PROMISES).to_dict("records"):
            yield topic, row["feedback"], row["owner"], None, _became(row)


def _became(row: Mapping[Hashable, Any]) -> object:
    if not row["open"]:
        return ": ".join(text for text in (row["status"], row["answer"]) if text)
    return _SAID["undated"] if pd.isna(row["days"]) else _filled("open", days=row["days"])


def _wins(made: Agenda) -> Iterator[_Row]:
    for row in made.wins.to_dict("records"):
        told = _filled("won", days=row["days"], touches=row["touches"])
        yield "wins", _named(row), row[n.OWNER], row[n.AMOUNT], told
