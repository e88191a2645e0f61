from math import isnan

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.activity import activity_volumes
from salespipe.kpi.measure import tidy
from salespipe.kpi.scope import Scope
from salespipe.tables import conform

WEEKLY = "touches per owner and working week"


def volumes(pipeline):
    return tidy(activity_volumes(Scope(pipeline)))


def total(table, definition):
    rows = table[(table["definition"] == definition) & (table["by"] == "total")]
    assert len(rows) == 1
    return rows.iloc[0]


def log(rows):
    frame = pd.DataFrame(rows, columns=[n.ACTIVITY_ON, n.OWNER, n.DEAL_ID, n.ACTIVITY_TYPE])
    return conform("activities", frame.assign(activity_on=pd.to_datetime(frame[n.ACTIVITY_ON])))


@pytest.fixture
def deals():
    """Two owners through September and October 2026, one deal won."""
    return [
        {n.DEAL_ID: "A", n.OWNER: "Ana", n.CREATED_ON: "2026-09-07", n.STAGE: "Prospecting"},
        {n.DEAL_ID: "B", n.OWNER: "Bo", n.CREATED_ON: "2026-09-07", n.STAGE: "Prospecting"},
        {
            n.DEAL_ID: "W",
            n.OWNER: "Ana",
            n.CREATED_ON: "2026-09-08",
            n.CLOSED_ON: "2026-10-05",
            n.STAGE: "won",
        },
    ]


@pytest.fixture
def logged(pipeline_of, deals):
    rows = [
        ("2026-09-07", "Ana", "A", "Call"),
        ("2026-09-08", "Ana", "W", "Call"),
        ("2026-10-02", None, "W", "Meeting"),
        ("2026-10-09", "Ana", "W", "Call"),
    ]
    return pipeline_of(deals, activities=log(rows))


def test_weeks_without_a_touch_are_kept(logged):
    table = volumes(logged)
    # Whole weeks from Monday 7 September to Sunday 25 October: 7 of them, 2 owners.
    row = total(table, WEEKLY)
    assert row["n"] == 14
    assert row["value"] == pytest.approx(4 / 14)
    assert "logged since" not in row["population"]
    idle = table[(table["by"] == "owner") & (table["group"] == "Bo")].iloc[0]
    assert (idle["value"], idle["n"]) == (0, 7)


def test_weeks_before_the_log_began_are_not_idle(pipeline_of, deals):
    table = volumes(pipeline_of(deals, activities=log([("2026-10-08", "Ana", "A", "Call")])))
    row = total(table, WEEKLY)
    assert row["n"] == 6
    assert row["population"].endswith("logged since 2026-10-05")


def test_types_add_up_to_all(logged):
    table = volumes(logged)
    typed = table[table["definition"].str.endswith(f": {WEEKLY}")]
    assert typed["definition"].str.split(":").str[0].tolist() == ["Call", "Meeting"]
    assert typed["value"].sum() == pytest.approx(total(table, WEEKLY)["value"])


def test_touches_per_deal_count_until_the_close(logged):
    table = volumes(logged)
    assert total(table, "touches per won deal")["value"] == 2
    assert total(table, "touches per open deal")["value"] == 0.5
    assert "selection, not cause" in total(table, "touches per won deal")["trap"]


def test_months_and_owners_add_up(logged):
    table = volumes(logged)
    weekly = table[table["definition"] == WEEKLY]
    for by in ("owner", "month"):
        assert weekly.loc[weekly["by"] == by, "n"].sum() == 14


def test_an_empty_log_is_not_idleness(pipeline_of, deals):
    table = volumes(pipeline_of(deals))
    assert table["value"].isna().all()
    assert table["population"].str.contains("activities are not logged").all()


def test_a_log_that_stopped_before_the_window_is_not_idleness(pipeline_of, deals):
    old = {n.DEAL_ID: "O", n.OWNER: "Ana", n.CREATED_ON: "2024-01-05", n.STAGE: "Prospecting"}
    table = volumes(
        pipeline_of([*deals, old], activities=log([("2024-02-01", "Ana", "O", "Call")]))
    )
    row = total(table, WEEKLY)
    assert isnan(row["value"])
    assert "not logged in the window" in row["population"]


def test_touches_that_name_no_deal_are_counted_by_week_only(pipeline_of, deals):
    table = volumes(pipeline_of(deals, activities=log([("2026-09-07", "Ana", None, None)])))
    assert total(table, WEEKLY)["value"] > 0
    assert "do not name their deal" in total(table, "touches per won deal")["population"]


def test_nobody_is_not_an_owner(pipeline_of, deals):
    rows = [("2026-09-07", None, None, "Call"), ("2026-09-14", "Ana", "A", "Call")]
    table = volumes(pipeline_of(deals, activities=log(rows)))
    assert "(none)" not in set(table["group"])
    assert "touches without an owner left out: 1" in total(table, WEEKLY)["population"]
