"""The backtest: which dates, what was known, what is scored."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.backtest.ladder import LADDER, won_in
from salespipe.backtest.run import ROW_COLUMNS, SUMMARY_COLUMNS, backtest, past_dates
from salespipe.backtest.scores import crps
from salespipe.errors import AsOfError
from tests.small_tables import deal, tables

END = date(2026, 9, 30)


def company(months=9, *more):
    wins = [
        deal(f"w{m}", "won", f"2026-{m:02d}-01", f"2026-{m:02d}-20") | {n.AMOUNT: 100.0 * m}
        for m in range(1, months + 1)
    ]
    return tables(deal("l", "lost", "2025-12-01", "2026-01-02"), *wins, *more)


def steady(pipeline, *, months, seed):
    """Say between 0 and 1,000 of every month."""
    return np.tile(np.linspace(0, 1_000, 101)[:, None], months)


def point(pipeline, *, months, seed):
    return np.full((1, months), 500.0)


def silent(pipeline, *, months, seed):
    return None


def test_the_default_dates_leave_every_month_to_be_scored():
    assert past_dates(company(), as_of=END) == tuple(
        date(2026, month, day) for month, day in ((3, 31), (4, 30), (5, 31), (6, 30))
    )
    assert past_dates(company(), as_of=END, months=1, count=2) == (
        date(2026, 7, 31),
        date(2026, 8, 31),
    )
    # A month that ends on a weekend is over on its last working day.
    assert past_dates(company(), as_of=date(2026, 9, 28), count=1) == (date(2026, 6, 30),)
    assert past_dates(company(), as_of=date(2026, 9, 20), count=1) == (date(2026, 5, 31),)


@pytest.mark.parametrize(("day", "months"), [(date(2026, 5, 31), 3), (date(2025, 12, 31), 1)])
def test_too_short_a_past_is_refused_in_a_sentence(day, months):
    with pytest.raises(AsOfError, match=r"needs 3 full months of closings and . more after them"):
        past_dates(company(), as_of=day, months=months)


def test_rows_hold_what_happened_and_its_scores():
    made = backtest(company(), as_of=END, methods={"steady": steady}, months=3)
    assert tuple(made.rows.columns) == ROW_COLUMNS
    assert len(made.rows) == 4 * 3
    row = made.rows.iloc[1]
    assert (row["as_of"], row["horizon"], row["period"]) == (date(2026, 3, 31), 2, "2026-05")
    assert row["actual"] == 500
    assert row[["worst", "likely", "best"]].to_list() == pytest.approx([100, 500, 900])
    assert row["crps"] == pytest.approx(float(crps(np.linspace(0, 1_000, 101), 500)))
    assert row["pit"] == pytest.approx(0.5)
    ends = row[["low_50", "high_50", "low_80", "high_80", "low_90", "high_90"]].to_list()
    assert ends == pytest.approx([250, 750, 100, 900, 50, 950])


def test_the_summary_is_the_mean_over_the_dates():
    made = backtest(company(), as_of=END, methods={"steady": steady}, months=3)
    summary = made.summary()
    assert tuple(summary.columns) == SUMMARY_COLUMNS
    first = summary.iloc[0]
    # April to July: 400, 500, 600 and 700.
    own = made.rows[made.rows["horizon"] == 1]
    assert own["actual"].to_list() == [400, 500, 600, 700]
    assert first["crps_over_mean"] == pytest.approx(own["crps"].mean() / 550)
    assert first["mae_over_mean"] == pytest.approx((100 + 0 + 100 + 200) / 4 / 550)
    assert first["bias_over_mean"] == pytest.approx((100 + 0 - 100 - 200) / 4 / 550)
    assert first["wape"] == pytest.approx(400 / 2200)
    assert (first["coverage_50"], first["coverage_80"], first["n"]) == (1.0, 1.0, 4)
    assert (first["band_80_low"], first["band_80_high"]) == (0.25, 1.0)


def test_three_months_together_are_the_sum_of_every_draw():
    made = backtest(company(), as_of=END, methods={"steady": steady}, months=3)
    assert tuple(made.quarters.columns) == ROW_COLUMNS
    assert made.quarters["actual"].to_list() == [1500, 1800, 2100, 2400]
    row = made.quarters.iloc[0]
    assert (row["as_of"], row["horizon"]) == (date(2026, 3, 31), 3)
    assert row["period"] == "2026-04 to 2026-06"
    # Every draw brings the same in all three months.
    assert row[["worst", "likely", "best"]].to_list() == pytest.approx([300, 1500, 2700])
    assert row["crps"] == pytest.approx(float(crps(np.linspace(0, 3_000, 101), 1500)))
    summary = made.quarter_summary()
    assert tuple(summary.columns) == SUMMARY_COLUMNS
    assert summary["n"].to_list() == [4]
    assert summary["mae_over_mean"].iloc[0] == pytest.approx((0 + 300 + 600 + 900) / 4 / 1950)


def test_no_three_months_together_where_fewer_are_forecast_or_over():
    fewer = backtest(company(), as_of=END, methods={"steady": steady}, months=2)
    assert fewer.quarters.empty
    assert fewer.quarter_summary().empty
    dates = [date(2026, 6, 30), date(2026, 7, 31)]
    late = backtest(company(), as_of=END, dates=dates, methods={"steady": steady}, months=3)
    assert late.quarters["as_of"].to_list() == dates[:1]
    assert late.deals.empty


def test_methods_see_only_what_was_known_on_the_date():
    seen = []

    def spy(pipeline, *, months, seed):
        seen.append((pipeline.as_of, float(won_in(pipeline).sum()), months, seed))
        return steady(pipeline, months=months, seed=seed)

    backtest(company(), as_of=END, methods={"spy": spy}, months=2, seed=9)
    assert seen[0] == (date(2026, 3, 31), 600.0, 2, 9)
    assert [day for day, *_ in seen] == sorted(day for day, *_ in seen)


def test_months_that_are_not_over_have_no_row():
    made = backtest(
        company(),
        as_of=END,
        dates=[date(2026, 8, 31), date(2026, 7, 31)],
        methods={"steady": steady},
        months=3,
    )
    assert made.dates == (date(2026, 7, 31), date(2026, 8, 31))
    assert made.rows["period"].to_list() == ["2026-08", "2026-09", "2026-09"]
    assert made.summary()["n"].to_list() == [2, 1]


def test_a_single_number_is_spread_by_what_it_missed_by_then():
    made = backtest(company(), as_of=END, methods={"point": point}, months=1)
    widths = np.log(made.rows["high_80"] / made.rows["low_80"])
    np.testing.assert_allclose(made.rows["likely"], 500, rtol=1e-3)
    # April brought 400, May 500, June 600: nearer than the factor 1.6 that is assumed at first.
    assert widths.iloc[:4].is_monotonic_decreasing
    assert widths.iloc[3] < 0.8 * widths.iloc[0]


def test_a_method_that_says_nothing_is_left_out_and_said():
    made = backtest(company(), as_of=END, methods={"steady": steady, "silent": silent})
    assert made.methods == ("steady",)
    assert any("silent had too little history" in note for note in made.notes)
    assert any("With 4 dates" in note for note in made.notes)
    assert made.weights == {}


def test_progress_names_dates_and_methods():
    told = []
    backtest(company(), as_of=END, methods={"steady": steady}, progress=told.append)
    assert told[0] == "As of 2026-03-31 (1 of 4): steady"


def test_no_date_is_refused():
    with pytest.raises(AsOfError, match="at least one past date"):
        backtest(company(), as_of=END, dates=[], methods={"steady": steady})


def test_changing_the_future_of_a_date_changes_its_actuals_only():
    later = deal("z", "won", "2026-09-01", "2026-09-03") | {n.AMOUNT: 9e6}
    plain, planted = (
        backtest(company(9, *more), as_of=END, methods=dict(LADDER)).rows for more in ((), (later,))
    )
    said = ["likely", "worst", "best", "low_90", "high_90"]
    pd.testing.assert_frame_equal(plain[said], planted[said])
    assert (plain["actual"] != planted["actual"]).sum() == len(LADDER)
