"""Effects of groups, all of a model's in one vector: quick to compile, quick to sample.

Dozens of small distributions make a graph that takes longer to compile than to sample. Here all
effects are one linear map of one vector of normal coordinates, built from constant matrices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt
from scipy.linalg import block_diag

from salespipe.bands import DUE_BANDS
from salespipe.models.expansion import Prior
from salespipe.models.given import given, rounded, with_spare
from salespipe.models.linear import Linear
from salespipe.models.priors import Scale
from salespipe.models.zero_sums import zero_sum

__all__ = [
    "Added",
    "Effect",
    "add_effects",
    "begins_of",
    "coordinates",
    "due_by_stage",
    "prior_of",
]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

OPEN_END: Final = 1e-9
"""Weight that stands for none, so that shares exist where nothing was seen."""

STEP: Final = 8
"""The coordinates of all effects come in so many: a company's next owner changes no graph."""


@dataclass(frozen=True)
class Effect:
    """A group of effects that share a prior.

    Attributes
    ----------
    name : str
        Of the effect in the posterior.
    dims : tuple of str
        Its dimensions there; their coordinates stand in the model.
    weight : ndarray, shape (level,)
        What was seen of each level (exits); the mean over it is left to the model's level.
    scale : Scale
        Standard deviation: fixed, or learned.
    basis : ndarray, shape (level, coordinate), optional
        Orthonormal columns that the effects are made of; by default as many as there are levels,
        so that the effects are independent. For those that sum to zero see :func:`zero_sum`.
    mean, times : ndarray, shape (level,), optional
        Prior means, and factors on the standard deviation.
    references : int
        How many of the first levels are references of effect 0, which the other arguments leave
        out, `weight` excepted.
    information : float
        Information (inverse variance) on a level's effect that a weight of 1 carries.
    guess : float, optional
        About what a learned scale is, for how it is sampled; by default its prior median.
    """

    name: str
    dims: tuple[str, ...]
    weight: Floats
    scale: Scale
    basis: Floats | None = None
    mean: Floats | None = None
    times: Floats | None = None
    references: int = 0
    information: float = 0.0
    guess: float | None = None

    @property
    def likely(self) -> float:
        """About what its scale is."""
        return self.guess or self.scale.median

    @property
    def size(self) -> int:
        """Number of levels without the references."""
        return len(self.weight) - self.references

    @property
    def learned(self) -> bool:
        """Whether its scale is."""
        return self.scale.spread > 0

    def map(self) -> Floats:
        """Give the matrix from coordinates to effects, the references left out."""
        times = np.ones(self.size) if self.times is None else self.times
        basis = self.basis
        if basis is None:
            # The common part, of which the data know nothing, apart from the deviations.
            whole = np.full((self.size, 1), 1 / np.sqrt(self.size))
            basis = np.hstack([whole, zero_sum(self.size)])
        fixed = 1.0 if self.learned else self.scale.median
        return np.asarray(fixed * times[:, None] * basis)

    def centring(self) -> Floats:
        r"""Give for each coordinate how far it is centred, 0 to 1.

        A deviation is :math:`\sigma^{1 - w} x` with :math:`x \sim N(0, \sigma^w)`: centred
        (:math:`w = 1`) where the data know a level better than the prior does, non-centred
        (:math:`w = 0`) where they know little of it, and in between in between (Papaspiliopoulos,
        Roberts and Sköld, 2007, Statistical Science 22(1)).
        """
        known = self.information * float(np.mean(self.weight)) * self.likely**2
        apart = np.full(self.map().shape[1], known / (1 + known))
        if self.basis is None:
            apart[0] = 0.0
        return apart


@dataclass(frozen=True)
class Added:
    """Effects that were added to a model.

    Attributes
    ----------
    levels : Linear
        The levels of all effects, each less its effect's mean over what was seen.
    shift : TensorVariable
        The sum of those means: to be subtracted from a level that is sampled as that of the deals
        seen. The data know that level far better than the one of the references; sampling it
        leaves the model as it is (a shift has no Jacobian) and takes the ridge out of its
        posterior.
    begins : mapping of str to int
        Where the levels of each effect begin, references first; ``end`` is the number of them
        all.
    """

    levels: Linear
    shift: pt.TensorVariable
    begins: Mapping[str, int]

    def of(self, name: str, size: int) -> pt.TensorVariable:
        """Give the first `size` values of an effect."""
        begin = self.begins[name]
        return self.levels.at(np.arange(begin, begin + size))


def begins_of(effects: Sequence[Effect]) -> dict[str, int]:
    """Give where the levels of each effect begin, references first; ``end`` is their number.

    Parameters
    ----------
    effects : sequence of Effect
    """
    edges = np.cumsum([0, *(len(effect.weight) for effect in effects)]).tolist()
    return dict(zip([*(effect.name for effect in effects), "end"], edges, strict=True))


def prior_of(effects: Sequence[Effect], mean: Floats, precision: Floats) -> Prior:
    """Give the prior of the levels of effects and of others after them.

    Parameters
    ----------
    effects : sequence of Effect
        Their levels come less their effect's mean over what was seen; learned scales are taken at
        their guess or, without one, at their prior median.
    mean, precision : ndarray
        Of the levels after them.
    """
    maps, constant = _maps(effects)
    apart = _apart(effects)
    own = [
        np.full(table.shape[1], effect.likely if effect.learned else 1.0)
        for effect, table in zip(effects, maps, strict=True)
    ]
    return Prior(
        offset=np.concatenate([apart @ constant, mean]),
        matrix=block_diag(apart @ block_diag(*maps), np.eye(len(mean))),
        precision=block_diag(np.diag(np.concatenate(own) ** -2.0), precision),
    )


