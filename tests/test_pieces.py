"""Cutting stays, and asking what owners had said at a moment."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipe import names as n
from salespipe.bands import CALLS
from salespipe.days import epoch_day
from salespipe.pieces import Pieces, owners_words
from tests.small_tables import log

floats = st.floats(0, 1_000, allow_nan=False)


@given(st.lists(st.tuples(floats, floats), min_size=1), st.lists(floats, max_size=8))
def test_cutting_loses_nothing_and_leaves_no_cut_inside(spans, cuts):
    start, end = np.sort(np.array(spans), axis=1).T
    whole = Pieces(np.arange(len(spans)), start, end)
    pieces = whole.cut_at(np.unique(cuts))
    length = np.bincount(pieces.stay, pieces.end - pieces.start, minlength=len(spans))
    np.testing.assert_allclose(length, end - start, atol=1e-9)
    for cut in cuts:
        assert not ((pieces.start < cut) & (cut < pieces.end)).any()


def test_cuts_may_be_counted_from_each_stays_own_begin():
    whole = Pieces(np.arange(2), np.array([0.0, 100.0]), np.array([10.0, 110.0]))
    pieces = whole.cut_at(np.array([4.0]), offset=np.array([0.0, 100.0]))
    assert pieces.start.tolist() == [0.0, 4.0, 100.0, 104.0]


def test_what_lies_before_a_day_is_left_out():
    whole = Pieces(np.arange(3), np.array([0.0, 4.0, 8.0]), np.array([3.0, 7.0, 9.0]))
    kept = whole.keep_from(5.0)
    assert (kept.stay.tolist(), kept.start.tolist()) == ([1, 2], [5.0, 8.0])


@pytest.fixture
def said():
    return owners_words(
        log(
            ("b", "2026-01-05", "A", {n.FORECAST_CATEGORY: n.COMMIT}),
            ("a", "2026-01-03", "A", {n.EXPECTED_CLOSE_ON: "2026-03-01"}),
            ("a", "2026-01-09", "A", {n.CONFIDENCE: 0.2}),
            ("a", "2026-01-10", n.LOST, {n.EXPECTED_CLOSE_ON: "2026-01-10"}),
            ("c", "2026-01-10", "A"),
        )
    )


def _at(said, deal, day):
    moment = np.array([epoch_day(pd.Timestamp(day)) + 0.9])
    expected, call = said.at(said.of(pd.Series([deal])), moment)
    close = (
        None
        if np.isnan(expected[0])
        else pd.Timestamp("1970-01-01") + pd.Timedelta(days=expected[0])
    )
    return close, CALLS[call[0]]


@pytest.mark.parametrize(
    ("deal", "day", "close", "call"),
    [
        ("a", "2026-01-02", None, "none"),
        ("a", "2026-01-03", "2026-03-01", "none"),
        ("a", "2026-01-09", "2026-03-01", n.PIPELINE),
        ("a", "2026-01-20", "2026-01-10", n.PIPELINE),
        ("b", "2026-01-04", None, "none"),
        ("b", "2026-01-05", None, n.COMMIT),
        ("c", "2026-01-20", None, "none"),
        ("nobody", "2026-01-20", None, "none"),
    ],
)
def test_what_held_at_a_moment(said, deal, day, close, call):
    assert _at(said, deal, day) == (close and pd.Timestamp(close), call)


def test_the_day_of_closing_is_marked(said):
    assert said.closing.tolist() == [False, False, False, True]


def test_an_empty_log_says_nothing():
    said = owners_words(log(("a", "2026-01-03", "A")).iloc[:0])
    assert _at(said, "a", "2026-01-03") == (None, "none")
    assert said.cuts().size == 0
