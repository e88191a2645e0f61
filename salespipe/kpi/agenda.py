"""The agenda of a weekly or monthly review: deals, risks, promises, wins and feedback."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.kpi.evidence import needs
from salespipe.kpi.scope import days_in
from salespipe.pipeline import Pipeline
from salespipe.results import Changes
from salespipe.stages import open_stages
from salespipe.tables import look_up

__all__ = ["Agenda", "agenda", "feedback_items"]

DAYS: Final = {"week": 7, "month": 30}
"""Days that each kind of review looks back on."""

KEY_DEALS: Final = {"week": 8, "month": 15}
WINS: Final = 5
STALE_DAYS: Final = 30

PROMISE: Final = frozenset({"promise", "promises", "承诺"})
"""What the Feedback sheet says a row is about where it is a promise made in a review."""

DONE: Final = frozenset(
    {
        "closed",
        "declined",
        "done",
        "kept",
        "not kept",
        "不采纳",
        "已关闭",
        "已完成",
        "已兑现",
        "未能兑现",
    }
)
"""Statuses of what is no longer open."""

MOVED_COLUMNS: Final = ("what", "count", "amount", "which")


@dataclass(frozen=True)
class Agenda:
    """What to talk about; every table is empty where there is nothing.

    Attributes
    ----------
    kind : {"week", "month"}
    since : Timestamp
        First day looked back on.
    moved : DataFrame
        what, count, amount (money as it counts in the sum), which: how the open pipeline changed.
    forecast : DataFrame
        The same of the last forecast's likely; empty without two forecasts.
    key_deals : DataFrame
        deal_id, account, owner, stage, amount, weighted, question; most weighted amount first.
    risks : DataFrame
        risk, count, amount, share: open deals that it concerns, and of the open amount.
    promises, feedback : DataFrame
        reported_on, owner, topic, feedback, answer, status, open, days; open ones first, oldest
        first.
    wins : DataFrame
        deal_id, account, owner, amount, days, touches: the largest won, to learn from.
    """

    kind: Literal["week", "month"]
    since: pd.Timestamp
    moved: pd.DataFrame
    forecast: pd.DataFrame
    key_deals: pd.DataFrame
    risks: pd.DataFrame
    promises: pd.DataFrame
    feedback: pd.DataFrame
    wins: pd.DataFrame


def agenda(
    pipeline: Pipeline, *, kind: Literal["week", "month"] = "week", changes: Changes | None = None
) -> Agenda:
    """Gather what a review is to talk about.

    Parameters
    ----------
    pipeline : Pipeline
    kind : {"week", "month"}
        How far it looks back, and how many deals it names.
    changes : Changes, optional
        What moved since the last look (:func:`salespipe.memory.changes_since`); the agenda then
        looks back as far as they do. Without it only what the sheet dates itself is told.
    """
    since = pd.Timestamp(pipeline.as_of) - pd.Timedelta(days=DAYS[kind] - 1)
    moved, bridge = _dated(pipeline, since), pd.DataFrame(columns=list(MOVED_COLUMNS))
    if changes is not None:
        since = pd.Timestamp(changes.since) + pd.Timedelta(days=1)
        moved, bridge = _steps(changes.movements), _steps(changes.bridge)
    said = feedback_items(pipeline)
    promised = said["topic"].str.casefold().isin(PROMISE)
    deals = _open_deals(pipeline)
    return Agenda(
        kind=kind,
        since=since,
        moved=moved,
        forecast=bridge,
        key_deals=_key_deals(deals, KEY_DEALS[kind]),
        risks=_risks(deals),
        promises=said[promised].reset_index(drop=True),
        feedback=said[~promised].reset_index(drop=True),
        wins=_wins(pipeline, since),
    )


def feedback_items(pipeline: Pipeline) -> pd.DataFrame:
    """List what stands on the Feedback sheet, what is open first, the oldest first.

    Returns
    -------
    DataFrame
        row, reported_on, owner, topic, feedback, answer, status, open (bool), days (since reported;
        NaN without a date). An item is open until its status says otherwise; one without a status
        is open until it has an answer.
    """
    rows = pipeline.feedback[pipeline.feedback[n.FEEDBACK].notna()]
    status = rows[n.STATUS].str.strip().str.casefold()
    is_open = ~status.isin(DONE) & (status.notna() | rows[n.ANSWER].isna())
    table = pd.DataFrame(
        {
            "row": rows.index.astype("int64"),
            "reported_on": rows[n.REPORTED_ON].to_numpy(),
            "owner": rows[n.OWNER].fillna(n.UNKNOWN).to_numpy(),
            "topic": rows[n.TOPIC].fillna("").to_numpy(),
            "feedback": rows[n.FEEDBACK].to_numpy(),
            "answer": rows[n.ANSWER].fillna("").to_numpy(),
            "status": rows[n.STATUS].fillna("").str.strip().to_numpy(),
            "open": is_open.to_numpy(bool),
            "days": days_in(pd.Timestamp(pipeline.as_of) - rows[n.REPORTED_ON]),
        }
    )
    order = table.assign(shut=~table["open"]).sort_values(["shut", "reported_on"], kind="stable")
    return order.drop(columns="shut").reset_index(drop=True)


def _steps(steps: pd.DataFrame) -> pd.DataFrame:
    """Give the steps that happened, in English as everything here is."""
    happened = steps[(steps["count"] > 0) | (steps["amount"] != 0)]
    told = happened.assign(what=[words.en for words in happened["name"]])
    told["which"] = [words.en for words in happened["which"]]
    return told[list(MOVED_COLUMNS)].reset_index(drop=True)


def _dated(pipeline: Pipeline, since: pd.Timestamp) -> pd.DataFrame:
    """Tell what the sheet gives a day for: creations, wins and losses."""
    deals = pipeline.deals
    closed = deals[deals[n.CLOSED_ON] >= since]
    parts = {
        "created": deals[deals[n.CREATED_ON] >= since],
        "won": closed[closed[n.OUTCOME] == n.WON],
        "lost": closed[closed[n.OUTCOME] == n.LOST],
    }
    rows = [(what, len(part), float(part[n.AMOUNT].sum()), "") for what, part in parts.items()]
    return pd.DataFrame(rows, columns=list(MOVED_COLUMNS))


def _open_deals(pipeline: Pipeline) -> pd.DataFrame:
    """Give the open deals with what may be asked of them."""
    day = pd.Timestamp(pipeline.as_of)
    share = {stage.name: stage.probability for stage in open_stages(pipeline.stages)}
    deals = pipeline.open_deals
    last = pipeline.activities.groupby(n.DEAL_ID)[n.ACTIVITY_ON].max()
    touched = look_up(deals[n.DEAL_ID], last).fillna(deals[n.CREATED_ON])
    lacking = needs(pipeline).set_index("deal_id")["lacking"]
    kept = bool(deals[n.EXIT_EVIDENCE].notna().any())
    return deals.assign(
        weighted=deals[n.AMOUNT] * deals[n.STAGE].map(share).astype("float64"),
        overdue=deals[n.EXPECTED_CLOSE_ON] < day,
        idle=deals[n.NEXT_STEP].isna() | (deals[n.NEXT_STEP_ON] < day),
        stale=(day - touched).dt.days >= STALE_DAYS if len(last) else False,
        lacking=look_up(deals[n.DEAL_ID], lacking).fillna(value=False).astype("bool") & kept,
    )


QUESTIONS: Final = (
    (
        "overdue",
        "The expected close has passed: what has changed, and which date was agreed?",
    ),
    ("lacking", "What shows that the stage before was completed?"),
    ("stale", "When did we last talk, and who at the customer wants this?"),
    ("idle", "What is the next step, who takes it, and by when?"),
)
LAST_QUESTION: Final = "What could still stop it, and what would we do then?"

RISKS: Final = {
    "overdue": "expected close has passed",
    "lacking": "stage without evidence",
    "stale": f"not contacted for {STALE_DAYS} days",
    "idle": "no next step, or a late one",
}


def _key_deals(deals: pd.DataFrame, top: int) -> pd.DataFrame:
    chosen = deals.sort_values("weighted", ascending=False, kind="stable").head(top)
    asked = np.select(
        [chosen[key].to_numpy(bool) for key, _ in QUESTIONS],
        [text for _, text in QUESTIONS],
        default=LAST_QUESTION,
    )
    keys = [n.DEAL_ID, n.ACCOUNT, n.OWNER, n.STAGE, n.AMOUNT, "weighted"]
    return chosen[keys].assign(question=asked).reset_index(drop=True)


def _risks(deals: pd.DataFrame) -> pd.DataFrame:
    total = float(deals[n.AMOUNT].sum())
    rows = []
    for key, words in RISKS.items():
        here = deals[deals[key].to_numpy(bool)]
        rows.append((words, len(here), float(here[n.AMOUNT].sum())))
    if len(deals) and total > 0:
        rows.append(("the largest open deal", 1, float(deals[n.AMOUNT].max())))
    table = pd.DataFrame(rows, columns=["risk", "count", "amount"])
    return table.assign(share=table["amount"] / total if total > 0 else np.nan)


def _wins(pipeline: Pipeline, since: pd.Timestamp) -> pd.DataFrame:
    deals = pipeline.deals
    won = deals[(deals[n.OUTCOME] == n.WON) & (deals[n.CLOSED_ON] >= since)]
    won = won.sort_values(n.AMOUNT, ascending=False, kind="stable").head(WINS)
    counts = pipeline.activities.groupby(n.DEAL_ID).size()
    table = won[[n.DEAL_ID, n.ACCOUNT, n.OWNER, n.AMOUNT]].assign(
        days=days_in(won[n.CLOSED_ON] - won[n.CREATED_ON]),
        touches=look_up(won[n.DEAL_ID], counts).fillna(0).astype("int64"),
    )
    return table.reset_index(drop=True)
