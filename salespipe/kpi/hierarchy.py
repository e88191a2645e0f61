"""Groups compared fairly: a logistic model whose groups are pooled as far as they are alike.

A deal of group i with covariates x is a hit with probability ``sigmoid(x'b + u_i)``, where
``u_i ~ Normal(0, spread)`` and ``b ~ Normal(0, 2.5)``. For each spread on a grid, with a
half-normal prior of scale 0.5 (logit), the mode and curvature of the posterior are found by
Newton's method (Laplace's approximation); the grid is weighted by the marginal likelihood. It takes
milliseconds where a sampler takes seconds.

Whether the groups differ at all is asked first: Rao's score test of "all groups alike" given the
covariates, which holds its level whatever the mix (Rao 1948, Proc. Cambridge Phil. Soc. 44, 50-57).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, expit

__all__ = ["LEVEL", "Comparison", "compare_groups"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVEL = 0.05
"""Chance of finding a difference where there is none."""

SPREADS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.3])
SPREAD_SCALE = 0.5
COVARIATE_SCALE = 2.5
DRAWS = 4000
SEED = 1
STEPS = 30
TOLERANCE = 1e-8
FEWEST = 2.0
"""Hits and misses to be expected of a group for it to be tested on its own."""
BINS = 40


@dataclass(frozen=True)
class Comparison:
    """Groups on the same mix of cases.

    Attributes
    ----------
    rate, low, high : ndarray, shape (group,)
        Share of hits that each would have on the mix of all, with its 90 % interval.
    p_above : ndarray, shape (group,)
        Probability of being above the average case of all groups.
    p_alike : float
        Chance of seeing such differences if all groups were alike.
    """

    rate: Floats
    low: Floats
    high: Floats
    p_above: Floats
    p_alike: float

    @property
    def differ(self) -> bool:
        """Whether the groups can be told apart at all."""
        return self.p_alike < LEVEL


class _Cases(NamedTuple):
    """Cells of cases that are alike: covariates (with a constant), group, hits, size."""

    x: Floats
    group: Ints
    hits: Floats
    size: Floats
    groups: int


class _Mode(NamedTuple):
    """Mode of the posterior given a spread, and its curvature in blocks."""

    b: Floats
    u: Floats
    own: Floats
    cross: Floats
    schur: Floats
    log_evidence: float


def compare_groups(
    x: Floats, group: Ints, hits: npt.NDArray[np.bool_], *, groups: int
) -> Comparison:
    """Compare groups after adjusting for covariates.

    Parameters
    ----------
    x : ndarray, shape (case, covariate)
        Zeros and ones; without a constant.
    group : ndarray of int, shape (case,)
    hits : ndarray of bool, shape (case,)
    groups : int
        Number of groups; each has at least one case.
    """
    cases = _cells(np.column_stack([np.ones(len(group)), x]), group, hits, groups)
    modes = [_mode(cases, spread) for spread in SPREADS]
    logs = np.array([one.log_evidence for one in modes]) - 0.5 * (SPREADS / SPREAD_SCALE) ** 2
    # The grid is uneven: each point stands for its share of the spreads.
    weight = np.exp(logs - logs.max()) * np.gradient(SPREADS)
    counts = np.random.default_rng(SEED).multinomial(DRAWS, weight / weight.sum())
    effects, levels = _draw(cases, modes, counts)
    rates = _on_the_mix(cases, modes[int(weight.argmax())], levels)
    low, high = np.quantile(rates, [0.05, 0.95], axis=0)
    return Comparison(
        rate=rates.mean(axis=0),
        low=low,
        high=high,
        p_above=(effects > 0).mean(axis=0),
        p_alike=_score_test(cases),
    )


def _cells(x: Floats, group: Ints, hits: npt.NDArray[np.bool_], groups: int) -> _Cases:
    """Count equal cases together: the cost then grows with their variety."""
    keys = np.column_stack([group, x])
    cells, place = np.unique(keys, axis=0, return_inverse=True)
    place = place.reshape(-1)
    return _Cases(
        x=cells[:, 1:],
        group=cells[:, 0].astype(np.int64),
        hits=np.bincount(place, hits).astype(np.float64),
        size=np.bincount(place).astype(np.float64),
        groups=groups,
    )


def _by_group(cases: _Cases, values: Floats) -> Floats:
    return np.bincount(cases.group, values, cases.groups)


def _mode(cases: _Cases, spread: float) -> _Mode:
    """Find the mode by Newton's method; the groups' block is diagonal and is eliminated."""
    x = cases.x
    b, u = np.zeros(x.shape[1]), np.zeros(cases.groups)
    overall = (cases.hits.sum() + 0.5) / (cases.size.sum() + 1)
    b[0] = np.log(overall / (1 - overall))
    prior = np.full(len(b), 1 / COVARIATE_SCALE**2)
    for _ in range(STEPS):
        p = expit(x @ b + u[cases.group])
        rest, weight = cases.hits - cases.size * p, cases.size * p * (1 - p)
        own = _by_group(cases, weight) + 1 / spread**2
        cross = np.column_stack([_by_group(cases, weight * column) for column in x.T])
        schur = x.T @ (x * weight[:, None]) + np.diag(prior) - cross.T @ (cross / own[:, None])
        of_b = x.T @ rest - prior * b
        of_u = _by_group(cases, rest) - u / spread**2
        step_b = np.linalg.solve(schur, of_b - cross.T @ (of_u / own))
        step_u = (of_u - cross @ step_b) / own
        b, u = b + step_b, u + step_u
        if max(np.abs(step_b).max(), np.abs(step_u).max()) < TOLERANCE:
            break
    linear = x @ b + u[cases.group]
    likelihood = float(np.sum(cases.hits * linear - cases.size * np.logaddexp(0, linear)))
    prior_log = -0.5 * float(prior @ b**2) - 0.5 * float(u @ u) / spread**2
    volume = 0.5 * float(np.log(own).sum() + np.linalg.slogdet(schur)[1])
    evidence = likelihood + prior_log - cases.groups * float(np.log(spread)) - volume
    return _Mode(b, u, own, cross, schur, evidence)


def _share(cases: _Cases) -> Floats:
    return _by_group(cases, cases.size) / cases.size.sum()


def _draw(cases: _Cases, modes: list[_Mode], counts: Ints) -> tuple[Floats, Floats]:
    """Draw each group's level: its effect and what all cases have in common.

    Returns
    -------
    effects, levels : ndarray, shape (draw, group)
        Against the average case, and as they are.
    """
    rng = np.random.default_rng(SEED)
    average = cases.size @ cases.x / cases.size.sum()
    effects, levels = [], []
    for mode, count in zip(modes, counts, strict=True):
        # Given b, u is normal around its mode less D^-1 B (b - its mode); b has covariance S^-1.
        root = np.linalg.cholesky(np.linalg.inv(mode.schur))
        moved = rng.standard_normal((count, len(mode.b))) @ root.T
        free = rng.standard_normal((count, cases.groups)) / np.sqrt(mode.own)
        u = mode.u + free - moved @ (mode.cross / mode.own[:, None]).T
        effects.append(u - (u @ _share(cases))[:, None])
        levels.append(u + ((mode.b + moved) @ average)[:, None])
    return np.concatenate(effects), np.concatenate(levels)


def _on_the_mix(cases: _Cases, mode: _Mode, levels: Floats) -> Floats:
    """Turn levels into shares of hits on the mix of all, in bins of the covariates' sum."""
    linear = cases.x @ mode.b
    linear = linear - linear @ cases.size / cases.size.sum()
    order = np.argsort(linear)
    ahead = np.cumsum(cases.size[order]) / cases.size.sum()
    bins = np.minimum((ahead * BINS).astype(np.int64), BINS - 1)
    mass = np.bincount(bins, cases.size[order], BINS)
    middle = np.bincount(bins, (cases.size * linear)[order], BINS)
    known = mass > 0
    middle, mass = middle[known] / mass[known], mass[known] / cases.size.sum()
    rates: Floats = np.zeros_like(levels)
    for centre, share in zip(middle, mass, strict=True):
        rates += share * expit(centre + levels)
    return rates


