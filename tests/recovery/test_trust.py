"""Owners whose calls are worth unlike much: the model finds whose are, and equal ones equal."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from salespipe.bands import CALL_SCORES
from salespipe.inference.compiled import compile_model
from salespipe.inference.gate import stop_if_bad
from salespipe.inference.sampler import sample_model
from salespipe.models.win_rate import WinRateData, WinRatePriors, build_win_rate
from salespipe.stages import Stage

OWNERS, MONTHS, EXITS = 12, 18, 150
SPREAD = 0.6
CALL = np.array([0.0, -0.6, -0.2, 0.2, 0.6])

pytestmark = [pytest.mark.slow, pytest.mark.recovery, pytest.mark.timeout(900)]


def _team(slopes, *, seed):
    """Make a team in which each owner made so many calls, and what became of them."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(OWNERS), EXITS)
    call = rng.integers(1, 5, owner.size)
    month = rng.integers(MONTHS, size=owner.size)
    level = rng.normal(0, 0.3, OWNERS)
    eta = level[owner] + CALL[call] + slopes[owner] * np.array(CALL_SCORES)[call]
    none = np.zeros(owner.size, dtype=np.int64)
    return WinRateData(
        stage=none,
        age=none,
        due=none,
        month=month,
        quarter_of_month=np.arange(MONTHS) % 3,
        owner=owner,
        segment=none,
        source=none,
        size=none,
        call=call,
        exits=np.ones(owner.size, dtype=np.int64),
        onward=rng.binomial(1, expit(eta)),
        steps=(Stage("Open", probability=0.5),),
        owners=tuple(f"Owner {k}" for k in range(OWNERS)),
        segments=("All",),
        sources=("All",),
        months=tuple(f"month {k}" for k in range(MONTHS)),
        sized=False,
    )


def _trust(data):
    sampled = sample_model(compile_model(build_win_rate(data, priors=WinRatePriors())), seed=5)
    stop_if_bad("win rate", sampled.verdict)
    posterior = sampled.tree["posterior"].dataset
    slopes = posterior["trust_effect"].to_numpy()[..., -1, :].reshape(-1, OWNERS)
    return slopes - slopes.mean(axis=1, keepdims=True), posterior["trust_sd"].to_numpy()


def test_whose_calls_hold_and_whose_do_not_is_found():
    true = np.random.default_rng(11).normal(0, SPREAD, OWNERS)
    slopes, spread = _trust(_team(true, seed=12))
    low, high = np.quantile(slopes, [0.05, 0.95], axis=0)
    centred = true - true.mean()
    # 90 % intervals of twelve owners: 8 or fewer held has a probability of 0.4 % if they are right.
    assert ((low <= centred) & (centred <= high)).sum() >= 9
    assert np.corrcoef(slopes.mean(axis=0), true)[0, 1] > 0.8
    assert np.quantile(spread, 0.05) > 0.2
    best, worst = np.argmax(true), np.argmin(true)
    assert (slopes[:, best] > slopes[:, worst]).mean() > 0.95


def test_owners_whose_calls_are_alike_are_not_told_apart():
    slopes, spread = _trust(_team(np.zeros(OWNERS), seed=13))
    assert np.median(spread) < 0.2
    low, high = np.quantile(slopes, [0.05, 0.95], axis=0)
    assert ((low <= 0) & (high >= 0)).sum() >= 11


def test_one_owner_alone_has_no_trust_of_its_own():
    data = replace(_team(np.zeros(OWNERS), seed=14), owner=np.zeros(OWNERS * EXITS, dtype=np.int64))
    model = build_win_rate(replace(data, owners=("Ana",)), priors=WinRatePriors())
    assert "trust_effect" not in model.named_vars
