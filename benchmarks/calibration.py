"""Calibration on made-up companies whose future is known: do ranges hold what they promise?

    python benchmarks/calibration.py RESULTS.jsonl [MORE.jsonl ...] [--share 1/2] [--most 20]
        [--write]

Each as-of point (50 companies, six dates each) is simulated, fitted, forecast over three months
and compared with what the company then brings; one line of JSON each is appended to RESULTS.jsonl.
Points that stand there, or in one of the MORE files, are not run again, so that the study can be
stopped and gone on with at any time. It keeps to one core: with --share 1/2 it runs every second
point, and another one, with another file and --share 2/2, the others. With --write the table goes
into docs/benchmarks.md, section "Calibration", with the number of points that were really run.

Companies differ in size (20 to 5,000 open deals), in pace, and in what made them: some as the
models assume, without shocks or with them, some as they do not.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

# One point at a time on one core: whoever wants to go faster starts the script for each share.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

import numpy as np
import pandas as pd
from page import write_section

from salespipe import __version__
from salespipe import names as n
from salespipe.backtest.scores import LEVELS, calibration_line, central, crps
from salespipe.errors import ConvergenceError
from salespipe.inference.fit import fit
from salespipe.pipeline import build_pipeline
from salespipe.simulation.forecast import Forecast, forecast
from salespipe.synthetic import Company, Simulated, simulate_company

HORIZON = 3
DATES = tuple(range(18, 34, 3))
"""Months of history at the as-of dates; their horizons do not overlap."""

CLASSES = (0, 60, 200, 700, 2_000, 10**9)
"""Edges of the size classes, in open deals."""

EDGES = np.arange(-8.0, 8.25, 0.5)
"""Bins of the deals' chances, on the logit scale."""

BASE = Company(months=33, future_months=4, burn_in=6, n_owners=6)
CALM = {"shock_scale": 0.0, "timing_shock_scale": 0.0}
HIDDEN = "a market that no sheet shows"
KINDS: dict[str, dict[str, Any]] = {
    "as assumed, no shocks": {**CALM, "market_win": 0.0, "market_arrivals": 0.0},
    "as assumed, shocks": {"market_win": 0.0, "market_arrivals": 0.0},
    "strong shocks": {"shock_scale": 0.5, "timing_shock_scale": 0.2},
    "owners far apart": {"owner_spread": 0.8, "owner_timing_spread": 0.4},
    HIDDEN: {"market_win": 0.4, "market_arrivals": 0.3},
    "shocks with a long memory": {"shock_rho": 0.9, "shock_scale": 0.4},
    "Stages sheet far too high": {"win_lift": 0.6},
    "amounts with long tails": {"amount_log_sd": 1.3, "final_scale": 0.3},
    "strong seasons": {"season": 0.4, "moq_win": (-0.6, -0.1, 0.7)},
    "careless records": {"sloppiness": 0.15, "lazy": 0.6},
}
"""What makes the companies; from the third on the models are wrong about something, or nearly.

But for one kind the sheets show the market's index, whether it does anything or not.
"""

OPEN = (20, 80, 300, 1_100, 4_500)
"""Open deals aimed at."""

OPEN_SHARE = 0.032
"""Open deals over deals created in the 33 months, at the usual pace."""

SLOW = 2.5
"""By how much every second company's deals, and those of the largest, take longer."""


