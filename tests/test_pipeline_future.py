"""Nothing from after the as-of date gets into a pipeline."""

from dataclasses import fields, replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salespipe import names as n
from salespipe.errors import AsOfError
from salespipe.pipeline import OVERWRITTEN, Pipeline, build_pipeline
from salespipe.synthetic import Company, simulate_company
from salespipe.tables import Tables, conform, empty
from tests.small_tables import NAMES, STAGES, day

SEED = 7
EARLY, LATE = date(2024, 12, 17), date(2025, 2, 28)
ONE_DAY = pd.Timedelta(days=1)
STATES = [*NAMES, n.WON, n.LOST]


@cache
def workbook(as_of: date, *, burn_in: int = 0, logged: bool = True) -> Tables:
    company = Company(deals=600, months=12, future_months=6, burn_in=burn_in)
    book = simulate_company(company, seed=SEED, as_of=as_of).tables
    return book if logged else replace(book, changes=empty("changes"))


def frames_of(pipeline: Pipeline) -> dict[str, pd.DataFrame]:
    named = {field.name: getattr(pipeline, field.name) for field in fields(pipeline)}
    return {key: frame for key, frame in named.items() if isinstance(frame, pd.DataFrame)}


def assert_same(one: Pipeline, other: Pipeline) -> None:
    for key, frame in frames_of(one).items():
        pd.testing.assert_frame_equal(frame, frames_of(other)[key])
    assert one.steps == other.steps
    assert one.digest == other.digest


def plant(book: Tables, night: pd.Timestamp, rng: np.random.Generator) -> Tables:
    """Change, shift and add to whatever is dated at or after a moment; leave the rest alone."""
    names = [stage.name for stage in book.stages if stage.kind == n.OPEN]
    log, entries = book.changes.copy(), book.stage_entries.copy()
    moved, deals = _moved(book, night), _plant_deals(book, night, rng)
    for frame, key in ((log, n.CHANGED_ON), (entries, n.ENTERED_ON)):
        frame[key] = _later(frame[key], night, rng)
        hit = frame[key] >= night
        frame[n.STAGE] = frame[n.STAGE].mask(
            hit, pd.Series(rng.choice(names, len(frame)), hit.index)
        )
    hit = log[n.CHANGED_ON] >= night
    log[n.AMOUNT] = log[n.AMOUNT].mask(hit, 1e6 * rng.random(len(log)))
    log[n.OWNER] = log[n.OWNER].mask(hit, "Someone else")
    late = deals.loc[deals[n.DEAL_ID].isin(moved), n.DEAL_ID].to_numpy()[:20]
    more = pd.DataFrame({n.DEAL_ID: late, n.STAGE: names[-1], n.ENTERED_ON: night + ONE_DAY * 400})
    new = {n.DEAL_ID: [f"new {k}" for k in range(5)], n.CREATED_ON: night, n.STAGE: n.WON}
    if (deals[[n.CREATED_ON, n.CLOSED_ON]] >= night).any(axis=None):
        deals = _append("deals", deals, pd.DataFrame({**new, n.CLOSED_ON: night, n.AMOUNT: 1e7}))
    activity = pd.DataFrame({n.DEAL_ID: deals[n.DEAL_ID], n.ACTIVITY_ON: night})
    return replace(
        book,
        deals=deals,
        stage_entries=_append("stage_entries", entries, more),
        changes=log.sort_values(n.CHANGED_ON, kind="stable"),
        activities=_append("activities", book.activities, activity),
        feedback=_append("feedback", book.feedback, pd.DataFrame({n.REPORTED_ON: [night]})),
    )


def _moved(book: Tables, night: pd.Timestamp) -> set[str]:
    log, entries, deals = book.changes, book.stage_entries, book.deals
    again = log[log.duplicated(n.DEAL_ID)]
    return {
        *entries.loc[entries[n.ENTERED_ON] >= night, n.DEAL_ID],
        *again.loc[again[n.CHANGED_ON] >= night, n.DEAL_ID],
        *deals.loc[deals[n.CLOSED_ON] >= night, n.DEAL_ID],
    }


def _plant_deals(book: Tables, night: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    deals = book.deals.copy()
    hit = deals[n.DEAL_ID].isin(_moved(book, night))
    settled = deals[n.STAGE].isin([n.WON, n.LOST]) & (deals[n.CLOSED_ON] < night)
    names = [stage.name for stage in book.stages if stage.kind == n.OPEN]
    stage = pd.Series(rng.choice([*names, n.WON, n.LOST], len(deals)), deals.index)
    # An open deal with a closing date of the past: making it lost would plant something there.
    stage = stage.mask(deals[n.CLOSED_ON] < night, names[-1])
    deals[n.STAGE] = deals[n.STAGE].mask(hit & ~settled, stage)
    deals[n.AMOUNT] = deals[n.AMOUNT].mask(hit, 1e6 * rng.random(len(deals)))
    for key in OVERWRITTEN:
        planted = {"str": "planted", "float64": 0.99}.get(str(deals[key].dtype), night + ONE_DAY)
        deals[key] = deals[key].mask(hit, planted)
    for key in (n.CREATED_ON, n.CLOSED_ON):
        deals[key] = _later(deals[key], night, rng)
    return deals


def _later(days: pd.Series, night: pd.Timestamp, rng: np.random.Generator) -> pd.Series:
    shifted = days + pd.Series(pd.to_timedelta(rng.integers(0, 300, len(days)), "D"), days.index)
    return days.mask(days >= night, shifted)


def _append(table: str, old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    new = conform(table, new.set_axis(pd.RangeIndex(10_000, 10_000 + len(new))))
    return conform(table, pd.concat([old, new]))


@pytest.mark.parametrize("burn_in", [0, 12])
@pytest.mark.parametrize("logged", [True, False])
@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32), st.dates(EARLY, LATE - pd.Timedelta(days=5)))
def test_nothing_planted_after_the_date_can_be_reached(burn_in, logged, seed, as_of):
    book = workbook(LATE, burn_in=burn_in, logged=logged)
    night = pd.Timestamp(as_of) + ONE_DAY
    planted = plant(book, night, np.random.default_rng(seed))
    assert not planted.deals.equals(book.deals)
    assert_same(build_pipeline(book, as_of=as_of), build_pipeline(planted, as_of=as_of))


DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 31))
IDS = st.sampled_from("abc")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(STATES), DAYS, DAYS), min_size=1, max_size=3),
    st.lists(st.tuples(IDS, st.sampled_from(NAMES), DAYS), max_size=6),
    st.lists(st.tuples(IDS, st.sampled_from([*STATES, None]), DAYS), max_size=8),
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    st.integers(0, 2**32),
)
def test_nor_in_a_workbook_that_contradicts_itself(rows, dates, states, as_of, seed):
    deals = [("abc"[k], *row, 100.0, 80.0, "Call") for k, row in enumerate(rows)]
    keys = [n.DEAL_ID, n.STAGE, n.CREATED_ON, n.CLOSED_ON, n.AMOUNT, n.LISTED_AMOUNT, n.NEXT_STEP]
    frames = {
        "deals": pd.DataFrame(deals, columns=keys),
        "stage_entries": pd.DataFrame(dates, columns=[n.DEAL_ID, n.STAGE, n.ENTERED_ON]),
        "changes": pd.DataFrame(states, columns=[n.DEAL_ID, n.STAGE, n.CHANGED_ON]),
    }
    book = Tables(stages=STAGES, **{key: conform(key, frame) for key, frame in frames.items()})
    book = replace(book, changes=book.changes.dropna(subset=n.CHANGED_ON))
    book = replace(book, changes=book.changes.sort_values(n.CHANGED_ON, kind="stable"))
    try:
        known = build_pipeline(book, as_of=as_of)
    except AsOfError:
        assume(False)
    night = pd.Timestamp(as_of) + ONE_DAY
    assert_same(known, build_pipeline(plant(book, night, np.random.default_rng(seed)), as_of=as_of))
    assert_sound(known)


def assert_sound(pipeline: Pipeline) -> None:
    """Check that deals and stays say the same and nothing lies after the date."""
    stays, night = pipeline.stays, pipeline.day + ONE_DAY
    assert not (stays[n.LEFT_ON] < stays[n.ENTERED_ON]).any()
    for frame, keys in (
        (pipeline.deals, [n.CREATED_ON, n.CLOSED_ON, n.ENTERED_ON]),
        (stays, [n.ENTERED_ON, n.LEFT_ON]),
        (pipeline.changes, [n.CHANGED_ON]),
    ):
        assert not (frame[keys] >= night).any(axis=None)
    open_ones = stays[stays[n.LEFT_ON].isna()]
    assert open_ones[n.DEAL_ID].is_unique
    assert set(open_ones[n.DEAL_ID]) <= set(pipeline.open_deals[n.DEAL_ID])
    since = open_ones.set_index(n.DEAL_ID)[n.ENTERED_ON]
    shown = pipeline.deals.set_index(n.DEAL_ID)[n.ENTERED_ON].dropna()
    assert shown.to_dict() == since.to_dict()


@pytest.mark.parametrize("burn_in", [0, 12])
@pytest.mark.parametrize("logged", [True, False])
def test_a_late_workbook_rewound_is_the_early_one(burn_in, logged):
    then, since = (workbook(d, burn_in=burn_in, logged=logged) for d in (EARLY, LATE))
    early, rewound = build_pipeline(then, as_of=EARLY), build_pipeline(since, as_of=EARLY)
    pd.testing.assert_frame_equal(rewound.stays, early.stays)
    pd.testing.assert_frame_equal(rewound.changes, early.changes)
    pd.testing.assert_frame_equal(rewound.activities, early.activities)
    assert rewound.steps == early.steps
    lost = [n.NEXT_STEP, n.NEXT_STEP_ON, n.EXIT_EVIDENCE]
    if not logged:
        lost += [n.EXPECTED_CLOSE_ON, n.FORECAST_CATEGORY, n.CONFIDENCE]
    pd.testing.assert_frame_equal(rewound.deals.drop(columns=lost), early.deals.drop(columns=lost))
    assert 10 < len(early.open_deals) < len(early.deals) - 10
    after = since.stage_entries[n.ENTERED_ON] > pd.Timestamp(EARLY)
    moved = {
        *since.stage_entries.loc[after, n.DEAL_ID],
        *since.deals.loc[since.deals[n.CLOSED_ON] > pd.Timestamp(EARLY), n.DEAL_ID],
    }
    hit = rewound.deals[n.DEAL_ID].isin(moved)
    assert hit.sum() > 10
    assert rewound.deals.loc[hit, lost].isna().all(axis=None)


@pytest.mark.parametrize("burn_in", [0, 12])
def test_the_log_and_the_sheet_tell_the_same_stays(burn_in):
    order = [n.DEAL_ID, n.ENTERED_ON, n.STAGE]
    stays = [
        build_pipeline(
            workbook(LATE, burn_in=burn_in, logged=logged), as_of=EARLY
        ).stays.sort_values(order, ignore_index=True)
        for logged in (True, False)
    ]
    pd.testing.assert_frame_equal(*stays)
    assert day("01-01") > stays[0][n.ENTERED_ON].max()
