"""The gate that every sampler run goes through before a forecast may be made of it."""

from dataclasses import dataclass
from typing import Final

import arviz as az
import numpy as np
import xarray as xr

from salespipe.results import Diagnostics

__all__ = ["MAX_RHAT", "MIN_ESS", "Verdict", "judge", "worst_of"]

MAX_RHAT: Final = 1.01
"""Largest rank-normalised split R-hat allowed (Vehtari et al., 2021, Bayesian Analysis 16(2))."""

MIN_ESS: Final = 400.0
"""Smallest bulk effective sample size allowed (same source: 100 for each of 4 chains)."""


@dataclass(frozen=True)
class Verdict:
    """What the gate says of one fit.

    Attributes
    ----------
    diagnostics : Diagnostics
    parameter : str
        The parameter that is worst off, by R-hat or by ESS.
    """

    diagnostics: Diagnostics
    parameter: str


def judge(tree: xr.DataTree) -> Verdict:
    """Measure R-hat, bulk ESS and divergences of a sampled model.

    Parameters
    ----------
    tree : xarray.DataTree
        As ``pm.sample`` returns it.

    Returns
    -------
    Verdict
        A parameter that never moved has R-hat NaN, which counts as infinite.
    """
    posterior = tree["posterior"].dataset
    free = posterior[[str(name) for name in posterior.data_vars]]
    rhat = _worst(az.rhat(free), largest=True)
    ess = _worst(az.ess(free), largest=False)
    divergences = int(tree["sample_stats"]["diverging"].sum())
    ok = rhat[0] <= MAX_RHAT and ess[0] >= MIN_ESS and divergences == 0
    parameter = rhat[1] if rhat[0] > MAX_RHAT else ess[1]
    return Verdict(Diagnostics(rhat[0], ess[0], divergences, ok), parameter)


def worst_of(all_diagnostics: list[Diagnostics]) -> Diagnostics:
    """Put several fits' diagnostics into one."""
    return Diagnostics(
        max_rhat=max(one.max_rhat for one in all_diagnostics),
        min_ess=min(one.min_ess for one in all_diagnostics),
        divergences=sum(one.divergences for one in all_diagnostics),
        ok=all(one.ok for one in all_diagnostics),
    )


def _worst(values: xr.Dataset, *, largest: bool) -> tuple[float, str]:
    missing = np.inf if largest else 0.0
    found = {
        str(name): float(np.nan_to_num(values[name].to_numpy(), nan=missing).max())
        if largest
        else float(np.nan_to_num(values[name].to_numpy(), nan=missing).min())
        for name in values.data_vars
    }
    name = max(found, key=lambda key: found[key] if largest else -found[key])
    return found[name], name
