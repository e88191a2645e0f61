"""Sampling one model: compiled, sampled, judged, and once more, harder, if it failed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pymc as pm
import pytensor
import pytensor.tensor as pt
import xarray as xr
from pytensor.graph.replace import vectorize_graph

from salespipe.inference.compiled import Compiled, compiled_for, load_sampler
from salespipe.inference.gate import MIN_ESS, Verdict, judge
from salespipe.inference.whitening import Whitening, dims_of, is_wide, whitened
from salespipe.models.expansion import LEVELS

__all__ = ["CHAINS", "Sampled", "fit_model", "sample_model"]

CHAINS: Final = 4

TUNE: Final = 500

DRAWS: Final = 1_500
"""Draws per chain: what is simulated is drawn from all of them.

With 1,000 the win-rate model of a history of 8,300 deals failed the gate with two seeds of six, and
a second try takes longer than half as many draws again.
"""


@dataclass(frozen=True)
class Try:
    """How hard a model is sampled.

    Attributes
    ----------
    times : int
        Multiple of :data:`DRAWS` and :data:`TUNE`.
    target : float
        Target acceptance: closer to 1, smaller steps, for scales with long tails.
    depth : int
        Doublings of a trajectory at the most.
    """

    times: int
    target: float
    depth: int


TRIES: Final = (Try(1, 0.9, 3), Try(1, 0.95, 4), Try(3, 0.998, 10))
"""Each for what the one before could not do.

In the first, trajectories have seven steps: with these steps and a mass matrix that knows of the
correlations, that is far enough, and what U-turns would double costs twice as much (measured on
three companies: half the time for the same effective draws).
"""

WHITE_TRIES: Final = (Try(1, 0.93, 3), *TRIES[1:])
"""The same in white coordinates, where a fifth of the effective draws can be spared for steps that
hardly ever diverge: a second try costs as much as the first."""

LONGER_TRIES: Final = (Try(1, 0.93, 4), *TRIES[1:])
"""The same where so little is known of what months share that seven steps leave its scale where it
was: trajectories of fifteen, which take less time than the second try they save."""

MARGIN: Final = 1.25
"""Effective draws that a second try aims at, in those that the gate asks for."""

MOST_TIMES: Final = 3
"""Multiple of :data:`DRAWS` and :data:`TUNE` at the most."""


@dataclass(frozen=True)
class Sampled:
    """Draws of a model, and what the gate says of them.

    Attributes
    ----------
    tree : xarray.DataTree
    verdict : Verdict
        Of the last try.
    tries : int
        0 where it was kept from an earlier run.
    """

    tree: xr.DataTree
    verdict: Verdict
    tries: int


def fit_model(model: pm.Model, *, seed: int, cores: int = 1, little: bool = False) -> Sampled:
    """Sample a model; where its data are exchangeable, one of the same graph is compiled once.

    What the model derives from its parameters is computed afterwards and without compiling: for one
    fit that takes half a second, where compiling it takes several.

    Parameters
    ----------
    model : Model
    seed, cores
        As in :func:`sample_model`.
    little : bool
        Whether its data are few, so that it is begun with longer trajectories.
    """
    start = model.initial_point()
    wide = is_wide(start)
    shaped = partial(whitened, start=start) if wide else None
    compiled = compiled_for(model, shaped=shaped)
    whitening = Whitening.of(model, start, compiled) if wide else None

    def run(ready: Compiled, **options: object) -> xr.DataTree:
        tree = cast("xr.DataTree", load_sampler().sample(ready, **options))
        drawn = tree["posterior"].to_dataset()
        if whitening:
            drawn = whitening.parameters(model, drawn)
        # What was compiled may have the names of another data set's levels.
        named = {dim: list(model.coords[dim]) for dim in drawn.dims if dim in model.coords}
        whole = _with_derived(model, drawn.assign_coords(named))
        if LEVELS in whole:
            # No parameter, and constant where nothing was seen: not for the gate.
            tree[LEVELS] = xr.DataTree(whole[[LEVELS]])
            whole = whole.drop_vars(LEVELS)
        tree["posterior"] = xr.DataTree(whole)
        return tree

    data = whitening.data() if whitening else None
    tries = LONGER_TRIES if little else WHITE_TRIES
    return sample_model(
        compiled, seed=seed, cores=cores, data=data, white=tries if wide else None, run=run
    )


def _with_derived(model: pm.Model, drawn: xr.Dataset) -> xr.Dataset:
    """Add what a model derives from its parameters, of all draws at once.

    ``pm.compute_deterministics`` takes draw by draw, five times as long.
    """
    every = [
        pt.tensor(one.name, dtype=one.dtype, shape=(None, None, *one.type.shape))
        for one in model.free_RVs
    ]
    derived = vectorize_graph(model.deterministics, dict(zip(model.free_RVs, every, strict=True)))
    compute = pytensor.function(every, derived, mode="FAST_COMPILE", on_unused_input="ignore")
    values = compute(*[drawn[one.name].to_numpy() for one in model.free_RVs])
    found = {
        one.name: (("chain", "draw", *dims_of(model, one.name, value.ndim - 2)), value)
        for one, value in zip(model.deterministics, values, strict=True)
    }
    named = {dim for dims, _ in found.values() for dim in dims if dim in model.coords}
    coords = {dim: list(model.coords[dim] or ()) for dim in named}
    return drawn.assign_coords(coords).assign(found)


def sample_model(
    compiled: Compiled,
    *,
    seed: int,
    cores: int = 1,
    data: Mapping[str, npt.NDArray[np.generic]] | None = None,
    white: Sequence[Try] | None = None,
    run: Callable[..., object] | None = None,
) -> Sampled:
    """Sample a compiled model, again and harder if the gate stops the first try.

    Parameters
    ----------
    compiled : Compiled
    seed : int
        The same seed gives identical draws on one machine, on however many cores.
    cores : int
        Chains sampled at a time.
    data : mapping, optional
        New values of its ``pm.Data``. They may have other lengths as long as every parameter keeps
        its own.
    white : sequence of Try, optional
        How hard it is sampled, where its coordinates are all but independent already.
    run : callable, optional
        The sampler; by default nutpie's.

    Returns
    -------
    Sampled
        To be passed through :func:`salespipe.inference.gate.stop_if_bad` before any use.
    """
    ready = compiled.with_data(**data) if data else compiled
    draw = run or load_sampler().sample
    tries, missing = white or TRIES, 1
    for count, how in enumerate(tries, start=1):
        times = max(how.times, missing)
        drawn = draw(
            ready,
            draws=DRAWS * times,
            tune=TUNE * times,
            chains=CHAINS,
            cores=cores,
            seed=seed,
            target_accept=how.target,
            maxdepth=how.depth,
            # Effects that overlap (months, their place in the quarter, ages) are correlated in the
            # posterior; a mass matrix that knows so needs a third of the steps. Learning it takes
            # longer than sampling does, so of what is white already only as the last resort.
            adaptation="diag" if white and count < len(tries) else "low_rank",
            progress_bar=False,
        )
        tree = cast("xr.DataTree", drawn)
        sampled = Sampled(tree, judge(tree), count)
        seen = sampled.verdict.diagnostics
        if seen.ok:
            break
        # Smaller steps mend divergences; scales that the data hardly tell apart want more draws.
        missing = min(ceil(MARGIN * MIN_ESS / max(seen.min_ess, 1.0)), MOST_TIMES)
    return sampled
