from salespipe import names as n
from salespipe.kpi import funnel
from salespipe.results import FUNNEL_COLUMNS

OPEN = {n.CREATED_ON: "2026-05-01", n.STAGE: "Proposal & Negotiation", n.AMOUNT: 10000.0}


def test_ten_thousand_at_seventy_percent_weigh_seven_thousand(pipeline_of):
    table = funnel(pipeline_of([OPEN]))
    assert tuple(table.columns) == FUNNEL_COLUMNS
    assert table["stage"].iloc[-1] == "Proposal & Negotiation"
    assert table.iloc[-1, 1:].tolist() == [1, 10000, 7000]
    assert len(table) == 5
    assert table["count"].sum() == 1


def test_lost_and_won_deals_weigh_nothing(pipeline_of):
    closed = OPEN | {n.CLOSED_ON: "2026-06-01", n.AMOUNT: 1e6}
    rows = [OPEN, closed | {n.STAGE: "lost"}, closed | {n.STAGE: "won"}]
    assert funnel(pipeline_of(rows))["weighted"].sum() == 7000


def test_a_missing_amount_counts_but_has_no_value(pipeline_of):
    table = funnel(pipeline_of([OPEN, OPEN | {n.DEAL_ID: "X", n.AMOUNT: None}]))
    assert (table["count"].sum(), table["value"].sum()) == (2, 10000)


def test_a_deal_closed_after_the_date_is_still_open(pipeline_of):
    later = OPEN | {n.STAGE: "won", n.CLOSED_ON: "2026-11-02", n.LISTED_AMOUNT: 50.0}
    table = funnel(pipeline_of([later]))
    assert (table["count"].sum(), table["value"].sum()) == (1, 50)
