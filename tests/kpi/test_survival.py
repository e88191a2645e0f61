from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from salespipe.kpi.survival import survive

# Remission in weeks under 6-mercaptopurine (Freireich et al. 1963), the textbook example.
WEEKS = np.array(
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float
)
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)

LIVES = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["won", "lost", "open"])), min_size=5, max_size=80
)


def test_kaplan_meier_on_the_textbook_example():
    found = survive(WEEKS, ended=RELAPSED)
    assert found.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.remaining.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found.quantile(0.5).value == 23


def test_kaplan_meier_agrees_with_scipy_and_so_does_its_band():
    sample = stats.CensoredData.right_censored(WEEKS, ~RELAPSED)
    theirs = stats.ecdf(sample).sf
    ours = survive(WEEKS, ended=RELAPSED)
    at = np.isin(theirs.quantiles, ours.days)
    np.testing.assert_allclose(ours.remaining, theirs.probabilities[at])
    lower = theirs.confidence_interval(0.9, method="log-log").low
    first = lower.quantiles[lower.probabilities <= 0.5][0]
    assert ours.quantile(0.5).low == first
    assert isnan(ours.quantile(0.5).high)


def test_aalen_johansen_by_hand():
    days = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    won = np.array([True, False, False, True, False])
    lost = np.array([False, True, False, False, False])
    found = survive(days, ended=won | lost, hits=won)
    # 1/5; then 4/5 x 3/4 = 3/5 remain; the third leaves unseen; 3/5 x 1/2 more.
    np.testing.assert_allclose(found.incidence, [0.2, 0.2, 0.5])
    assert found.share_by(4).value == pytest.approx(0.5)


LIVED = np.array([3, 5, 8, 12, 14, 19, 21, 26, 30, 33, 41, 47, 52, 60, 75], dtype=float)
END = np.array([1, 2, 1, 0, 2, 1, 2, 1, 0, 2, 1, 2, 0, 1, 0])
"""0 is open, 1 won, 2 lost."""
ENTERED = np.array([0, 0, 2, 0, 0, 10, 0, 15, 0, 20, 0, 0, 30, 0, 25], dtype=float)


def test_competing_ends_are_those_of_lifelines():
    """AalenJohansenFitter(calculate_variance=True, alpha=0.1) of lifelines 0.30.3 said so."""
    found = survive(LIVED, ended=END > 0, hits=END == 1)
    shares = [0.066667, 0.133333, 0.206061, 0.278788, 0.363636, 0.490909]
    variances = [0.00414815, 0.0077037, 0.01130734, 0.01412561, 0.01727801, 0.02205921]
    bands = [
        (0.007676, 0.221804),
        (0.031792, 0.308123),
        (0.066974, 0.397354),
        (0.10952, 0.478219),
        (0.161892, 0.570058),
        (0.238838, 0.702214),
    ]
    ages = LIVED[END == 1]
    for age, share, variance, band in zip(ages, shares, variances, bands, strict=True):
        told = found.share_by(age)
        assert (told.value, told.low, told.high) == pytest.approx((share, *band), abs=1e-6)
        assert found._variance(found.days <= age) == pytest.approx(variance, abs=1e-8)


def test_late_entry_is_that_of_lifelines():
    """The same with `entry`, and KaplanMeierFitter with it."""
    found = survive(LIVED, ended=END > 0, hits=END == 1, entered=ENTERED)
    at = np.isin(found.days, LIVED[END == 1])
    np.testing.assert_allclose(
        found.incidence[at], [0.1, 0.2, 0.285714, 0.348688, 0.411662, 0.506122], atol=1e-6
    )
    np.testing.assert_allclose(
        found.remaining,
        [0.9, 0.8, 0.7, 0.6, 0.514286, 0.440816, 0.377843, 0.314869, 0.251895, 0.188921, 0.094461],
        atol=1e-6,
    )


def test_without_open_deals_the_incidence_is_the_binomial_share_and_has_its_variance():
    rng = np.random.default_rng(7)
    days = rng.integers(1, 50, 200).astype(float)
    won = rng.random(200) < 0.3
    found = survive(days, ended=np.ones(200, bool), hits=won)
    p = float((won & (days <= 30)).mean())
    assert found.share_by(30).value == pytest.approx(p)
    assert found._variance(found.days <= 30) == pytest.approx(p * (1 - p) / 200)


def test_late_entries_do_not_count_before_they_enter():
    days = np.array([2.0, 4.0, 6.0, 9.0, 9.0])
    entered = np.array([0.0, 0.0, 0.0, 5.0, 5.0])
    found = survive(days, ended=np.array([1, 1, 1, 0, 0], bool), entered=entered)
    assert found.at_risk.tolist() == [3, 2, 3]


def test_who_ended_before_entry_is_passed_over():
    found = survive(
        np.array([3.0, 8.0]), ended=np.array([True, True]), entered=np.array([5.0, 5.0])
    )
    assert found.days.tolist() == [8]
    assert found.n == 1


def test_a_risk_set_that_ran_dry_too_early_says_nothing():
    days = np.array([5.0, 150.0, 160.0, 170.0, 180.0, 190.0])
    entered = np.array([0.0, 100.0, 100.0, 100.0, 100.0, 100.0])
    found = survive(days, ended=np.array([1, 0, 0, 0, 0, 0], bool), entered=entered)
    assert isnan(found.quantile(0.5).value)
    assert "too few" in found.quantile(0.5).note


def test_a_quantile_not_reached_and_an_age_not_seen_are_unknown():
    found = survive(np.arange(10.0), ended=np.arange(10) == 3)
    assert isnan(found.quantile(0.5).value)
    assert "fewer than 50%" in found.quantile(0.5).note
    assert isnan(found.share_by(365).value)
    assert "that long" in found.share_by(365).note


def test_nobody_at_all_is_unknown():
    nobody = np.array([])
    found = survive(nobody, ended=nobody.astype(bool))
    assert isnan(found.share_by(30).value)
    assert isnan(found.quantile(0.5).value)


def test_one_win_of_one_is_no_certainty():
    assert isnan(survive(np.array([9.0]), ended=np.array([True])).share_by(9).value)


@given(LIVES)
def test_won_lost_and_open_add_up_to_one(lives):
    days = np.array([day for day, _ in lives], dtype=float)
    won, lost = (np.array([end == word for _, end in lives]) for word in ("won", "lost"))
    to_won = survive(days, ended=won | lost, hits=won)
    to_lost = survive(days, ended=won | lost, hits=lost)
    np.testing.assert_allclose(to_won.incidence + to_lost.incidence + to_won.remaining, 1)
    for estimate in (to_won.share_by(20), to_won.quantile(0.5)):
        for bound, sign in ((estimate.low, 1), (estimate.high, -1)):
            assert isnan(bound) or sign * (estimate.value - bound) >= -1e-12
