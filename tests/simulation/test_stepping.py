"""The compiled steps: their random numbers, and their bands against those of the tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from salespipe.bands import DUE_BANDS, due_band
from salespipe.simulation import stepping
from salespipe.simulation.paths import Calendar
from salespipe.simulation.stepping import GAMMA, mixed, uniform
from salespipe.simulation.walk import _days

FIRST = 20758
DAYS = _days(Calendar(first=FIRST, month_ends=np.array([30.0, 61.0])), 400.0)
KEY = np.uint64(2026)


def test_numbers_are_those_that_are_published():
    """First outputs of SplitMix64 from the state 1234567, as in the tests of other libraries."""
    with np.errstate(over="ignore"):
        states = [np.uint64(1234567) + np.uint64(nth) * GAMMA for nth in range(1, 6)]

    assert [int(mixed(state)) for state in states] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@pytest.mark.parametrize(
    "numbers",
    [
        [uniform(KEY, path, 0) for path in range(20_000)],
        [uniform(KEY, 7, nth) for nth in range(20_000)],
        [uniform(np.uint64(key), 7, 0) for key in range(20_000)],
    ],
    ids=["paths", "events", "keys"],
)
def test_numbers_are_uniform_and_each_alone(numbers):
    values = np.array(numbers)

    assert 0 < values.min() < values.max() < 1
    assert stats.kstest(values, "uniform").pvalue > 0.001
    # Neighbours are independent: pairs fall evenly into a square.
    pairs = np.histogram2d(values[:-1], values[1:], bins=10, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(pairs.ravel()).pvalue > 0.001


def test_neither_events_nor_uses_of_a_path_go_together():
    other = np.uint64(2027)
    table = np.array(
        [
            (uniform(KEY, path, 0), uniform(KEY, path, 1), uniform(other, path, 0))
            for path in range(20_000)
        ]
    )
    correlation = np.corrcoef(table, rowvar=False)[np.triu_indices(3, 1)]

    assert np.abs(correlation).max() < 4 / np.sqrt(len(table))


@given(today=st.integers(0, 400), due=st.none() | st.integers(-1, 492))
def test_bands_and_their_turns_are_those_of_the_tables(today, due):
    expected = np.nan if due is None else float(due)

    band, turn = stepping._due_band(today, expected, DAYS)

    ahead = np.arange(today, 500)
    bands = due_band(FIRST + ahead + 0.5, np.full(len(ahead), FIRST + expected))
    assert DUE_BANDS[band] == DUE_BANDS[bands[0]]
    turns = ahead[bands != bands[0]]
    assert turn == (turns[0] if len(turns) else np.inf)


def test_months_are_those_of_the_calendar():
    first = pd.Timestamp(0) + pd.Timedelta(days=FIRST)
    for day in (-1, 0, 29, 30, 61, 365):
        begin = (first + pd.Timedelta(days=day)).to_period("M").start_time
        assert DAYS.begins[DAYS.month[day + 1]] == (begin - first).days
