"""Counts on a public data set whose closings are recorded only from 2017-03-01 on."""

from datetime import date
from time import process_time

import pandas as pd
import pytest
from pace import allowed

from salespipe import names as n
from salespipe.kpi import funnel, history, review
from salespipe.tables import conform
from tests.public_data import data_file

SHEET = "crm_opportunities/sales_pipeline.csv"
STAGES = {"Won": "won", "Lost": "lost", "Engaging": "Qualification", "Prospecting": "Prospecting"}


@pytest.fixture
def pipeline(pipeline_of):
    raw = pd.read_csv(data_file(SHEET))
    deals = pd.DataFrame(
        {
            n.DEAL_ID: raw["opportunity_id"],
            n.OWNER: raw["sales_agent"],
            n.SEGMENT: raw["product"],
            n.STAGE: raw["deal_stage"].map(STAGES),
            n.AMOUNT: raw["close_value"],
            n.CREATED_ON: pd.to_datetime(raw["engage_date"]),
            n.CLOSED_ON: pd.to_datetime(raw["close_date"]),
        }
    )
    return pipeline_of(conform("deals", deals), as_of=date(2017, 12, 31))


def test_the_counts_are_those_of_the_file(pipeline):
    table = review(pipeline)
    closed = table[(table["definition"] == "won / (won + lost)") & (table["by"] == "total")].iloc[0]
    assert closed["n"] == 4238 + 2473
    assert closed["value"] == pytest.approx(4238 / 6711)
    assert "closings are recorded only from 2017-03-01" in closed["population"]
    assert funnel(pipeline)["count"].sum() == 2089
    won = pipeline.deals.loc[pipeline.deals[n.OUTCOME] == n.WON, n.AMOUNT].sum()
    assert history(pipeline)["won"].sum() == won
    assert history(pipeline)["month"].iloc[0] == pd.Timestamp("2017-03-01")


def test_what_the_file_does_not_say_is_not_said(pipeline):
    table = review(pipeline).set_index("name")
    silent = table.loc[["Stage conversion", "Activity volume"]]
    assert silent["value"].isna().all()
    value = table[table["definition"].str.startswith("value won") & (table["by"] == "total")]
    assert value["value"].isna().all()
    assert value["population"].str.contains("have an amount").all()


def test_the_whole_review_takes_less_than_five_seconds(pipeline):
    start = process_time()
    review(pipeline)
    assert process_time() - start < allowed(5)
