"""One model sampled by itself, past the gate: for what is fitted again and again on other data."""

from collections.abc import Mapping
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import nutpie
import pymc as pm
import pytensor
import xarray as xr

from salespipe.inference.gate import judge, stop_if_bad

__all__ = ["CHAINS", "Compiled", "compile_model", "sample_model"]

# Rounding that may depend on what the compiler has cached would make a first run differ from later
# ones: a sampler turns the last digit into other draws.
pytensor.config.numba__fastmath = False

type Compiled = Any
"""A model as nutpie compiled it."""

CHAINS: Final = 4

DRAWS: Final = 1_000

TRIES: Final = ((1, 0.95), (2, 0.998))
"""Of each try: how many times the draws, and the target acceptance."""


def compile_model(model: pm.Model) -> Compiled:
    """Compile a model; its ``pm.Data`` can be exchanged later."""
    return nutpie.compile_pymc_model(model)


def sample_model(
    compiled: Compiled,
    *,
    name: str,
    seed: int,
    data: Mapping[str, npt.NDArray[np.generic]] | None = None,
    draws: int = DRAWS,
) -> xr.DataTree:
    """Sample a compiled model, a second time and longer if the gate stops the first try.

    Parameters
    ----------
    compiled : Compiled
    name : str
        What a refusal calls the model.
    seed : int
        The same seed gives identical draws on one machine.
    data : mapping, optional
        New values of its ``pm.Data``. They may have other lengths as long as every parameter keeps
        its own.
    draws : int
        Draws per chain, after as many of tuning.

    Raises
    ------
    ConvergenceError
        It did not pass the gate in two tries; the sentence names the parameter.
    """
    ready = compiled.with_data(**data) if data else compiled
    for times, target in TRIES:
        sampled = nutpie.sample(
            ready,
            draws=draws * times,
            tune=draws * times,
            chains=CHAINS,
            cores=2,
            seed=seed,
            target_accept=target,
            # Level, trend and season overlap: a mass matrix that knows of it needs fewer steps.
            adaptation="low_rank",
            progress_bar=False,
        )
        tree = cast("xr.DataTree", sampled)
        verdict = judge(tree)
        if verdict.diagnostics.ok:
            return tree
    stop_if_bad(name, verdict)
    return tree
