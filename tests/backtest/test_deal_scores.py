"""Chances of deals, scored by hand."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.backtest.deal_scores import DEAL_SCORE_COLUMNS, score_deals
from salespipe.stages import DEFAULT_STAGES

OVER = pd.Timestamp(2026, 4, 1)
DEALS = pd.DataFrame(
    {
        n.DEAL_ID: ["a", "b", "c", "d"],
        n.STAGE: [DEFAULT_STAGES[0].name] * 4,
        "p_won_by_end": [0.8, 0.4, 0.1, 0.5],
    }
)
LATER = pd.DataFrame(
    {
        # b is won after the period, c lost, d gone from the sheet.
        n.DEAL_ID: ["c", "b", "a"],
        n.OUTCOME: [n.LOST, n.WON, n.WON],
        n.CLOSED_ON: pd.to_datetime(["2026-02-01", "2026-04-01", "2026-03-31"]),
    }
)


def _scored(deals=DEALS, *, end=date(2026, 4, 1)):
    forecast = SimpleNamespace(
        months=(SimpleNamespace(end=end),),
        deals=deals,
        fit=SimpleNamespace(pipeline=SimpleNamespace(as_of=date(2025, 12, 31))),
    )
    known = SimpleNamespace(deals=LATER, stages=DEFAULT_STAGES)
    row = score_deals(forecast, known, over=OVER)
    return row and dict(zip(DEAL_SCORE_COLUMNS, row, strict=True))


def test_brier_scores_of_what_was_won_by_the_end():
    row = _scored()
    assert (row["as_of"], row["end"]) == (date(2025, 12, 31), date(2026, 3, 31))
    assert (row["n"], row["won"]) == (4, 1)
    assert row["expected"] == pytest.approx(1.8)
    assert row["brier"] == pytest.approx((0.2**2 + 0.4**2 + 0.1**2 + 0.5**2) / 4)
    usual = DEFAULT_STAGES[0].probability
    assert row["brier_stages"] == pytest.approx(((1 - usual) ** 2 + 3 * usual**2) / 4)
    assert row["brier_share"] == pytest.approx(0.25 * 0.75)


def test_what_is_not_over_or_has_no_deal_is_not_scored():
    assert _scored(end=date(2026, 5, 1)) is None
    assert _scored(DEALS.head(0)) is None
