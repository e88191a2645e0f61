"""Fitting: nothing that did not converge gets out, and nothing from the future gets in."""

from dataclasses import replace

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.errors import ConvergenceError
from salespipe.exposure import build_exposure
from salespipe.inference import fit as fit_module
from salespipe.inference.fit import fit
from salespipe.inference.gate import Verdict
from salespipe.pipeline import build_pipeline
from salespipe.results import Diagnostics
from salespipe.simulation.forecast import forecast
from salespipe.tables import conform

BAD = Verdict(Diagnostics(1.37, 55.0, 2, ok=False), "seen_base")
GOOD = Verdict(Diagnostics(1.001, 2000.0, 0, ok=True), "seen_base")


class _Run:
    def wait(self):
        return "tree"


@pytest.fixture
def no_sampler(monkeypatch):
    """Let nothing be compiled or sampled; remember how each model was started."""
    started = []

    def start(compiled, name, seed, *, longer=False):
        started.append((seed, longer))
        return _Run()

    monkeypatch.setattr(fit_module, "compile_model", lambda model: model)
    monkeypatch.setattr(fit_module, "_start", start)
    return started


def test_a_model_that_fails_twice_stops_everything(small_pipeline, no_sampler, monkeypatch):
    monkeypatch.setattr(fit_module, "judge", lambda _: BAD)
    named = r"win rate model did not converge.*seen_base"
    with pytest.raises(ConvergenceError, match=named) as stop:
        fit(small_pipeline, seed=7)
    assert "1.370" in str(stop.value)
    assert "no forecast was written" in str(stop.value)
    assert no_sampler[-1] == (7, True)


@pytest.mark.parametrize("place", range(5))
def test_no_model_gets_past_the_gate(small_pipeline, no_sampler, monkeypatch, place):
    """Whichever of the models fails, the fit fails and names it."""
    names = ["win rate", "timing", "amount", "arrivals", "revenue history"]
    verdicts = iter([GOOD] * place + [BAD, BAD])
    monkeypatch.setattr(fit_module, "judge", lambda _: next(verdicts))
    with pytest.raises(ConvergenceError, match=f"The {names[place]} model did not converge"):
        fit(small_pipeline, seed=7)


def test_a_second_longer_try_is_enough(small_pipeline, no_sampler, monkeypatch):
    told = []
    verdicts = iter([GOOD, BAD, GOOD, GOOD, GOOD, GOOD])
    monkeypatch.setattr(fit_module, "judge", lambda _: next(verdicts))
    made = fit(small_pipeline, seed=7, progress=told.append)
    firsts = [(7 + place, False) for place in range(5)]
    assert no_sampler == [*firsts, (8, True)]
    assert made.diagnostics.ok
    assert any("timing once more" in line for line in told)


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
