import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom, chi2_contingency

from salespipe.kpi.hierarchy import SPREAD_SCALE, SPREADS, compare_groups

DEALS = 60
FIRMS = 200


def groups_of(hits, size):
    """Lay out groups of one size with so many hits each, without covariates."""
    group = np.repeat(np.arange(len(hits)), size)
    return np.empty((len(group), 0)), group, np.concatenate([np.arange(size) < h for h in hits])


def compared(hits, size):
    return compare_groups(*groups_of(hits, size), groups=len(hits))


def firm(rates, rng):
    """Make a firm whose owners have 60 deals each, in their own mix of easy and hard ones."""
    k = len(rates)
    owner = np.repeat(np.arange(k), DEALS)
    easy = rng.random(len(owner)) < np.linspace(0.2, 0.8, k)[owner]
    won = rng.random(len(owner)) < np.asarray(rates)[owner] + 0.2 * (easy - 0.5)
    return easy[:, None].astype(float), owner, won


def calls(rates, firms, seed):
    rng = np.random.default_rng(seed)
    return [compare_groups(*firm(rates, rng), groups=len(rates)) for _ in range(firms)]


def test_without_covariates_the_test_is_pearsons():
    hits = np.array([5, 12, 20, 9])
    table = np.stack([hits, 40 - hits])
    assert compared(hits, 40).p_alike == pytest.approx(chi2_contingency(table).pvalue, rel=0.02)


def test_the_posterior_agrees_with_brute_force():
    """Three groups of 12 with 1, 5 and 8 hits: 2 million draws from the prior, weighted."""
    hits, size, rng = np.array([1, 5, 8]), 12, np.random.default_rng(2)
    prior = np.exp(-0.5 * (SPREADS / SPREAD_SCALE) ** 2) * np.gradient(SPREADS)
    spread = rng.choice(SPREADS, 2_000_000, p=prior / prior.sum())
    u = rng.standard_normal((len(spread), 3)) * spread[:, None]
    b = 2.5 * rng.standard_normal(len(spread))
    weight = binom.pmf(hits, size, expit(b[:, None] + u)).prod(axis=1)
    weight /= weight.sum()
    above = weight @ (u > u.mean(axis=1, keepdims=True))
    rate = weight @ expit(b[:, None] + u)
    found = compared(hits, size)
    assert found.p_above == pytest.approx(above, abs=0.04)
    assert found.rate == pytest.approx(rate, abs=0.03)
    assert (found.low < found.rate).all()
    assert (found.rate < found.high).all()


def test_few_deals_make_no_champion():
    # 2 of 2 beside 30 of 100: shrunk nearly all the way, where 100 % was seen.
    group = np.repeat([0, 1, 2], [2, 100, 100])
    hits = np.concatenate([[True, True], np.arange(100) < 30, np.arange(100) < 28])
    found = compare_groups(np.empty((202, 0)), group, hits, groups=3)
    assert found.rate[0] < 0.45
    assert found.p_above[0] < 0.9
    assert not found.differ


def test_a_better_mix_is_not_a_better_owner():
    """Two owners who win 60 % of easy deals and 20 % of hard ones; one has mostly easy ones."""
    rng = np.random.default_rng(6)
    owner = np.repeat([0, 1], 500)
    easy = rng.random(1000) < np.where(owner == 0, 0.8, 0.2)
    won = rng.random(1000) < np.where(easy, 0.6, 0.2)
    plain = np.bincount(owner, won) / 500
    found = compare_groups(easy[:, None].astype(float), owner, won, groups=2)
    assert plain[0] - plain[1] > 0.15
    assert not found.differ
    assert abs(found.rate[0] - found.rate[1]) < 0.05


def test_all_or_no_hits_are_no_trouble():
    for hits in ([0, 0, 0], [9, 9, 9]):
        found = compared(hits, 9)
        assert np.isfinite(found.rate).all()
        assert found.p_alike == 1.0


@pytest.mark.slow
def test_equal_owners_are_not_ranked():
    found = calls([0.3] * 8, FIRMS, seed=1)
    assert np.mean([one.differ for one in found]) <= 0.05


@pytest.mark.slow
def test_differences_of_fifteen_points_are_found():
    """Ten owners with 60 deals each, of whom half win 15 points more."""
    rates = [0.2, 0.35] * 5
    found = calls(rates, FIRMS, seed=2)
    assert np.mean([one.differ for one in found]) >= 0.8
    better = np.array(rates) > 0.3
    up = np.array([one.p_above >= 0.9 for one in found if one.differ])
    down = np.array([one.p_above <= 0.1 for one in found if one.differ])
    # Who is called above the team is one of the better ones, and the other way round.
    assert up[:, better].sum() > 50 * up[:, ~better].sum()
    assert down[:, ~better].sum() > 50 * down[:, better].sum()


@pytest.mark.slow
def test_intervals_hold_what_they_say():
    """Owners' true rates scatter by 0.4 on the logit; 90 % intervals hold about nine in ten."""
    rng = np.random.default_rng(3)
    held = []
    for _ in range(60):
        rates = expit(rng.normal(-1, 0.4, 8))
        group = np.repeat(np.arange(8), DEALS)
        won = rng.random(len(group)) < rates[group]
        found = compare_groups(np.empty((len(group), 0)), group, won, groups=8)
        held.append((found.low <= rates) & (rates <= found.high))
    assert 0.85 <= np.mean(held) <= 0.95
