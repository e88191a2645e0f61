"""What a won deal brings."""

from dataclasses import replace

import numpy as np
import pytest

from salespipe import names as n
from salespipe.exposure import build_exposure
from salespipe.pipeline import build_pipeline
from salespipe.simulation.amounts import SEGMENT_SHARE, Amounts, learn_amounts
from salespipe.tables import Tables

SEED = (1, 3)
COUNT = 100_000
KNOWN = np.array([*np.full(15, 100.0), *np.full(5, 900.0)])


def _amounts(**given):
    plain = {
        "location": np.zeros((1, 2)),
        "scale": np.full(1, 1e-12),
        "low": -np.log(2.0),
        "high": np.log(2.0),
        "correction": 1.0,
        "known": KNOWN,
        "begins": np.array([0, 15, 20]),
    }
    return Amounts(**{**plain, **given})


def test_a_known_amount_is_kept_up_to_the_ratio(paths_of):
    listed = np.linspace(1, 1000, 50)
    np.testing.assert_allclose(_amounts().final(listed, paths_of(50), seed=SEED), listed)
    higher = _amounts(location=np.full((1, 2), 0.1))
    got = higher.final(listed, paths_of(50), seed=SEED)
    np.testing.assert_allclose(got, listed * np.exp(0.1))


@pytest.mark.parametrize("missing", [np.nan, 0.0, -5.0])
def test_a_missing_amount_is_drawn_from_its_segment_and_from_all(paths_of, missing):
    """The first segment has 15 amounts of 100: with 15 / 20 its own, else any of the 20."""
    drawn = _amounts().final(np.full(COUNT, missing), paths_of(COUNT), seed=SEED)
    assert set(np.round(drawn, 6)) == {100.0, 900.0}
    other = SEGMENT_SHARE / (15 + SEGMENT_SHARE) * 5 / 20
    assert (drawn > 500).mean() == pytest.approx(other, abs=4 * np.sqrt(other / COUNT))


def test_no_amount_at_all_brings_nothing(paths_of):
    empty = _amounts(known=np.zeros(0), begins=np.zeros(3, dtype=np.int64))
    assert (empty.final(np.full(9, np.nan), paths_of(9), seed=SEED) == 0).all()


def test_a_ratio_stays_within_its_bounds(paths_of):
    wide = _amounts(scale=np.full(1, 5.0))
    ratio = wide.final(np.ones(COUNT), paths_of(COUNT), seed=SEED)
    assert ratio.min() == pytest.approx(0.5)
    assert ratio.max() == pytest.approx(2.0)


def test_without_a_single_pair_the_mean_ratio_is_one(dated_deals, posterior_of, paths_of):
    """Nothing is known, so nothing may be said: on average a deal brings what is listed."""
    rows = [{n.STAGE: "Qualification", n.AMOUNT: 100.0, n.CREATED_ON: "2026-10-01"}]
    pipeline = build_pipeline(
        Tables(deals=dated_deals(rows)), as_of=np.datetime64("2026-10-31").astype(object)
    )
    draws = 4000
    rng = np.random.default_rng(2)
    posterior = posterior_of(
        rates=[0.1],
        chances=[0.5],
        draws=draws,
        ratio_location=rng.normal(0, 0.05, (draws, 1)),
        ratio_scale=rng.gamma(2, 1 / 20, draws),
    )
    amounts = learn_amounts(pipeline, build_exposure(pipeline), posterior=posterior)
    paths = replace(paths_of(COUNT), draw=np.arange(COUNT) % draws)
    ratio = amounts.final(np.ones(COUNT), paths, seed=SEED)
    assert ratio.mean() == pytest.approx(1.0, abs=4 * ratio.std() / np.sqrt(COUNT) + 0.001)
