from math import isnan

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.measure import tidy
from salespipe.kpi.scope import Scope
from salespipe.kpi.win_rate import win_rates
from salespipe.pipeline import build_pipeline
from salespipe.tables import Tables, conform
from tests.kpi.conftest import AS_OF

TRUTH = 0.25


def rates(pipeline):
    return tidy(win_rates(Scope(pipeline)))


def pick(table, definition, by="total", group=""):
    rows = table[
        table["definition"].str.contains(definition, regex=False)
        & (table["by"] == by)
        & (table["group"] == group)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture
def small(pipeline_of):
    """Ten deals: 3 won, 2 lost, 5 open; two won within 30 days, all created in January."""
    ends = ["won", "won", "won", "lost", "lost", *["Prospecting"] * 5]
    days = ["2026-01-20", "2026-01-25", "2026-08-01", "2026-02-10", "2026-03-10", *[None] * 5]
    rows = [
        {
            n.CREATED_ON: "2026-01-10",
            n.CLOSED_ON: day,
            n.STAGE: end,
            n.OWNER: "Ana" if i % 2 else "Bo",
            n.LISTED_AMOUNT: 100.0 * (i + 1),
        }
        for i, (end, day) in enumerate(zip(ends, days, strict=True))
    ]
    return pipeline_of(rows)


def test_the_definitions_stand_side_by_side(small):
    table = rates(small)
    assert pick(table, "won / all created").value == 0.3
    assert pick(table, "won / (won + lost)").value == 0.6
    assert pick(table, "won within 30 days of").value == 0.2
    assert pick(table, "won within 365 days of").n == 0
    assert table["definition"].iloc[0].endswith("(headline)")


def test_the_interval_of_three_of_ten_is_jeffreys(small):
    row = pick(rates(small), "won / all created")
    assert (row.low, row.high) == pytest.approx((0.1173, 0.5581), abs=5e-5)
    assert row.interval == "Jeffreys 90 %"
    assert "5 still open" in row.population


def test_value_counts_listed_amounts_of_all_deals_created(small):
    row = pick(rates(small), "value won within")
    age = int(row.definition.split()[3])
    won = 100 + 200 + (300 if age > 200 else 0)
    assert row.value == pytest.approx(won / 5500)
    assert "listed amounts" in row.population


def test_a_rate_by_value_is_refused_where_lost_deals_lost_their_amounts(pipeline_of):
    rows = [
        {
            n.CREATED_ON: "2026-01-10",
            n.CLOSED_ON: "2026-02-01",
            n.STAGE: "won" if i % 2 else "lost",
            n.AMOUNT: 100.0 if i % 2 else None,
        }
        for i in range(20)
    ]
    row = pick(rates(pipeline_of(rows)), "value won within")
    assert isnan(row.value)
    assert "only 0 of 10 lost deals have an amount" in row.population


@pytest.mark.parametrize(("missing", "given"), [(2, True), (3, False)])
def test_two_open_deals_of_forty_without_an_amount_do_not_refuse_a_rate_by_value(
    pipeline_of, missing, given
):
    ended = [
        {
            n.CREATED_ON: "2026-01-10",
            n.CLOSED_ON: "2026-02-01",
            n.STAGE: "won" if i % 2 else "lost",
            n.AMOUNT: 100.0,
        }
        for i in range(40 - missing)
    ]
    still_open = [{n.CREATED_ON: "2026-01-10", n.AMOUNT: None}] * missing
    row = pick(rates(pipeline_of(ended + still_open)), "value won within")
    assert isnan(row.value) != given
    text = "2 without an amount left out" if given else "only 0 of 3 open deals have an amount"
    assert text in row.population


def test_a_deal_without_a_decision_counts_as_not_won(pipeline_of):
    lost = {n.STAGE: "lost", n.LOST_REASON: "no decision", n.CLOSED_ON: "2026-05-01"}
    won = {n.STAGE: "won", n.CLOSED_ON: "2026-05-01"}
    rows = [{n.CREATED_ON: "2026-04-01"} | end for end in (lost, won, lost, won)]
    assert pick(rates(pipeline_of(rows)), "won / (won + lost)").value == 0.5


def test_the_headline_and_the_incidence_find_the_truth(firm):
    table = rates(firm)
    ever = pick(table, "won in the end")
    assert ever.low <= TRUTH <= ever.high
    year = pick(table, "won within 365 days of")
    assert year.low <= TRUTH <= year.high


def test_the_traps_are_as_printed(pipeline_of, firm):
    recent = firm.deals[firm.deals[n.CREATED_ON] >= pd.Timestamp("2026-05-01")]
    table = rates(pipeline_of(recent))
    assert pick(table, "won / (won + lost)").value > 0.3
    assert pick(table, "won / all created").value < 0.2
    censored = pick(table, "won in the end")
    assert abs(censored.value - TRUTH) < abs(pick(table, "won / (won + lost)").value - TRUTH)


def printed_firm(created_days):
    """Make 60,000 deals of a firm that wins 25 %: after 104 days on average, losses after 412."""
    rng = np.random.default_rng(5)
    count = 60_000
    created = pd.Timestamp(AS_OF) - pd.to_timedelta(rng.integers(0, created_days, count), unit="D")
    won = rng.random(count) < TRUTH
    days = np.ceil(rng.exponential(np.where(won, 104, 412))).astype(int)
    closed = pd.Series(created + pd.to_timedelta(days, unit="D"))
    shut = closed <= pd.Timestamp(AS_OF)
    deals = pd.DataFrame(
        {
            n.DEAL_ID: [f"D{i}" for i in range(count)],
            n.STAGE: np.where(shut, np.where(won, n.WON, n.LOST), "Prospecting"),
            n.CREATED_ON: created,
            n.LISTED_AMOUNT: rng.lognormal(8, 0.5, count),
            n.CLOSED_ON: closed.where(shut).to_numpy(),
        }
    )
    return build_pipeline(Tables(deals=conform("deals", deals)), as_of=AS_OF)


@pytest.mark.slow
def test_the_traps_are_those_printed_and_the_headline_is_not_among_them():
    """The figures that the traps name, of a firm whose truth is 25 %."""
    pipeline = printed_firm(730)
    deals = pipeline.deals
    young = deals[deals[n.CREATED_ON] > pd.Timestamp(AS_OF) - pd.Timedelta(days=180)]
    outcome = young[n.OUTCOME].value_counts()
    assert outcome[n.WON] / len(young) == pytest.approx(0.131, abs=0.01)
    assert outcome[n.WON] / (outcome[n.WON] + outcome[n.LOST]) == pytest.approx(0.478, abs=0.02)
    outcome = deals[n.OUTCOME].value_counts()
    assert outcome[n.WON] / (outcome[n.WON] + outcome[n.LOST]) == pytest.approx(0.347, abs=0.01)
    table = rates(pipeline)
    assert pick(table, "won / (won + lost)").value > 0.29
    headline = table.iloc[0]
    assert headline.definition.endswith("(headline)")
    age = int(headline.definition.split()[2])
    truth = TRUTH * (1 - np.exp(-age / 104))
    assert headline.value == pytest.approx(truth, abs=0.01)
    within = pick(table, f"won within {age} days, open deals censored")
    assert within.value == pytest.approx(truth, abs=0.01)
    value = pick(table, f"value won within {age} days")
    assert value.value == pytest.approx(truth, abs=0.01)


def test_young_months_are_marked_unripe_and_old_ones_are_not(firm):
    table = rates(firm)
    assert "unripe" in pick(table, "won / all created", "month", "2026-10").population
    assert "unripe" not in pick(table, "won / all created", "month", "2025-11").population


def test_one_won_deal_is_no_certainty(pipeline_of):
    rows = [{n.CREATED_ON: "2026-01-10", n.CLOSED_ON: "2026-01-20", n.STAGE: "won"}]
    table = rates(pipeline_of(rows))
    said = table[(table["by"] == "total") & table["value"].notna()]
    assert not said.empty
    assert (said["n"] == 1).all()
    assert not (said["low"] > 0.3).any()
    assert isnan(pick(table, "won in the end").value)
