from math import isnan

import pytest

from salespipe import names as n
from salespipe.kpi.attainment import attainments
from salespipe.pipeline import build_pipeline
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import pick, rows_of
from tests.small_tables import deal, sheet, tables


def quota(month, owner, amount):
    return {n.MONTH: f"{month}-01", n.OWNER: owner, n.QUOTA: amount}


@pytest.fixture
def table():
    made = tables(
        deal("a", "won", "2026-07-01", "2026-09-10", amount=50.0, owner="Ana"),
        deal("b", "won", "2026-07-01", "2026-10-10", amount=300.0, owner="Bo"),
        deal("c", "won", "2026-07-01", "2026-08-10", amount=1e6, owner="Bo"),
        deal("d", "lost", "2026-07-01", "2026-10-10", amount=1e6, owner="Bo"),
        targets=sheet(
            "targets",
            [
                quota("2026-09", "Ana", 100.0),
                quota("2026-09", "Bo", 100.0),
                quota("2026-10", "Ana", 100.0),
                quota("2026-10", "Bo", 200.0),
                quota("2027-01", "Bo", 999.0),
            ],
        ),
    )
    return rows_of(attainments, build_pipeline(made, as_of=AS_OF))


def test_the_team_is_a_quotient_of_sums(table):
    # September and October: 350 won of 500. The owners: 50 of 200, 300 of 300. August has no quota.
    assert pick(table, "won / quota").value == 0.7
    assert pick(table, "won / quota", "owner", "Ana").value == 0.25
    assert pick(table, "won / quota", "owner", "Bo").value == 1.0
    assert pick(table, "won / quota").n == 2
    mean_of_rates = (0.25 + 1.0) / 2
    assert pick(table, "won / quota").value != mean_of_rates


def test_months_and_quarters(table):
    assert pick(table, "won / quota", "month", "2026-09").value == 0.25
    assert pick(table, "won / quota", "month", "2026-10").value == 1.0
    assert isnan(pick(table, "won / quota", "month", "2026-08").value)
    # Of the third quarter only September has a quota.
    assert pick(table, "won / quota", "quarter", "2026Q3").value == 0.25


def test_the_gap_is_what_is_missing(table):
    assert pick(table, "quota less won").value == 150
    assert pick(table, "quota less won", "owner", "Bo").value == 0


def test_without_targets_the_reason_is_given(pipeline_of):
    table = rows_of(
        attainments, pipeline_of([{n.CREATED_ON: "2026-06-01", n.STAGE: "Prospecting"}])
    )
    assert table["value"].isna().all()
    assert table["population"].str.contains("the Targets sheet has no quota").all()
