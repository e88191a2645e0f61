"""What a backtest shows: months, then the three together, and how right the deals' chances were."""

import io
from datetime import date

import pandas as pd
from rich.console import Console

from salespipe.backtest.deal_scores import DEAL_SCORE_COLUMNS
from salespipe.backtest.run import ROW_COLUMNS, Backtest
from salespipe.screen import show_backtest

DAY = date(2026, 1, 31)


def _rows(*horizons):
    rows = [[DAY, ahead, "", 100.0, name] + [90.0] * 11 for name in "ba" for ahead in horizons]
    return pd.DataFrame(rows, columns=list(ROW_COLUMNS))


def _shown(language):
    deals = [(DAY, DAY, 30, 6, 7.0, 0.1, 0.2, 0.16), (DAY, DAY, 10, 2, 2.4, 0.2, 0.3, 0.16)]
    made = Backtest(
        _rows(1, 2, 3), (DAY,), 3, ("b", "a"), quarters=_rows(3),
        deals=pd.DataFrame(deals, columns=list(DEAL_SCORE_COLUMNS)),
    )  # fmt: skip
    out = io.StringIO()
    show_backtest(Console(file=out, width=200), made, "EUR", language)
    return out.getvalue()


def test_each_method_shows_its_months_and_then_the_three_together():
    lines = [line for line in _shown("en").splitlines() if "0.900" in line]
    told = [line.replace("│", " ").split() for line in lines]
    months = ["1", "2", "3", "1–3"]
    assert [row[1] if row[0] in {"a", "b"} else row[0] for row in told] == [*months, *months]
    assert [row[0] for row in told if row[0] in {"a", "b"}] == ["b", "a"]


def test_chances_of_deals_are_told_over_all_dates_together():
    said = " ".join(_shown("en").split())
    assert "40 chances, 8 won, 9 expected" in said
    assert "Brier score 0.125 (the stages' default probabilities 0.225" in said
    assert "Brier 得分 0.125" in _shown("zh")
