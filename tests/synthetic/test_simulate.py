from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from salespipe.errors import AsOfError
from salespipe.synthetic import Company, Simulated, simulate_company

SEED = 7
COMPANY = Company(deals=300, months=12, future_months=12)
EARLY, LATE = date(2024, 12, 17), date(2025, 3, 31)
DATED = {
    "deals": ["created_on", "closed_on"],
    "stage_entries": ["entered_on"],
    "activities": ["activity_on"],
    "feedback": ["reported_on"],
    "changes": ["changed_on"],
}
"""Columns of what has happened; plans (expected close, next step, targets, market) lie ahead."""


def simulate(as_of: date, *, company: Company = COMPANY, seed: int = SEED) -> Simulated:
    return simulate_company(company, seed=seed, as_of=as_of)


def frames_of(simulated: Simulated) -> dict[str, pd.DataFrame]:
    tables = simulated.tables
    named = {field.name: getattr(tables, field.name) for field in fields(tables)}
    return {name: table for name, table in named.items() if isinstance(table, pd.DataFrame)}


def test_same_seed_same_result_and_another_seed_another() -> None:
    once, again, other = simulate(LATE), simulate(LATE), simulate(LATE, seed=SEED + 1)
    for name, frame in frames_of(once).items():
        pd.testing.assert_frame_equal(frame, frames_of(again)[name])
    pd.testing.assert_frame_equal(once.future, again.future)
    assert not once.tables.deals["amount"].equals(other.tables.deals["amount"])


def test_nothing_is_dated_after_the_as_of_date() -> None:
    frames = frames_of(simulate(LATE))
    for name, columns in DATED.items():
        for column in columns:
            assert frames[name][column].max() <= pd.Timestamp(LATE), (name, column)
    assert frames["changes"]["changed_on"].max() > pd.Timestamp(LATE) - timedelta(days=7)


@pytest.mark.parametrize("name", ["stage_entries", "activities", "feedback", "changes"])
def test_two_dates_share_the_log_of_their_past_exactly(name: str) -> None:
    before, after = frames_of(simulate(EARLY))[name], frames_of(simulate(LATE))[name]
    (column,) = DATED[name]
    past = after[after[column] <= pd.Timestamp(EARLY)]
    assert len(before) < len(after)
    pd.testing.assert_frame_equal(before.reset_index(drop=True), past.reset_index(drop=True))


def test_two_dates_share_deals_and_outcomes_of_their_past_exactly() -> None:
    before, after = simulate(EARLY).tables.deals, simulate(LATE).tables.deals
    past = after[after["created_on"] <= pd.Timestamp(EARLY)]
    given = ["deal_id", "account", "deal_name", "owner", "segment", "source", "listed_amount",
             "currency", "created_on"]  # fmt: skip
    pd.testing.assert_frame_equal(before[given], past[given])
    closed = past["closed_on"] <= pd.Timestamp(EARLY)
    assert closed.any()
    assert not closed.all()
    pd.testing.assert_frame_equal(before[closed], past[closed])
    assert not before.loc[~closed, "stage"].isin(["won", "lost"]).any()


def test_truth_does_not_depend_on_the_date() -> None:
    one, two = simulate(EARLY).truth, simulate(LATE).truth
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(two, field.name)
        assert left.equals(right) if isinstance(left, pd.Series) else left == right


def test_the_future_is_what_a_later_workbook_shows() -> None:
    future, later = simulate(EARLY).future, simulate(LATE).tables.deals
    closed = future[future["closed_on"] <= pd.Timestamp(LATE)].set_index("deal_id")
    shown = later.set_index("deal_id").loc[closed.index]
    assert len(closed) > 20
    assert closed["outcome"].equals(shown["stage"].rename("outcome"))
    for column in ("closed_on", "amount", "owner", "segment", "created_on"):
        assert closed[column].equals(shown[column])


def test_the_future_holds_open_deals_and_those_to_come() -> None:
    simulated = simulate(EARLY)
    deals, future = simulated.tables.deals, simulated.future
    open_now = deals.loc[deals["closed_on"].isna(), "deal_id"]
    known = future["created_on"] <= pd.Timestamp(EARLY)
    assert future.loc[known, "deal_id"].tolist() == open_now.tolist()
    assert (~known).any()
    assert (future["closed_on"].dropna() > pd.Timestamp(EARLY)).all()
    assert future["closed_on"].isna().equals(future["outcome"] == "open")
    assert set(future["outcome"]) == {"won", "lost", "open"}


def test_defaults_make_the_company_that_is_described() -> None:
    rates, cycles, counts = [], [], []
    for seed in range(5):
        deals = simulate_company(seed=seed, as_of=Company().end).tables.deals
        ripe = deals[deals["created_on"] < "2026-01-01"]
        won = deals[deals["stage"] == "won"]
        rates.append((ripe["stage"] == "won").mean())
        cycles.append((won["closed_on"] - won["created_on"]).dt.days.mean())
        counts.append(len(deals))
    assert min(rates) > 0.12
    assert max(rates) < 0.28
    assert 0.15 < np.mean(rates) < 0.25
    assert min(cycles) > 60
    assert max(cycles) < 100
    assert np.mean(counts) == pytest.approx(2000, rel=0.1)


def test_without_burn_in_the_workbook_holds_every_deal() -> None:
    deals = simulate(LATE).tables.deals
    assert deals["deal_id"].tolist() == [f"D-{k:05d}" for k in range(1, len(deals) + 1)]
    assert deals["created_on"].min() >= pd.Timestamp(COMPANY.start)


def test_burn_in_leaves_the_deals_open_on_the_first_day() -> None:
    company = Company(deals=300, months=12, future_months=3, burn_in=12)
    tables = simulate(LATE, company=company).tables
    start = pd.Timestamp(company.start)
    carried = tables.deals[tables.deals["created_on"] < start]
    assert 5 < len(carried) < 100
    assert tables.deals["closed_on"].min() >= start
    assert tables.changes["changed_on"].min() == start
    assert set(carried["deal_id"]) <= set(
        tables.changes.loc[tables.changes["changed_on"] == start, "deal_id"]
    )
    assert tables.activities["activity_on"].min() >= start


@pytest.mark.parametrize("as_of", [date(2024, 4, 30), date(2026, 5, 1)])
def test_a_date_outside_the_months_is_refused(as_of: date) -> None:
    with pytest.raises(AsOfError, match=f"from 2024-05-01 to 2026-04-30, not on {as_of}"):
        simulate(as_of)


def test_the_very_first_day_can_be_shown() -> None:
    tables = simulate(COMPANY.start).tables
    assert len(tables.deals) < 20
    assert tables.deals["closed_on"].isna().all()


def test_sloppiness_is_applied() -> None:
    company = Company(deals=300, months=12, sloppiness=0.5)
    assert simulate(LATE, company=company).tables.deals["amount"].isna().any()
    assert simulate(LATE).tables.deals["amount"].notna().all()


def test_revenue_climbs_from_nothing_without_burn_in_and_is_steady_with_it() -> None:
    won = {}
    for burn_in in (0, 12):
        company = Company(deals=20_000, months=12, future_months=0, burn_in=burn_in)
        deals = simulate(company.end, company=company).tables.deals
        closed = deals.loc[deals["stage"] == "won", "closed_on"]
        won[burn_in] = closed.dt.to_period("M").value_counts().sort_index()
    # May and the November half a year later are the same month of their quarters.
    assert won[0]["2024-05"] < 0.2 * won[0]["2024-11"]
    assert won[12]["2024-05"] > 0.5 * won[12]["2024-11"]
