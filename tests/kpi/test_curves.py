import pytest

from salespipe import names as n
from salespipe.kpi.curves import CURVE_COLUMNS, curves


def test_five_deals_by_hand(pipeline_of):
    # Of five, one is won after 10 days and one lost after 20; three have been open for 30.
    ends = [
        {n.STAGE: "won", n.CLOSED_ON: "2026-10-11"},
        {n.STAGE: "lost", n.CLOSED_ON: "2026-10-21"},
        *[{n.STAGE: "Prospecting"}] * 3,
    ]
    rows = [{n.CREATED_ON: "2026-10-01"} | end for end in ends]
    table = curves(pipeline_of(rows))
    assert tuple(table.columns) == CURVE_COLUMNS
    assert table["day"].tolist() == [0, 10, 20]
    assert table["won"].tolist() == pytest.approx([0, 0.2, 0.2])
    assert table["lost"].tolist() == pytest.approx([0, 0, 0.2])
    assert table["open"].tolist() == pytest.approx([1, 0.8, 0.6])


def test_shares_add_up_and_find_the_truth(firm):
    table = curves(firm)
    assert table[["won", "lost", "open"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert table["won"].is_monotonic_increasing
    assert table["won"].iloc[-1] == pytest.approx(0.25, abs=0.03)


def test_where_nothing_has_ended_there_is_no_curve(pipeline_of):
    table = curves(pipeline_of([{n.CREATED_ON: "2026-10-01", n.STAGE: "Prospecting"}]))
    assert table.empty
    assert tuple(table.columns) == CURVE_COLUMNS
