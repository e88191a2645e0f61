"""Where the bands begin and end."""

import numpy as np
import pandas as pd
import pytest

from salespipe import names as n
from salespipe.bands import (
    AGE_CUTS,
    AGE_GROUPS,
    AGE_NAMES,
    CALLS,
    DUE_BANDS,
    age_band,
    call_band,
    due_band,
    size_band,
    size_cuts,
)
from salespipe.days import epoch_day


@pytest.mark.parametrize(
    ("days", "band"), [(0.0, 0), (2.9, 0), (3.0, 1), (13.9, 2), (14.0, 3), (364.9, 9), (365.0, 10)]
)
def test_age_bands_begin_at_their_cut(days, band):
    assert age_band(np.array([days])).tolist() == [band]


def test_every_age_band_has_a_group_that_changes_at_14_45_and_90_days():
    assert len(AGE_GROUPS) == len(AGE_CUTS) + 1
    starts = np.flatnonzero(np.diff(AGE_GROUPS))
    assert AGE_CUTS[starts].tolist() == [14, 45, 90]
    assert len(AGE_NAMES) == AGE_GROUPS.max() + 1


@pytest.mark.parametrize(
    ("today", "expected", "band"),
    [
        ("2026-03-15", None, "none"),
        ("2026-03-15", "2026-03-14", "overdue"),
        ("2026-03-15", "2026-03-15", "today"),
        ("2026-03-15", "2026-03-31", "this month"),
        ("2026-03-15", "2026-04-01", "next month"),
        ("2026-03-15", "2026-05-01", "later"),
        ("2026-12-31", "2027-01-01", "next month"),
        ("2026-12-31", "2027-02-01", "later"),
        ("2026-03-01", "2026-02-28", "overdue"),
    ],
)
def test_due_bands(today, expected, band):
    numbers = [
        np.nan if text is None else float(epoch_day(pd.Timestamp(text)))
        for text in (today, expected)
    ]
    for time in (0.0, 0.9):
        code = due_band(np.array([numbers[0] + time]), np.array([numbers[1]]))[0]
        assert DUE_BANDS[code] == band


def _deals(amounts, outcomes, listed=None):
    return pd.DataFrame(
        {
            n.AMOUNT: amounts,
            n.LISTED_AMOUNT: np.full(len(amounts), np.nan) if listed is None else listed,
            n.OUTCOME: outcomes,
        }
    )


def test_sizes_are_fifths_of_the_deals():
    amounts = np.arange(1.0, 101.0)
    cuts = size_cuts(_deals(amounts, [n.WON, n.LOST] * 50))
    bands = size_band(amounts, cuts)
    assert np.bincount(bands).tolist() == [0, 20, 20, 20, 20, 20]
    assert size_band(np.array([np.nan, 0.0, -5.0, 1e9]), cuts).tolist() == [0, 0, 0, 5]


def test_the_listed_amount_goes_first():
    """What a deal is closed at is known too late to say how it will end."""
    amounts = np.arange(1.0, 101.0)
    deals = _deals(amounts, [n.WON, n.LOST] * 50, listed=amounts[::-1])
    assert size_cuts(deals) == size_cuts(_deals(amounts[::-1], [n.WON, n.LOST] * 50))


@pytest.mark.parametrize("blank", [n.WON, n.LOST])
def test_amounts_filled_in_for_one_outcome_only_say_nothing(blank):
    """Else a blank would "predict" the loss of deals whose amount is entered when they are won."""
    outcomes = np.array([n.WON, n.LOST] * 50)
    amounts = np.where(outcomes == blank, np.nan, np.arange(1.0, 101.0))
    assert size_cuts(_deals(amounts, outcomes)) == ()
    assert size_band(amounts, ()).tolist() == [0] * 100


def test_deals_of_one_price_have_no_sizes():
    assert size_cuts(_deals(np.full(100, 10.0), [n.WON, n.LOST] * 50)) == ()


def test_no_closed_deals_no_sizes():
    assert size_cuts(_deals(np.arange(1.0, 11.0), [n.OPEN] * 10)) == ()


def test_a_stated_confidence_goes_before_the_category():
    category = pd.Series([None, n.COMMIT, n.OMITTED, n.COMMIT, None, None])
    confidence = pd.Series([np.nan, np.nan, np.nan, 0.05, 0.4, 0.95])
    called = [CALLS[code] for code in call_band(category, confidence)]
    assert called == ["none", n.COMMIT, n.OMITTED, n.OMITTED, n.BEST_CASE, n.COMMIT]
