"""A public history replayed as a team would have lived it: a workbook and a run at each month end.

`python benchmarks/replay.py [DATA] [--keep FOLDER] [--figure FILE]`. At each of 18 month ends the
sheet of salesforce_demo is written as its history file has it, `salespipe run` works on it in
place, and the next month finds the change log and the forecast log of the last. At the end:

- every past state is rebuilt from the last workbook and compared with the history file;
- the waterfall of every month is added up in each owner x stage;
- the bridge of every month is added up;
- every forecast that was kept stands beside what came of it.

It ends with status 1 where anything does not agree. A folder that keeps a whole replay is read
again, not run again.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import colormaps
from page import ROOT

from salespipe import __version__
from salespipe import names as n
from salespipe.backtest.accuracy import score, summarise_scores
from salespipe.forecast_log import read_forecasts
from salespipe.job import run_month
from salespipe.kpi.waterfall import MOVEMENTS, waterfall
from salespipe.memory import bridged, changes_since
from salespipe.pipeline import build_pipeline
from salespipe.plots.picture import Picture, scale
from salespipe.results import Changes
from salespipe.snapshot import TRACKED
from salespipe.sources import read_export, read_map
from salespipe.tables import Tables, among, conform, empty
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook

ENDS = [end.date() for end in pd.date_range("2015-12-31", periods=18, freq="ME")]
STATE = [*TRACKED, n.CLOSED_ON, n.SEGMENT, n.CREATED_ON]
CENT = 0.005


def shown(whole: Tables, day: date) -> Tables:
    """Give what the sheet showed at the end of a day."""
    then = build_pipeline(whole, as_of=day, own_currencies=True).deals
    entries = whole.stage_entries
    past = (entries[n.ENTERED_ON] <= pd.Timestamp(day)) & among(entries[n.DEAL_ID], then[n.DEAL_ID])
    return replace(
        whole,
        deals=conform("deals", then.drop(columns=[n.OUTCOME, n.ENTERED_ON])),
        stage_entries=entries[past],
        changes=empty("changes"),
    )


def live(whole: Tables, book: Path) -> None:
    """Run every month on the sheet of its day, in place."""
    for day in ENDS:
        begin = time.perf_counter()
        build_workbook(book, tables=shown(whole, day))
        run_month(book, as_of=day, months=3)
        print(f"  {day}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)


def told(remembered: Tables, log: pd.DataFrame) -> list[Changes]:
    """Give what each month but the first told of the one before it."""
    made = []
    for since, day in pairwise(ENDS):
        pipeline = build_pipeline(remembered, as_of=day)
        kept = log[log["as_of"] <= pipeline.day]
        changes = changes_since(remembered, pipeline, kept, since=since)
        made.append(bridged(changes, kept, remembered, pipeline))
    return made


def draw(months: list[Changes], target: Path) -> None:
    """Draw what moved the open pipeline and the forecast, month by month."""
    picture = Picture(figsize=(11, 8), layout="constrained")
    panels = picture.subplots(2, 1, sharex=True)
    colours = colormaps["tab20"].colors
    days = [f"{made.until:%Y-%m}" for made in months]
    for axes, title, tables, ends in (
        (
            panels[0],
            "Open pipeline: what moved it in each month",
            [made.movements for made in months],
            [made.open_end for made in months],
        ),
        (
            panels[1],
            "Likely revenue of the months that two forecasts share: what moved it",
            [made.bridge for made in months],
            [made.likely_after for made in months],
        ),
    ):
        amounts = pd.DataFrame([table.set_index("step")["amount"] for table in tables], index=days)
        names = {row["step"]: row["name"].en for row in tables[0].to_dict("records")}
        amounts = amounts.loc[:, amounts.abs().sum() > 0.005 * amounts.abs().to_numpy().sum()]
        for sign in (1, -1):
            bottom = np.zeros(len(amounts))
            for place, step in enumerate(amounts):
                height = amounts[step].clip(lower=0) if sign > 0 else amounts[step].clip(upper=0)
                axes.bar(
                    days, height, bottom=bottom, color=colours[place],
                    label=names[step] if sign > 0 else None, edgecolor="white", linewidth=0.4,
                )  # fmt: skip
                bottom += height
        axes.plot(days, ends, "k_", markersize=16, markeredgewidth=2, label="reached")
        axes.axhline(0, color="black", linewidth=0.6)
        axes.use_sticky_edges = False
        axes.margins(y=0.08)
        axes.autoscale_view()
        axes.set_title(title, loc="left", fontweight="bold")
        scale(axes, which="y", unit="money", label="USD")
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
        axes.tick_params(axis="x", rotation=45)
    picture.savefig(target, dpi=100)


def states_differ(whole: Tables, remembered: Tables) -> list[date]:
    """List the days of which the last workbook tells another state than the history file."""
    wrong = []
    for day in ENDS:
        truth, back = (
            build_pipeline(tables, as_of=day, own_currencies=True)
            .deals.set_index(n.DEAL_ID)[STATE]
            .sort_index()
            for tables in (whole, remembered)
        )
        if not truth.equals(back):
            wrong.append(day)
    return wrong


def worst_group(remembered: Tables) -> float:
    """Give the largest gap of a waterfall, in any month and any owner x stage."""
    gaps = []
    for then, now in pairwise(build_pipeline(remembered, as_of=day) for day in ENDS):
        made = waterfall(then, now, by=[n.OWNER, n.STAGE])
        keys = list(made.by)
        signs = made.steps["movement"].map(MOVEMENTS).astype("float64")
        moved = made.steps.assign(amount=made.steps["amount"] * signs)
        sums = moved.groupby(keys)["amount"].sum()
        opens = made.opens.set_index(keys)
        gap = opens["start"].add(sums, fill_value=0.0) - opens["end"]
        gaps.append(float(gap.abs().max()))
    return max(gaps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    default = os.environ.get("SALESPIPE_DATA") or ROOT.parent / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--keep", type=Path, help="folder in which workbook and logs stay")
    parser.add_argument("--figure", type=Path, help="draw all months into this file")
    asked = parser.parse_args()
    export_map = read_map(ROOT / "examples" / "maps" / "salesforce_demo.toml")
    whole = read_export(asked.data / "salesforce_demo" / "Opportunity.csv", export_map).tables
    with tempfile.TemporaryDirectory() as name:
        folder = asked.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        book = folder / "salesforce_demo.xlsx"
        if not book.exists() or read_forecasts(book)[0]["as_of"].nunique() < len(ENDS):
            live(whole, book)
        remembered = read_workbook(book).tables
        log, faults = read_forecasts(book)
        months = told(remembered, log)
        wrong, gap = states_differ(whole, remembered), worst_group(remembered)
        scored = score(log, build_pipeline(whole, as_of=ENDS[-1]))
    bridges = [made for made in months if len(made.bridge)]
    if asked.figure:
        draw(months, asked.figure)
    apart = [m.likely_before + m.bridge["amount"].sum() - m.likely_after for m in bridges]
    print(f"{len(ENDS)} month ends of salesforce_demo with salespipe {__version__}")
    print(f"past states that differ from the history file: {len(wrong)} {wrong or ''}")
    print(f"largest gap of a waterfall in any owner x stage: {gap:.6f}")
    print(f"bridges: {len(bridges)}, largest gap: {np.abs(apart).max():.6f}")
    print(f"faults of the forecast log: {len(faults)}")
    table = summarise_scores(scored[scored["by"] == "total"])
    print(table.round(3).to_string(index=False))
    good = not wrong and gap < CENT and len(bridges) == len(ENDS) - 1 and not faults
    return int(not (good and np.abs(apart).max() < CENT))


if __name__ == "__main__":
    raise SystemExit(main())
