"""A quadratic in place of a likelihood: where it is close, and that it says so."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.special import expit, logit

from salespipe.models.expansion import BINOMIAL, POISSON, Cells, Prior

WIDE = 2.0
LEVELS = 6
PRECISION = np.eye(LEVELS) / 0.4**2
PRIOR = Prior(np.zeros(LEVELS), np.eye(LEVELS), PRECISION)


def counts_of(exits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make cells of two summands each, the first one of two levels: codes, exits, onward."""
    rng = np.random.default_rng(exits)
    codes = np.column_stack([rng.integers(2, size=40), rng.integers(2, LEVELS, size=40)])
    each = rng.multinomial(exits, np.full(40, 1 / 40))
    truth = rng.normal(0, 0.4, LEVELS)
    return codes, each, rng.binomial(each, expit(truth[codes].sum(axis=1)))


def summed(codes: np.ndarray, counts: np.ndarray, levels: int = LEVELS) -> np.ndarray:
    """Sum counts over the cells with each level."""
    return sum(np.bincount(code, weights=counts, minlength=levels) for code in codes.T)


def cells_of(exits: int) -> Cells:
    codes, each, onward = counts_of(exits)
    return Cells(BINOMIAL, codes, each.astype(float), summed(codes, onward))


def single(exits: int, onward: int) -> Cells:
    """Make one cell with a level of its own."""
    return Cells(BINOMIAL, np.zeros((1, 1), np.int64), np.array([exits]), np.array([onward]))


def alone(deviation: float, mean: float = 0.0) -> Prior:
    """Give the prior of one level."""
    return Prior(np.array([mean]), np.eye(1), np.eye(1) / deviation**2)


def posterior_draws(cells: Cells, count: int = 4_000) -> np.ndarray:
    """Draw from the quadratic's own posterior under N(0, 0.4): normal, in closed form."""
    made = cells.expanded(PRIOR)
    precision = made.curvature + PRECISION
    linear = made.slope + made.curvature @ made.at
    rng = np.random.default_rng(1)
    return rng.multivariate_normal(
        np.linalg.solve(precision, linear), np.linalg.inv(precision), size=count
    )


def test_log_likelihood_is_binomial():
    cells, (codes, exits, onward) = cells_of(300), counts_of(300)
    levels = np.random.default_rng(2).normal(0, 0.5, (5, LEVELS))
    chances = expit(levels[:, codes].sum(axis=2))
    truth = stats.binom.logpmf(onward, exits, chances).sum(axis=1)

    gap = cells.log_likelihood(levels) - truth

    np.testing.assert_allclose(gap, gap[0])


def test_log_likelihood_is_poisson():
    rng = np.random.default_rng(4)
    codes, days = counts_of(300)[0], rng.uniform(0, 200, 40)
    counted = rng.poisson(3, 40)
    cells = Cells(POISSON, codes, days, summed(codes, counted))
    levels = rng.normal(-2, 0.5, (5, LEVELS))
    rates = days * np.exp(levels[:, codes].sum(axis=2))

    gap = cells.log_likelihood(levels) - stats.poisson.logpmf(counted, rates).sum(axis=1)

    np.testing.assert_allclose(gap, gap[0])


def test_log_likelihood_is_the_same_in_pieces(monkeypatch):
    cells = cells_of(300)
    levels = np.random.default_rng(2).normal(0, 0.5, (7, LEVELS))
    whole = cells.log_likelihood(levels)

    monkeypatch.setattr("salespipe.models.expansion.CHUNK", 90)

    np.testing.assert_allclose(cells.log_likelihood(levels), whole)


@pytest.mark.parametrize(("exits", "onward"), [(30, 3), (200, 150), (4, 4)])
def test_slope_and_curvature_are_averages_over_the_normal_approximation(exits, onward):
    """One level alone, by numerical integration of the derivatives of the log likelihood."""
    cells = single(exits, onward)
    made = cells.expanded(alone(WIDE))
    chance = expit(made.at[0])
    # The maximum under the prior's precision, and the curvature there.
    assert onward - exits * chance == pytest.approx(made.at[0] / WIDE**2, abs=1e-6)
    scale = (exits * chance * (1 - chance) + 1 / WIDE**2) ** -0.5

    def averaged(function):
        normal = stats.norm(made.at[0], scale).pdf
        return quad(lambda level: normal(level) * function(expit(level)), -12, 12)[0]

    assert made.slope[0] == pytest.approx(averaged(lambda p: onward - exits * p), abs=2e-4)
    assert made.curvature[0, 0] == pytest.approx(averaged(lambda p: exits * p * (1 - p)), rel=1e-3)