@dataclass(frozen=True)
class Point:
    """One as-of point.

    Attributes
    ----------
    company : int
        0 to 49; also the seed.
    months : int
        Of history.
    """

    company: int
    months: int

    @property
    def kind(self) -> str:
        """What made the company."""
        return list(KINDS)[self.company % len(KINDS)]

    @property
    def aimed(self) -> int:
        """Open deals aimed at: kinds and sizes in all pairs over the fifty companies."""
        return OPEN[(self.company + self.company // len(KINDS)) % len(OPEN)]

    def simulate(self) -> tuple[Simulated, date]:
        """Make the company, as of the date."""
        size = self.aimed
        slow = self.company // len(KINDS) % 2 == 1 or size == OPEN[-1]
        stages = BASE.stages
        if slow:
            stages = tuple(replace(one, typical_days=one.typical_days * SLOW) for one in stages)
        deals = round(size / OPEN_SHARE / (SLOW if slow else 1.0))
        company = replace(BASE, deals=deals, stages=stages, **KINDS[self.kind])
        day = pd.Timestamp(company.start) + pd.DateOffset(months=self.months)
        as_of = (day - pd.Timedelta(days=1)).date()
        made = simulate_company(company, seed=self.company, as_of=as_of)
        if self.kind == HIDDEN:
            tables = replace(made.tables, market=made.tables.market.iloc[:0])
            made = replace(made, tables=tables)
        return made, as_of


def points() -> list[Point]:
    """List all points, so that however few are run they are of all kinds and sizes."""
    # Neighbours in the list differ in kind and in size: 17 and 50 have no divisor in common.
    order = [place * 17 % 50 for place in range(50)]
    return [Point(company, months) for months in DATES for company in order]


def run(point: Point) -> dict[str, Any]:
    """Forecast as of a point, and keep what is needed of it."""
    begin = time.process_time()
    simulated, as_of = point.simulate()
    pipeline = build_pipeline(simulated.tables, as_of=as_of)
    row: dict[str, Any] = {
        "company": point.company,
        "months": point.months,
        "kind": point.kind,
        "open": len(pipeline.open_deals),
        "version": __version__,
    }
    try:
        fitted = fit(pipeline, seed=point.company + 1, again=True)
        made = forecast(fitted, months=HORIZON, details=False)
    except ConvergenceError as failed:
        return row | {"failed": str(failed), "seconds": round(time.process_time() - begin, 1)}
    actual = actual_months(simulated.future, made)
    draws = made.draws[:, :HORIZON]
    periods = [scored(draws[:, place], actual[place]) for place in range(HORIZON)]
    return row | {
        "periods": periods,
        "total": scored(draws.sum(axis=1), actual.sum()),
        "deals": deal_bins(made.deals, simulated.future, pd.Timestamp(made.months[-1].end)),
        "rhat": round(made.fit.diagnostics.max_rhat, 4),
        "seconds": round(time.process_time() - begin, 1),
    }


def actual_months(future: pd.DataFrame, made: Forecast) -> np.ndarray:
    """Sum what the company really won in each of the months."""
    won = future[future[n.OUTCOME] == n.WON]
    closed = won[n.CLOSED_ON]
    return np.array(
        [
            won.loc[
                (closed >= pd.Timestamp(month.start)) & (closed < pd.Timestamp(month.end)), n.AMOUNT
            ].sum()
            for month in made.months[:HORIZON]
        ]
    )


def scored(draws: np.ndarray, actual: float) -> dict[str, Any]:
    """Say where the actual lies in the draws."""
    ends = {level: central(draws, level) for level in LEVELS}
    return {
        "actual": round(float(actual), 2),
        "below": round(float((draws < actual).mean()), 4),
        "crps": round(float(crps(draws, actual)), 2),
        "mean": round(float(draws.mean()), 2),
        **{f"held_{level}": bool(low <= actual <= high) for level, (low, high) in ends.items()},
    }


def deal_bins(deals: pd.DataFrame, future: pd.DataFrame, end: pd.Timestamp) -> list[list[float]]:
    """Count by bin of the stated chance: deals, sum of chances, of their squared errors, won."""
    won = future[(future[n.OUTCOME] == n.WON) & (future[n.CLOSED_ON] < end)]
    chance = deals["p_won_by_end"].to_numpy("float64")
    came = deals["deal_id"].isin(won[n.DEAL_ID]).to_numpy("float64")
    kept = np.clip(chance, 1e-6, 1 - 1e-6)
    place = np.digitize(np.log(kept / (1 - kept)), EDGES)
    rows = []
    for bin_ in np.unique(place):
        inside = place == bin_
        errors = (chance[inside] - came[inside]) ** 2
        sums = (inside.sum(), chance[inside].sum(), errors.sum(), came[inside].sum())
        rows.append([int(bin_), *(round(float(value), 5) for value in sums)])
    return rows


def report(rows: list[dict[str, Any]]) -> str:
    """Write the results as Markdown."""
    done = [row for row in rows if "periods" in row]
    failed = len(rows) - len(done)
    classes = [
        f"{low} to {high}" if high < CLASSES[-1] else f"{low} and more"
        for low, high in pairwise(CLASSES)
    ]
    table = pd.DataFrame(
        [
            {
                "size": classes[np.searchsorted(CLASSES, row["open"], side="right") - 1],
                "kind": row["kind"],
                "point": place,
                "company": row["company"],
                "period": ahead,
                **period,
            }
            for place, row in enumerate(done)
            for ahead, period in enumerate([*row["periods"], row["total"]])
        ]
    )
    lines = [
        "| points | n | 50 % held | 80 % held | 90 % held | actual / mean |",
        "|---|---|---|---|---|---|",
    ]
    months = table[table["period"] < HORIZON]
    groups = [("all, each month", months), ("all, three months together", _rest(table))]
    groups += [(f"month {ahead + 1}", months[months["period"] == ahead]) for ahead in range(3)]
    groups += [(f"{size} open deals", months[months["size"] == size]) for size in classes]
    groups += [(kind, months[months["kind"] == kind]) for kind in KINDS]
    lines += [_line(name, chosen) for name, chosen in groups if len(chosen)]
    slope, level, error = deal_line(done)
    sums = np.array([bin_[1:] for row in done for bin_ in row["deals"]]).sum(axis=0)
    seconds = sum(row["seconds"] for row in rows)
    head = (
        f"Measured on {datetime.now(UTC).date()} with salespipe {__version__} by `python "
        f"benchmarks/calibration.py RESULTS.jsonl --write`: {len(done)} of {len(points())} as-of "
        f"points over {len({row['company'] for row in done})} companies of "
        f"{min(row['open'] for row in done)} to {max(row['open'] for row in done):,} open deals, "
        f"in {seconds / 3600:.1f} hours of processor time. {failed} more did not pass the gate and "
        "were refused. A month's range is a row's unit; n counts them."
    )
    tail = (
        f"Of {sums[0]:,.0f} open deals {sums[3]:,.0f} were won within the three months, where "
        f"{sums[1]:,.0f} were expected; calibration slope of the deals' chances {slope:.2f} (95 % "
        f"{slope - 1.96 * error:.2f} to {slope + 1.96 * error:.2f}, over companies), level "
        f"{level:+.2f} on the logit scale, Brier score {sums[2] / sums[0]:.4f}."
    )
    return "\n".join([head, "", *lines, "", tail])


def _rest(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["period"] == HORIZON]


def _line(name: str, chosen: pd.DataFrame) -> str:
    held = " | ".join(f"{chosen[f'held_{level}'].mean():.0%}" for level in LEVELS)
    bias = chosen["actual"].sum() / chosen["mean"].sum()
    return f"| {name} | {len(chosen)} | {held} | {bias:.2f} |"


def deal_line(done: list[dict[str, Any]]) -> tuple[float, float, float]:
    """Give slope and level of the deals' calibration line, and the slope's error over companies."""
    companies = sorted({row["company"] for row in done})
    by_company = {
        company: np.array(
            [bin_ for row in done if row["company"] == company for bin_ in row["deals"]]
        )
        for company in companies
    }

    def line(chosen: list[int]) -> tuple[float, float]:
        bins = np.concatenate([by_company[company] for company in chosen])
        return calibration_line(bins[:, 2] / bins[:, 1], bins[:, 4], bins[:, 1])

    slope, level = line(companies)
    rng = np.random.default_rng(1)
    again = [line(list(rng.choice(companies, len(companies)))) for _ in range(100)]
    return slope, level, float(np.std([one for one, _ in again]))


def read(path: Path) -> list[dict[str, Any]]:
    """Read what has been run."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    """Run what has not been run, and say what all of it shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path, help="where results are added")
    parser.add_argument("more", type=Path, nargs="*", help="files with results of other shares")
    parser.add_argument("--share", default="1/1", help="which part of the points, such as 1/2")
    parser.add_argument("--most", type=int, default=len(points()), help="points to run now")
    parser.add_argument("--write", action="store_true", help="the table into docs/benchmarks.md")
    asked = parser.parse_args()
    rows = [row for file in (asked.results, *asked.more) for row in read(file)]
    there = {(row["company"], row["months"]) for row in rows}
    which, shares = map(int, asked.share.split("/"))
    mine = points()[which - 1 :: shares]
    todo = [one for one in mine if (one.company, one.months) not in there][: asked.most]
    for place, point in enumerate(todo):
        row = run(point)
        rows.append(row)
        with asked.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        said = row.get("failed") or f"{row['open']} open, {row['seconds']} s"
        print(f"{place + 1} of {len(todo)}: company {point.company}, {said}", file=sys.stderr)
    text = report(rows)
    print(text)
    if asked.write:
        write_section("## Calibration", text)


if __name__ == "__main__":
    main()
