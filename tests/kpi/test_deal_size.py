from math import isnan

import pytest

from salespipe import names as n
from salespipe.kpi.deal_size import deal_sizes
from salespipe.kpi.measure import tidy
from salespipe.kpi.scope import Scope

WON = {n.CREATED_ON: "2026-05-01", n.CLOSED_ON: "2026-06-01", n.STAGE: "won"}


def sizes(pipeline):
    table = tidy(deal_sizes(Scope(pipeline)))
    return table[table["by"] == "total"].set_index("definition")


def test_mean_median_and_typical_size_stand_side_by_side(pipeline_of):
    rows = [WON | {n.AMOUNT: amount} for amount in (1.0, 10.0, 100.0, 1000.0, 10000.0)]
    table = sizes(pipeline_of([*rows, WON | {n.STAGE: "lost", n.AMOUNT: 1e9}]))
    assert table.loc["sum won / number won", "value"] == pytest.approx(2222.2)
    assert table.loc["median of won deals", "value"] == 100
    assert table.loc["mean on the log scale (geometric) of won deals", "value"] == pytest.approx(
        100
    )
    assert "the largest deal is 90% of the sum" in table.loc["sum won / number won", "population"]
    assert (table["unit"] == "money").all()


def test_amounts_not_entered_are_left_out_and_counted(pipeline_of):
    rows = [WON | {n.AMOUNT: amount} for amount in (100.0, 0.0, None)]
    row = sizes(pipeline_of(rows)).loc["sum won / number won"]
    assert (row["value"], row["n"]) == (100, 1)
    assert "2 without an amount left out" in row["population"]


def test_open_deals_are_apart(pipeline_of):
    waiting = {n.CREATED_ON: "2026-05-01", n.STAGE: "Prospecting", n.AMOUNT: 500.0}
    table = sizes(pipeline_of([WON, waiting]))
    assert table.loc["sum open / number open", "value"] == 500
    assert table.loc["sum won / number won", "value"] == 100


def test_no_win_has_no_size(pipeline_of):
    table = sizes(pipeline_of([WON | {n.STAGE: "lost"}]))
    assert isnan(table.loc["sum won / number won", "value"])
    assert table.loc["sum won / number won", "n"] == 0
    assert "no such deal" in table.loc["sum won / number won", "population"]
