from math import isnan

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.bottleneck import bottlenecks
from salespipe.pipeline import build_pipeline
from salespipe.stages import Stage
from salespipe.tables import Tables, conform
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of

STAGES = (
    Stage("A", probability=0.25, typical_days=10),
    Stage("B", probability=0.5, typical_days=10),
    Stage("Won", kind="won"),
    Stage("Lost", kind="lost"),
)
FEWER, LONGER = "expected revenue lost", "expected revenue put off since"
PER_MONTH = 40


def firm(*, from_b=(0.5, 0.5), stay_in_b=(10, 10)):
    """Make 40 deals a month for a year, half of which go on from A after 10 days, at 100 each.

    What becomes of them in B, and how long that takes, may differ between the halves of the year.
    """
    deals, entries = [], []
    for k, start in enumerate(pd.date_range("2025-11-01", periods=12, freq="MS")):
        half = int(k >= 6)
        for i in range(PER_MONTH):
            deal_id, reached = f"{k}-{i}", i % 2 == 0
            after = start + pd.Timedelta(days=10)
            won = reached and (i // 2) < round(from_b[half] * PER_MONTH / 2)
            ended = after + pd.Timedelta(days=stay_in_b[half]) if reached else after
            shut = ended <= pd.Timestamp(AS_OF)
            open_in = "B" if reached else "A"
            deals.append(
                {
                    n.DEAL_ID: deal_id,
                    n.STAGE: (n.WON if won else n.LOST) if shut else open_in,
                    n.AMOUNT: 100.0,
                    n.CREATED_ON: start,
                    n.CLOSED_ON: ended if shut else pd.NaT,
                }
            )
            entries += [(deal_id, "A", start)] + ([(deal_id, "B", after)] if reached else [])
    frame = pd.DataFrame(entries, columns=[n.DEAL_ID, n.STAGE, n.ENTERED_ON])
    made = Tables(
        deals=conform("deals", pd.DataFrame(deals)),
        stage_entries=conform("stage_entries", frame),
        stages=STAGES,
    )
    return rows_of(bottlenecks, build_pipeline(made, as_of=AS_OF))


def test_a_stage_that_converts_less_costs_what_it_no_longer_passes_on():
    table = firm(from_b=(0.5, 0.3))
    # 6 x 20 entries into B in the newer half, 0.5 - 0.3 fewer won, at 100 each.
    cost = pick(table, FEWER, "stage", "B")
    assert cost.value == pytest.approx(120 * 0.2 * 100)
    assert cost.low > 0
    worst = pick(table, "what costs most")
    assert worst.value == cost.value
    assert worst.definition == "what costs most: B, expected revenue lost since fewer went on"
    assert "chance" not in worst.population


def test_a_stage_that_holds_longer_puts_off_what_it_passes_on_a_day():
    table = firm(stay_in_b=(10, 15))
    # 120 entries in 184 days (May to October), half of them won, 100 each, 5 days later.
    late = pick(table, LONGER, "stage", "B")
    assert late.value == pytest.approx(120 / 184 * 0.5 * 100 * 5)
    assert pick(table, LONGER, "stage", "A").value == 0
    typical = pick(table, "expected revenue put off by", "stage", "B")
    assert typical.value == pytest.approx(late.value)


def test_where_nothing_got_worse_no_stage_is_blamed():
    row = pick(firm(from_b=(0.3, 0.5)), "what costs most")
    assert isnan(row.value)
    assert "no stage converts less" in row.population


def test_a_firm_without_a_bottleneck_is_seldom_told_one():
    """Twenty firms of which nothing changes: the worst stage is called sure in few of them."""
    rng = np.random.default_rng(3)
    called = 0
    for _ in range(20):
        row = pick(firm(from_b=tuple(rng.binomial(120, 0.5, 2) / 120)), "what costs most")
        called += not isnan(row.value) and "chance" not in row.population
    assert called <= 3
