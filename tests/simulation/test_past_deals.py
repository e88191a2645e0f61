"""The nearest past deals: who is near, and who is not put beside whom."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.pipeline import build_pipeline
from salespipe.simulation.past_deals import NONE_YET, nearest_past
from salespipe.synthetic import Company, simulate_company
from salespipe.workbook.chinese import in_language


@pytest.fixture(scope="module")
def pipeline():
    company = Company(deals=400, months=12, n_owners=4)
    made = simulate_company(company, seed=5, as_of=company.end)
    return build_pipeline(made.tables, as_of=company.end)


def _world(pipeline, closed, *, stood=0):
    """One open deal of Ann in the first stage since `stood` days, and some closed ones."""
    day, stage = pipeline.day, pipeline.steps[0].name
    rows, stays = [], []
    for name, owner, segment, amount, days, outcome in [
        ("open", "Ann", "A", 100.0, stood, n.OPEN), *closed
    ]:  # fmt: skip
        left = pd.NaT if outcome == n.OPEN else day - pd.Timedelta(days=len(rows))
        entered = (day if outcome == n.OPEN else left) - pd.Timedelta(days=days)
        rows.append(
            {n.DEAL_ID: name, n.ACCOUNT: "Firm", n.OWNER: owner, n.SEGMENT: segment,
             n.LISTED_AMOUNT: amount, n.AMOUNT: amount, n.STAGE: stage, n.OUTCOME: outcome,
             n.CLOSED_ON: left, n.ENTERED_ON: entered}
        )  # fmt: skip
        stays.append(
            {n.DEAL_ID: name, n.STAGE: stage, n.ENTERED_ON: entered, n.LEFT_ON: left,
             n.NEXT_STAGE: outcome}
        )  # fmt: skip
    return replace(pipeline, deals=pd.DataFrame(rows), stays=pd.DataFrame(stays))


def _told(pipeline, closed, **given):
    world = _world(pipeline, closed, **given)
    return nearest_past(world, world.open_deals)[0]


def test_the_same_owner_segment_and_amount_come_first(pipeline):
    closed = [
        ("far", "Bob", "B", 100_000.0, 9, n.LOST),
        ("owner", "Ann", "B", 100.0, 9, n.LOST),
        ("twin", "Ann", "A", 100.0, 9, n.WON),
        ("size", "Ann", "A", 110.0, 9, n.LOST),
    ]
    assert _told(pipeline, closed) == "won: Firm (twin); lost: Firm (size); lost: Firm (owner)"


def test_a_deal_that_left_sooner_is_not_put_beside_an_old_one(pipeline):
    closed = [
        ("quick", "Ann", "A", 100.0, 3, n.WON),
        ("slow-1", "Bob", "B", 9000.0, 80, n.LOST),
        ("slow-2", "Bob", "B", 9000.0, 90, n.LOST),
        ("slow-3", "Bob", "B", 9000.0, 99, n.LOST),
    ]
    assert "quick" in _told(pipeline, closed, stood=2)
    assert "quick" not in _told(pipeline, closed, stood=60)
    # Where too few stayed as long, those that stayed longest come next.
    told = _told(pipeline, closed, stood=95)
    assert [part.rpartition("(")[2] for part in told.split("; ")] == [
        "slow-3)",
        "slow-2)",
        "slow-1)",
    ]


def test_an_unknown_amount_is_one_away(pipeline):
    closed = [
        ("none", "Ann", "A", np.nan, 9, n.WON),
        ("other", "Bob", "B", 100.0, 9, n.WON),
        ("like", "Bob", "A", 101.0, 9, n.LOST),
    ]
    assert _told(pipeline, closed).startswith(("won: Firm (none)", "lost: Firm (like)"))
    assert _told(pipeline, closed).endswith("won: Firm (other)")


def test_the_later_closed_of_two_as_near_comes_first(pipeline):
    closed = [(f"d{k}", "Ann", "A", 100.0, 9, n.WON) for k in range(5)]
    assert _told(pipeline, closed) == "won: Firm (d0); won: Firm (d1); won: Firm (d2)"


def test_without_a_closed_deal_it_says_so(pipeline):
    assert _told(pipeline, []) == NONE_YET
    assert nearest_past(pipeline, pipeline.open_deals.head(0)) == []


def test_every_open_deal_of_a_company_gets_deals_that_were_in_its_stage(pipeline):
    deals = pipeline.open_deals
    told = nearest_past(pipeline, deals)
    assert len(told) == len(deals) > 0
    for stage, words in zip(deals[n.STAGE], told, strict=True):
        for part in words.split("; "):
            outcome, _, name = part.partition(": ")
            one = name.rpartition("(")[2].rstrip(")")
            deal = pipeline.deals.set_index(n.DEAL_ID).loc[one]
            assert deal[n.OUTCOME] == outcome
            visits = pipeline.stays.loc[pipeline.stays[n.DEAL_ID] == one, n.STAGE]
            assert stage in set(visits)


def test_in_chinese():
    told = in_language("won: Acme (D-1); lost: Beta: East (D-2)", "zh")
    assert told == "赢单：Acme (D-1)；丢单：Beta: East (D-2)"
    assert in_language(NONE_YET, "zh") != NONE_YET
