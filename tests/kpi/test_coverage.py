from math import isnan

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.coverage import coverages
from salespipe.pipeline import build_pipeline
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import as_of, deal, log, sheet, tables

MONTH, QUARTER = "open amount due in the month", "open amount due in the quarter"


@pytest.fixture
def made():
    quotas = [
        {n.MONTH: f"2026-{month}-01", n.OWNER: owner, n.QUOTA: 100.0}
        for month in ("10", "11", "12")
        for owner in ("Ana", "Bo")
    ]
    return tables(
        deal("a", "A", "2026-09-01", amount=300.0, owner="Ana", expected_close_on="2026-11-10"),
        deal("b", "A", "2026-09-01", amount=200.0, owner="Bo", expected_close_on="2026-12-10"),
        deal("c", "A", "2026-09-01", amount=50.0, owner="Bo", expected_close_on="2026-09-10"),
        deal("x", "A", "2026-09-01", amount=999.0, owner="Bo", expected_close_on="2027-01-10"),
        deal("w", "won", "2026-09-01", "2026-10-10", amount=80.0, owner="Ana"),
        targets=sheet("targets", quotas),
    )


def test_the_month_and_the_quarter_by_hand(made):
    table = rows_of(coverages, build_pipeline(made, as_of=AS_OF))
    # November: 300 + 50 overdue, of 200. The fourth quarter: 550 due, of 600 less the 80 won.
    assert pick(table, MONTH).value == pytest.approx(350 / 200)
    assert "1 overdue ones among them" in pick(table, MONTH).population
    assert pick(table, QUARTER).value == pytest.approx(550 / 520)
    assert pick(table, QUARTER, "owner", "Ana").value == pytest.approx(300 / 220)


def test_within_a_month_what_is_won_is_taken_off(made):
    table = rows_of(coverages, build_pipeline(made, as_of=as_of("10-15")))
    # October from the 15th: 50 overdue, 200 less 80.
    assert pick(table, MONTH).value == pytest.approx(50 / 120)


def test_a_quota_that_is_reached_needs_no_coverage(made):
    table = rows_of(coverages, build_pipeline(made, as_of=as_of("10-15")))
    assert pick(table, MONTH, "owner", "Ana").value == pytest.approx(0 / 20)
    made.deals.loc[made.deals[n.DEAL_ID] == "w", n.AMOUNT] = 100.0
    row = pick(
        rows_of(coverages, build_pipeline(made, as_of=as_of("10-15"))), MONTH, "owner", "Ana"
    )
    assert isnan(row.value)
    assert "the quota is reached" in row.population


@pytest.fixture
def watched():
    """Ten months; each began with 1,000 due and brought 100, 200, ... 1,000, new deals included."""
    deals, changes = [], []
    for k, start in enumerate(pd.date_range("2026-01-01", periods=10, freq="MS")):
        before, inside = start - pd.Timedelta(days=5), start + pd.Timedelta(days=9)
        due = {n.EXPECTED_CLOSE_ON: str(inside.date()), n.AMOUNT: 1000.0}
        deals.append(deal(f"d{k}", "lost", str(before.date()), str(inside.date()), amount=1000.0))
        changes.append((f"d{k}", str(before.date()), "A", due))
        # Created and won within the month: no deal of the open amount at its start.
        won = {"amount": 100.0 * (k + 1)}
        deals.append(deal(f"n{k}", "won", str(start.date()), str(inside.date()), **won))
    quotas = [{n.MONTH: "2026-11-01", n.QUOTA: 600.0}]
    return tables(*deals, changes=log(*changes), targets=sheet("targets", quotas))


def test_the_coverage_needed_is_read_off_the_past(watched):
    table = rows_of(coverages, build_pipeline(watched, as_of=AS_OF))
    # Brought over due is 0.1 ... 1.0: the median 0.55, its fifth part 0.28, its tenth 0.19.
    brought = np.arange(1, 11) / 10
    for share, chance in ((50, 0.5), (80, 0.2), (90, 0.1)):
        row = pick(table, f"coverage needed at a month's start for a chance of {share} %")
        assert row.value == pytest.approx(1 / np.quantile(brought, chance))
        assert row.n == 10
    # No deal that was open was ever won: 1 / win rate would say that no coverage is enough.
    asked = pick(table, "open amount needed for a chance of 80 %")
    assert asked.value == pytest.approx(600 / 0.28)


def test_without_a_log_it_is_not_known(made):
    table = rows_of(coverages, build_pipeline(made, as_of=AS_OF))
    row = pick(table, "coverage needed at a month's start for a chance of 80 %")
    assert isnan(row.value)
    assert "overwritten" in row.population