def add_effects(effects: Sequence[Effect]) -> Added:
    r"""Add effects to the model that is being built.

    With :math:`r \sim N(0, \sigma^w)`, the effects are :math:`c + M (\sigma^{1 - w} r)`, where
    :math:`\log \sigma` is normal for scales that are learned, and :math:`\sigma = 1` for fixed
    ones, which stand in :math:`M`. In the posterior each has its own name, and a learned scale
    ``<name without "_effect">_sd``.

    Parameters
    ----------
    effects : sequence of Effect
    """
    maps, constant = _maps(effects)
    begins = begins_of(effects)
    matrix = with_spare(block_diag(*maps), STEP)
    raw = _coordinates_sampled(effects)
    full = given(constant) + pt.dot(given(matrix), raw)
    lengths = pm.modelcontext(None).coords
    for effect, table in zip(effects, maps, strict=True):
        own = full[begins[effect.name] + effect.references : begins[effect.name] + len(table)]
        shape = [len(lengths[dim] or ()) for dim in effect.dims]
        pm.Deterministic(effect.name, own.reshape(shape), dims=effect.dims)
    apart = _apart(effects)
    total = np.concatenate([_share(effect) for effect in effects])
    return Added(
        levels=Linear(raw, apart @ matrix, apart @ constant),
        shift=given(total @ constant) + pt.dot(given(total @ matrix), raw),
        begins=begins,
    )


def _coordinates_sampled(effects: Sequence[Effect]) -> pt.TensorVariable:
    """Sample the coordinates, those of learned scales as far centred as suits the data."""
    learned = [effect for effect in effects if effect.learned]
    if not learned:
        return pm.Normal("raw", 0, 1, dims="coordinate")
    columns = [
        effect.centring() if effect.learned else np.zeros(effect.map().shape[1])
        for effect in effects
    ]
    mine = np.array([[float(one is effect) for one in learned] for effect in effects])
    spare = np.zeros(rounded(sum(map(len, columns)), STEP) - sum(map(len, columns)))
    which = np.repeat(mine, [len(column) for column in columns], axis=0)
    which = np.vstack([which, np.zeros((len(spare), len(learned)))])
    centred = np.concatenate([*columns, spare])[:, None] * which
    log_sd = pm.Normal(
        "log_sd",
        np.log([effect.scale.median for effect in learned]),
        np.array([effect.scale.spread for effect in learned]),
        dims="scale",
        initval=np.log([effect.likely for effect in learned]),
    )
    for place, effect in enumerate(learned):
        pm.Deterministic(effect.name.removesuffix("_effect") + "_sd", pt.exp(log_sd[place]))
    raw = pm.Normal("raw", 0, pt.exp(pt.dot(given(centred), log_sd)), dims="coordinate")
    return raw * pt.exp(pt.dot(given(which - centred), log_sd))


def coordinates(effects: Sequence[Effect]) -> dict[str, list[str]]:
    """Give the model's coordinates of what :func:`add_effects` samples, so that each has a name."""
    named = [
        f"{effect.name} {place + 1}" for effect in effects for place in range(effect.map().shape[1])
    ]
    spare = rounded(len(named), STEP) - len(named)
    return {
        "coordinate": [*named, *(f"spare {place + 1}" for place in range(spare))],
        "scale": [effect.name for effect in effects if effect.learned],
    }


def due_by_stage(stage: Ints, due: Ints, exits: Ints, stages: int, scale: float) -> Effect:
    """Give the effect of due bands that differ from stage to stage, summing to zero over stages.

    Parameters
    ----------
    stage, due, exits : ndarray of int, shape (cell,)
    stages : int
    scale : float
        Standard deviation.
    """
    due_bands = len(DUE_BANDS)
    weight = np.bincount(due * stages + stage, weights=exits, minlength=due_bands * stages)
    return Effect(
        "due_by_stage",
        ("due", "stage"),
        weight.astype(np.float64),
        Scale(scale),
        basis=np.asarray(np.kron(np.eye(due_bands - 1), zero_sum(stages))),
        references=stages,  # no date, in every stage
    )


def _maps(effects: Sequence[Effect]) -> tuple[list[Floats], Floats]:
    """Give each effect's matrix from coordinates to levels, and the constant of all levels."""
    means = [np.zeros(one.size) if one.mean is None else np.asarray(one.mean) for one in effects]
    constants = [
        _with_references(mean, effect) for mean, effect in zip(means, effects, strict=True)
    ]
    maps = [_with_references(effect.map(), effect) for effect in effects]
    return maps, np.concatenate(constants)


def _apart(effects: Sequence[Effect]) -> Floats:
    """Give the matrix that takes from levels their effect's mean over what was seen."""
    means = block_diag(
        *[np.tile(_share(effect), (len(effect.weight), 1)) for effect in effects],
    )
    return np.asarray(np.eye(len(means)) - means)


def _share(effect: Effect) -> Floats:
    weight = np.asarray(effect.weight, dtype=np.float64)
    return weight / max(weight.sum(), OPEN_END)


def _with_references(table: Floats, effect: Effect) -> Floats:
    return np.concatenate([np.zeros((effect.references, *table.shape[1:])), table])
