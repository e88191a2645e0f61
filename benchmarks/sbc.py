"""Simulation-based calibration: do the models find parameters drawn from their own priors?

    python benchmarks/sbc.py RESULTS.jsonl [--count 100] [--only amount] [--write]

Each time parameters are drawn from the priors as the models' documentation states them, data are
drawn from the parameters, and the model is fitted to the data the way `salespipe run` fits it. The
rank of the truth among 99 draws is then uniform if, and only if, prior, likelihood and sampler fit
together (Talts et al., 2018, arXiv 1804.06788). Nothing of the models' own code draws here.

Ranks are appended to RESULTS.jsonl, one line a fit; fits that stand there are not run again.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from page import write_section
from scipy import stats
from scipy.special import expit

from salespipe import __version__
from salespipe.bands import AGE_CUTS, AGE_GROUPS, CALL_SCORES
from salespipe.inference.task import Task, fit_task
from salespipe.models.amount import AmountData, AmountPriors
from salespipe.models.arrivals import ArrivalsData, ArrivalsPriors
from salespipe.models.calendar_effect import CalendarPriors
from salespipe.models.revenue_history import RevenueHistoryData, RevenueHistoryPriors
from salespipe.models.timing import TimingData, TimingPriors
from salespipe.models.win_rate import WinRateData, WinRatePriors, prior_logits
from salespipe.stages import Stage

type Rng = np.random.Generator
type Truth = dict[str, float]
type Made = tuple[str, Any, Any, Truth]
"""The model's name, its data, its priors, and the parameters looked at."""

RANKS = 99
"""Draws that the truth is ranked among, thinned so far that they are all but independent."""

BINS = 10
MONTHS = 24
STEPS = (
    Stage("Talk", kind="open", probability=0.3, typical_days=30.0),
    Stage("Offer", kind="open", probability=0.6, typical_days=20.0),
)
OWNERS = ("Ana", "Bo", "Cem", "Dai", "Eli")
SEGMENTS = ("Large", "Small", "Tiny")


def log_normal(rng: Rng, median: float, spread: float) -> float:
    return float(median * np.exp(spread * rng.standard_normal()))


def zero_sum(rng: Rng, scale: float, *shape: int, axes: tuple[int, ...] = (0,)) -> np.ndarray:
    """Draw normal values that sum to zero along some axes."""
    drawn = scale * rng.standard_normal(shape)
    for axis in axes:
        drawn = drawn - drawn.mean(axis=axis, keepdims=True)
    return drawn


def months_of(rng: Rng, priors: CalendarPriors, truth: Truth) -> np.ndarray:
    """Draw what each month does: its place in the quarter, and an AR(1) shock."""
    quarter = zero_sum(rng, priors.quarter_month, 3)
    rho, scale = rng.beta(6, 6), log_normal(rng, priors.shock_median, priors.shock_spread)
    shock = np.empty(MONTHS)
    shock[0] = scale * rng.standard_normal()
    for month in range(1, MONTHS):
        noise = np.sqrt(1 - rho**2) * scale * rng.standard_normal()
        shock[month] = rho * shock[month - 1] + noise
    truth |= {
        "quarter_effect 0": quarter[0],
        "shock_rho": rho,
        "shock_sd": scale,
        f"shock {MONTHS - 1}": shock[-1],
    }
    return quarter[np.arange(MONTHS) % 3] + shock


