"""What fitting costs: by the number of closed deals, and beside a model with one row per deal.

    python benchmarks/fitting.py [--deals 1000,10000] [--plain 10000] [--write]

The win-rate model alone is fitted to one company twice: as salespipe does, and as it would be
written from PyMC's documentation, with one Bernoulli row for every exit of a deal and the same
priors. Both have to give the same posterior. The second gets a quarter of the draws and half of the
warming up that PyMC would take by itself, since it takes long enough as it is: the ratio is a lower
bound. Then all models are fitted to made-up companies of several sizes, as `salespipe run` fits
them. Seconds are of the wall, so the machine has to be quiet; ratios within a run are what counts.
"""

import argparse
import os
import platform
import resource
import sys
import time
from datetime import UTC, datetime

import arviz_stats as az
import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from page import write_section

from salespipe import __version__
from salespipe import names as n
from salespipe.bands import CALL_SCORES
from salespipe.exposure import Exposure, build_exposure
from salespipe.inference.assemble import market_of, timing_data, win_rate_data
from salespipe.inference.fit import fit
from salespipe.inference.sampler import DRAWS
from salespipe.inference.task import fit_task, tasks_of
from salespipe.models.calendar_effect import MARKET_TAILS
from salespipe.models.win_rate import WinRateData, WinRatePriors, build_win_rate, prior_logits
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.synthetic import Company, simulate_company

SEED = 1
PLAIN_TUNE, PLAIN_DRAWS = 500, 250
COMPARED = (
    "base", "age", "due_effect", "due_by_stage", "quarter_effect", "shock", "owner_effect",
    "segment_effect", "call_effect", "size_effect",
)  # fmt: skip


