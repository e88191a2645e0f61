"""Fitting: nothing that did not converge gets out, and nothing from the future gets in."""

from dataclasses import replace

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.errors import ConvergenceError
from salespipe.exposure import build_exposure
from salespipe.inference import task as task_module
from salespipe.inference.fit import fit
from salespipe.inference.gate import Verdict
from salespipe.inference.sampler import Sampled
from salespipe.pipeline import build_pipeline
from salespipe.results import Diagnostics
from salespipe.simulation.forecast import forecast
from salespipe.tables import conform

BAD = Verdict(Diagnostics(1.37, 55.0, 2, ok=False), "seen_base")
GOOD = Verdict(Diagnostics(1.001, 2000.0, 0, ok=True), "seen_base")


NAMES = ("win rate", "timing", "arrivals", "revenue history", "amount")


@pytest.fixture
def no_sampler(monkeypatch):
    """Let nothing be compiled or sampled; the verdicts are given, in the models' order."""

    def use(*verdicts):
        given = iter(verdicts)
        monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
        monkeypatch.setattr(
            task_module, "fit_model", lambda model, **_: Sampled(model, *next(given))
        )

    return use


@pytest.mark.parametrize("place", range(5))
def test_no_model_gets_past_the_gate(small_pipeline, no_sampler, place):
    """Whichever of the models fails, the fit fails and names it and its worst parameter."""
    no_sampler(*[(GOOD, 1)] * place, (BAD, 3))
    with pytest.raises(ConvergenceError) as stop:
        fit(small_pipeline, seed=7)
    said = str(stop.value)
    assert f"The {NAMES[place]} model did not converge" in said
    assert "seen_base" in said
    assert "1.370" in said
    assert "no forecast was written" in said


def test_who_waits_is_told_what_is_done_and_what_took_another_try(small_pipeline, no_sampler):
    told = []
    no_sampler((GOOD, 1), (GOOD, 2), *[(GOOD, 1)] * 3)
    made = fit(small_pipeline, seed=7, progress=told.append)
    assert tuple(made.trees) == NAMES
    assert made.diagnostics.ok
    assert made.gate()["model"].tolist() == list(NAMES)
    assert made.gate()["min_ess"].tolist() == [2000.0] * 5
    assert told[0] == f"Fitting 5 models: {', '.join(NAMES)}"
    assert told[2] == "Fitting the models: 2 of 5 done (timing, try 2)"


def _with_a_wild_future(tables, day):
    """Plant closings, amounts, moves and whole deals after the day."""
    later = pd.Timestamp(day) + pd.Timedelta(days=3)
    deals = tables.deals.copy()
    new = deals.head(40).assign(
        **{
            n.DEAL_ID: [f"X{i}" for i in range(40)],
            n.CREATED_ON: later,
            n.STAGE: n.WON,
            n.CLOSED_ON: later,
            n.AMOUNT: 9e9,
            n.OWNER: "Nobody yet",
            n.SEGMENT: "Nowhere yet",
        }
    )
    deals = pd.concat([deals, new.set_axis(range(10_000, 10_040))])
    is_open = ~deals[n.STAGE].isin([n.WON, n.LOST])
    hit = is_open & (deals.index % 2 == 0)
    deals.loc[hit, n.STAGE] = n.WON
    deals.loc[hit, n.CLOSED_ON] = later
    deals.loc[hit, n.AMOUNT] = 9e9
    deals.loc[hit, n.EXPECTED_CLOSE_ON] = later
    state = deals.loc[hit, [n.DEAL_ID, n.STAGE, n.AMOUNT]]
    moves = state.assign(**{n.CHANGED_ON: later}).reindex(columns=tables.changes.columns)
    moves = moves.astype(tables.changes.dtypes).set_axis(range(90_000, 90_000 + len(moves)))
    activities = tables.activities.head(5).assign(**{n.ACTIVITY_ON: later})
    return replace(
        tables,
        deals=conform("deals", deals),
        changes=conform("changes", pd.concat([tables.changes, moves])),
        activities=conform("activities", pd.concat([tables.activities, activities])),
    )


# What a person overwrites without a trace is unknown in the past; the models do not use it.
_USED = [
    n.DEAL_ID,
    n.OWNER,
    n.SEGMENT,
    n.STAGE,
    n.OUTCOME,
    n.AMOUNT,
    n.LISTED_AMOUNT,
    n.CREATED_ON,
    n.CLOSED_ON,
    n.EXPECTED_CLOSE_ON,
    n.ENTERED_ON,
]


def test_what_the_models_see_holds_nothing_of_the_future(small_company, small_pipeline):
    day = small_pipeline.as_of
    planted = build_pipeline(_with_a_wild_future(small_company.tables, day), as_of=day)
    pd.testing.assert_frame_equal(planted.deals[_USED], small_pipeline.deals[_USED])
    before, after = build_exposure(small_pipeline), build_exposure(planted)
    pd.testing.assert_frame_equal(after.cells, before.cells)
    pd.testing.assert_frame_equal(after.landings, before.landings)
    assert (after.owners, after.segments) == (before.owners, before.segments)
    assert after.start == before.start


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_same_past_and_seed_give_the_same_forecast_to_the_last_digit(small_company, small_fit):
    """Fitted anew, with the future planted: identical."""
    day = small_fit.pipeline.as_of
    planted = build_pipeline(_with_a_wild_future(small_company.tables, day), as_of=day)
    once, again = forecast(small_fit), forecast(fit(planted, seed=1))
    pd.testing.assert_frame_equal(again.summary(), once.summary(), check_exact=True)
    pd.testing.assert_frame_equal(again.by_owner(), once.by_owner(), check_exact=True)
    columns = ["deal_id", "p_won", "expected_value", "worst", "best"]
    pd.testing.assert_frame_equal(again.deals[columns], once.deals[columns], check_exact=True)
