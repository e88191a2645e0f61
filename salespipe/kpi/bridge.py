"""The forecast bridge: how the last forecast's likely became this one's, for the same months."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.forecast_log import MARKET, OWN
from salespipe.pipeline import Pipeline

__all__ = ["PARTS", "Bridge", "bridge"]

PARTS: Final = (
    "won",
    "lost",
    "slipped",
    "pulled_in",
    "grown",
    "shrunk",
    "moved",
    "past_due",
    "new",
    "market",
    "refit",
)
"""In order: deals won, at what they brought less what was expected of them; lost or deleted; their
expected close put later, earlier; their amount raised, lowered; their stage changed; overdue and
otherwise unchanged; created or reopened since, less what new business was expected to bring; what
market indices were expected to add; all else: what the models learned, deals growing older, and the
change of skew."""


@dataclass(frozen=True)
class Bridge:
    """How one likely became another.

    Attributes
    ----------
    since, until : date
        As-of dates of the two forecasts.
    start, end : Timestamp
        The months that both speak of: all of the earlier forecast that the later one reaches.
    before, after : float
        Money: the likely of those months then, and now with what they have won since.
    parts : DataFrame
        ``part`` (of :data:`PARTS`), ``amount`` (money; they add up to `after` less `before`) and
        ``count`` of deals.
    deals : DataFrame
        ``part``, deal_id, account, deal_name, owner, ``before``, ``after`` (money expected of the
        deal in those months, or won) and ``amount``, their difference.
    market : tuple of float, or None
        Money that market indices were expected to add to those of the months that were still to
        come for the later forecast, in the earlier and in that one; None where neither used any.
    """

    since: date
    until: date
    start: pd.Timestamp
    end: pd.Timestamp
    before: float
    after: float
    parts: pd.DataFrame
    deals: pd.DataFrame
    market: tuple[float, float] | None = None


def bridge(
    then: pd.DataFrame, here: pd.DataFrame, first: Pipeline, last: Pipeline
) -> Bridge | None:
    """Split the difference of two forecasts into what happened in between.

    A deal counts for what it was expected to bring within the months, or has brought. What happened
    to it decides its part, the gravest first; the difference between likely and mean, and that
    between the deals and new business, make the rest, so that the parts add up exactly.

    Parameters
    ----------
    then, here : DataFrame
        Rows of the forecast log (:data:`salespipe.forecast_log.LOG_COLUMNS`) of the two forecasts.
    first, last : Pipeline
        As of their dates.

    Returns
    -------
    Bridge or None
        None where the two share no month.
    """
    common = _common(then, here)
    if common is None:
        return None
    start, end = common
    old, new = _at(then, start, end), _at(here, start, end)
    table = _beside(first, last)
    for name, pipeline, rows in (("before", first, then), ("after", last, here)):
        for money in (_won(pipeline, start, end), _expected(rows, start, end)):
            table[name] += money.reindex(table.index, fill_value=0.0)
    won_before = _won(last, start, min(end, new.start)).sum()
    mean_then, mean_now = old.mean, new.mean + won_before
    before, after = old.likely, new.likely + won_before
    rest_then, rest_now = mean_then - table["before"].sum(), mean_now - table["after"].sum()
    table = table.assign(part=_why(table, last), amount=table["after"] - table["before"])
    sums = table.groupby("part")["amount"].sum().reindex(list(PARTS), fill_value=0.0)
    sums["new"] += rest_now - rest_then
    market = _market(then, here, max(start, new.start), end)
    if market is not None:
        sums["market"] += market[1] - market[0]
    sums["refit"] += after - before - sums.sum()
    told = (
        table[table["amount"] != 0]
        .reset_index()
        .sort_values("amount", key=np.abs, ascending=False, kind="stable", ignore_index=True)
    )
    counts = told["part"].value_counts()
    parts = pd.DataFrame(
        {"part": PARTS, "amount": sums.to_numpy(), "count": [int(counts.get(p, 0)) for p in PARTS]}
    )
    columns = ["part", n.DEAL_ID, n.ACCOUNT, n.DEAL_NAME, n.OWNER, "before", "after", "amount"]
    return Bridge(first.as_of, last.as_of, start, end, before, after, parts, told[columns], market)


@dataclass(frozen=True)
class _Span:
    """What a forecast says of the first months of its horizon together."""

    start: pd.Timestamp
    likely: float
    mean: float


def _common(then: pd.DataFrame, here: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    spans = [rows[(rows["kind"] == "span") & (rows["method"] == OWN)] for rows in (then, here)]
    if any(span.empty for span in spans):
        return None
    start = spans[0]["start"].min()
    end = min(span["end"].max() for span in spans)
    return (start, end) if end > start else None


def _at(rows: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> _Span:
    """Give the span that ends with the months; nothing is forecast of months that are over."""
    spans = rows[(rows["kind"] == "span") & (rows["method"] == OWN)]
    row = spans[spans["end"] == end]
    if row.empty:
        return _Span(end, 0.0, 0.0)
    one = row.iloc[0]
    return _Span(max(one["start"], start), float(one["likely"]), float(one["mean"]))


def _market(
    then: pd.DataFrame, here: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[float, float] | None:
    """Give what market indices were expected to add between two days, in either forecast."""
    spans = [rows[rows["method"] == MARKET].set_index("end")["mean"] for rows in (then, here)]
    if all(added.empty for added in spans):
        return None
    # Spans add up from the first month on: what lies before the start is taken off.
    before, after = (float(added.get(end, 0.0) - added.get(start, 0.0)) for added in spans)
    return before, after


def _won(pipeline: Pipeline, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series:
    """Give what deals closed in a span brought, by deal id."""
    deals = pipeline.deals[pipeline.deals[n.OUTCOME] == n.WON].set_index(n.DEAL_ID)
    inside = (deals[n.CLOSED_ON] >= start) & (deals[n.CLOSED_ON] < end)
    money: pd.Series = deals.loc[inside, n.AMOUNT].fillna(0.0)
    return money


def _expected(rows: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series:
    """Give what each deal was expected to bring in a span."""
    deals = rows[(rows["by"] == "deal") & (rows["start"] >= start) & (rows["end"] <= end)]
    money: pd.Series = deals.groupby("group")["mean"].sum()
    return money


def _beside(first: Pipeline, last: Pipeline) -> pd.DataFrame:
    """Put what is known of every deal then and now beside each other."""
    old, new = first.deals.set_index(n.DEAL_ID), last.deals.set_index(n.DEAL_ID)
    ids = old.index.union(new.index).rename(n.DEAL_ID)
    told = [n.ACCOUNT, n.DEAL_NAME, n.OWNER]
    keys = [n.OUTCOME, n.STAGE, n.AMOUNT, n.EXPECTED_CLOSE_ON]
    names = new.reindex(ids)[told].fillna(old.reindex(ids)[told])
    sides = [
        side.reindex(ids)[keys].add_suffix(name) for side, name in ((old, "_then"), (new, "_now"))
    ]
    return pd.concat([names, *sides], axis=1).assign(before=0.0, after=0.0)


def _why(table: pd.DataFrame, last: Pipeline) -> pd.Series:
    """Say which part each deal belongs to."""
    due, was_due = table[f"{n.EXPECTED_CLOSE_ON}_now"], table[f"{n.EXPECTED_CLOSE_ON}_then"]
    amount, was_amount = table[f"{n.AMOUNT}_now"].fillna(0), table[f"{n.AMOUNT}_then"].fillna(0)
    outcome, was_outcome = table[f"{n.OUTCOME}_now"], table[f"{n.OUTCOME}_then"]
    stayed = (outcome == n.WON) & (was_outcome == n.WON)
    why = np.select(
        [
            (outcome == n.WON) & ~stayed & was_outcome.notna(),
            (outcome == n.LOST) | outcome.isna(),
            was_outcome.isna() | (was_outcome == n.LOST) | ((was_outcome == n.WON) & ~stayed),
            (due > was_due) | (due.isna() & was_due.notna()),
            (due < was_due) | (due.notna() & was_due.isna()),
            amount > was_amount,
            amount < was_amount,
            table[f"{n.STAGE}_now"] != table[f"{n.STAGE}_then"],
            due <= last.day,
        ],
        ["won", "lost", "new", "slipped", "pulled_in", "grown", "shrunk", "moved", "past_due"],
        default="refit",
    )
    # Of a win only its amount can still change.
    corrected = np.where(amount >= was_amount, "grown", "shrunk")
    return pd.Series(np.where(stayed, corrected, why), index=table.index)
