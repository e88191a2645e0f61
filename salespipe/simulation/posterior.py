"""Posterior draws of all models as plain arrays, with the months to come filled in."""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from salespipe.bands import AGE_NAMES, DUE_BANDS
from salespipe.days import month_number, quarter_months
from salespipe.exposure import Exposure
from salespipe.inference.fit import Fit
from salespipe.slips import Slips

__all__ = [
    "Apart",
    "Posterior",
    "call_effects",
    "draw_posterior",
    "due_effects",
    "through",
    "with_own_months",
]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

LANDING_STRENGTH: Final = 20.0
"""Onward exits that the order of the stages is worth as a prior of where they land."""


BAND_STRENGTH: Final = 10.0
"""Onward exits that a stage's own mean is worth as a prior of where those of a due band land."""

TINY: Final = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class Posterior:
    """Draws, and the effects of the months to come; every array begins with the draw.

    Attributes
    ----------
    draws : int
    log_rate : ndarray, shape (draw, stage, band)
        Log of the daily rate of leaving a stage.
    due_rate : ndarray, shape (draw, stage, due band)
    month_rate : ndarray, shape (draw, month + 1, age group)
        Effects of the simulated months; the last, 0, stands for all time after them.
    pace : ndarray, shape (draw, owner)
        On the log scale of the rate.
    logit : ndarray, shape (draw, stage, age group)
        Logit of going on when leaving.
    due_logit : ndarray, shape (draw, stage, due band)
    month_logit : ndarray, shape (draw, month + 1)
    owner, segment, source, size : ndarray, shape (draw, level)
        On the logit scale.
    call : ndarray, shape (draw, owner or 1, call)
        What each owner's calls are worth, on the logit scale.
    landing : ndarray, shape (draw, stage, due band, stage + 1)
        Cumulative chances of where an onward exit lands; the last is won.
    slip_rate : ndarray, shape (draw, due band)
        Daily rates at which the expected close date is changed.
    ratio_location : ndarray, shape (draw, segment)
        Of log(final / listed amount).
    ratio_scale : ndarray, shape (draw,)
    arrivals : ndarray, shape (draw, month)
        Expected number of deals created in each simulated month; 0 where new business is not
        forecast.
    dispersion : ndarray, shape (draw,)
        Negative binomial alpha of the arrivals.
    market_path : ndarray, shape (draw, month, index)
        Standardised market indices of the simulated months; what they do is in `month_logit` and
        `arrivals` already.
    market_logit, market_arrivals : ndarray, shape (draw, index)
        What one standard deviation of an index does to the logit of going on, and to the log of
        the number of deals created.
    """

    draws: int
    log_rate: Floats
    due_rate: Floats
    month_rate: Floats
    pace: Floats
    logit: Floats
    due_logit: Floats
    month_logit: Floats
    owner: Floats
    segment: Floats
    source: Floats
    size: Floats
    call: Floats
    landing: Floats
    slip_rate: Floats
    ratio_location: Floats
    ratio_scale: Floats
    arrivals: Floats
    dispersion: Floats
    market_path: Floats = field(default_factory=lambda: np.zeros((1, 1, 0)))
    market_logit: Floats = field(default_factory=lambda: np.zeros((1, 0)))
    market_arrivals: Floats = field(default_factory=lambda: np.zeros((1, 0)))

    def call_of(self, draw: Ints | slice, owner: Ints, call: Ints) -> Floats:
        """Give what some calls are worth, each from the mouth of its owner."""
        whose = owner if self.call.shape[1] > 1 else np.zeros_like(owner)
        return self.call[draw, whose, call]


@dataclass(frozen=True)
class Apart:
    """What one part of a company has of its own, beside what it shares with the others.

    Parts that share a fit also share its draws, months to come included; what happens to their
    deals is each one's own luck.

    Attributes
    ----------
    seed : int
        Of its own luck.
    timing, win : float
        Standard deviations of its own months' shocks: log rate, logit.
    """

    seed: int
    timing: float = 0.0
    win: float = 0.0


