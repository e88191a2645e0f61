from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.scope import Beginning, Scope, follow, full_months
from salespipe.kpi.survival import survive
from tests.workbook.test_chinese import untranslated

LONG_AGO = Beginning(pd.Timestamp("2020-01-15"), "the data begins on 2020-01-15")


@pytest.mark.parametrize(
    ("as_of", "first", "last"),
    [
        (date(2026, 10, 31), "2025-11", "2026-10"),
        (date(2026, 10, 30), "2025-10", "2026-09"),
        (date(2028, 2, 29), "2027-03", "2028-02"),
    ],
)
def test_a_month_is_full_on_its_last_day(as_of, first, last):
    window = full_months(as_of, begin=LONG_AGO)
    assert (window.months[0], window.months[-1], len(window.months)) == (first, last, 12)
    assert window.text == f"the 12 full months {first} to {last}"


def test_shorter_data_shortens_the_window_and_says_so():
    begin = Beginning(pd.Timestamp("2026-09-10"), "the data begins on 2026-09-10")
    window = full_months(date(2026, 10, 31), begin=begin)
    assert window.text == "the 2 full months 2026-09 to 2026-10 (the data begins on 2026-09-10)"
    assert window.start == pd.Timestamp("2026-09-01")


def test_a_firm_without_a_full_month_is_seen_by_days():
    begin = Beginning(pd.Timestamp("2026-10-20"), "the data begins on 2026-10-20")
    window = full_months(date(2026, 10, 25), begin=begin, running=True)
    assert window.months == ()
    assert window.text == "the days 2026-10-20 to 2026-10-25 (no full month yet)"
    assert window.holds(pd.Series(pd.to_datetime(["2026-10-25", "2026-10-26"]))).tolist() == [
        True,
        False,
    ]


def test_cohorts_are_old_enough_to_the_day(firm):
    scope = Scope(firm)
    for age in (30, 90, 365):
        youngest = scope.cohorts(age).end - pd.Timedelta(days=1)
        assert (pd.Timestamp(firm.as_of) - youngest).days >= age
    assert scope.cohorts(90).months[-1] == "2026-07"


def test_closings_that_begin_late_are_noticed(pipeline_of, firm):
    assert Scope(firm).begin.reason.startswith("the data begins")
    deals = firm.deals
    late = deals[~(deals[n.CLOSED_ON] < pd.Timestamp("2026-01-01"))]
    scope = Scope(pipeline_of(late))
    assert "closings are recorded only from 2026-01" in scope.begin.reason
    assert scope.window.months[0] == "2026-01"


def test_a_young_firm_with_long_cycles_is_not_taken_for_a_cut_file(pipeline_of):
    rows = [{n.CREATED_ON: f"2026-0{m}-03", n.STAGE: "Prospecting"} for m in (1, 2, 3)]
    rows[0] |= {n.STAGE: "won", n.CLOSED_ON: "2026-06-20"}
    rows[1] |= {n.STAGE: "lost", n.CLOSED_ON: "2026-07-20"}
    scope = Scope(pipeline_of(rows))
    assert scope.begin.day == pd.Timestamp("2026-01-03")


def test_a_deal_is_followed_from_its_age_when_the_window_begins(pipeline_of):
    rows = [
        {n.CREATED_ON: "2025-10-22", n.CLOSED_ON: "2025-11-05", n.STAGE: "won"},
        {n.CREATED_ON: "2025-11-01", n.CLOSED_ON: "2025-11-15", n.STAGE: "lost"},
        {n.CREATED_ON: "2025-09-01", n.CLOSED_ON: "2025-10-31", n.STAGE: "won"},
        {n.CREATED_ON: "2026-10-31", n.STAGE: "Prospecting"},
    ]
    pipeline = pipeline_of(rows)
    window = full_months(pipeline.as_of, begin=LONG_AGO)
    found = survive(*follow(pipeline.deals, window))
    assert found.n == 3
    assert found.days.tolist() == [14]
    assert found.at_risk.tolist() == [2]
    assert found.hits.tolist() == [1]


def test_impossible_dates_are_passed_over(pipeline_of):
    rows = [{n.CREATED_ON: "2026-05-10", n.CLOSED_ON: "2026-05-01", n.STAGE: "won"}] * 2
    rows = [row | {n.DEAL_ID: f"X{i}"} for i, row in enumerate(rows)]
    scope = Scope(pipeline_of(rows))
    assert scope.deals["cycle"].isna().all()
    assert scope.survival.n == 0


def test_months_younger_than_the_median_cycle_are_unripe(firm):
    scope = Scope(firm)
    median = scope.survival.quantile(0.5).value
    assert 30 < median < 90
    assert scope.unripe["2026-10"] == f"unripe: younger than the median cycle of {median:.0f} days"
    assert "2026-05" not in scope.unripe


def test_months_whose_wins_have_not_come_are_unripe(firm):
    scope = Scope(firm)
    by_then = scope.survival.share_by(scope.won_by).value
    assert by_then / scope.survival.incidence[-1] == pytest.approx(0.8, abs=0.01)
    remark = f"unripe: younger than the {scope.won_by:.0f} days in which 80% of wins come"
    assert not untranslated(remark)
    assert set(scope.unripe_wins.values()) == {remark}
    young = {
        label
        for label in scope.window.months
        if (firm.day - pd.Period(label, freq="M").end_time.normalize()).days < scope.won_by
    }
    assert set(scope.unripe_wins) == young
    assert "2026-10" in young
    assert scope.window.months[0] not in young


def test_without_a_win_no_month_is_ripe(pipeline_of):
    rows = [{n.CREATED_ON: "2026-05-10", n.CLOSED_ON: "2026-06-01", n.STAGE: "lost"}] * 3
    scope = Scope(pipeline_of([row | {n.DEAL_ID: f"X{i}"} for i, row in enumerate(rows)]))
    assert set(scope.unripe_wins.values()) == {"unripe: nothing has been won yet"}
    assert not untranslated("unripe: nothing has been won yet")