def win_rate(rng: Rng, *, exits: int) -> Made:
    """Draw a company whose owners call their deals; with so many exits in a cell."""
    priors, cells = WinRatePriors(), 600
    stage, age = rng.integers(2, size=cells), rng.integers(4, size=cells)
    due, call = rng.integers(6, size=cells), rng.integers(5, size=cells)
    month, size = rng.integers(MONTHS, size=cells), rng.integers(6, size=cells)
    owner, segment = rng.integers(5, size=cells), rng.integers(3, size=cells)
    source = rng.integers(2, size=cells)
    each = rng.poisson(exits, cells) + 1
    mu, tau = prior_logits(STEPS, priors=priors)
    truth: Truth = {}
    months = months_of(rng, priors.calendar, truth)
    base = rng.normal(mu, tau)
    ages = zero_sum(rng, priors.age, 4)
    dues = np.append(0.0, rng.normal(0, priors.due, 5))
    by_stage = np.vstack([np.zeros(2), zero_sum(rng, priors.due_by_stage, 5, 2, axes=(1,))])
    calls = np.append(0.0, rng.normal(priors.call_mean, priors.call))
    sizes = np.append(0.0, zero_sum(rng, priors.size, 5))
    scale = {
        name: log_normal(rng, priors.pooled.median, priors.pooled.spread)
        for name in ("owner", "segment", "source", "trust")
    }
    owners, segments = rng.normal(0, scale["owner"], 5), rng.normal(0, scale["segment"], 3)
    sources, trust = rng.normal(0, scale["source"], 2), rng.normal(0, scale["trust"], 5)
    chance = expit(
        base[stage] + ages[age] + dues[due] + by_stage[due, stage] + calls[call] + sizes[size]
        + owners[owner] + segments[segment] + sources[source] + months[month]
        + trust[owner] * np.array(CALL_SCORES)[call]
    )  # fmt: skip
    truth |= {
        "base 0": base[0],
        "base 1": base[1],
        "age 3": ages[3],
        "due_effect 2": dues[3],
        "due_by_stage 2 0": by_stage[3, 0],
        "call_effect 3": calls[4],
        "size_effect 0": sizes[1],
        "owner_effect 0": owners[0],
        "owner_sd": scale["owner"],
        "segment_effect 0": segments[0],
        "trust_effect 3 0": trust[0],
        "trust_sd": scale["trust"],
    }
    data = WinRateData(
        stage=stage, age=age, due=due, month=month, quarter_of_month=np.arange(MONTHS) % 3,
        owner=owner, segment=segment, source=source, size=size, call=call, exits=each,
        onward=rng.binomial(each, chance), steps=STEPS, owners=OWNERS, segments=SEGMENTS,
        sources=("Fair", "Web"), months=tuple(str(month) for month in range(MONTHS)), sized=True,
    )  # fmt: skip
    return "win rate", data, priors, truth


def timing(rng: Rng) -> Made:
    """Draw days at risk, and how many deals leave in them."""
    priors, cells, bands = TimingPriors(), 500, len(AGE_CUTS) + 1
    truth: Truth = {}
    months = months_of(rng, priors.calendar, truth)
    typical = np.array([step.typical_days for step in STEPS])
    first = rng.normal(-np.log(typical), priors.base)
    walk = rng.logistic(0, priors.band, (2, bands - 1))
    level = first[:, None] + np.column_stack([np.zeros(2), np.cumsum(walk, axis=1)])
    dues = np.append(0.0, rng.normal(priors.due_mean, priors.due))
    by_stage = np.vstack([np.zeros(2), zero_sum(rng, priors.due_by_stage, 5, 2, axes=(1,))])
    by_age = zero_sum(rng, priors.quarter_by_age, 3, 4, axes=(0, 1))
    scale = log_normal(rng, priors.owner.median, priors.owner.spread)
    owners = rng.normal(0, scale, len(OWNERS))
    keys = np.unique(
        np.column_stack(
            [
                rng.integers(2, size=cells),
                rng.integers(bands, size=cells),
                rng.integers(6, size=cells),
                rng.integers(MONTHS, size=cells),
            ]
        ),
        axis=0,
    )
    stage, band, due, month = keys.T
    days = rng.gamma(2.0, 30.0, (len(keys), len(OWNERS)))
    rate = np.exp(
        level[stage, band] + dues[due] + by_stage[due, stage] + months[month]
        + by_age[month % 3, AGE_GROUPS[band]]
    )  # fmt: skip
    exits = rng.poisson(days * rate[:, None] * np.exp(owners))
    truth |= {
        "log_rate 0 0": level[0, 0],
        "log_rate 1 4": level[1, 4],
        "log_rate 0 10": level[0, 10],
        "due_effect 1": dues[2],
        "due_by_stage 0 1": by_stage[1, 1],
        "quarter_by_age 2 3": by_age[2, 3],
        "owner_effect 0": owners[0],
        "owner_sd": scale,
    }
    data = TimingData(
        stage=stage, band=band, due=due, month=month, quarter_of_month=np.arange(MONTHS) % 3,
        days=days, exits=exits.sum(axis=1), exits_of_owner=exits.sum(axis=0), steps=STEPS,
        bands=bands, owners=OWNERS, months=tuple(str(month) for month in range(MONTHS)),
    )  # fmt: skip
    return "timing", data, priors, truth


