"""The gate that every sampler run goes through before a forecast may be made of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr

from salespipe.errors import ConvergenceError
from salespipe.results import Diagnostics

__all__ = ["MAX_RHAT", "MIN_ESS", "Verdict", "judge", "stop_if_bad", "verdict_on", "worst_of"]

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
    # Loading it takes longer than all else where the fits are kept already.
    import arviz_stats as az  # noqa: PLC0415

    posterior = tree["posterior"].dataset
    free = posterior[[str(name) for name in posterior.data_vars]]
    rhat = _worst(az.rhat(free), largest=True)
    ess = _worst(az.ess(free), largest=False)
    divergences = int(tree["sample_stats"]["diverging"].sum())
    parameter = rhat[1] if rhat[0] > MAX_RHAT else ess[1]
    return verdict_on(rhat[0], ess[0], divergences, parameter=parameter)


def verdict_on(max_rhat: float, min_ess: float, divergences: int, *, parameter: str) -> Verdict:
    """Hold what was measured of a fit against the limits."""
    ok = max_rhat <= MAX_RHAT and min_ess >= MIN_ESS and divergences == 0
    return Verdict(Diagnostics(max_rhat, min_ess, divergences, ok), parameter)


def stop_if_bad(name: str, verdict: Verdict) -> None:
    """Refuse to go on with a fit that did not pass.

    Parameters
    ----------
    name : str
        What the sentence calls the model.
    verdict : Verdict

    Raises
    ------
    ConvergenceError
        Names the parameter that is worst off, and what to do.
    """
    seen = verdict.diagnostics
    if seen.ok:
        return
    raise ConvergenceError(
        f"The {name} model did not converge, so no forecast was written: R-hat "
        f"{seen.max_rhat:.3f} (at most {MAX_RHAT}), effective draws {seen.min_ess:.0f} (at least "
        f"{MIN_ESS:.0f}), {seen.divergences} divergences; worst parameter: {verdict.parameter}. "
        "Try another --seed; if that does not help, run `salespipe check` and mend the dates and "
        "stages it names, since contradictory records are the usual cause."
    )


def worst_of(all_diagnostics: list[Diagnostics]) -> Diagnostics:
    """Put several fits' diagnostics into one."""
    return Diagnostics(
        max_rhat=max(one.max_rhat for one in all_diagnostics),
        min_ess=min(one.min_ess for one in all_diagnostics),
        divergences=sum(one.divergences for one in all_diagnostics),
        ok=all(one.ok for one in all_diagnostics),
    )


def _worst(values: xr.Dataset, *, largest: bool) -> tuple[float, str]:
    """Find the worst value of all parameters, and name the parameter, its level included."""
    missing = np.inf if largest else 0.0
    found = []
    for name, array in values.data_vars.items():
        filled = np.nan_to_num(array.to_numpy(), nan=missing)
        place = np.unravel_index(filled.argmax() if largest else filled.argmin(), filled.shape)
        levels = [str(array[dim].to_numpy()[at]) for dim, at in zip(array.dims, place, strict=True)]
        label = f"{name}[{', '.join(levels)}]" if levels else str(name)
        found.append((float(filled[place]), label))
    return max(found) if largest else min(found)
