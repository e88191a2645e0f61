import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.stage_time import business_days, stage_times
from salespipe.pipeline import build_pipeline
from tests.kpi.picking import pick, rows_of
from tests.small_tables import as_of, deal, entries, tables


def test_business_days_leave_out_weekends():
    # Friday 2 October to Monday 5 October 2026: only the Friday lies in between.
    first = pd.Series(pd.to_datetime(["2026-10-02", "2026-10-05", "2026-10-03"]))
    last = pd.Series(pd.to_datetime(["2026-10-05", "2026-10-12", "2026-10-04"]))
    assert business_days(first, last).tolist() == [1, 5, 0]


@pytest.fixture
def pipeline():
    """Six deals in A from Monday 1 June: gone after 7, 14, 14, 21 and 28 days, one still there."""
    leave = ["2026-06-08", "2026-06-15", "2026-06-15", "2026-06-22", "2026-06-29"]
    deals = [deal(f"d{i}", "B", "2026-06-01") for i in range(5)]
    deals += [deal("e", "A", "2026-06-01"), deal("w", "won", "2026-06-01", "2026-07-01")]
    dates = [(f"d{i}", "B", day) for i, day in enumerate(leave)] + [("w", "B", "2026-06-29")]
    return build_pipeline(tables(*deals, stage_entries=entries(*dates)), as_of=as_of("07-31"))


def test_a_stay_that_is_not_over_counts_as_lasting_at_least_so_long(pipeline):
    table = rows_of(stage_times, pipeline)
    # Seven stays in A: 7, 14, 14, 21, 28, 28 and 60+. Remaining after 7: 6/7, 14: 4/7, 21: 3/7.
    median = pick(table, "median of calendar days", "stage", "A")
    assert (median.value, median.n) == (21, 7)
    # 21 days from a Monday are 15 business days.
    assert pick(table, "median of business days", "stage", "A").value == 15
    # One fifth or less remain after 28 days: 1/7.
    assert pick(table, "80th percentile of calendar days", "stage", "A").value == 28


def test_without_stage_dates_nothing_is_said(pipeline_of):
    table = rows_of(
        stage_times, pipeline_of([{n.CREATED_ON: "2026-06-01", n.STAGE: "Prospecting"}])
    )
    assert table["value"].isna().all()
    assert table["population"].str.contains("stage dates are not recorded").all()
