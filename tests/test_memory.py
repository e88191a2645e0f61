from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.backtest.accuracy import score
from salespipe.errors import AsOfError
from salespipe.forecast_log import LOG_COLUMNS
from salespipe.kpi.waterfall import MOVEMENTS
from salespipe.ledger import read_ledger
from salespipe.memory import bridged, changes_since, last_look, past_forecasts, record_words, scores
from salespipe.pipeline import build_pipeline
from salespipe.snapshot import take_snapshot, with_snapshot
from tests.kpi.test_bridge import APR, FEB, MAR, forecast
from tests.test_snapshot import DEAL, FIRST, SECOND, sheet

NONE = pd.DataFrame(columns=list(LOG_COLUMNS)).astype({"as_of": "datetime64[us]"})


@pytest.fixture
def tables(tmp_path):
    """Give a sheet at the end of February whose log has a snapshot of January."""
    book = tmp_path / "b.xlsx"
    take_snapshot(book, sheet(DEAL, *(DEAL | {n.DEAL_ID: name} for name in "bd")), as_of=FIRST)
    won = DEAL | {n.STAGE: n.WON, n.CLOSED_ON: pd.Timestamp("2026-02-10"), n.AMOUNT: 130.0}
    now = sheet(won, DEAL | {n.DEAL_ID: "c"}, DEAL | {n.DEAL_ID: "d", n.AMOUNT: 90.0})
    ledger = read_ledger(book)
    now = replace(now, changes=ledger.changes, snapshots=ledger.snapshots)
    return with_snapshot(now, as_of=SECOND)


def test_what_changed_since_the_last_snapshot(tables):
    made = changes_since(tables, build_pipeline(tables, as_of=SECOND), NONE)
    assert (made.since, made.until) == (FIRST, SECOND)
    amounts = dict(zip(made.movements["step"], made.movements["amount"], strict=True))
    happened = {step: amount for step, amount in amounts.items() if amount}
    assert happened == {"new": 100.0, "grown": 30.0, "won": -130.0, "shrunk": -10.0} | {
        "removed": -100.0
    }
    assert made.open_start + sum(amounts.values()) == made.open_end == 190.0
    for by, part in made.groups.groupby("by"):
        signed = part[list(MOVEMENTS)].mul(pd.Series(MOVEMENTS)).sum(axis=1)
        assert (part["start"] + signed - part["end"]).abs().max() < 0.005, by
    which = made.movements.set_index("step").loc["removed", "which"]
    assert which.en == "Acme (b) $100"


def test_what_it_is_compared_with(tables):
    log = pd.DataFrame({"as_of": [pd.Timestamp("2026-02-15")]})
    assert last_look(tables, NONE, before=SECOND) == FIRST
    assert last_look(tables, log, before=SECOND) == date(2026, 2, 15)
    assert last_look(tables, NONE, before=FIRST) is None
    imported = replace(tables, snapshots=())
    assert last_look(imported, NONE, before=SECOND) == FIRST


def test_without_an_earlier_look_there_is_nothing_to_tell(tables):
    fresh = replace(tables, changes=tables.changes.head(0), snapshots=())
    pipeline = build_pipeline(fresh, as_of=SECOND)
    assert changes_since(fresh, pipeline, NONE) is None
    with pytest.raises(AsOfError, match="give an earlier day"):
        changes_since(fresh, pipeline, NONE, since=SECOND)


def test_the_bridge_is_explained_in_both_languages(tables):
    last = build_pipeline(tables, as_of=SECOND)
    then = forecast([FEB, MAR], likely=[80.0], mean=[90.0], deals={"a": [50.0], "b": [20.0]})
    here = forecast([MAR, APR], likely=[10.0], mean=[12.0], deals={})
    log = pd.concat(
        [then.assign(as_of=pd.Timestamp(FIRST)), here.assign(as_of=pd.Timestamp(SECOND))],
        ignore_index=True,
    ).assign(currency="USD")
    made = bridged(changes_since(tables, last, log), log, tables, last)
    assert (made.bridge_since, made.bridge_until) == (FIRST, SECOND)
    assert made.bridge_months == "2026-02"
    assert made.likely_before + made.bridge["amount"].sum() == pytest.approx(made.likely_after)
    told = made.bridge.set_index("step")["which"]
    assert told["won"].en.startswith("1 deal was won: it brought $130 where $50 had been")
    assert "赢单" in told["won"].zh
    # a workbook whose currency was changed has no bridge between two of them
    other = log.assign(currency=["EUR"] * len(then) + ["USD"] * len(here))
    assert bridged(made, other, tables, last) is made


def test_past_forecasts_stand_beside_what_came(tables):
    last = build_pipeline(tables, as_of=SECOND)
    rows = forecast([FEB, MAR, APR], likely=[80.0, 90.0], mean=[90.0, 99.0], deals={})
    log = rows.assign(
        as_of=pd.Timestamp(FIRST), kind="month", group="", horizon=[1, 2],
        worst=50.0, best=[140.0, 150.0],
        start=[FEB, MAR], end=[MAR, APR], quantiles=[[float(k) for k in range(51, 150)]] * 2,
    )  # fmt: skip
    past = past_forecasts(log, last)
    assert past["actual"].tolist()[0] == 130.0
    assert past["inside"].tolist() == [True, None]
    words = record_words(score(log, last))
    assert words.en.startswith("80 % ranges one month ahead held 1 of 1 months")
    assert "calibrated" not in words.en
    assert "1 个月" in words.zh
    others = log.head(1).assign(by="owner", group="Ann", method="owners' commit")
    kept = pd.concat([others, log, log.assign(method="another")], ignore_index=True)
    table = scores(score(kept, last))
    assert table["by"].tolist() == ["total", "total", "owner"]
    assert table["method"].tolist() == ["salespipe", "another", "owners' commit"]
    assert table["bias"].tolist() == pytest.approx([-50 / 130] * 3)