def amount(rng: Rng) -> Made:
    """Draw final amounts beside listed ones."""
    priors, deals = AmountPriors(), 120
    centre = rng.normal(0, priors.centre)
    apart = log_normal(rng, priors.segment_median, priors.segment_spread)
    scale = log_normal(rng, priors.scale_median, priors.scale_spread)
    location = centre + zero_sum(rng, apart, 3)
    segment = rng.integers(3, size=deals)
    ratio = location[segment] + scale * rng.standard_t(5, deals)
    truth = {
        "centre": centre,
        "segment_sd": apart,
        "scale": scale,
        "location 0": location[0],
        "location 2": location[2],
    }
    return "amount", AmountData(ratio, segment, SEGMENTS), priors, truth


def walk_about_mean(rng: Rng, step: float, count: int) -> np.ndarray:
    """Draw a random walk less its own mean."""
    walk = np.append(0.0, np.cumsum(step * rng.standard_normal(count - 1)))
    return walk - walk.mean()


def arrivals(rng: Rng) -> Made:
    """Draw deals created per month; the level's centre is the data's own, and is not ranked."""
    priors = ArrivalsPriors()
    step = log_normal(rng, priors.step_median, priors.step_spread)
    alpha = log_normal(rng, priors.dispersion_median, priors.dispersion_spread)
    level = np.log(60.0) + walk_about_mean(rng, step, MONTHS)
    quarter, year = zero_sum(rng, priors.quarter_month, 3), zero_sum(rng, priors.year_month, 12)
    numbers = np.arange(MONTHS)
    mean = np.exp(level + quarter[numbers % 3] + year[numbers % 12])
    truth = {
        "step_sd": step,
        "alpha": alpha,
        "quarter_effect 0": quarter[0],
        "year_effect 5": year[5],
    }
    data = ArrivalsData(
        created=rng.poisson(mean * rng.gamma(alpha, 1 / alpha, MONTHS)),
        share=np.ones(MONTHS),
        quarter_month=numbers % 3,
        year_month=numbers % 12,
        months=tuple(map(str, numbers)),
    )
    return "arrivals", data, priors, truth


