import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar

from salespipe.models.effects import Effect, prior_of
from salespipe.models.expansion import BINOMIAL, Cells, Expansion
from salespipe.models.priors import Scale
from salespipe.models.scale_guesses import guessed

SEED = 5


def test_a_scale_is_guessed_where_its_marginal_posterior_is_highest():
    """EM comes to what maximising over the closed-form marginal likelihood gives."""
    rng = np.random.default_rng(SEED)
    levels, deviation, prior = 12, 0.8, Scale(0.2, 0.7)
    known = rng.uniform(2, 60, levels)
    seen = rng.normal(0, deviation, levels) + rng.normal(0, known**-0.5)
    effect = Effect("owner_effect", ("owner",), np.zeros(levels), prior)
    # Nothing was seen of the levels, so no mean is taken off; a quadratic around what was measured.
    cells = Cells(BINOMIAL, np.zeros((1, 1), np.int64), np.ones(1), np.zeros(levels))
    expansion = Expansion(cells, seen, np.zeros(levels), np.diag(known))

    (guess,) = guessed([effect], expansion, prior_of([effect], np.zeros(0), np.zeros((0, 0))))

    def loss(log_sd):
        spread = np.sqrt(np.exp(2 * log_sd) + 1 / known)
        marginal = stats.norm.logpdf(seen, 0, spread).sum()
        return -(marginal + stats.norm.logpdf(log_sd, np.log(prior.median), prior.spread))

    best = minimize_scalar(loss, bounds=(-6, 3), method="bounded").x
    assert guess.likely == pytest.approx(np.exp(best), rel=1e-2)
    assert effect.likely == prior.median