def with_own_months(posterior: Posterior, apart: Apart) -> Posterior:
    """Add a part's own shocks to those that the months to come bring to all parts."""
    rng = np.random.default_rng([apart.seed, 8])
    months = (posterior.draws, posterior.month_logit.shape[1] - 1)
    later = np.zeros((posterior.draws, 1))
    rate = np.hstack([apart.timing * rng.standard_normal(months), later])
    logit = np.hstack([apart.win * rng.standard_normal(months), later])
    return replace(
        posterior,
        month_rate=posterior.month_rate + rate[:, :, None],
        month_logit=posterior.month_logit + logit,
    )


def draw_posterior(fit: Fit, *, months: Ints, slips: Slips, draws: int) -> Posterior:
    """Take draws out of a fit and simulate the months' effects on.

    Parameters
    ----------
    fit : Fit
    months : ndarray of int
        Numbers of the months to simulate, counted from year 0; the first may be the running one.
    slips : Slips
    draws : int
        How many; taken evenly from all chains.
    """
    rng = np.random.default_rng([fit.seed, 1])
    fiscal = fit.pipeline.settings.fiscal_year_start
    places = quarter_months(months, fiscal)
    timing = _Draws(fit.trees["timing"], draws)
    win = _Draws(fit.trees["win rate"], draws)
    amount = _Draws(fit.trees["amount"], draws)
    last = month_number(fit.exposure.end)
    base, age = win["base"], win["age"]
    zero = np.zeros((draws, 1))
    arrivals, dispersion = _arrivals(fit, months, draws, rng)
    by_age = np.concatenate(
        [timing["quarter_by_age"][:, places], np.zeros((draws, 1, len(AGE_NAMES)))], axis=1
    )
    sized = "size_effect" in win
    path = fit.market.draw(draws, len(months), seed=fit.seed)
    market_logit, market_arrivals = (
        _market_effect(fit, name, draws) for name in ("win rate", "arrivals")
    )
    return Posterior(
        draws=draws,
        log_rate=timing["log_rate"],
        due_rate=due_effects(timing.posterior)[timing.keep],
        month_rate=_month_effects(timing, months - last, places, rng)[:, :, None] + by_age,
        pace=timing["owner_effect"],
        logit=base[:, :, None] + age[:, None, :],
        due_logit=due_effects(win.posterior)[win.keep],
        month_logit=_month_effects(win, months - last, places, rng)
        + np.pad(through(path, market_logit), ((0, 0), (0, 1))),
        owner=win["owner_effect"],
        segment=win["segment_effect"],
        source=win["source_effect"],
        size=np.hstack([zero, win["size_effect"]]) if sized else zero,
        call=call_effects(win.posterior)[win.keep],
        landing=_landings(fit.exposure, draws, rng),
        slip_rate=slips.draw_rates(draws, rng),
        ratio_location=amount["location"],
        ratio_scale=amount["scale"],
        arrivals=arrivals * np.exp(through(path, market_arrivals)),
        dispersion=dispersion,
        market_path=path,
        market_logit=market_logit,
        market_arrivals=market_arrivals,
    )


def through(path: Floats, effect: Floats) -> Floats:
    """Give what a path of the market does to each month.

    Parameters
    ----------
    path : ndarray, shape (draw, month, index)
    effect : ndarray, shape (draw, index)

    Returns
    -------
    ndarray, shape (draw, month)
    """
    return np.asarray(np.einsum("dmi,di->dm", path, effect))


def _market_effect(fit: Fit, model: str, draws: int) -> Floats:
    if not fit.market.indices or model not in fit.trees:
        return np.zeros((draws, len(fit.market.indices)))
    return _Draws(fit.trees[model], draws)["market_effect"]


class _Draws:
    """Draws of one model's variables, flattened over chains and thinned evenly."""

    def __init__(self, tree: xr.DataTree, draws: int) -> None:
        self.posterior = tree["posterior"].dataset
        total = self.posterior.sizes["chain"] * self.posterior.sizes["draw"]
        self.keep = np.linspace(0, total - 1, draws).round().astype(np.int64)

    def __contains__(self, name: str) -> bool:
        return name in self.posterior

    def __getitem__(self, name: str) -> Floats:
        taken: Floats = _flat(self.posterior[name])[self.keep]
        return taken