def revenue_history(rng: Rng) -> Made:
    """Draw money won per month, about a level that is given and not ranked."""
    priors, counting = RevenueHistoryPriors(), 0.02
    step = log_normal(rng, priors.step_median, priors.step_spread)
    shock = log_normal(rng, priors.shock_median, priors.shock_spread)
    trend = priors.trend * rng.standard_t(3)
    quarter = zero_sum(rng, priors.quarter_month, 3)
    year = zero_sum(rng, priors.year_month, 3, 4, axes=(1,))
    numbers = np.arange(MONTHS)
    level = 11.0 + trend * (numbers - numbers.mean()) + walk_about_mean(rng, step, MONTHS)
    eta = level + quarter[numbers % 3] + year[numbers % 3, numbers % 12 // 3]
    fewer = np.exp(level.mean() - eta)
    scale = 0.868 * np.sqrt(np.log1p(counting * fewer) + shock**2)
    won = np.exp(eta + scale * rng.standard_t(5, MONTHS))
    truth = {
        "trend": trend,
        "step_sd": step,
        "shock_sd": shock,
        "quarter_effect 2": quarter[2],
        "year_effect 1 2": year[1, 2],
    }
    # The model knows what counting explains in a month of mean revenue.
    counting *= float(np.exp(level.mean()) / won.mean())
    data = RevenueHistoryData(won, first=2020 * 12, counting=counting)
    return "revenue history", data, priors, truth


MODELS: dict[str, Callable[[Rng], Made]] = {
    "win rate, from cells": lambda rng: win_rate(rng, exits=1),
    "win rate, as a quadratic": lambda rng: win_rate(rng, exits=6),
    "timing": timing,
    "amount": amount,
    "arrivals": arrivals,
    "revenue history": revenue_history,
}


def ranks(name: str, number: int) -> dict[str, int]:
    """Draw once from a model's priors, fit it, and rank the truth."""
    rng = np.random.default_rng([list(MODELS).index(name), number])
    model, data, priors, truth = MODELS[name](rng)
    task = Task(model, data, priors, seed=number + 1, cores=1, again=True)
    posterior = fit_task(task).tree["posterior"].dataset
    found = {}
    for key, true in truth.items():
        parameter, *place = key.split(" ")
        values = posterior[parameter].to_numpy()[(..., *map(int, place))].ravel()
        kept = values[np.linspace(0, len(values) - 1, RANKS).round().astype(int)]
        found[key] = int((kept < true).sum())
    return found


def uniformity(found: list[int]) -> float:
    """Give the chance of ranks less even than these, were they uniform."""
    counts = np.histogram(np.asarray(found) / (RANKS + 1), bins=BINS, range=(0, 1))[0]
    return float(stats.chisquare(counts).pvalue)


def report(rows: list[dict[str, Any]]) -> str:
    """Write the results as Markdown."""
    lines = [
        "| model | fits | parameters | mean rank | smallest p of a parameter | p of all |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    chances = []
    for name in MODELS:
        mine = [row["ranks"] for row in rows if row["model"] == name]
        if not mine:
            continue
        each = {key: uniformity([one[key] for one in mine]) for key in mine[0]}
        chances += each.values()
        worst = min(each, key=each.__getitem__)
        whole = [rank for one in mine for rank in one.values()]
        lines.append(
            f"| {name} | {len(mine)} | {len(each)} | {np.mean(whole) / RANKS:.3f} "
            f"| {each[worst]:.3f} ({worst}) | {uniformity(whole):.3f} |"
        )
    expected = 1 - 0.95 ** (1 / max(len(chances), 1))
    tail = (
        f"Of {len(chances)} parameters {sum(one < 0.05 for one in chances)} have p under 0.05, "
        f"where {0.05 * len(chances):.1f} are expected of uniform ranks; the smallest of so many "
        f"lies under {expected:.4f} once in twenty times. A mean rank of 0.5 is no bias."
    )
    return "\n".join([*lines, "", tail])


def read(path: Path) -> list[dict[str, Any]]:
    """Read what has been run."""
    return (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--count", type=int, default=100, help="fits of every model")
    parser.add_argument("--only", choices=list(MODELS))
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
    rows = read(asked.results)
    there = {(row["model"], row["number"]) for row in rows}
    for name in [asked.only] if asked.only else MODELS:
        for number in range(asked.count):
            if (name, number) in there:
                continue
            row = {"model": name, "number": number, "ranks": ranks(name, number)}
            rows.append(row)
            with asked.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        print(f"  {name}: done", file=sys.stderr, flush=True)
    head = (
        f"Measured on {datetime.now(UTC).date()} with salespipe {__version__} by `python "
        "benchmarks/sbc.py RESULTS.jsonl --write`. Parameters are drawn from the priors, data from "
        "the parameters; the ranks of the truth among draws of the posterior have to be uniform "
        "(chi-square over ten bins)."
    )
    text = "\n".join([head, "", report(rows)])
    print(text)
    if asked.write:
        write_section("## Simulation-based calibration", text)


if __name__ == "__main__":
    main()
