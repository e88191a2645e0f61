import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.coaching import ADVICE_COLUMNS, advice
from salespipe.pipeline import build_pipeline
from tests.kpi.conftest import AS_OF
from tests.small_tables import deal, entries, sheet, tables


def team(late):
    """Give owners 30 open deals each, so many of which have a next step that is late."""
    rows = [
        deal(
            f"{owner}{k}",
            "A",
            "2026-10-01",
            **{
                n.OWNER: owner,
                n.NEXT_STEP: "Call",
                n.NEXT_STEP_ON: "2026-10-05" if k < count else "2026-11-05",
            },
        )
        for owner, count in late.items()
        for k in range(30)
    ]
    return build_pipeline(tables(*rows), as_of=AS_OF)


def test_who_is_surely_better_and_who_is_surely_worse_is_named():
    table = advice(team({"Ana": 0, "Bo": 10, "Cem": 25}))
    assert tuple(table.columns) == ADVICE_COLUMNS
    ana = table[table["owner"] == "Ana"]
    assert ana["kind"].tolist() == ["strength"]
    # (30 + 20 + 5) / 90 are not late.
    assert (
        ana["evidence"]
        .iloc[0]
        .startswith(
            "30 of 30 open deals have a next step that is not late; the team 61 %; above it with"
        )
    )
    cem = table[table["owner"] == "Cem"].iloc[0]
    assert cem["kind"] == "next step"
    assert cem["what"] == "Agree on a next step and its date for every open deal"
    assert "5 of 30" in cem["evidence"]
    assert cem["p"] > 0.9


def test_where_owners_are_alike_nobody_is_praised_and_the_evidence_says_so():
    table = advice(team({"Ana": 9, "Bo": 10, "Cem": 11}))
    assert table["kind"].tolist() == ["next step"] * 3
    assert table["evidence"].str.endswith("cannot be told apart").all()


def test_everyone_gets_at_most_one_next_step():
    rows = [
        deal(f"{owner}{k}", end, "2026-06-01", closed, **{n.OWNER: owner, n.NEXT_STEP: step})
        for owner in ("Ana", "Bo")
        for k, (end, closed, step) in enumerate(
            [("won", "2026-07-01", None)] * 8
            + [("lost", "2026-07-01", None)] * 8
            + [("B", None, None)] * 4
            + [("B", None, "Call")]
        )
    ]
    dates = [(row[n.DEAL_ID], "B", "2026-06-10") for row in rows]
    log = sheet("activities", [{n.DEAL_ID: "Ana20", n.ACTIVITY_ON: "2026-10-20", n.OWNER: "Ana"}])
    made = tables(*rows, stage_entries=entries(*dates), activities=log)
    table = advice(build_pipeline(made, as_of=AS_OF))
    assert (table[table["kind"] == "next step"].groupby("owner").size() == 1).all()
    assert set(table["owner"]) == {"Ana", "Bo"}


@pytest.mark.parametrize("owner", ["Ana", None])
def test_a_team_of_one_or_none_is_not_compared(owner):
    made = tables(deal("x", "A", "2026-10-01", **{n.OWNER: owner, n.NEXT_STEP: "Call"}))
    table = advice(build_pipeline(made, as_of=AS_OF))
    assert table.empty
    pd.testing.assert_index_equal(table.columns, pd.Index(ADVICE_COLUMNS))
