from collections.abc import Callable

import numpy as np
import pytest

from salespipe.bands import AGE_CUTS, AGE_GROUPS, CALLS, DUE_BANDS
from salespipe.simulation.paths import Calendar, Paths
from salespipe.simulation.posterior import Posterior
from salespipe.slips import Slips

BANDS, GROUPS, DUE = len(AGE_CUTS) + 1, int(AGE_GROUPS.max()) + 1, len(DUE_BANDS)


def _posterior(
    *, rates, chances, band_effect=(0.0,) * BANDS, month_rate=(0.0,), landing=None, **given
) -> Posterior:
    """Make one draw: `rates` per day and `chances` of going on by stage, other effects nil."""
    stages, months = len(rates), len(month_rate)
    onward = np.eye(stages, stages + 1, k=1) if landing is None else np.asarray(landing)
    plain = {
        "draws": 1,
        "log_rate": np.log(rates)[None, :, None] + np.asarray(band_effect)[None, None, :],
        "due_rate": np.zeros((1, stages, DUE)),
        "month_rate": np.repeat(np.append(month_rate, 0.0)[None, :, None], GROUPS, 2),
        "pace": np.zeros((1, 1)),
        "logit": np.repeat(np.log(chances / (1 - np.asarray(chances)))[None, :, None], GROUPS, 2),
        "due_logit": np.zeros((1, stages, DUE)),
        "month_logit": np.zeros((1, months + 1)),
        "owner": np.zeros((1, 1)),
        "segment": np.zeros((1, 1)),
        "source": np.zeros((1, 1)),
        "size": np.zeros((1, 1)),
        "call": np.zeros((1, 1, len(CALLS))),
        "landing": np.repeat(np.cumsum(onward, axis=1)[None, :, None, :], DUE, 2),
        "slip_rate": np.zeros((1, DUE)),
        "ratio_location": np.zeros((1, 1)),
        "ratio_scale": np.full(1, 0.1),
        "arrivals": np.zeros((1, months)),
        "dispersion": np.ones(1),
    }
    return Posterior(**{**plain, **given})


@pytest.fixture(scope="session")
def posterior_of() -> Callable[..., Posterior]:
    return _posterior


@pytest.fixture(scope="session")
def paths_of() -> Callable[..., Paths]:
    """Give a function that makes like paths of the one draw."""

    def make(count, *, stage=0, age=0.0, start=0.0, due=np.nan) -> Paths:
        none = np.zeros(count, dtype=np.int64)
        return Paths(
            draw=none,
            start=np.full(count, start),
            stage=np.full(count, stage, dtype=np.int64),
            owner=none,
            segment=none,
            age=np.full(count, age),
            due=np.full(count, due),
            pace=np.zeros(count),
            merit=np.zeros(count),
        )

    return make


@pytest.fixture(scope="session")
def no_slips() -> Slips:
    """Give a record in which no expected close date was ever changed."""
    none = np.zeros(DUE, dtype=np.int64)
    return Slips(none, np.ones(DUE), np.zeros(0), np.zeros(DUE + 1, dtype=np.int64))


@pytest.fixture(scope="session")
def november() -> Calendar:
    """Give a calendar that begins on 2026-11-01 and has one month of 30 days."""
    return Calendar(first=20758, month_ends=np.array([30.0]))
