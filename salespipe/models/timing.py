"""Timing: how fast deals leave a stage."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt
from scipy.linalg import block_diag

from salespipe.bands import AGE_GROUPS, AGE_NAMES, DUE_BANDS
from salespipe.models.calendar_effect import CalendarPriors, add_calendar_effect
from salespipe.models.effects import (
    Effect,
    add_effects,
    begins_of,
    coordinates,
    due_by_stage,
    prior_of,
)
from salespipe.models.expansion import LEVELS, POISSON, Cells, Expansion, Prior
from salespipe.models.given import given
from salespipe.models.linear import Linear, stacked, summed
from salespipe.models.priors import Scale
from salespipe.models.scale_guesses import guessed
from salespipe.models.sums import cell_sums
from salespipe.models.zero_sums import zero_sum
from salespipe.stages import Stage

__all__ = ["TimingData", "TimingPriors", "build_timing", "expand_timing"]

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]

TALL = 15_000
"""Exits from which on the likelihood is expanded; with 7,000 it is not yet close enough."""

LOGISTIC_SD = np.pi / np.sqrt(3)
"""Standard deviation of the standard logistic distribution."""

ENOUGH = 5
"""Exits from which on they know the level of an age band better than its neighbour does."""


@dataclass(frozen=True)
class TimingPriors:
    """Prior scales on the log scale; 0.7 is a factor of 2.

    Attributes
    ----------
    base : float
        How far a stage's rate may lie from 1 / its typical days.
    band : float
        Logistic prior of the step between neighbouring age bands, standard deviation 1.8 times
        this: mostly within a factor of 1.7, but deals may all but stop closing at some age, which
        its exponential tails allow. Twice as wide, 2 to 4 % of deals would never close, and a
        forecast without history would fall short of the Stages sheet's probabilities. A fixed
        scale: one that is learned makes a funnel.
    due_mean, due : tuple of float
        Prior means and standard deviations for overdue, today, this month, next month, later: an
        owner's date says something before there is a record of what it is worth. On the day
        itself it may be anything from nothing to nearly all: some teams write the day of closing
        into the field.
    due_by_stage : float
        How far a stage's due effects may lie from those of all stages.
    quarter_by_age : float
        How far the month of the quarter may hurry young deals otherwise than old ones: some teams
        close all that is old at the quarter's end. Fixed: where a group never closes in some
        month, a scale that is learned runs away.
    owner : Scale
        Owners' standard deviation: 0.04 (no difference that matters) to 0.6 with 95 %.
    calendar : CalendarPriors
    """

    base: float = 0.5
    band: float = 0.15
    due_mean: tuple[float, ...] = (0.2, 1.0, 0.7, 0.2, -0.5)
    due: tuple[float, ...] = (0.5, 1.5, 0.5, 0.5, 0.5)
    due_by_stage: float = 0.5
    quarter_by_age: float = 0.5
    owner: Scale = field(default_factory=lambda: Scale(0.15, 0.7))
    calendar: CalendarPriors = field(default_factory=CalendarPriors)


@dataclass(frozen=True)
class TimingData:
    """Cells with days at risk.

    Attributes
    ----------
    stage, band, due, month : ndarray of int, shape (cell,)
        Codes; `month` counts from the first month of the history.
    quarter_of_month : ndarray of int, shape (month,)
        Place in the fiscal quarter, 0 to 2, of each month of the history.
    days : ndarray of float, shape (cell, owner)
        Deal-days at risk.
    exits : ndarray of int, shape (cell,)
        Of all owners.
    exits_of_owner : ndarray of int, shape (owner,)
        Over all cells.
    steps : tuple of Stage
    bands : int
        Number of age bands.
    owners, months : tuple of str
    """

    stage: Ints
    band: Ints
    due: Ints
    month: Ints
    quarter_of_month: Ints
    days: Floats
    exits: Ints
    exits_of_owner: Ints
    steps: tuple[Stage, ...]
    bands: int
    owners: tuple[str, ...]
    months: tuple[str, ...]


def build_timing(
    data: TimingData, *, priors: TimingPriors, expansion: Expansion | None = None
) -> pm.Model:
    r"""Build the timing model.

    .. math::

        y_{c,o} &\sim \mathrm{Poisson}(days_{c,o}\, \lambda_c e^{h_o}) \\
        \log \lambda_c &= \gamma_{stage, band} + q_{month\ of\ quarter} + r_{month\ of\ quarter,
            age\ group} + d_{due} + e_{due, stage} + u_{month} \\
        \gamma_{s,0} &\sim N(-\log(typical\ days_s), 0.5), \quad
            \gamma_{s,b} - \gamma_{s,b-1} \sim \mathrm{Logistic}(0, 0.15) \\
        e &\sim N_0(0, 0.5), \quad r \sim N_0(0, 0.5), \quad h \sim N(0, \sigma_h)

    Rates are per day. N_0 sums to zero: e over stages, r over both. The random walk over age bands
    smooths, and carries the last level seen into bands without data.

    The sums of exits over owners and over cells are sufficient, and the expected exits of all
    owners and cells are one product of the matrix of days with two vectors: owners cost next to
    nothing, however many cells they would split.

    Parameters
    ----------
    data : TimingData
    priors : TimingPriors
    expansion : Expansion, optional
        Of these data's likelihood, to be taken in its place: see :func:`expand_timing`. The
        posterior then has the levels that it depends on, as
        :data:`~salespipe.models.expansion.LEVELS`.
    """
    effects = _effects(data, priors)
    if expansion:
        effects = guessed(effects, expansion, _prior(data, priors))
    coords = {
        "stage": [stage.name for stage in data.steps],
        "band": np.arange(data.bands),
        "age_group": list(AGE_NAMES),
        "quarter_month": [1, 2, 3],
        "due": list(DUE_BANDS[1:]),
        "owner": list(data.owners),
        "month": list(data.months),
        "level": [f"{stage.name} {band}" for stage in data.steps for band in range(data.bands)],
        **coordinates(effects),
    }
    typical = np.array([stage.typical_days for stage in data.steps])
    with pm.Model(coords=coords, check_bounds=False) as model:
        month, mean = add_calendar_effect(data.quarter_of_month, priors=priors.calendar)
        added = add_effects(effects)
        # Sampled is the level that the data know, of the months, due bands and owners seen.
        path = _levels_of_path(data)
        seen = Linear(pm.Flat("path", dims="level"), path, np.zeros(len(path)))
        level = seen.values - mean - added.shift
        shape = (len(data.steps), data.bands)
        pm.Deterministic("log_rate", level.reshape(shape), dims=("stage", "band"))
        bands = np.arange(len(path)).reshape(shape)
        first = pm.Normal.dist(given(-np.log(typical)), priors.base)
        begin = seen.at(bands[:, 0]) - mean - added.shift
        pm.Potential("first_band", pm.logp(first, begin))
        # Differences of rows: what the levels have in common falls out.
        steps = path[bands[:, 1:].ravel()] - path[bands[:, :-1].ravel()]
        step = pt.dot(given(steps / priors.band), seen.sampled)
        # A logistic density less its constant.
        pm.Potential("walk", step - 2 * pt.softplus(step))
        levels = stacked(added.levels, month, seen)
        if expansion:
            pm.Potential("exits", expansion.density(pm.Deterministic(LEVELS, levels)))
            return model
        eta = summed(levels, _codes(data, effects))
        owner = added.of("owner_effect", len(data.owners))
        days = given(np.ascontiguousarray(data.days.T))
        expected = pt.dot(days, pt.exp(eta)) * pt.exp(owner)
        counted = pt.sum(given(data.exits) * eta) + pt.sum(given(data.exits_of_owner) * owner)
        pm.Potential("exits", counted - pt.sum(expected))
    return model


def expand_timing(data: TimingData, *, priors: TimingPriors) -> Expansion | None:
    """Expand the likelihood of a history that is long enough; None where it is not.

    Parameters
    ----------
    data : TimingData
    priors : TimingPriors
    """
    if data.exits.sum() < TALL:
        return None
    effects = _effects(data, priors)
    codes = np.column_stack(_codes(data, effects))
    owners = begins_of(effects)["owner_effect"] + np.arange(len(data.owners))
    prior = _prior(data, priors)
    size = len(prior.offset)
    counted = cell_sums(codes, data.exits, size)
    counted[owners] += data.exits_of_owner
    cell, owner = np.nonzero(data.days)
    own = np.column_stack([codes[cell], owners[owner]])
    return Cells(POISSON, own, data.days[cell, owner], counted).expanded(prior)


def _prior(data: TimingData, priors: TimingPriors) -> Prior:
    """Give about the prior of all levels."""
    first = np.eye(1, data.bands) / priors.base
    steps = np.diff(np.eye(data.bands), axis=0) / (priors.band * LOGISTIC_SD)
    walk = np.vstack([first, steps])
    months = np.full(len(data.months), priors.calendar.quarter_month)
    precision = block_diag(np.diag(months**-2.0), *[walk.T @ walk] * len(data.steps))
    rates = np.repeat([-np.log(stage.typical_days) for stage in data.steps], data.bands)
    mean = np.concatenate([np.zeros(len(months)), rates])
    return prior_of(_effects(data, priors), mean, precision)


def _effects(data: TimingData, priors: TimingPriors) -> list[Effect]:
    stages = len(data.steps)
    quarter = data.quarter_of_month[data.month]

    def exits(code: Ints, size: int) -> Floats:
        return np.bincount(code, weights=data.exits, minlength=size).astype(np.float64)

    due = exits(data.due, len(DUE_BANDS))
    effects = [
        Effect(
            "due_effect",
            ("due",),
            due,
            Scale(1.0),
            mean=np.array(priors.due_mean),
            times=np.array(priors.due),
            references=1,
        ),
        Effect(
            "quarter_by_age",
            ("quarter_month", "age_group"),
            exits(quarter * len(AGE_NAMES) + AGE_GROUPS[data.band], 3 * len(AGE_NAMES)),
            Scale(priors.quarter_by_age),
            basis=zero_sum(3, len(AGE_NAMES)),
        ),
        Effect(
            "owner_effect",
            ("owner",),
            data.exits_of_owner.astype(np.float64),
            priors.owner,
            information=1.0,
        ),
    ]
    if stages > 1:
        apart = due_by_stage(data.stage, data.due, data.exits, stages, priors.due_by_stage)
        effects.append(apart)
    return effects


def _codes(data: TimingData, effects: Sequence[Effect]) -> list[Ints]:
    """Give for every cell where its effects, its month and its level stand, one after another.

    The owner, of which a cell has many, is left out.
    """
    quarter = data.quarter_of_month[data.month]
    begins = begins_of(effects)
    months = begins["end"]
    codes = [
        begins["due_effect"] + data.due,
        begins["quarter_by_age"] + quarter * len(AGE_NAMES) + AGE_GROUPS[data.band],
        months + data.month,
        months + len(data.months) + data.stage * data.bands + data.band,
    ]
    if len(data.steps) > 1:
        codes.append(begins["due_by_stage"] + data.due * len(data.steps) + data.stage)
    return codes


def _levels_of_path(data: TimingData) -> Floats:
    """Give the matrix from what is sampled to the levels of stages and age bands.

    A band with exits of its own is sampled as its level, which the data know; one without as its
    step from the band before, of which they know but the direction. The determinant is 1.
    """
    counts = np.zeros((len(data.steps), data.bands))
    np.add.at(counts, (data.stage, data.band), data.exits)
    blocks = []
    for known in counts >= ENOUGH:
        block = np.eye(data.bands)
        for band in range(1, data.bands):
            if not known[band]:
                block[band] += block[band - 1]
        blocks.append(block)
    return np.asarray(block_diag(*blocks))
