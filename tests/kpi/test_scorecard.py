import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.scorecard import ALIKE, NOTE, SCORECARD_COLUMNS, scorecard, scorecards
from salespipe.tables import conform
from tests.kpi.conftest import AS_OF
from tests.kpi.picking import rows_of


def team(rates, *, deals=120, lost_amounts=True):
    """Make owners with deals that close within 20 days, won at their rates exactly."""
    rows = []
    for place, (owner, rate) in enumerate(rates.items()):
        for k in range(deals):
            created = pd.Timestamp(AS_OF) - pd.Timedelta(days=90 + (7 * k + place) % 300)
            won = (k * 37) % deals < round(rate * deals)
            rows.append(
                {
                    n.DEAL_ID: f"{owner}-{k}",
                    n.OWNER: owner,
                    n.SEGMENT: ("Large", "Small")[k % 2],
                    n.STAGE: n.WON if won else n.LOST,
                    n.AMOUNT: 100.0 + k if won or lost_amounts else np.nan,
                    n.CREATED_ON: created,
                    n.CLOSED_ON: created + pd.Timedelta(days=20),
                }
            )
    return conform("deals", pd.DataFrame(rows, index=range(2, len(rows) + 2)))


def test_owners_who_differ_are_told_apart(pipeline_of):
    table = scorecard(pipeline_of(team({"Ana": 0.5, "Bo": 0.3, "Cem": 0.1})))
    assert tuple(table.columns) == SCORECARD_COLUMNS
    assert table["owner"].tolist() == ["Ana", "Bo", "Cem"]
    assert table["call"].tolist() == ["above the team", ALIKE, "below the team"]
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_owners_who_do_not_differ_are_not_ranked(pipeline_of):
    table = scorecard(pipeline_of(team({"Ana": 0.3, "Bo": 0.32, "Cem": 0.28})))
    assert set(table["call"]) == {ALIKE}


def test_the_deals_are_those_old_enough(pipeline_of):
    deals = team({"Ana": 0.3, "Bo": 0.3})
    young = deals.assign(
        **{n.DEAL_ID: [f"y{k}" for k in range(len(deals))], n.STAGE: "Prospecting"},
        **{n.CREATED_ON: pd.Timestamp(AS_OF), n.CLOSED_ON: pd.NaT},
    )
    both = pd.concat([deals, young]).set_axis(range(2, 2 * len(deals) + 2))
    table = scorecard(pipeline_of(both))
    assert table["n"].sum() < len(deals) + 1
    assert (table["won"] <= table["n"]).all()


def test_an_amount_that_only_won_deals_have_is_no_covariate(pipeline_of):
    known = scorecard(pipeline_of(team({"Ana": 0.5, "Bo": 0.2}, lost_amounts=False)))
    # Adjusted for it, nothing would be left of the difference.
    assert known["value"].iloc[0] - known["value"].iloc[1] > 0.15


def test_the_rows_carry_the_note_and_the_probability(pipeline_of):
    table = rows_of(scorecards, pipeline_of(team({"Ana": 0.5, "Bo": 0.1})))
    assert (table["trap"] == NOTE).all()
    assert (table["by"] == "owner").all()
    assert table["population"].str.contains("% sure to be above the team: ").all()


@pytest.mark.parametrize("rates", [{}, {"Ana": 0.3}])
def test_one_owner_is_not_compared(pipeline_of, rates):
    bare = {n.CREATED_ON: "2026-01-01", n.STAGE: "Prospecting"}
    pipeline = pipeline_of(team(rates)) if rates else pipeline_of([bare])
    assert scorecard(pipeline).empty
    assert "fewer than two owners" in rows_of(scorecards, pipeline)["population"].iloc[0]
