import numpy as np
import pytest
from scipy import stats

from salespipe.forecast_log import GRID
from salespipe.outcomes import actuals, quantile_score
from tests.backtest.test_accuracy import firm, log


def test_what_came_is_counted_by_period_and_owner_once_it_is_over():
    pipeline = firm([100.0, 60.0])
    forecasts = log([[1.0]] * 3)
    assert actuals(forecasts, pipeline).tolist()[:2] == [100.0, 60.0]
    assert np.isnan(actuals(forecasts, pipeline)[2])
    own = log([[1.0]] * 2, by="owner", group="Bo")
    assert actuals(own, pipeline).tolist() == [50.0, 30.0]


@pytest.mark.parametrize("actual", [-1.0, 0.0, 2.5])
def test_quantiles_score_as_the_distribution_does(actual):
    """The CRPS of a normal in closed form (Gneiting and Raftery, 2007): the grid is fine enough."""
    z = stats.norm
    closed = actual * (2 * z.cdf(actual) - 1) + 2 * z.pdf(actual) - 1 / np.sqrt(np.pi)
    kept = z.ppf(np.array(GRID))[None]
    assert quantile_score(kept, np.array([actual])) == pytest.approx([closed], abs=0.03)


def test_a_single_number_scores_its_error():
    kept = np.full((1, len(GRID)), 90.0)
    assert quantile_score(kept, np.array([100.0])) == pytest.approx([10.0])