def _month_effects(
    model: _Draws,
    ahead: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> Floats:
    """Carry the AR(1) shocks on; the running month (0 ahead) keeps the shock it has shown."""
    shock, rho, scale = model["shock"][:, -1], model["shock_rho"], model["shock_sd"]
    quarter = model["quarter_effect"]
    effects = []
    for step, place in zip(ahead, places, strict=True):
        if step > 0:
            noise = rng.standard_normal(len(shock))
            shock = rho * shock + np.sqrt(1 - rho**2) * scale * noise
        effects.append(quarter[:, place] + shock)
    return np.column_stack([*effects, np.zeros(len(shock))])


def due_effects(posterior: xr.Dataset) -> Floats:
    """Give the effects of due bands in every stage; an unknown date is 0.

    Parameters
    ----------
    posterior : Dataset
        Of the timing or the win-rate model.

    Returns
    -------
    ndarray, shape (draw of all chains, stage or 1, due band)
    """
    due = _flat(posterior["due_effect"])[:, None, :]
    if "due_by_stage" in posterior:
        due = due + np.swapaxes(_flat(posterior["due_by_stage"]), 1, 2)
    return np.concatenate([np.zeros((*due.shape[:2], 1)), due], axis=2)


def call_effects(posterior: xr.Dataset) -> Floats:
    """Give the effects of every owner's calls; no call is 0.

    Parameters
    ----------
    posterior : Dataset
        Of the win-rate model.

    Returns
    -------
    ndarray, shape (draw of all chains, owner or 1, call)
    """
    call = _flat(posterior["call_effect"])[:, None, :]
    if "trust_effect" in posterior:
        call = call + np.swapaxes(_flat(posterior["trust_effect"]), 1, 2)
    return np.concatenate([np.zeros((*call.shape[:2], 1)), call], axis=2)


def _flat(values: xr.DataArray) -> Floats:
    """Put the draws of all chains one after another."""
    drawn: Floats = values.to_numpy()
    return drawn.reshape(-1, *drawn.shape[2:])


def _landings(exposure: Exposure, draws: int, rng: np.random.Generator) -> Floats:
    """Draw where onward exits land: Dirichlet, in every due band around the stage's own mean.

    The prior of the stage knows only the next one. A skip or a step back has a chance only once it
    has been seen, so that without history a deal passes through every stage and its chance is the
    product that the Stages sheet states.
    """
    stages, bands = len(exposure.stages), len(DUE_BANDS)
    moves = exposure.landings
    counts = np.zeros((stages, bands, stages + 1))
    counts[moves["stage"], moves["due"], moves["next"]] = moves["n"]
    alpha = counts.sum(axis=1)
    alpha[np.arange(stages), np.arange(stages) + 1] += LANDING_STRENGTH
    usual = _dirichlet(np.broadcast_to(alpha, (draws, *alpha.shape)), rng)
    shares = _dirichlet(BAND_STRENGTH * usual[:, :, None, :] + counts[None], rng)
    return np.cumsum(shares, axis=3)


def _dirichlet(alpha: Floats, rng: np.random.Generator) -> Floats:
    weights = rng.standard_gamma(alpha)
    shares: Floats = weights / np.maximum(weights.sum(axis=-1, keepdims=True), TINY)
    return shares


def _arrivals(
    fit: Fit, months: Ints, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw the expected arrivals; the level walks on, the running month counts what is left."""
    if "arrivals" not in fit.trees:
        return np.zeros((draws, len(months))), np.ones(draws)
    model = _Draws(fit.trees["arrivals"], draws)
    level, step, quarter = model["level"][:, -1], model["step_sd"], model["quarter_effect"]
    seasonal = "year_effect" in model.posterior
    year = model["year_effect"] if seasonal else np.zeros((draws, 12))
    end = fit.exposure.end
    places = quarter_months(months, fit.pipeline.settings.fiscal_year_start)
    expected = []
    for number, place in zip(months, places, strict=True):
        running = number == month_number(end)
        share = 1 - end.day / end.days_in_month if running else 1.0
        if not running:
            level = level + step * rng.standard_normal(draws)
        expected.append(share * np.exp(level + quarter[:, place] + year[:, number % 12]))
    return np.column_stack(expected), model["alpha"]
