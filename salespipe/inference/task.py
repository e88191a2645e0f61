"""One model to be fitted: its data, its priors, and how it is sampled."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import pymc as pm

from salespipe.exposure import Exposure
from salespipe.inference import workers
from salespipe.inference.assemble import amount_data, arrivals_data, timing_data, win_rate_data
from salespipe.inference.sampler import Sampled, fit_model
from salespipe.inference.store import key_of
from salespipe.market import Market
from salespipe.models.amount import AmountPriors, build_amount
from salespipe.models.arrivals import ArrivalsPriors, build_arrivals
from salespipe.models.expansion import LEVELS, Expansion
from salespipe.models.given import exchangeable
from salespipe.models.revenue_history import (
    RevenueHistoryData,
    RevenueHistoryPriors,
    build_revenue_history,
)
from salespipe.models.timing import TimingPriors, build_timing, expand_timing
from salespipe.models.win_rate import WinRatePriors, build_win_rate, expand_win_rate
from salespipe.pipeline import Pipeline

__all__ = ["Task", "fit_task", "tasks_of"]

BUILDERS: Final[Mapping[str, Callable[..., pm.Model | None]]] = MappingProxyType(
    {
        "win rate": build_win_rate,
        "timing": build_timing,
        "arrivals": build_arrivals,
        "revenue history": partial(build_revenue_history, reusable=False),
        "amount": build_amount,
    }
)
"""What builds each model from its data, the slowest to fit first."""

EXPANDERS: Final[Mapping[str, Callable[..., Expansion | None]]] = MappingProxyType(
    {"win rate": expand_win_rate, "timing": expand_timing}
)
"""What makes the likelihood of a long history quick, by model."""


FEW: Final = 2_000
"""Exits below which what all deals of a month share is hardly known: some dozens a month."""


@dataclass(frozen=True)
class Task:
    """One model to be fitted; a worker builds it from its data.

    Attributes
    ----------
    name : str
    data, priors : object
        What its builder takes.
    seed, cores : int
    again : bool
        Whether what is compiled is to serve other data as well.
    """

    name: str
    data: Any
    priors: Any
    seed: int
    cores: int
    again: bool

    @property
    def little(self) -> bool:
        """Whether so few deals have left their stages that months tell little of each other."""
        exits = getattr(self.data, "exits", None)
        return exits is not None and int(exits.sum()) < FEW

    @property
    def key(self) -> str:
        """What its draws are kept under; they are the same on any number of cores."""
        return key_of(self.name, self.data, self.priors, self.seed, self.again)


def tasks_of(
    pipeline: Pipeline,
    exposure: Exposure,
    market: Market,
    history: RevenueHistoryData | None,
    *,
    seed: int,
    again: bool = False,
) -> list[Task]:
    """List the models that the data allow, the slowest first.

    Parameters
    ----------
    pipeline : Pipeline
    exposure : Exposure
    market : Market
        Indices that the models use.
    history : RevenueHistoryData or None
        The pipeline's; None where there is too little.
    seed : int
    again : bool
        As in :func:`salespipe.inference.fit.fit`.
    """
    given: Mapping[str, tuple[Any, Any]] = {
        "win rate": (
            win_rate_data(pipeline, exposure, market=market),
            WinRatePriors(strength=pipeline.settings.prior_strength),
        ),
        "timing": (timing_data(pipeline, exposure), TimingPriors()),
        "arrivals": (arrivals_data(pipeline, exposure, market=market), ArrivalsPriors()),
        "revenue history": (history, RevenueHistoryPriors()),
        "amount": (amount_data(pipeline, exposure), AmountPriors()),
    }
    there = [name for name in BUILDERS if given[name][0] is not None]
    cores = max(1, workers.cores() // len(there))
    return [
        Task(name, *given[name], seed=seed + place, cores=cores, again=again)
        for place, name in enumerate(there)
    ]


def fit_task(task: Task) -> Sampled:
    """Fit one model; of a long history by a quadratic, where that is close enough.

    Parameters
    ----------
    task : Task

    Returns
    -------
    Sampled
        Its verdict has to be looked at before any use.
    """
    expand = EXPANDERS.get(task.name)
    expansion = expand(task.data, priors=task.priors) if expand else None
    if expansion:
        sampled = _sample(task, expansion=expansion)
        drawn = sampled.tree[LEVELS][LEVELS]
        levels = drawn.stack(sample=("chain", "draw")).T.to_numpy()
        if expansion.closeness(levels).enough:
            del sampled.tree[LEVELS]
            return sampled
    return _sample(task)


def _sample(task: Task, **how: Expansion) -> Sampled:
    with exchangeable() if task.again else nullcontext():
        model = BUILDERS[task.name](task.data, priors=task.priors, **how)
    assert model is not None  # noqa: S101 (there is a task only where there are data enough)
    return fit_model(model, seed=task.seed, cores=task.cores, little=task.little)
