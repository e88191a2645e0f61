from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from salespipe.kpi.intervals import (
    Estimate,
    _binomial_quantile,
    log_mean,
    quantile,
    ratio,
    share,
)

AMOUNTS = st.lists(st.floats(1, 1e6), min_size=1, max_size=60).map(np.array)


def encloses(estimate: Estimate) -> bool:
    if isnan(estimate.low) or isnan(estimate.high):
        return estimate.interval.startswith("none")
    return estimate.low <= estimate.value <= estimate.high


def test_jeffreys_cuts_five_percent_off_each_end_of_the_beta_posterior():
    found = share(3, 10)

    def density(p):
        return p**2.5 * (1 - p) ** 6.5

    whole, _ = integrate.quad(density, 0, 1)
    below, _ = integrate.quad(density, 0, found.low)
    above, _ = integrate.quad(density, found.high, 1)
    assert found.value == 0.3
    assert below / whole == pytest.approx(0.05, abs=1e-9)
    assert above / whole == pytest.approx(0.05, abs=1e-9)


def test_one_win_of_one_does_not_promise_more():
    found = share(1, 1)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low < 0.25


def test_nothing_to_count_is_not_zero():
    found = share(0, 0)
    assert isnan(found.value)
    assert found.note


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_shares_stay_in_their_interval(counts):
    hits, n = counts
    found = share(hits, n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.n == n


@given(AMOUNTS)
def test_means_medians_and_typical_values_stay_in_their_interval(amounts):
    for found in (ratio(amounts), quantile(amounts, 0.5), quantile(amounts, 0.8)):
        assert encloses(found)
    typical = log_mean(amounts)
    assert isnan(typical.low) or typical.low <= typical.value * (1 + 1e-12)
    assert ratio(amounts).value == pytest.approx(amounts.mean())


def test_the_bootstrap_agrees_with_the_normal_interval_where_both_hold():
    values = np.random.default_rng(4).normal(50, 10, 399)
    boot, plain = ratio(values), ratio(np.append(values, values.mean()))
    assert boot.interval == "bootstrap 90 %"
    assert plain.interval == "normal 90 %"
    assert boot.low == pytest.approx(plain.low, abs=0.15)
    assert boot.high == pytest.approx(plain.high, abs=0.15)


def test_the_normal_interval_of_a_mean_is_the_textbook_one():
    values = np.random.default_rng(4).normal(50, 10, 500)
    half = stats.norm.ppf(0.95) * values.std() / np.sqrt(500)
    assert ratio(values).high - values.mean() == pytest.approx(half)


def test_a_ratio_is_of_sums_not_the_mean_of_ratios():
    found = ratio(np.array([1.0, 0.0, 0.0, 0.0, 9.0]), np.array([1.0, 1.0, 1.0, 1.0, 96.0]))
    assert found.value == pytest.approx(0.1)


def test_the_same_numbers_give_the_same_interval_twice():
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    assert ratio(values) == ratio(values)


def test_four_values_have_a_mean_but_no_interval():
    found = ratio(np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.value == 2.5
    assert isnan(found.low)
    assert found.interval.startswith("none")


def test_the_median_of_ten_lies_between_the_second_and_the_ninth():
    found = quantile(np.arange(10.0, 110.0, 10.0), 0.5)
    assert (found.low, found.value, found.high) == (20.0, 55.0, 90.0)
    assert stats.binom.cdf(8, 10, 0.5) - stats.binom.cdf(1, 10, 0.5) >= 0.9


def test_the_typical_value_is_the_geometric_mean():
    found = log_mean(np.array([1.0, 10.0, 100.0, 1000.0, 10000.0]))
    half = stats.t.ppf(0.95, 4) * np.log(10) * np.sqrt(2.5) / np.sqrt(5)
    assert found.value == pytest.approx(100)
    assert found.high == pytest.approx(100 * np.exp(half))


@given(n=st.integers(1, 2_000), q=st.floats(0.01, 0.99), tail=st.sampled_from([0.05, 0.95]))
def test_binomial_quantiles_are_those_of_the_distribution(n, q, tail):
    assert _binomial_quantile(tail, n, q) == stats.binom.ppf(tail, n, q)
