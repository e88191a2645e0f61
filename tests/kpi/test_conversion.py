from datetime import date
from math import isnan

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.kpi.conversion import conversions
from salespipe.kpi.measure import tidy
from salespipe.kpi.scope import Scope
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.stages import Stage
from salespipe.tables import Tables, conform

STAGES = (
    Stage("First", probability=0.2),
    Stage("Second", probability=0.4),
    Stage("Third", probability=0.7),
    Stage("Won", kind="won", probability=1.0),
    Stage("Lost", kind="lost", probability=0.0),
)
TRUE_RATES = (0.7, 0.6, 0.5)
DWELL = (40, 5, 20)


def by_stage(pipeline: Pipeline) -> pd.DataFrame:
    table = tidy(conversions(Scope(pipeline)))
    table = table[table["by"] == "stage"]
    return table.set_index(["group", "definition"])


def from_paths(paths: list[list[tuple[str, str]]]) -> Pipeline:
    """Build a pipeline from deals that are lists of (stage, day), won and lost included."""
    deals, entries = [], []
    for i, path in enumerate(paths):
        last, day = path[-1]
        closed = last in (n.WON, n.LOST)
        deals.append(
            {
                n.DEAL_ID: f"D{i}",
                n.OWNER: "Ana" if i % 2 else "Bo",
                n.STAGE: last,
                n.AMOUNT: 100.0,
                n.CREATED_ON: pd.Timestamp(path[0][1]),
                n.CLOSED_ON: pd.Timestamp(day) if closed else pd.NaT,
            }
        )
        entries += [(f"D{i}", s, pd.Timestamp(d)) for s, d in path if s not in (n.WON, n.LOST)]
    frame = pd.DataFrame(entries, columns=[n.DEAL_ID, n.STAGE, n.ENTERED_ON])
    tables = Tables(
        deals=conform("deals", pd.DataFrame(deals)),
        stage_entries=conform("stage_entries", frame),
        stages=STAGES,
    )
    return build_pipeline(tables, as_of=date(2026, 10, 31))


@pytest.fixture(scope="module")
def simulated() -> Pipeline:
    rng = np.random.default_rng(11)
    end = pd.Timestamp("2026-10-31")
    paths = []
    for _ in range(1500):
        day = end - pd.Timedelta(days=int(rng.integers(0, 700)))
        path = []
        for stage, rate, dwell in zip(STAGES[:3], TRUE_RATES, DWELL, strict=True):
            if day > end:
                break
            path.append((stage.name, str(day.date())))
            day += pd.Timedelta(days=1 + int(rng.exponential(dwell)))
            if rng.random() > rate:
                path += [(n.LOST, str(day.date()))] if day <= end else []
                break
        else:
            path += [(n.WON, str(day.date()))] if day <= end else []
        paths.append(path)
    return from_paths(paths)


def test_the_fates_of_those_who_entered_by_hand():
    second = [("First", "2026-03-01"), ("Second", "2026-03-11")]
    table = by_stage(
        from_paths(
            [
                [*second, (n.WON, "2026-04-01")],
                [*second, (n.LOST, "2026-04-01")],
                [*second, ("First", "2026-04-01")],
                second,
                [("First", "2026-03-01"), ("Third", "2026-03-11"), (n.WON, "2026-03-20")],
            ]
        )
    )
    went_on = table.loc[("First", "went on (to a later stage or won)")]
    assert (went_on["value"], went_on["n"]) == (pytest.approx(5 / 6), 6)
    assert table.loc[("First", "are still there"), "value"] == pytest.approx(1 / 6)
    assert table.loc[("First", "next is Third"), "value"] == pytest.approx(1 / 6)
    for fate in ("went on (to a later stage or won)", "were lost", "went back", "are still there"):
        assert table.loc[("Second", fate), "value"] == 0.25
    assert table.loc[("Second", "next is First"), "value"] == 0.25


def test_the_truth_is_found_and_not_the_ratio_of_todays_counts(simulated):
    table = by_stage(simulated)
    for stage, truth in zip(STAGES, TRUE_RATES, strict=False):
        row = table.loc[(stage.name, "went on in the end, those still there censored")]
        assert row["low"] - 0.02 <= truth <= row["high"] + 0.02
    counts = simulated.deals[simulated.deals[n.OUTCOME] == n.OPEN][n.STAGE].value_counts()
    assert abs(counts["Third"] / counts["Second"] - TRUE_RATES[1]) > 0.3


def test_lost_deals_stay_in_the_denominator(simulated):
    table = by_stage(simulated)
    lost = simulated.stays[simulated.stays[n.NEXT_STAGE] == n.LOST]
    assert (lost.groupby(n.STAGE).size() > 0).all()
    for stage in STAGES[:3]:
        assert table.loc[(stage.name, "were lost"), "value"] > 0.2


def test_fates_add_up_to_one_and_owners_to_all(simulated):
    whole = tidy(conversions(Scope(simulated)))
    table = by_stage(simulated)
    for stage in STAGES[:3]:
        fates = table.loc[stage.name].iloc[:4]
        assert fates["value"].sum() == pytest.approx(1)
        named = whole[whole["definition"] == f"went on from {stage.name}"]
        for by in ("owner", "month"):
            assert named.loc[named["by"] == by, "n"].sum() == fates["n"].iloc[0]
        latest = named[(named["by"] == "month") & (named["group"] == "2026-10")]
        if stage.name == "First":
            assert "unripe" in latest["population"].iloc[0]


@pytest.mark.parametrize("outcome", [n.WON, n.LOST])
def test_without_stage_dates_nothing_is_said(pipeline_of, outcome):
    rows = [
        {n.CREATED_ON: "2026-05-01", n.CLOSED_ON: "2026-06-01", n.STAGE: outcome},
        {n.CREATED_ON: "2026-05-01", n.STAGE: "Needs Analysis"},
    ]
    table = by_stage(pipeline_of(rows))
    assert len(table) == 5
    assert table["value"].isna().all()
    assert table["population"].str.contains("stage dates are not recorded").all()


def test_stage_dates_on_too_few_won_deals_are_refused():
    full = [("First", "2026-03-01"), ("Second", "2026-03-11"), (n.WON, "2026-04-01")]
    bare = [("First", "2026-03-01"), (n.WON, "2026-04-01")]
    table = by_stage(from_paths([full, bare, bare, bare]))
    assert isnan(table["value"].max())
    assert table["population"].str.contains("missing for 3 of 4 won deals").all()
