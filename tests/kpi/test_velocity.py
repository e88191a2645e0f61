import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.velocity import velocities
from salespipe.pipeline import build_pipeline
from salespipe.stages import Stage
from salespipe.tables import Tables, conform
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, sheet, tables

STEADY = "qualified open deals"
MIXED = "open deals x"
ONE = (Stage("Open"), Stage("Won", kind="won"), Stage("Lost", kind="lost"))


def test_a_firm_worked_by_hand():
    # One stage, so every deal is qualified from its creation. Closed: 4 won after 20 days at 300,
    # 4 lost after 40; 2 open for 10 days. Kaplan-Meier: 10 at risk until day 10, then 8; after
    # day 20 half remain, after day 40 none. Mean = 20 + 0.5 x 20 = 30 days; won in the end 0.5.
    # Velocity = 2 x 0.5 x 300 / 30 = 10 a day.
    deals = [
        deal(f"w{i}", "won", "2026-08-01", "2026-08-21", amount=amount)
        for i, amount in enumerate((200.0, 300.0, 300.0, 400.0))
    ]
    deals += [deal(f"l{i}", "lost", "2026-08-01", "2026-09-10") for i in range(4)]
    deals += [deal(f"o{i}", "Open", "2026-10-21") for i in range(2)]
    table = rows_of(velocities, build_pipeline(tables(*deals, stages=ONE), as_of=AS_OF))
    steady = pick(table, STEADY)
    assert steady.value == pytest.approx(10)
    assert steady.n == 2
    assert steady.low < 10 < steady.high
    # 2 x 4/8 x 300 / 20: the closed ones alone.
    assert pick(table, MIXED).value == pytest.approx(15)
    # 1,200 in August, September and October: 31 + 30 + 31 days.
    assert pick(table, "won a day").value == pytest.approx(1200 / 92)


@pytest.fixture(scope="module")
def steady_firm():
    """Three deals a day for 6 years; 25 % won, after 40 days on average, losses after 160."""
    rng = np.random.default_rng(11)
    days = np.repeat(np.arange(6 * 365), 3)
    created = pd.Timestamp(AS_OF) - pd.to_timedelta(days, unit="D")
    won = rng.random(len(days)) < 0.25
    closed = created + pd.to_timedelta(
        np.ceil(rng.exponential(np.where(won, 40, 160))).astype(int), unit="D"
    )
    shut = closed <= pd.Timestamp(AS_OF)
    frame = pd.DataFrame(
        {
            n.DEAL_ID: [f"D{i}" for i in range(len(days))],
            n.STAGE: np.where(shut, np.where(won, n.WON, n.LOST), "Open"),
            n.AMOUNT: rng.lognormal(6, 0.3, len(days)),
            n.CREATED_ON: created,
            n.CLOSED_ON: pd.Series(closed).where(shut).to_numpy(),
        }
    )
    return build_pipeline(Tables(deals=conform("deals", frame), stages=ONE), as_of=AS_OF)


def test_a_steady_firm_brings_what_its_velocity_says_and_the_mixed_one_is_too_high(steady_firm):
    # Truth: 3 x 0.25 x exp(6 + 0.3^2 / 2) a day.
    truth = 0.75 * np.exp(6.045)
    table = rows_of(velocities, steady_firm)
    steady, as_it_was = pick(table, STEADY), pick(table, "won a day")
    assert steady.low < truth < steady.high
    assert steady.value == pytest.approx(truth, rel=0.1)
    assert as_it_was.value == pytest.approx(truth, rel=0.1)
    # Open deals 3 x 130, times 0.25, over 40 days instead of 130: more than three times too high.
    assert pick(table, MIXED).value > 2.5 * truth


def test_only_deals_beyond_the_first_stage_are_qualified():
    dates = [("b", "B", "2026-09-01"), ("w", "B", "2026-08-05")]
    table = tables(
        deal("a", "A", "2026-08-01"),
        deal("b", "B", "2026-08-01"),
        deal("w", "won", "2026-08-01", "2026-08-21"),
        stage_entries=sheet(
            "stage_entries",
            [dict(zip((n.DEAL_ID, n.STAGE, n.ENTERED_ON), row, strict=True)) for row in dates],
        ),
    )
    row = pick(rows_of(velocities, build_pipeline(table, as_of=AS_OF)), STEADY)
    assert row.n == 1
    assert "too few won deals" in row.population
