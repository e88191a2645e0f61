"""Small tables for tests of the core: rows given in the fewest words that say them."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from salespipe import names as n
from salespipe.stages import Stage
from salespipe.tables import Tables, conform

STEPS = (
    Stage("A", probability=0.2, typical_days=10),
    Stage("B", probability=0.4, typical_days=20),
    Stage("C", probability=0.8, typical_days=30),
)
STAGES = (*STEPS, Stage("Won", kind="won"), Stage("Lost", kind="lost"))
NAMES = [stage.name for stage in STEPS]
DATES = (
    n.CREATED_ON, n.CLOSED_ON, n.EXPECTED_CLOSE_ON, n.NEXT_STEP_ON, n.ENTERED_ON, n.CHANGED_ON,
    n.ACTIVITY_ON, n.REPORTED_ON, n.MONTH,
)  # fmt: skip


def sheet(table: str, rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Make a table of rows; a row's missing values may be left out, dates given as text."""
    frame = pd.DataFrame(list(rows))
    for key in frame.columns.intersection(DATES):
        frame[key] = pd.to_datetime(frame[key], format="ISO8601")
    return conform(table, frame.set_axis(pd.RangeIndex(2, len(frame) + 2)))


def entries(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Give stage dates: deal, stage, day."""
    keys = (n.DEAL_ID, n.STAGE, n.ENTERED_ON)
    return sheet("stage_entries", [dict(zip(keys, row, strict=True)) for row in rows])


def log(*rows: tuple[str, str, str | None] | tuple[str, str, str | None, dict]) -> pd.DataFrame:
    """Give the change log: deal, day, stage, and what else the row says."""
    keys = (n.DEAL_ID, n.CHANGED_ON, n.STAGE)
    return sheet(
        "changes", [dict(zip(keys, row[:3], strict=True)) | dict(*row[3:]) for row in rows]
    )


def deal(deal_id: str, stage: str, created: str | None, closed: str | None = None, **more: object):
    """Give one row of the Deals sheet."""
    known = {n.DEAL_ID: deal_id, n.STAGE: stage, n.CREATED_ON: created, n.CLOSED_ON: closed}
    return known | {n.AMOUNT: 100.0} | more


def tables(*deals: dict[str, object], stages: tuple[Stage, ...] = STAGES, **more: object) -> Tables:
    """Give a workbook of some deals and other tables."""
    return Tables(deals=sheet("deals", deals), stages=stages, **more)


def day(text: str) -> pd.Timestamp:
    """Give a day of 2026 from its month and day."""
    return pd.Timestamp(f"2026-{text}")


def as_of(text: str) -> date:
    """Give an as-of date in 2026 from its month and day."""
    return day(text).date()


def spans(stays: pd.DataFrame, deal_id: str = "x") -> list[tuple[str, str, str, str]]:
    """Tell the stays of a deal in words: stage, first day, last day, next stage."""
    own = stays[stays[n.DEAL_ID] == deal_id]
    return [
        (
            row.stage,
            f"{row.entered_on:%m-%d}",
            "" if pd.isna(row.left_on) else f"{row.left_on:%m-%d}",
            "" if pd.isna(row.next_stage) else row.next_stage,
        )
        for row in own.itertuples()
    ]
