from datetime import date

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.synthetic import Company, make_sloppy, simulate_company
from salespipe.tables import Tables

AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return simulate_company(Company(deals=4000, months=14), seed=9, as_of=AS_OF).tables


def test_about_the_share_of_open_deals_is_left_incomplete(tables: Tables) -> None:
    deals = make_sloppy(tables, seed=1, share=0.3).deals
    is_open = deals[n.CLOSED_ON].isna()
    for key in (n.AMOUNT, n.LISTED_AMOUNT, n.NEXT_STEP, n.NEXT_STEP_ON, n.FORECAST_CATEGORY,
                n.CONFIDENCE):  # fmt: skip
        missing = deals.loc[is_open, key].isna()
        assert 0.18 < missing.mean() < 0.42, key
        assert deals.loc[~is_open, key].equals(tables.deals.loc[~is_open, key])
    assert deals[n.SOURCE].isna().mean() == pytest.approx(0.15, abs=0.02)
    overdue = deals.loc[is_open, n.EXPECTED_CLOSE_ON] < pd.Timestamp(AS_OF)
    before = tables.deals.loc[is_open, n.EXPECTED_CLOSE_ON] < pd.Timestamp(AS_OF)
    assert overdue.mean() > before.mean() + 0.1
    assert (deals[n.EXPECTED_CLOSE_ON] >= deals[n.CREATED_ON]).all()


def test_what_a_run_cannot_do_without_is_left_alone(tables: Tables) -> None:
    deals = make_sloppy(tables, seed=1, share=1.0).deals
    for key in (n.DEAL_ID, n.ACCOUNT, n.OWNER, n.SEGMENT, n.STAGE, n.CREATED_ON, n.CLOSED_ON):
        assert deals[key].equals(tables.deals[key])


def test_the_change_log_still_ends_in_what_the_sheet_shows(tables: Tables) -> None:
    sloppy = make_sloppy(tables, seed=1, share=0.3)
    deals = sloppy.deals.set_index(n.DEAL_ID)
    last = sloppy.changes.drop_duplicates(n.DEAL_ID, keep="last").set_index(n.DEAL_ID)
    for key in (n.AMOUNT, n.EXPECTED_CLOSE_ON, n.FORECAST_CATEGORY, n.CONFIDENCE):
        assert last.loc[deals.index, key].equals(deals[key]), key


def test_the_tables_given_are_not_changed(tables: Tables) -> None:
    deals, changes = tables.deals.copy(), tables.changes.copy()
    assert not make_sloppy(tables, seed=1, share=0.5).deals.equals(deals)
    pd.testing.assert_frame_equal(tables.deals, deals)
    pd.testing.assert_frame_equal(tables.changes, changes)


def test_no_share_no_change_and_the_same_seed_the_same(tables: Tables) -> None:
    pd.testing.assert_frame_equal(make_sloppy(tables, seed=1, share=0.0).deals, tables.deals)
    one, two = (make_sloppy(tables, seed=5, share=0.2).deals for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
