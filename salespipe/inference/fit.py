"""All models fitted to one pipeline, side by side."""

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, field, fields
from functools import cached_property

import pandas as pd
import xarray as xr

from salespipe.cards import card, line
from salespipe.exposure import Exposure, build_exposure
from salespipe.inference import workers
from salespipe.inference.assemble import market_of
from salespipe.inference.gate import stop_if_bad, worst_of
from salespipe.inference.history import revenue_history_data
from salespipe.inference.sampler import CHAINS, Sampled
from salespipe.inference.store import FitStore, fits_path
from salespipe.inference.task import Task, fit_task, tasks_of
from salespipe.market import Market
from salespipe.models.revenue_history import RevenueHistoryData
from salespipe.pipeline import Pipeline
from salespipe.results import Diagnostics
from salespipe.wording import Words

__all__ = ["CHAINS", "Fit", "Progress", "fit"]

type Progress = Callable[[str], None]
"""Told, in words for people, what is being done."""


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
    market : Market
        Indices that the models use.
    by_model : dict of str to Diagnostics
        What the gate measured of each.
    """

    pipeline: Pipeline
    exposure: Exposure
    trees: dict[str, xr.DataTree]
    diagnostics: Diagnostics
    seed: int
    history: RevenueHistoryData | None = None
    market: Market = field(default_factory=Market)
    by_model: dict[str, Diagnostics] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that numbers are made from, first 16 hexadecimal digits.

        It is the pipeline's, unless a longer history is counted in.
        """
        if not self.exposure.outside:
            return self.pipeline.digest
        total = hashlib.sha256(self.pipeline.digest.encode())
        for counts in (self.exposure.cells, self.exposure.landings):
            total.update(pd.util.hash_pandas_object(counts, index=False).to_numpy().tobytes())
        return total.hexdigest()[:16]

    def gate(self) -> pd.DataFrame:
        """Give what the gate measured, a row for each model.

        Returns
        -------
        DataFrame
            Columns `model` and those of :class:`salespipe.results.Diagnostics`.
        """
        columns = ["model", *(one.name for one in fields(Diagnostics))]
        rows = [(name, *astuple(seen)) for name, seen in self.by_model.items()]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        """Say in one line what was fitted and whether it may be used."""
        return line("Fit", f"as of {self.pipeline.as_of}", self._facts())

    def _repr_html_(self) -> str:
        """Say in a notebook what was fitted and whether it may be used."""
        day, language = self.pipeline.as_of, self.pipeline.settings.language
        title = Words(f"Fitted as of {day}", f"截至 {day} 的拟合").text(language)
        return card(title, self._facts(), language)

    def _facts(self) -> dict[Words, object]:
        seen = self.diagnostics
        return {
            Words("models", "模型数"): len(self.trees),
            Words("highest R-hat", "R-hat 最大值"): f"{seen.max_rhat:.3f}",
            Words("fewest effective draws", "有效抽样最少"): f"{seen.min_ess:,.0f}",
            Words("divergences", "发散次数"): seen.divergences,
            Words("seed", "种子"): self.seed,
        }


def fit(
    pipeline: Pipeline,
    *,
    seed: int = 1,
    again: bool = False,
    exposure: Exposure | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit all models to a pipeline, as many at a time as there are cores.

    What was fitted before to the same data is taken from the store beside the workbook (see
    :mod:`salespipe.inference.store`), and what is fitted is kept there, if the pipeline came out of
    a workbook. Kept draws are the ones that fitting would give again.

    Parameters
    ----------
    pipeline : Pipeline
    seed : int
        The same seed gives identical draws on one machine.
    again : bool
        Whether other dates or companies follow: models are then compiled so that they serve those
        as well. The first fit takes longer, later ones a third of the time; draws are others than
        without, of the same posterior.
    exposure : Exposure, optional
        The pipeline's, where it was built in pieces.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    ConvergenceError
        A model did not pass the gate however hard it was tried.
    """
    tell = progress or (lambda _: None)
    exposure = exposure or build_exposure(pipeline)
    market = market_of(pipeline, exposure)
    history = revenue_history_data(pipeline, market=market)
    tasks = tasks_of(pipeline, exposure, market, history, seed=seed, again=again)
    store = FitStore(fits_path(pipeline.home) if pipeline.home else None)
    found = _kept(store, tasks)
    waiting = [task for task in tasks if task.name not in found]
    if waiting:
        tell(f"Fitting {len(waiting)} models: {', '.join(task.name for task in waiting)}")
    for place, sampled in workers.run_each(fit_task, waiting):
        name = waiting[place].name
        stop_if_bad(name, sampled.verdict)
        found[name] = sampled
        store.keep(waiting[place].key, sampled.tree, sampled.verdict)
        tries = f", try {sampled.tries}" if sampled.tries > 1 else ""
        tell(f"Fitting the models: {len(found)} of {len(tasks)} done ({name}{tries})")
    trees = {task.name: found[task.name].tree for task in tasks}
    by_model = {task.name: found[task.name].verdict.diagnostics for task in tasks}
    worst = worst_of(list(by_model.values()))
    return Fit(pipeline, exposure, trees, worst, seed, history, market, by_model)


def _kept(store: FitStore, tasks: list[Task]) -> dict[str, Sampled]:
    """Look up what was fitted before; what does not pass the gate now is fitted anew."""
    found = {task.name: store.find(task.key) for task in tasks}
    kept = {name: Sampled(*whole, tries=0) for name, whole in found.items() if whole is not None}
    return {name: sampled for name, sampled in kept.items() if sampled.verdict.diagnostics.ok}
