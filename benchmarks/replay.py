"""A public history replayed as a team would have lived it: a workbook and a run at each month end.

`python benchmarks/replay.py [DATA] [--keep FOLDER]`. At each of 18 month ends the sheet of
salesforce_demo is written as its history file has it, `salespipe run` works on it in place, and the
next month finds the change log and the forecast log of the last. At the end:

- every past state is rebuilt from the last workbook and compared with the history file;
- the waterfall of every month is added up in each owner x stage;
- the bridge of every month is added up;
- every forecast that was kept stands beside what came of it.

It ends with status 1 where anything does not agree.
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
from page import ROOT

from salespipe import __version__
from salespipe import names as n
from salespipe.backtest.accuracy import score, summarise_scores
from salespipe.forecast_log import read_forecasts
from salespipe.job import run_month
from salespipe.kpi.waterfall import MOVEMENTS, waterfall
from salespipe.pipeline import build_pipeline
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


def live(whole: Tables, book: Path) -> dict[date, Changes | None]:
    """Run every month on the sheet of its day, in place."""
    told = {}
    for day in ENDS:
        begin = time.perf_counter()
        build_workbook(book, tables=shown(whole, day))
        told[day] = run_month(book, as_of=day, months=3).results.changes
        print(f"  {day}: {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    return told


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
    asked = parser.parse_args()
    export_map = read_map(ROOT / "examples" / "maps" / "salesforce_demo.toml")
    whole = read_export(asked.data / "salesforce_demo" / "Opportunity.csv", export_map).tables
    with tempfile.TemporaryDirectory() as name:
        folder = asked.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        book = folder / "salesforce_demo.xlsx"
        told = live(whole, book)
        remembered = read_workbook(book).tables
        log, faults = read_forecasts(book)
        wrong, gap = states_differ(whole, remembered), worst_group(remembered)
        scored = score(log, build_pipeline(whole, as_of=ENDS[-1]))
    bridges = [made for made in told.values() if made is not None and len(made.bridge)]
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