def _score_test(cases: _Cases) -> float:
    """Test whether groups differ beyond their mix; small groups are taken together."""
    mode = _mode(cases, float(SPREADS[0]) / 100)
    p = expit(cases.x @ mode.b)
    rest, weight = cases.hits - cases.size * p, cases.size * p * (1 - p)
    expected = _by_group(cases, cases.size * p)
    missed = _by_group(cases, cases.size * (1 - p))
    small = (expected < FEWEST) | (missed < FEWEST)
    code = np.where(small, 0, np.cumsum(~small) - 1 + bool(small.any()))
    groups = int(code.max()) + 1
    if groups < 2:
        return 1.0
    told = cases._replace(group=code[cases.group], groups=groups)
    score = _by_group(told, rest)
    cross = np.column_stack([_by_group(told, weight * column) for column in cases.x.T])
    within = cases.x.T @ (cases.x * weight[:, None]) + 1e-9 * np.eye(cases.x.shape[1])
    cover = np.diag(_by_group(told, weight)) - cross @ np.linalg.solve(within, cross.T)
    values, vectors = np.linalg.eigh(cover)
    kept = values > 1e-6 * values.max()
    turned = vectors[:, kept].T @ score
    return float(chdtrc(int(kept.sum()), float(np.sum(turned**2 / values[kept]))))
