"""A unit's share in the company's fit: what it has in common with all, and what is its own."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from salespipe import names as n
from salespipe.exposure import Exposure, with_levels
from salespipe.inference.fit import Fit
from salespipe.rollup.company import Company
from salespipe.rollup.own import Means, Scores, means_of, scores_of, spread_of
from salespipe.rollup.part import Part
from salespipe.simulation.posterior import Apart

__all__ = ["Shared", "learn", "unit_apart", "unit_fit"]

type Floats = npt.NDArray[np.float64]

RECENT = pd.Timedelta(days=365)
"""How far back the deals lie by which new ones are shared out over the units."""

ALIKE = 0.5
"""Deals that each unit is taken to have had beside those counted (Jeffreys)."""


@dataclass(frozen=True)
class Shared:
    """What all units' forecasts rest on.

    Attributes
    ----------
    fit : Fit
        The company's, thinned to the draws that are simulated; its exposure has no cells.
    means : Means
        Posterior means, against which each unit's owners and months are scored.
    spreads : mapping of str to float
        Standard deviations of owners within units and of units' own months, for timing and win.
    shares : ndarray, shape (draw, unit)
        Of the company's new deals; they sum to 1.
    months : int
        Months asked for.
    """

    fit: Fit
    means: Means
    spreads: Mapping[str, float]
    shares: Floats
    months: int

    @property
    def draws(self) -> int:
        """Draws that every unit simulates."""
        return len(self.shares)


def learn(fit: Fit, company: Company, parts: Sequence[Part], *, draws: int, months: int) -> Shared:
    """Take from the company's fit what its units share.

    Parameters
    ----------
    fit : Fit
    company : Company
    parts : sequence of Part
        What it was put together from.
    draws : int
        How many each unit simulates.
    months : int
        Months asked for.
    """
    means = means_of(
        fit.trees["timing"]["posterior"].dataset,
        fit.trees["win rate"]["posterior"].dataset,
        company.exposure,
        fiscal_year_start=company.pipeline.settings.fiscal_year_start,
    )
    scores = [_scores(part, company.exposure, means) for part in parts]
    deals = company.pipeline.deals
    recent = deals.loc[deals[n.CREATED_ON] > company.pipeline.day - RECENT, n.OWNER]
    counts = recent.value_counts().reindex(company.units, fill_value=0).to_numpy("float64")
    slim = replace(
        fit,
        pipeline=replace(fit.pipeline, deals=deals.iloc[:0], stays=fit.pipeline.stays.iloc[:0]),
        exposure=replace(company.exposure, cells=company.exposure.cells.iloc[:0]),
        trees={name: _thinned(tree, draws) for name, tree in fit.trees.items()},
    )
    return Shared(
        fit=slim,
        means=means,
        spreads={kind: spread_of(one[kind] for one in scores) for kind in scores[0]},
        shares=np.random.default_rng([fit.seed, 10]).dirichlet(counts + ALIKE, size=draws),
        months=months,
    )


def unit_apart(shared: Shared, unit: str) -> Apart:
    """Say what a unit has of its own in the months to come: its luck hangs on its name alone."""
    digits = hashlib.sha256(f"{shared.fit.seed} {unit}".encode()).hexdigest()[:15]
    return Apart(
        seed=int(digits, 16),
        timing=shared.spreads["timing month"],
        win=shared.spreads["win month"],
    )


def unit_fit(part: Part, shared: Shared) -> Fit:
    """Give a unit's fit: the company's draws, with the unit's effect for each of its owners.

    New deals come to it as its share of the company's. A negative binomial count of mean m and
    dispersion a, shared out so, leaves counts of mean s m and dispersion s a, whose sum is again
    the company's.
    """
    company, place = shared.fit, shared.fit.exposure.owners.index(part.unit)
    exposure = replace(_coded(part, company.exposure), landings=company.exposure.landings)
    scores = scores_of(exposure, shared.means, unit=place)
    rng = np.random.default_rng([unit_apart(shared, part.unit).seed, 9])
    trees = dict(company.trees)
    for model, kind in (("timing", "timing owner"), ("win rate", "win owner")):
        apart = scores[kind].deviations(shared.spreads[kind], draws=shared.draws, rng=rng)
        trees[model] = _with_owners(trees[model], place, apart)
    if "arrivals" in trees:
        trees["arrivals"] = _with_share(trees["arrivals"], shared.shares[:, place])
    # The view from above is the company's: it is pooled where the units are summed.
    trees.pop("revenue history", None)
    return replace(company, pipeline=part.pipeline, exposure=exposure, trees=trees, history=None)


def _scores(part: Part, exposure: Exposure, means: Means) -> dict[str, Scores]:
    return scores_of(_coded(part, exposure), means, unit=exposure.owners.index(part.unit))


def _coded(part: Part, company: Exposure) -> Exposure:
    return with_levels(part.exposure, segments=company.segments, sources=company.sources)


def _thinned(tree: xr.DataTree, draws: int) -> xr.DataTree:
    """Keep evenly spaced draws of all chains as one chain, and the posterior alone."""
    posterior = tree["posterior"].dataset
    total = posterior.sizes["chain"] * posterior.sizes["draw"]
    keep = np.linspace(0, total - 1, draws).round().astype(np.int64)
    data = {
        str(name): (
            variable.dims,
            variable.to_numpy().reshape(1, total, *variable.shape[2:])[:, keep],
        )
        for name, variable in posterior.data_vars.items()
    }
    return xr.DataTree.from_dict({"posterior": xr.Dataset(data)})


def _with_owners(tree: xr.DataTree, unit: int, apart: Floats) -> xr.DataTree:
    posterior = tree["posterior"].to_dataset()
    own = posterior["owner_effect"].to_numpy()[:, :, [unit]] + apart[None]
    changed: dict[str, tuple[tuple[object, ...], Floats]] = {
        "owner_effect": (("chain", "draw", "owner"), own)
    }
    if "trust_effect" in posterior:
        # How far calls can be trusted is known of the unit, not of each of its owners.
        trust = posterior["trust_effect"]
        changed["trust_effect"] = ((*trust.dims[:-1], "unit"), trust.to_numpy()[..., [unit]])
    return _with(posterior, **changed)


def _with_share(tree: xr.DataTree, share: Floats) -> xr.DataTree:
    posterior = tree["posterior"].to_dataset()
    level, alpha = posterior["level"], posterior["alpha"]
    of_unit = level.to_numpy() + np.log(share)[None, :, None]
    return _with(
        posterior, level=(level.dims, of_unit), alpha=(alpha.dims, alpha.to_numpy() * share)
    )


def _with(posterior: xr.Dataset, **changed: tuple[tuple[object, ...], Floats]) -> xr.DataTree:
    kept = posterior.drop_vars(list(changed))
    return xr.DataTree.from_dict({"posterior": kept.assign(changed)})
