# ruff: noqa: E501 (a sentence and its Chinese stand on one line)
"""What a workbook remembers: what changed since the last snapshot, and what became of forecasts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pandas as pd

from salespipe import names as n
from salespipe.backtest.accuracy import Verdict, summarise_scores, verdict
from salespipe.errors import AsOfError
from salespipe.forecast_log import OWN, latest
from salespipe.kpi.bridge import Bridge, bridge
from salespipe.kpi.change_words import MOVEMENT_NAMES, PART_NAMES, explain, which
from salespipe.kpi.waterfall import MOVEMENTS, waterfall
from salespipe.outcomes import actuals
from salespipe.periods import month
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.results import PAST_COLUMNS, STEP_COLUMNS, Changes
from salespipe.tables import Tables
from salespipe.wording import Words

__all__ = [
    "bridged",
    "changes_since",
    "last_look",
    "past_forecasts",
    "record_words",
    "scores",
]

GROUPED: Final = (n.OWNER, n.SEGMENT, n.STAGE)

_RECORD: Final[dict[str, Words]] = {
    "none": Words(
        "No forecast's first month is over yet.", "尚无预测的首月已经结束。"
    ),
    "few": Words(
        "80 % ranges one month ahead held {hits} of {n} months; honest ones hold {least} to {most} "
        "of so many: too few to say more.",
        "提前一个月的 80% 区间在 {n} 个月中命中 {hits} 个；可靠的区间应命中 {least} 至 {most} 个：样本太少，尚不能下结论。",
    ),
    "well": Words(
        "80 % ranges one month ahead held {hits} of {n} months (honest ones hold {least} to {most}): "
        "well calibrated.",
        "提前一个月的 80% 区间在 {n} 个月中命中 {hits} 个（可靠的区间应命中 {least} 至 {most} 个）：校准良好。",
    ),
    "narrow": Words(
        "80 % ranges one month ahead held only {hits} of {n} months, where honest ones hold {least} "
        "to {most}: they have been too narrow.",
        "提前一个月的 80% 区间在 {n} 个月中仅命中 {hits} 个，而可靠的区间应命中 {least} 至 {most} 个：区间偏窄。",
    ),
    "wide": Words(
        "80 % ranges one month ahead held {hits} of {n} months, where honest ones hold {least} to "
        "{most}: they have been too wide.",
        "提前一个月的 80% 区间在 {n} 个月中命中 {hits} 个，而可靠的区间应命中 {least} 至 {most} 个：区间偏宽。",
    ),
}  # fmt: skip


def last_look(tables: Tables, log: pd.DataFrame, *, before: date) -> date | None:
    """Give the day before a day with which it is compared.

    That of the last snapshot or forecast; where there was none, the end of the month before, if
    the change log was imported and reaches back so far. None where nothing is known.

    Parameters
    ----------
    tables : Tables
    log : DataFrame
        Forecasts that were kept.
    before : date
    """
    days: list[date] = [*tables.snapshots, *(day.date() for day in log["as_of"].unique())]
    past = [day for day in days if day < before]
    if past:
        return max(past)
    end = before.replace(day=1) - timedelta(days=1)
    known = bool((tables.changes[n.CHANGED_ON] <= pd.Timestamp(end)).any())
    return end if known else None


def changes_since(
    tables: Tables, last: Pipeline, log: pd.DataFrame, *, since: date | None = None
) -> Changes | None:
    """Tell how the open pipeline changed since a day.

    Parameters
    ----------
    tables : Tables
        As after a snapshot of now (:func:`salespipe.snapshot.with_snapshot`).
    last : Pipeline
        As of now.
    log : DataFrame
        Forecasts that were kept.
    since : date, optional
        By default see :func:`last_look`; None is given where that knows of none.

    Raises
    ------
    AsOfError
        The day is not before that of `last`, or no deal was known then.
    """
    day = since or last_look(tables, log, before=last.as_of)
    if day is None:
        return None
    if day >= last.as_of:
        raise AsOfError(
            f"Nothing can have changed since {day} as of {last.as_of}; give an earlier day."
        )
    first = build_pipeline(tables, as_of=day)
    whole = waterfall(first, last)
    currency = last.settings.currency
    rows = []
    for movement, sign in MOVEMENTS.items():
        part = whole.deals[whole.deals["movement"] == movement]
        if movement not in ("moved_in", "moved_out"):  # of groups only
            amount = sign * part["amount"].sum()
            told = which(part, currency=currency)
            rows.append((movement, MOVEMENT_NAMES[movement], amount, len(part), told))
    return Changes(
        since=day,
        until=last.as_of,
        open_start=whole.start,
        open_end=whole.end,
        movements=pd.DataFrame(rows, columns=list(STEP_COLUMNS)),
        groups=pd.concat([_groups(first, last, by) for by in GROUPED], ignore_index=True),
        idle=whole.idle[[n.DEAL_ID, n.ACCOUNT, n.DEAL_NAME, n.OWNER, n.STAGE, n.AMOUNT]],
        bridge=pd.DataFrame(columns=list(STEP_COLUMNS)),
    )


def _groups(first: Pipeline, last: Pipeline, by: str) -> pd.DataFrame:
    made = waterfall(first, last, by=[by])
    sums = made.steps.pivot_table(index=by, columns="movement", values="amount", aggfunc="sum")
    table = made.opens.set_index(by).join(sums, how="outer").fillna(0.0)
    table = table.reindex(columns=["start", *MOVEMENTS, "end"], fill_value=0.0)
    return table.rename_axis("group").reset_index().assign(by=by)[["by", "group", *table.columns]]


def bridged(
    changes: Changes | None, log: pd.DataFrame, tables: Tables, last: Pipeline
) -> Changes | None:
    """Add the bridge from the forecast before the last to the last one up to a day.

    Parameters
    ----------
    changes : Changes or None
    log : DataFrame
        Forecasts that were kept (:data:`salespipe.forecast_log.LOG_COLUMNS`).
    tables : Tables
        As after a snapshot of now (:func:`salespipe.snapshot.with_snapshot`).
    last : Pipeline
        As of now.
    """
    here = latest(log, before=last.day + pd.Timedelta(days=1))
    if changes is None or here.empty:
        return changes
    day = here["as_of"].iloc[0]
    then = latest(log, before=day)
    if then.empty or then["currency"].iloc[0] != here["currency"].iloc[0]:
        return changes
    first = build_pipeline(tables, as_of=then["as_of"].iloc[0].date())
    last = last if day == last.day else build_pipeline(tables, as_of=day.date())
    made = bridge(then, here, first, last)
    if made is None:
        return changes
    told = explain(made, currency=last.settings.currency)
    rows = [
        (part, PART_NAMES[part], row["amount"], row["count"], told[part])
        for row in made.parts.to_dict("records")
        for part in [str(row["part"])]
    ]
    return replace(
        changes,
        bridge=pd.DataFrame(rows, columns=list(STEP_COLUMNS)),
        bridge_since=made.since,
        bridge_until=made.until,
        bridge_months=_months(made),
        likely_before=made.before,
        likely_after=made.after,
    )


def _months(made: Bridge) -> str:
    first = month(made.start.date()).label
    last = month((made.end - pd.Timedelta(days=1)).date()).label
    return first if first == last else f"{first} to {last}"


def past_forecasts(log: pd.DataFrame, pipeline: Pipeline) -> pd.DataFrame:
    """Give the kept forecasts of the whole beside what happened.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.PAST_COLUMNS`, latest first.
    """
    own = log[(log["method"] == OWN) & (log["by"] == "total") & (log["kind"] != "span")]
    actual = actuals(own, pipeline)
    held = (own["worst"] <= actual) & (actual <= own["best"])
    out = own.assign(actual=actual, inside=held.astype(object).where(actual.notna(), None))
    out = out.sort_values("as_of", ascending=False, kind="stable", ignore_index=True)
    return out[list(PAST_COLUMNS)]


def scores(scored: pd.DataFrame) -> pd.DataFrame:
    """Sum the scores of kept forecasts up by owner, method and month ahead.

    Parameters
    ----------
    scored : DataFrame
        See :func:`salespipe.backtest.accuracy.score`.

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.SCORE_COLUMNS`: the whole first, then owners by name.
    """
    table = summarise_scores(scored)
    order = table.assign(whole=table["by"] != "total", own=table["method"] != OWN)
    keys = ["whole", "group", "own", "method", "horizon"]
    return table.loc[order.sort_values(keys, kind="stable").index].reset_index(drop=True)


def record_words(scored: pd.DataFrame) -> Words:
    """Say how often past ranges held, and what so few or many allow to say.

    Parameters
    ----------
    scored : DataFrame
        See :func:`salespipe.backtest.accuracy.score`.
    """
    seen: Verdict = verdict(scored)
    values = {"n": seen.n, "hits": seen.hits, "least": seen.least, "most": seen.most}
    return Words(*(sentence.format(**values) for sentence in _RECORD[seen.word]))
