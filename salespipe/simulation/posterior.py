"""Posterior draws of all models as plain arrays, with the months to come filled in."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from salespipe.exposure import Exposure
from salespipe.inference.assemble import month_number, quarter_months
from salespipe.inference.fit import Fit

__all__ = ["Posterior", "draw_posterior"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

LANDING_STRENGTH: Final = 20.0
"""Onward exits that the order of the stages is worth as a prior of where they land."""


@dataclass(frozen=True)
class Posterior:
    """Draws, and the effects of the months to come; every array begins with the draw.

    Attributes
    ----------
    draws : int
    log_rate : ndarray, shape (draw, stage, band)
        Log of the daily rate of leaving a stage.
    due_rate : ndarray, shape (draw, due band)
    month_rate : ndarray, shape (draw, month + 1)
        Effects of the simulated months; the last column, 0, stands for all time after them.
    logit : ndarray, shape (draw, stage, age group)
        Logit of going on when leaving.
    due_logit : ndarray, shape (draw, due band)
    month_logit : ndarray, shape (draw, month + 1)
    owner, segment : ndarray, shape (draw, level)
        On the logit scale.
    landing : ndarray, shape (draw, stage, stage + 1)
        Cumulative chances of where an onward exit lands; the last is won.
    ratio_location : ndarray, shape (draw, segment)
        Of log(final / listed amount).
    ratio_scale : ndarray, shape (draw,)
    arrivals : ndarray, shape (draw, month)
        Expected number of deals created in each simulated month; 0 where new business is not
        forecast.
    dispersion : ndarray, shape (draw,)
        Negative binomial alpha of the arrivals.
    """

    draws: int
    log_rate: Floats
    due_rate: Floats
    month_rate: Floats
    logit: Floats
    due_logit: Floats
    month_logit: Floats
    owner: Floats
    segment: Floats
    landing: Floats
    ratio_location: Floats
    ratio_scale: Floats
    arrivals: Floats
    dispersion: Floats


def draw_posterior(fit: Fit, *, months: Ints, draws: int) -> Posterior:
    """Take draws out of a fit and simulate the months' effects on.

    Parameters
    ----------
    fit : Fit
    months : ndarray of int
        Numbers of the months to simulate, counted from year 0; the first may be the running one.
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
    return Posterior(
        draws=draws,
        log_rate=timing["log_rate"],
        due_rate=np.hstack([zero, timing["due_effect"]]),
        month_rate=_month_effects(timing, months - last, places, rng),
        logit=base[:, :, None] + age[:, None, :],
        due_logit=np.hstack([zero, win["due_effect"]]),
        month_logit=_month_effects(win, months - last, places, rng),
        owner=win["owner_effect"],
        segment=win["segment_effect"],
        landing=_landings(fit.exposure, draws, rng),
        ratio_location=amount["location"],
        ratio_scale=amount["scale"],
        arrivals=arrivals,
        dispersion=dispersion,
    )


class _Draws:
    """Draws of one model's variables, flattened over chains and thinned evenly."""

    def __init__(self, tree: xr.DataTree, draws: int) -> None:
        self.posterior = tree["posterior"].dataset
        total = self.posterior.sizes["chain"] * self.posterior.sizes["draw"]
        self.keep = np.linspace(0, total - 1, draws).round().astype(np.int64)

    def __getitem__(self, name: str) -> Floats:
        values = self.posterior[name].to_numpy()
        flat = values.reshape(-1, *values.shape[2:])
        taken: Floats = flat[self.keep]
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


def _landings(exposure: Exposure, draws: int, rng: np.random.Generator) -> Floats:
    """Draw where onward exits land: Dirichlet, whose prior knows only the next stage.

    A skip or a step back has a chance only once it has been seen, so that without history a deal
    passes through every stage and its chance is the product that the Stages sheet states.
    """
    stages = len(exposure.stages)
    alpha = np.zeros((stages, stages + 1))
    moves = exposure.landings
    alpha[moves["stage"], moves["next"]] = moves["n"]
    alpha[np.arange(stages), np.arange(stages) + 1] += LANDING_STRENGTH
    weights = rng.standard_gamma(np.broadcast_to(alpha, (draws, *alpha.shape)))
    return np.cumsum(weights / weights.sum(axis=2, keepdims=True), axis=2)


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
