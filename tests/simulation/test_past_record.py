from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from salespipe.forecast_log import ABOVE, BELOW
from salespipe.outcomes import quantile_score
from salespipe.simulation.record import past_record
from tests.backtest.test_accuracy import MONTHS, firm, log


def test_the_views_are_scored_on_months_that_are_over():
    """Forecasts before months 0 and 1, one and two months ahead; two months are over."""
    below, above = log([[90.0], [90.0]], method=BELOW), log([[70.0], [50.0]], method=ABOVE)
    far = {"horizon": 2, "start": MONTHS[1], "end": MONTHS[2]}
    later = log([[80.0]], method=ABOVE, **far)
    open_ = log([[80.0]], method=BELOW, horizon=3, start=MONTHS[2], end=MONTHS[3])
    others = [log([[0.0], [0.0]]), log([[0.0]], method=BELOW, by="owner", group="Ann")]
    kept = pd.concat([below, above, later, open_, *others], ignore_index=True)
    record = past_record(replace(firm([100.0, 60.0]), forecasts=kept))
    # of a single number the score is its error
    np.testing.assert_allclose(record.below, [[10.0, np.nan], [30.0, np.nan]])
    np.testing.assert_allclose(record.above, [[30.0, 20.0], [10.0, np.nan]])
    spread = np.stack(below["quantiles"].to_list())
    assert quantile_score(spread, np.array([100.0, 60.0])) == pytest.approx([10.0, 30.0])


def test_without_a_month_that_is_over_there_is_no_record():
    pipeline = firm([100.0])
    assert past_record(pipeline) is None
    assert (
        past_record(
            replace(
                pipeline,
                forecasts=log([[1.0]], method=BELOW, horizon=1, start=MONTHS[3], end=MONTHS[4]),
            )
        )
        is None
    )