@pytest.mark.parametrize(("days", "exits"), [(400.0, 3), (30.0, 200)])
def test_a_rate_alone_is_averaged_in_closed_form(days, exits):
    """The mean of exp(level) is exp(mean + variance / 2), for slope and curvature alike."""
    cells = Cells(POISSON, np.zeros((1, 1), np.int64), np.array([days]), np.array([exits]))
    made = cells.expanded(alone(0.5, mean=-3.0))
    assert exits - days * np.exp(made.at[0]) == pytest.approx((made.at[0] + 3.0) / 0.5**2, abs=1e-6)
    variance = 1 / (days * np.exp(made.at[0]) + 1 / 0.5**2)
    expected = days * np.exp(made.at[0] + variance / 2)

    assert made.curvature[0, 0] == pytest.approx(expected, rel=1e-7)
    assert made.slope[0] == pytest.approx(exits - expected, rel=1e-6)


def test_it_beats_the_taylor_polynomial_in_the_posterior_mean():
    exits, onward = 30, 3
    cells = single(exits, onward)
    made = cells.expanded(alone(WIDE))

    def density(level):
        likelihood = float(cells.log_likelihood(np.array([[level]]))[0])
        return np.exp(likelihood - level**2 / (2 * WIDE**2) + 12)

    mean = quad(lambda x: x * density(x), -8, 4)[0] / quad(density, -8, 4)[0]
    precision = made.curvature[0, 0] + 1 / WIDE**2
    ours = (made.slope[0] + made.curvature[0, 0] * made.at[0]) / precision
    # Taylor's has its mean where the density is highest.
    assert abs(ours - mean) < 0.2 * abs(made.at[0] - mean)


def test_density_in_a_model_is_the_quadratic():
    cells = cells_of(2_000)
    made = cells.expanded(PRIOR)
    with pm.Model(check_bounds=False) as model:
        levels = pm.Flat("levels", shape=LEVELS)
        pm.Potential("onward", made.density(levels))
    evaluate = model.compile_logp(mode="FAST_COMPILE")
    draws = np.random.default_rng(3).normal(0, 0.3, (4, LEVELS))
    apart = draws - made.at
    quadratic = apart @ made.slope - 0.5 * np.sum((apart @ made.curvature) * apart, axis=1)

    gap = [float(evaluate({"levels": one})) for one in draws] - quadratic

    np.testing.assert_allclose(gap, gap[0])


def test_long_histories_are_close_and_grow_closer():
    near, nearer = (
        cells.expanded(PRIOR).closeness(posterior_draws(cells))
        for cells in (cells_of(3_000), cells_of(300_000))
    )

    assert near.enough
    assert nearer.spread < 0.3 * near.spread


def test_what_is_not_close_is_seen():
    cells = cells_of(3_000)
    made = cells.expanded(PRIOR)
    draws = posterior_draws(cells)

    steeper = replace(made, slope=made.slope + 10.0)
    rounder = replace(made, curvature=1.3 * made.curvature)

    assert not steeper.closeness(draws).enough
    assert not rounder.closeness(draws).enough


def test_a_shift_of_a_mean_is_measured_in_deviations():
    """Draws of the right posterior, weighted as if the slope had been another: a known shift."""
    cells = cells_of(300_000)
    made = cells.expanded(PRIOR)
    draws = posterior_draws(cells)
    deviation = draws[:, 3].std()
    slope = made.slope.copy()
    slope[3] -= 0.5 / deviation

    seen = replace(made, slope=slope).closeness(draws)

    assert 0.3 < seen.shift < 0.6
    assert not seen.enough


def test_levels_stay_where_their_prior_can_be():
    """Of two levels one is a reference, 0 in the model, though all of its deals went on."""
    codes = np.array([[0], [1]])
    cells = Cells(BINOMIAL, codes, np.array([500.0, 500.0]), np.array([500.0, 300.0]))
    made = cells.expanded(Prior(np.zeros(2), np.array([[0.0], [1.0]]), np.eye(1)))

    assert made.at[0] == 0.0
    assert made.curvature[0, 0] == pytest.approx(125, rel=1e-6)
    assert made.at[1] == pytest.approx(logit(0.6), abs=0.02)


@pytest.mark.parametrize("family", [BINOMIAL, POISSON])
def test_mean_and_information_are_derivatives_of_the_partition(family):
    at = np.linspace(-30, 5, 141)
    width = 1e-5
    slope = (family.partition(at + width) - family.partition(at - width)) / (2 * width)
    bend = (family.mean(at + width) - family.mean(at - width)) / (2 * width)
    np.testing.assert_allclose(family.mean(at), slope, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(family.information(at), bend, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("logit", [-700.0, -40.0, 40.0, 700.0])
def test_a_trial_that_is_all_but_sure_keeps_its_digits(logit):
    at = np.array([logit])
    assert BINOMIAL.information(at)[0] == pytest.approx(np.exp(-abs(logit)), rel=1e-12)
    assert BINOMIAL.partition(at)[0] == pytest.approx(np.logaddexp(0.0, logit), rel=1e-12)
