"""Win rate: of the exits of a cell, how many go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor.tensor as pt
from scipy.special import expit

from salespipe.bands import AGE_NAMES, CALL_SCORES, CALLS, DUE_BANDS, SIZES
from salespipe.models.calendar_effect import CalendarPriors, add_calendar_effect
from salespipe.models.effects import (
    Effect,
    add_effects,
    begins_of,
    coordinates,
    due_by_stage,
    prior_of,
)
from salespipe.models.expansion import BINOMIAL, LEVELS, Cells, Expansion, Prior
from salespipe.models.given import given
from salespipe.models.linear import Linear, stacked, summed
from salespipe.models.priors import Scale, conditional_probabilities, logit_sd, matched_logits
from salespipe.models.scale_guesses import guessed
from salespipe.models.sums import cell_sums
from salespipe.models.zero_sums import zero_sum
from salespipe.stages import Stage

__all__ = [
    "POOLED",
    "WinRateData",
    "WinRatePriors",
    "build_win_rate",
    "expand_win_rate",
    "prior_logits",
]

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]

POOLED = ("owner", "segment", "source")
"""What deals are grouped by, each with effects of a learned scale."""

INFORMATION = 0.2
"""Information on the logit scale that one exit carries: p (1 - p), somewhat less than at 1/2."""


TALL = 2_000
"""Exits from which on the likelihood is expanded; below it is too far from a quadratic."""

WIDE = 2.0
"""About how far the level of a stage may lie from a chance of 50 %, on the logit scale."""

LEAST_OWN = 0.3
"""Share of the deviation that a stage keeps for itself however strong the other effects are."""


@dataclass(frozen=True)
class WinRatePriors:
    """Prior scales on the logit scale; 0.3 moves a chance of 50 % by 7 points.

    Attributes
    ----------
    age, due, due_by_stage, size : float
        Standard deviations of effects with few levels: fixed, since a scale cannot be learned
        from a few levels and makes the posterior a funnel.
    call_mean : tuple of float
        Prior means of the owner's call (omitted, pipeline, best case, commit): the order that the
        words have, at a fifth of the odds they claim, until there is a record.
    call : float
        Standard deviation around them.
    trust : Scale
        Of how far a commit of one owner and an omitted of the same lie from those of all, in
        opposite directions: 0.05 to 0.8 with 95 %, as of owners' levels.
    pooled : Scale
        Of owners, segments and sources: 0.05 (no difference that matters) to 0.8 (odds that
        differ fivefold) with 95 %, away from zero, where the posterior would narrow to a funnel.
    calendar : CalendarPriors
    strength : float
        How many closed deals the Stages sheet's probabilities are worth.
    """

    age: float = 0.3
    due: float = 0.4
    due_by_stage: float = 0.5
    size: float = 0.3
    call_mean: tuple[float, ...] = (-0.5, -0.2, 0.1, 0.4)
    call: float = 0.5
    trust: Scale = field(default_factory=lambda: Scale(0.2, 0.7))
    pooled: Scale = field(default_factory=lambda: Scale(0.2, 0.7))
    calendar: CalendarPriors = field(default_factory=CalendarPriors)
    strength: float = 10.0


@dataclass(frozen=True)
class WinRateData:
    """Cells with at least one exit.

    Attributes
    ----------
    stage, age, due, month, owner, segment, source, size, call : ndarray of int, shape (cell,)
        Codes; `month` counts from the first month of the history.
    quarter_of_month : ndarray of int, shape (month,)
        Place in the fiscal quarter, 0 to 2, of each month of the history.
    exits, onward : ndarray of int, shape (cell,)
        Exits, and those of them that went on.
    steps : tuple of Stage
    owners, segments, sources, months : tuple of str
        Level names.
    sized : bool
        Whether sizes may say anything.
    market : ndarray, shape (month, index)
        Standardised market indices.
    indices : tuple of str
        Their names.
    """

    stage: Ints
    age: Ints
    due: Ints
    month: Ints
    quarter_of_month: Ints
    owner: Ints
    segment: Ints
    source: Ints
    size: Ints
    call: Ints
    exits: Ints
    onward: Ints
    steps: tuple[Stage, ...]
    owners: tuple[str, ...]
    segments: tuple[str, ...]
    sources: tuple[str, ...]
    months: tuple[str, ...]
    sized: bool
    market: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    indices: tuple[str, ...] = ()

    @property
    def called(self) -> bool:
        """Whether more than one owner is there and any call was made, so that trust can differ."""
        return len(self.owners) > 1 and bool(self.call.any())


def prior_logits(steps: Sequence[Stage], *, priors: WinRatePriors) -> tuple[Floats, Floats]:
    """Give the prior means and standard deviations of the stages' logits.

    The means are those with which a deal's prior chance of winning is the Stages sheet's. The
    deviations are those with which that chance is worth `strength` deals: what the effects that a
    deal keeps (its owner, segment, source, size) leave of them, since a first few deals of one
    owner move all of these at once.
    """
    whole = logit_sd(conditional_probabilities(steps), strength=priors.strength)
    kept = [priors.pooled] * len(POOLED) + [Scale(priors.size * np.sqrt(1 - 1 / SIZES))]
    own = np.sqrt(np.maximum(whole**2 - sum(scale.variance for scale in kept), 0.0))
    tau = np.maximum(own, LEAST_OWN * whole)
    mu = matched_logits(
        steps,
        base_sd=tau,
        kept=kept,
        drawn_anew=[
            Scale(priors.age * np.sqrt(3 / 4)),
            Scale(priors.calendar.quarter_month * np.sqrt(2 / 3)),
            Scale(priors.calendar.shock_median, priors.calendar.shock_spread),
        ],
    )
    return mu, tau


def build_win_rate(
    data: WinRateData, *, priors: WinRatePriors, expansion: Expansion | None = None
) -> pm.Model:
    r"""Build the win-rate model.

    .. math::

        y_c &\sim \mathrm{Binomial}(n_c, p_c) \\
        \mathrm{logit}\, p_c &= \beta_{stage} + a_{age} + q_{month\ of\ quarter} + d_{due}
            + e_{due, stage} + o_{owner} + g_{segment} + f_{source} + z_{size} \\
            &\quad + k_{call} + t_{owner} s_{call} + u_{month} \\
        \beta_s &\sim N(\mu_s, \tau_s), \quad a \sim N_0(0, 0.3), \quad q \sim N_0(0, 0.4),
            \quad d \sim N(0, 0.4), \quad e \sim N_0(0, 0.5) \\
        o &\sim N(0, \sigma_o), \quad g \sim N(0, \sigma_g), \quad f \sim N(0, \sigma_f), \quad
            t \sim N(0, \sigma_t), \quad \log \sigma \sim N(\log 0.2, 0.7) \\
        z &\sim N_0(0, 0.3), \quad k \sim N(m_k, 0.5), \quad u \sim \mathrm{AR1}(\rho, \sigma_u)

    N_0 sums to zero (e over stages). :math:`\mu_s` makes the prior mean of winning the Stages
    sheet's probability and :math:`\tau_s` makes it worth `strength` deals
    (:mod:`salespipe.models.priors`). An unknown expected close date, an unknown size and an owner
    who made no call are the references of their effects. What market indices add to a month stands
    in its effect (:func:`salespipe.models.calendar_effect.add_calendar_effect`).

    Calls are recalibrated per owner by a level and a slope (Cox, 1958, Biometrika 45(3/4)): an
    owner whose calls promise more than they hold has a lower effect :math:`o`, one whose calls tell
    less apart than those of others a lower trust :math:`t`; :math:`s` are
    :data:`salespipe.bands.CALL_SCORES`, -1 for omitted to 1 for commit.

    Parameters
    ----------
    data : WinRateData
    priors : WinRatePriors
    expansion : Expansion, optional
        Of these data's likelihood, to be taken in its place: see :func:`expand_win_rate`. The
        posterior then has the levels that it depends on, as
        :data:`~salespipe.models.expansion.LEVELS`.
    """
    mu, tau = prior_logits(data.steps, priors=priors)
    effects = _effects(data, priors)
    if expansion:
        effects = guessed(effects, expansion, _prior(data, priors))
    coords = {
        "stage": [stage.name for stage in data.steps],
        "age_group": list(AGE_NAMES),
        "quarter_month": [1, 2, 3],
        "due": list(DUE_BANDS[1:]),
        "size": list(range(1, SIZES + 1)),
        "call": list(CALLS[1:]),
        "owner": list(data.owners),
        "segment": list(data.segments),
        "source": list(data.sources),
        "month": list(data.months),
        "index": list(data.indices),
        **coordinates(effects),
    }
    with pm.Model(coords=coords, check_bounds=False) as model:
        month, mean = add_calendar_effect(
            data.quarter_of_month, priors=priors.calendar, market=data.market
        )
        added = add_effects(effects)
        # Sampled is the level that the data know: that of the deals seen.
        seen = pm.Flat("seen_base", dims="stage")
        base = pm.Deterministic("base", seen - mean - added.shift, dims="stage")
        pm.Potential("prior_of_base", pm.logp(pm.Normal.dist(given(mu), given(tau)), base))
        stages = len(data.steps)
        levels = stacked(added.levels, month, Linear(seen, np.eye(stages), np.zeros(stages)))
        if expansion:
            pm.Potential("onward", expansion.density(pm.Deterministic(LEVELS, levels)))
        else:
            eta = summed(levels, _codes(data, effects))
            exits, onward = given(data.exits), given(data.onward)
            pm.CustomDist("onward", exits, eta, logp=_logp, random=_random, observed=onward)
    return model


def expand_win_rate(data: WinRateData, *, priors: WinRatePriors) -> Expansion | None:
    """Expand the likelihood of a history that is long enough; None where it is not.

    Parameters
    ----------
    data : WinRateData
    priors : WinRatePriors
    """
    if data.exits.sum() < TALL:
        return None
    prior = _prior(data, priors)
    codes = np.column_stack(_codes(data, _effects(data, priors)))
    counted = cell_sums(codes, data.onward, len(prior.offset))
    cells = Cells(BINOMIAL, codes, data.exits.astype(np.float64), counted)
    return cells.expanded(prior)


def _prior(data: WinRateData, priors: WinRatePriors) -> Prior:
    """Give about the prior of all levels."""
    months, stages = len(data.months), len(data.steps)
    deviation = np.repeat([priors.calendar.quarter_month, WIDE], [months, stages])
    return prior_of(_effects(data, priors), np.zeros(months + stages), np.diag(deviation**-2.0))


def _effects(data: WinRateData, priors: WinRatePriors) -> list[Effect]:
    def exits(code: Ints, size: int) -> Floats:
        return np.bincount(code, weights=data.exits, minlength=size).astype(np.float64)

    effects = [
        Effect(
            "age",
            ("age_group",),
            exits(data.age, len(AGE_NAMES)),
            Scale(priors.age),
            basis=zero_sum(len(AGE_NAMES)),
        ),
        Effect(
            "due_effect",
            ("due",),
            exits(data.due, len(DUE_BANDS)),
            Scale(priors.due),
            references=1,
        ),
        Effect(
            "call_effect",
            ("call",),
            exits(data.call, len(CALLS)),
            Scale(priors.call),
            mean=np.array(priors.call_mean),
            references=1,
        ),
    ]
    for name, code, names in (
        ("owner", data.owner, data.owners),
        ("segment", data.segment, data.segments),
        ("source", data.source, data.sources),
    ):
        seen = exits(code, len(names))
        effects.append(
            Effect(f"{name}_effect", (name,), seen, priors.pooled, information=INFORMATION)
        )
    if data.called:
        effects.append(_trust(data, priors))
    if data.sized:
        effects.append(
            Effect(
                "size_effect",
                ("size",),
                exits(data.size, SIZES + 1),
                Scale(priors.size),
                basis=zero_sum(SIZES),
                references=1,
            )
        )
    if len(data.steps) > 1:
        effects.append(
            due_by_stage(data.stage, data.due, data.exits, len(data.steps), priors.due_by_stage)
        )
    return effects


def _trust(data: WinRateData, priors: WinRatePriors) -> Effect:
    """Give what owners' calls are worth beyond those of all: one slope an owner."""
    owners, scores = len(data.owners), np.array(CALL_SCORES[1:])
    seen = np.bincount(
        data.call * owners + data.owner, weights=data.exits, minlength=len(CALLS) * owners
    )
    return Effect(
        "trust_effect",
        ("call", "owner"),
        seen.astype(np.float64),
        priors.trust,
        basis=np.asarray(np.kron(scores[:, None], np.eye(owners))),
        references=owners,  # no call, of every owner
        information=INFORMATION * float((scores**2).sum()),
    )


def _codes(data: WinRateData, effects: Sequence[Effect]) -> list[Ints]:
    """Give for every cell where its effects, its month and its level stand, one after another."""
    begins = begins_of(effects)
    end = begins["end"]
    code = {
        "age": data.age,
        "due_effect": data.due,
        "call_effect": data.call,
        "trust_effect": data.call * len(data.owners) + data.owner,
        "owner_effect": data.owner,
        "segment_effect": data.segment,
        "source_effect": data.source,
        "size_effect": data.size,
        "due_by_stage": data.due * len(data.steps) + data.stage,
    }
    codes = [begins[effect.name] + code[effect.name] for effect in effects]
    return [*codes, end + data.month, end + len(data.months) + data.stage]


def _logp(
    value: pt.TensorVariable, exits: pt.TensorVariable, eta: pt.TensorVariable
) -> pt.TensorVariable:
    """Leave out the constant: a quarter of the time of ``pm.Binomial(logit_p=)``'s gradient."""
    return value * eta - exits * pt.softplus(eta)


def _random(
    exits: Ints, eta: Floats, rng: np.random.Generator, size: tuple[int, ...] | None
) -> Ints:
    return rng.binomial(exits, expit(eta), size=size)
