from time import process_time

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pace import allowed

from salespipe import names as n
from salespipe.kpi import review
from salespipe.results import KPI_COLUMNS
from tests.kpi.conftest import simulated_deals

FIVE = ["Win rate", "Sales cycle", "Average deal size", "Stage conversion", "Activity volume"]
BESIDE = [
    "Time in stage", "Bottleneck", "Loss reasons", "Sales velocity", "Weighted pipeline",
    "Coverage", "Slippage", "Quota attainment", "Linearity", "Scorecard", "Evidence",
]  # fmt: skip
KEY = ["name", "definition"]

DAY = st.dates(pd.Timestamp("2026-01-01").date(), pd.Timestamp("2026-10-31").date())


@st.composite
def deal(draw):
    created, other = sorted((draw(DAY), draw(DAY)))
    end = draw(st.sampled_from(["won", "lost", "Prospecting", "Needs Analysis"]))
    return {
        n.CREATED_ON: created.isoformat() if draw(st.booleans()) else None,
        n.CLOSED_ON: other.isoformat() if end in ("won", "lost") else None,
        n.STAGE: end,
        n.OWNER: draw(st.sampled_from(["Ana", "Bo", None])),
        n.SEGMENT: draw(st.sampled_from(["Large", None])),
        n.AMOUNT: draw(st.one_of(st.none(), st.floats(0, 1e7))),
    }


@pytest.fixture(scope="module")
def table(firm):
    return review(firm)


def test_the_five_kpis_come_in_the_order_of_the_method(table):
    assert tuple(table.columns) == KPI_COLUMNS
    assert table["name"].drop_duplicates().tolist() == FIVE + BESIDE
    assert set(table["by"]) == {"total", "owner", "segment", "stage", "quarter", "month"}
    assert set(table["unit"]) == {"share", "days", "money", "number"}


def test_every_row_says_whom_it_counts_and_how_it_misleads(table):
    for column in ("name", "definition", "population", "interval", "trap"):
        assert table[column].str.len().gt(0).all()
    assert not table.duplicated(subset=[*KEY, "by", "group"]).any()


def check(table):
    beyond = table["name"].isin(["Quota attainment", "Evidence"])
    share = table[(table["unit"] == "share") & ~beyond]
    assert share["value"].dropna().between(0, 1).all()
    slack = 1e-9 * table["value"].abs()
    assert not (table["low"] > table["value"] + slack).any()
    assert not (table["high"] < table["value"] - slack).any()
    bare = table[table["low"].isna() & table["high"].isna()]
    assert bare["interval"].str.startswith("none").all()
    totals = table[table["by"] == "total"].set_index(KEY)["n"]
    for by in ("owner", "segment"):
        parts = table[table["by"] == by].groupby(KEY)["n"].sum()
        parts = parts[parts.index.isin(totals.index)]
        pd.testing.assert_series_equal(parts, totals.reindex(parts.index), check_names=False)


def test_groups_add_up_and_intervals_enclose(table):
    check(table)


def test_months_add_up_to_the_total(table):
    totals = table[table["by"] == "total"].set_index(KEY)["n"]
    parts = table[table["by"] == "month"].groupby(KEY)["n"].sum()
    parts = parts[~parts.index.get_level_values("definition").str.contains("censored|went on")]
    assert len(parts) > 5
    pd.testing.assert_series_equal(parts, totals.reindex(parts.index), check_names=False)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(deal(), min_size=1, max_size=25))
def test_any_book_can_be_reviewed(pipeline_of, deals):
    first = {n.CREATED_ON: "2026-01-01", n.STAGE: "Prospecting"}
    check(review(pipeline_of([first, *deals])))


def test_a_book_without_dates_is_reviewed_without_numbers_on_time(pipeline_of):
    table = review(pipeline_of([{n.STAGE: "Prospecting", n.AMOUNT: 5.0}]))
    assert table.loc[table["unit"].isin(["share", "days"]), "value"].isna().all()
    assert table["name"].drop_duplicates().tolist() == FIVE + BESIDE


def test_ten_thousand_deals_take_less_than_two_seconds(pipeline_of, firm):
    deals = pd.concat([firm.deals] * 3, ignore_index=True).head(10_000)
    deals[n.DEAL_ID] = [f"D{i}" for i in range(len(deals))]
    deals[n.OWNER] = np.random.default_rng(2).choice([f"Owner {i}" for i in range(30)], len(deals))
    pipeline = pipeline_of(deals)
    start = process_time()
    review(pipeline)
    # Twice the two seconds that are meant, of the processor: other work may share the machine.
    assert process_time() - start < allowed(4)


@pytest.mark.slow
def test_a_hundred_thousand_deals_take_less_than_half_a_minute(pipeline_of):
    pipeline = pipeline_of(simulated_deals(100_000))
    start = process_time()
    review(pipeline)
    assert process_time() - start < allowed(30)
