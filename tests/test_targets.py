from datetime import date
from math import isnan

import pytest

from salespipe.periods import months_after
from salespipe.targets import owner_quotas, quota_of, team_quotas
from tests.small_tables import day, sheet

ROWS = [
    {"month": "2026-01-01", "owner": "Ana", "quota": 10.0},
    {"month": "2026-01-01", "owner": "Bo", "quota": 20.0},
    {"month": "2026-02-01", "quota": 50.0},
    {"month": "2026-02-01", "owner": "Ana", "quota": 10.0},
    {"month": "2026-03-17", "owner": "Ana", "quota": 7.0},
    {"month": "2026-04-01", "owner": "Ana"},
    {"owner": "Ana", "quota": 99.0},
]


@pytest.fixture
def targets():
    return sheet("targets", ROWS)


def test_the_teams_own_quota_goes_before_the_sum_of_its_owners(targets):
    quotas = team_quotas(targets)
    assert quotas.to_dict() == {day("01-01"): 30.0, day("02-01"): 50.0, day("03-01"): 7.0}


def test_an_owners_quotas_are_his_own_rows(targets):
    ana = owner_quotas(targets, owner="Ana")
    assert ana.to_dict() == {day("01-01"): 10.0, day("02-01"): 10.0, day("03-01"): 7.0}
    assert owner_quotas(targets, owner="Bo").to_dict() == {day("01-01"): 20.0}
    assert owner_quotas(targets, owner="nobody").empty


def test_two_rows_of_one_month_add_up(targets):
    twice = sheet("targets", [*ROWS, {"month": "2026-02-01", "quota": 5.0}])
    assert team_quotas(twice)[day("02-01")] == 55.0
    twice = sheet("targets", [*ROWS, {"month": "2026-01-15", "owner": "Bo", "quota": 5.0}])
    assert team_quotas(twice)[day("01-01")] == 35.0
    assert owner_quotas(twice, owner="Bo")[day("01-01")] == 25.0


def test_a_quota_of_some_months_is_their_sum_or_missing(targets):
    quotas = team_quotas(targets)
    first = months_after(date(2025, 12, 31), 4)
    assert quota_of(quotas, first[:3]) == 87.0
    assert isnan(quota_of(quotas, first))
    assert isnan(quota_of(quotas, []))


def test_without_targets_there_are_no_quotas():
    none = sheet("targets", [])
    assert team_quotas(none).empty
    assert isnan(quota_of(team_quotas(none), months_after(date(2025, 12, 31), 1)))