def said(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


def history(deals: int) -> tuple[Pipeline, Exposure, float]:
    """Make a company, and say how many seconds its exposure table took."""
    company = Company(deals=deals, months=36, n_owners=max(4, min(40, deals // 250)), burn_in=6)
    tables = simulate_company(company, seed=SEED, as_of=company.end).tables
    begin = time.perf_counter()
    pipeline = build_pipeline(tables, as_of=company.end)
    return pipeline, (exposure := build_exposure(pipeline)), _since(begin, exposure)


def _since(begin: float, _: object) -> float:
    return time.perf_counter() - begin


def by_size(sizes: list[int]) -> list[str]:
    """Fit all models to companies of several sizes."""
    lines = [
        "| deals | closed | exits | table, s | win-rate cells | timing cells | fit, s "
        "| of the first size | peak MB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    first = None
    for deals in sizes:
        said(f"{deals:,} deals")
        pipeline, exposure, table = history(deals)
        market = market_of(pipeline, exposure)
        win = win_rate_data(pipeline, exposure, market=market)
        timing = timing_data(pipeline, exposure)
        begin = time.perf_counter()
        fit(pipeline, seed=SEED, exposure=exposure, progress=said)
        seconds = time.perf_counter() - begin
        first = first or seconds
        closed = int((pipeline.deals[n.OUTCOME] != n.OPEN).sum())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines.append(
            f"| {deals:,} | {closed:,} | {win.exits.sum():,} | {table:.1f} | {len(win.stage):,} "
            f"| {len(timing.stage):,} | {seconds:.1f} | {seconds / first:.2f} | {peak:,.0f} |"
        )
    return lines


def plain_model(data: WinRateData, priors: WinRatePriors) -> pm.Model:
    """Write the win-rate model with one row per exit and distributions as PyMC has them."""
    row = np.repeat(np.arange(len(data.exits)), data.exits)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(data.exits) - data.exits, data.exits)
    onward = (rank < data.onward[row]).astype(np.int64)
    mu, tau = prior_logits(data.steps, priors=priors)
    calendar = priors.calendar
    with pm.Model(coords=build_win_rate(data, priors=priors).coords) as model:
        base = pm.Normal("base", mu, tau, dims="stage")
        age = pm.ZeroSumNormal("age", priors.age, dims="age_group")
        quarter = pm.ZeroSumNormal("quarter_effect", calendar.quarter_month, dims="quarter_month")
        due = pm.Normal("due_effect", 0, priors.due, dims="due")
        by_stage = pm.ZeroSumNormal("due_by_stage", priors.due_by_stage, dims=("due", "stage"))
        call = pm.Normal("call_effect", np.array(priors.call_mean), priors.call, dims="call")
        pooled = {}
        for name in ("owner", "segment", "source", "trust"):
            sd = pm.LogNormal(f"{name}_sd", np.log(priors.pooled.median), priors.pooled.spread)
            level = "owner" if name == "trust" else name
            own = "trust" if name == "trust" else f"{name}_effect"
            pooled[name] = pm.Normal(own, 0, sd, dims=level)
        rho = pm.Beta("shock_rho", 6, 6)
        scale = pm.LogNormal("shock_sd", np.log(calendar.shock_median), calendar.shock_spread)
        shock = pm.AR(
            "shock",
            rho=pt.stack([rho]),
            sigma=scale * pt.sqrt(1 - rho**2),
            init_dist=pm.Normal.dist(0, scale),
            dims="month",
        )
        month = shock + quarter[data.quarter_of_month]
        if data.indices:
            effect = pm.StudentT(
                "market_effect", MARKET_TAILS, mu=0, sigma=calendar.market, dims="index"
            )
            month = month + pt.dot(data.market, effect)
        none = pt.zeros(1)
        eta = (
            base[data.stage[row]]
            + age[data.age[row]]
            + pt.concatenate([none, due])[data.due[row]]
            + pt.concatenate([pt.zeros((1, len(data.steps))), by_stage])[
                data.due[row], data.stage[row]
            ]
            + pt.concatenate([none, call])[data.call[row]]
            + pooled["trust"][data.owner[row]] * np.array(CALL_SCORES)[data.call[row]]
            + pooled["owner"][data.owner[row]]
            + pooled["segment"][data.segment[row]]
            + pooled["source"][data.source[row]]
            + month[data.month[row]]
        )
        if data.sized:
            size = pm.ZeroSumNormal("size_effect", priors.size, dims="size")
            eta = eta + pt.concatenate([none, size])[data.size[row]]
        pm.Bernoulli("onward", logit_p=eta, observed=onward)
    return model


def beside_plain(deals: int) -> list[str]:
    """Fit the win-rate model as salespipe does and with one row per exit."""
    pipeline, exposure, _ = history(deals)
    market = market_of(pipeline, exposure)
    task = next(
        one
        for one in tasks_of(pipeline, exposure, market, None, seed=SEED)
        if one.name == "win rate"
    )
    said(f"salespipe, {deals:,} deals")
    begin = time.perf_counter()
    ours = fit_task(task)
    our_seconds = time.perf_counter() - begin
    said(f"one row per exit, {task.data.exits.sum():,} rows")
    begin = time.perf_counter()
    with plain_model(task.data, task.priors):
        theirs = pm.sample(
            draws=PLAIN_DRAWS,
            tune=PLAIN_TUNE,
            chains=4,
            cores=1,
            random_seed=SEED,
            progressbar=False,
            quiet=True,
        )
    seconds = time.perf_counter() - begin
    gaps, ratios = compared(ours.tree["posterior"].dataset, theirs["posterior"].dataset)
    seen = ours.verdict.diagnostics
    fewest = min(
        float(value.min()) for value in az.ess(theirs["posterior"].dataset).data_vars.values()
    )
    highest = max(
        float(value.max()) for value in az.rhat(theirs["posterior"].dataset).data_vars.values()
    )
    return [
        f"The win-rate model of {deals:,} deals on one core, compiling included:",
        "",
        "| model | rows | draws after warming up | seconds | R-hat at most | effective draws at "
        "least |",
        "|---|---:|---:|---:|---:|---:|",
        f"| one row per exit, as from PyMC's documentation | {task.data.exits.sum():,} "
        f"| 4 x {PLAIN_DRAWS:,} | {seconds:.1f} | {highest:.3f} | {fewest:,.0f} |",
        f"| salespipe | {len(task.data.stage):,} | 4 x {DRAWS:,} | {our_seconds:.1f} "
        f"| {seen.max_rhat:.3f} | {seen.min_ess:,.0f} |",
        "",
        f"Ratio {seconds / our_seconds:.1f}, at a sixth of the draws. Means of {len(gaps)} "
        f"parameters, in Monte-Carlo "
        f"standard errors of their difference: root mean square {np.sqrt(np.mean(gaps**2)):.2f} "
        f"(1 where they agree), largest {np.abs(gaps).max():.1f}; posterior standard deviations "
        f"in a ratio of {ratios.min():.2f} to {ratios.max():.2f}.",
    ]


def compared(ours: xr.Dataset, theirs: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Give the gaps of all means in standard errors, and the ratios of the deviations."""
    names = [name for name in COMPARED if name in ours and name in theirs]
    gaps, ratios = [], []
    dims = ("chain", "draw")
    for name in names:
        one, other = ours[name], theirs[name]
        error = np.sqrt(
            one.var(dims).to_numpy() / az.ess(ours[[name]])[name].to_numpy()
            + other.var(dims).to_numpy() / az.ess(theirs[[name]])[name].to_numpy()
        )
        gap = one.mean(dims).to_numpy() - other.mean(dims).to_numpy()
        gaps.append(np.ravel(gap / error))
        ratios.append(np.ravel(one.std(dims).to_numpy() / other.std(dims).to_numpy()))
    return np.concatenate(gaps), np.concatenate(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--deals", default="1000,10000", help="sizes, with commas between")
    parser.add_argument("--plain", type=int, default=10_000, help="deals of the comparison")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.deals.split(",") if size]
    # Libraries are loaded and what they keep on disk is there: a company's first fit pays neither.
    fit(history(500)[0], seed=SEED)
    head = (
        f"Measured on {datetime.now(UTC).date()} with salespipe {__version__} by `python "
        f"benchmarks/fitting.py --write`: {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. Made-up companies of 36 months."
    )
    beside = beside_plain(asked.plain) if asked.plain else []
    keep([head, "", *beside], write=asked.write)
    if sizes:
        measured = ["All models, 4 chains of 1,500 draws:", "", *by_size(sizes)]
        keep([head, "", *beside, "", *measured], write=asked.write)


def keep(lines: list[str], *, write: bool) -> None:
    """Show what has been measured so far: the rest takes long."""
    text = "\n".join(lines)
    print(text, flush=True)
    if write:
        write_section("## Fitting", text)


if __name__ == "__main__":
    main()
