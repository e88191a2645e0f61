"""All models fitted to one pipeline, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import nutpie
import pymc as pm
import xarray as xr

from salespipe.exposure import Exposure, build_exposure
from salespipe.inference.assemble import amount_data, arrivals_data, timing_data, win_rate_data
from salespipe.inference.gate import judge, stop_if_bad, worst_of
from salespipe.inference.history import revenue_history_data
from salespipe.inference.sampler import compile_model
from salespipe.models.amount import AmountPriors, build_amount
from salespipe.models.arrivals import ArrivalsPriors, build_arrivals
from salespipe.models.revenue_history import (
    RevenueHistoryData,
    RevenueHistoryPriors,
    build_revenue_history,
)
from salespipe.models.timing import TimingPriors, build_timing
from salespipe.models.win_rate import WinRatePriors, build_win_rate
from salespipe.pipeline import Pipeline
from salespipe.results import Diagnostics

__all__ = ["CHAINS", "Fit", "Progress", "fit"]

type Progress = Callable[[str], None]
"""Told, in words for people, what is being done."""

CHAINS: Final = 4

TUNE: Final = 500

DRAWS: Final = 750
"""Draws per chain: more than are simulated, and of low correlation."""

TARGET_ACCEPT: Final = {
    "win rate": 0.95,
    "timing": 0.95,
    "amount": 0.97,
    "arrivals": 0.98,
    "revenue history": 0.95,
}
"""Smaller steps where the posterior of a scale has a long tail."""

STRICTER: Final = 0.998
"""Target acceptance of the second, longer try."""


@dataclass(frozen=True)
class Fit:
    """Posterior draws of all models, every one past the gate.

    Attributes
    ----------
    pipeline : Pipeline
    exposure : Exposure
    trees : dict of str to xarray.DataTree
        By model: ``win rate``, ``timing``, ``amount``; ``arrivals`` where there is enough history
        to forecast new business, ``revenue history`` where there is enough to look from above.
    diagnostics : Diagnostics
        Worst over the models.
    seed : int
    history : RevenueHistoryData or None
        What ``revenue history`` was fitted to; None, as the model is, where there is too little.
    """

    pipeline: Pipeline
    exposure: Exposure
    trees: dict[str, xr.DataTree]
    diagnostics: Diagnostics
    seed: int
    history: RevenueHistoryData | None = None

    def _repr_html_(self) -> str:
        """Say in a notebook what was fitted and whether it may be used."""
        seen = self.diagnostics
        return (
            f"<p>Fitted as of {self.pipeline.as_of} with seed {self.seed}: "
            f"{', '.join(self.trees)}. R-hat at most {seen.max_rhat:.3f}, at least "
            f"{seen.min_ess:.0f} effective draws, {seen.divergences} divergences.</p>"
        )


def build_models(pipeline: Pipeline, exposure: Exposure) -> dict[str, pm.Model]:
    """Build every model that the data allow, by name, the slowest to sample first."""
    models = {
        "win rate": build_win_rate(
            win_rate_data(pipeline, exposure),
            priors=WinRatePriors(strength=pipeline.settings.prior_strength),
        ),
        "timing": build_timing(timing_data(pipeline, exposure), priors=TimingPriors()),
        "amount": build_amount(amount_data(pipeline, exposure), priors=AmountPriors()),
    }
    arrivals = arrivals_data(pipeline, exposure)
    if arrivals is not None:
        models["arrivals"] = build_arrivals(arrivals, priors=ArrivalsPriors())
    return models


def fit(pipeline: Pipeline, *, seed: int = 1, progress: Progress | None = None) -> Fit:
    """Fit all models to a pipeline.

    Parameters
    ----------
    pipeline : Pipeline
    seed : int
        The same seed gives identical draws on one machine.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    ConvergenceError
        A model did not pass the gate in two tries.
    """
    tell = progress or (lambda _: None)
    exposure = build_exposure(pipeline)
    models = build_models(pipeline, exposure)
    history = revenue_history_data(pipeline)
    if history is not None:
        above = build_revenue_history(history, priors=RevenueHistoryPriors(), reusable=False)
        if above is not None:
            models["revenue history"] = above
    compiled, running = {}, {}
    # One model samples (outside Python's lock) while the next is being compiled.
    for place, (name, model) in enumerate(models.items()):
        tell(f"Fitting the models: {name} ({place + 1} of {len(models)})")
        compiled[name] = compile_model(model)
        running[name] = _start(compiled[name], name, seed + place)
    trees, verdicts = {}, []
    for place, name in enumerate(models):
        tell(f"Fitting the models: waiting for {name}")
        tree = cast("xr.DataTree", running[name].wait())
        verdict = judge(tree)
        if not verdict.diagnostics.ok:
            tell(f"Fitting the models: {name} once more, longer")
            again = _start(compiled[name], name, seed + place, longer=True)
            tree = cast("xr.DataTree", again.wait())
            verdict = judge(tree)
        stop_if_bad(name, verdict)
        trees[name] = tree
        verdicts.append(verdict.diagnostics)
    return Fit(pipeline, exposure, trees, worst_of(verdicts), seed, history)


def _start(
    compiled: object, name: str, seed: int, *, longer: bool = False
) -> "nutpie.sample._BackgroundSampler":
    return nutpie.sample(
        compiled,
        draws=DRAWS * (2 if longer else 1),
        tune=TUNE * (2 if longer else 1),
        chains=CHAINS,
        # The other core compiles the next model meanwhile; the draws are the same either way.
        cores=2 if longer else 1,
        seed=seed,
        target_accept=STRICTER if longer else TARGET_ACCEPT[name],
        # Effects that overlap (months, their place in the quarter, ages) are correlated in the
        # posterior; a mass matrix that knows so needs a third of the steps.
        adaptation="low_rank",
        progress_bar=False,
        blocking=False,
    )
