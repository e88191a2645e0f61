"""What the change log is worth: forecasts with it and without it, scored on the same past dates.

`python benchmarks/covariates.py [DATA] [--keep FOLDER] [--write]`. As of each month end of
salesforce_demo the product forecasts twice: from the sheet and the log of that day (expected
closes, amounts, calls and owners as they were on every day before), and from the sheet alone, as a
team has it that never kept a log: the same deals, states and stage dates, nothing of what was
overwritten. Scored are the chance of each open deal to be won within three months, and the revenue
of each month, from the deals alone and as `salespipe run` tells it. A folder that keeps the fits
makes a second run short.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from page import ROOT, write_section
from replay import shown

from salespipe import __version__
from salespipe import names as n
from salespipe.backtest.deal_scores import won_before
from salespipe.backtest.product import Product
from salespipe.backtest.run import Backtest, backtest
from salespipe.backtest.scores import brier, paired
from salespipe.pipeline import Pipeline, build_pipeline
from salespipe.sources import read_export, read_map
from salespipe.tables import Tables

DATES = [end.date() for end in pd.date_range("2016-03-31", "2017-04-30", freq="ME")]
LAST = date(2017, 5, 31)
MONTHS = 3
WITH, WITHOUT = "with the change log", "without it"
VIEWS = ("from the deals alone", "as told")


class Team:
    """A team that forecasts month by month, with its log or without."""

    def __init__(self, whole: Tables, home: Path, *, log: bool) -> None:
        self.whole, self.home, self.log = whole, home, log
        self.outcomes = build_pipeline(whole, as_of=LAST)
        self.product = Product()
        self.scores: list[tuple[date, float, float, int]] = []
        self.known: tuple[date, Pipeline] | None = None

    def methods(self, name: str):
        return {f"{VIEWS[0]}, {name}": self.from_below, f"{VIEWS[1]}, {name}": self.pooled}

    def from_below(self, pipeline: Pipeline, *, months: int, seed: int):
        return self.product.from_below(self.seen(pipeline), months=months, seed=seed)

    def pooled(self, pipeline: Pipeline, *, months: int, seed: int):
        draws = self.product.pooled(self.seen(pipeline), months=months, seed=seed)
        self.scores.append((pipeline.as_of, *deal_scores(self.outcomes, self.product)))
        return draws

    def seen(self, pipeline: Pipeline) -> Pipeline:
        """Give what this team knows of a day."""
        if self.known is None or self.known[0] != pipeline.as_of:
            own = pipeline
            if not self.log:
                own = build_pipeline(shown(self.whole, pipeline.as_of), as_of=pipeline.as_of)
            self.known = pipeline.as_of, replace(own, home=self.home / "book.xlsx")
        return self.known[1]


def deal_scores(known: Pipeline, product: Product) -> tuple[float, float, int]:
    """Score the chances to win in time: Brier, logarithmic score, and the number of deals."""
    made = product.latest
    end = pd.Timestamp(made.months[MONTHS - 1].end)
    if end > pd.Timestamp(LAST) + pd.Timedelta(days=1):
        return np.nan, np.nan, 0
    chance = made.deals["p_won_by_end"].to_numpy("float64").clip(1e-4, 1 - 1e-4)
    hit = won_before(end, made.deals[n.DEAL_ID], known)
    logarithmic = -np.mean(hit * np.log(chance) + (1 - hit) * np.log1p(-chance))
    return brier(chance, hit), float(logarithmic), len(hit)


def of_deals(teams: dict[str, Team]) -> list[str]:
    """Compare the chances of single deals."""
    scores = {
        name: pd.DataFrame(
            team.scores, columns=["as_of", "Brier score", "logarithmic score", "deals"]
        )
        .dropna()
        .set_index("as_of")
        for name, team in teams.items()
    }
    deals = scores[WITH]["deals"].sum()
    lines = [f"Chance of each open deal to be won within three months ({deals:,} chances):", ""]
    lines += ["| score | with | without | difference | standard error | better on |"]
    lines += ["|---|---|---|---|---|---|"]
    for score in ("Brier score", "logarithmic score"):
        gap = paired(scores[WITH][score], scores[WITHOUT][score])
        lines.append(
            f"| {score} | {scores[WITH][score].mean():.4f} | {scores[WITHOUT][score].mean():.4f} "
            f"| {gap.mean:+.4f} | {gap.error:.4f} | {gap.better} of {gap.n} dates |"
        )
    return lines


def of_revenue(made: Backtest, view: str) -> list[str]:
    """Compare the revenue of the months, in CRPS over the mean actual."""
    mean = made.rows["actual"].mean()
    lines = [
        f"Revenue of a month, {view} (CRPS over the mean actual; 80 % ranges):",
        "",
        "| month ahead | with | without | difference | standard error | better on "
        "| held with | held without |",
        "|---|---|---|---|---|---|---|---|",
    ]
    held = made.summary().set_index(["method", "horizon"])["coverage_80"]
    names = [f"{view}, {name}" for name in (WITH, WITHOUT)]
    for horizon in range(1, MONTHS + 1):
        rows = made.rows[made.rows["horizon"] == horizon].set_index(["method", "as_of"])["crps"]
        one, other = (rows[name] / mean for name in names)
        gap = paired(one, other)
        lines.append(
            f"| {horizon} | {one.mean():.3f} | {other.mean():.3f} | {gap.mean:+.3f} "
            f"| {gap.error:.3f} | {gap.better} of {gap.n} dates "
            f"| {held[names[0], horizon]:.0%} | {held[names[1], horizon]:.0%} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    default = os.environ.get("SALESPIPE_DATA") or ROOT.parent / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the fits there")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = parser.parse_args()
    export_map = read_map(ROOT / "examples" / "maps" / "salesforce_demo.toml")
    whole = read_export(asked.data / "salesforce_demo" / "Opportunity.csv", export_map).tables
    with tempfile.TemporaryDirectory() as made_up:
        home = asked.keep or Path(made_up)
        home.mkdir(parents=True, exist_ok=True)
        teams = {name: Team(whole, home, log=name == WITH) for name in (WITHOUT, WITH)}
        methods = {
            key: run for name, team in teams.items() for key, run in team.methods(name).items()
        }
        made = backtest(
            whole,
            as_of=LAST,
            dates=DATES,
            months=MONTHS,
            methods=methods,
            progress=lambda line: print(f"  {line}", file=sys.stderr, flush=True),
        )
    text = "\n".join(
        [
            f"salesforce_demo, as of the month ends {DATES[0]:%Y-%m} to {DATES[-1]:%Y-%m}; "
            f"measured on {datetime.now(UTC).date()} with salespipe {__version__} by "
            "`python benchmarks/covariates.py --write`. Differences below 0: the log helps.",
            "",
            *of_deals(teams),
            "",
            *of_revenue(made, VIEWS[0]),
            "",
            *of_revenue(made, VIEWS[1]),
        ]
    )
    print(text)
    if asked.write:
        write_section("## What the change log is worth", text)


if __name__ == "__main__":
    main()
