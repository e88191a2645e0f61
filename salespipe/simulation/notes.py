"""What stands beside a forecast's numbers: what they leave out, rest on, and have learned."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.inference.assemble import MIN_ARRIVAL_MONTHS, MIN_ARRIVALS
from salespipe.inference.fit import Fit
from salespipe.simulation.call_chances import call_chances
from salespipe.simulation.followed import startable
from salespipe.simulation.paths import LONG_RUN_DAYS
from salespipe.simulation.pool import Record, Views
from salespipe.simulation.win_chances import PROB, win_chances
from salespipe.slips import Slips
from salespipe.targets import team_quotas

__all__ = [
    "call_note",
    "history_note",
    "market_notes",
    "notes",
    "paths_note",
    "push_note",
    "view_note",
]


def notes(fit: Fit, views: Views, slips: Slips, *, record: Record | None = None) -> tuple[str, ...]:
    """Say what the numbers leave out, rest on, and have learned from owners.

    Parameters
    ----------
    fit : Fit
    views : Views
    slips : Slips
    record : Record, optional
        How the views scored in the past.

    Returns
    -------
    tuple of str
        Sentences in English; :mod:`salespipe.workbook.chinese` has their Chinese.
    """
    pipeline = fit.pipeline
    told = []
    if views.above is None:
        told.append(
            "The forecast rests on the deals alone: the revenue history is too short to be a "
            "second view."
        )
    else:
        told.append(view_note(float(views.weight[0]), record))
    if "arrivals" not in fit.trees:
        told.append(
            "New business is not forecast: that needs at least "
            f"{MIN_ARRIVALS} deals created over {MIN_ARRIVAL_MONTHS} months."
        )
    closed = _closings(fit)
    if closed < 40:
        told.append(
            f"Only {closed} deals have closed so far, so the ranges lean on the Stages sheet's "
            "probabilities and days."
        )
    if fit.exposure.outside:
        told.append(history_note(fit.exposure.outside))
    waiting = len(pipeline.open_deals) - len(startable(pipeline))
    if waiting:
        told.append(
            f"{waiting} open deals have no creation date and are counted as new business only, "
            "since no deal here has ever closed without one."
        )
    if len(fit.exposure.stages) == 1 and len(pipeline.steps) < len(pipeline.stages) - 2:
        told.append(
            "Closed deals do not show which stages they went through, so all open stages are "
            "treated as one; fill in the dates on which deals enter a stage."
        )
    if (
        team_quotas(pipeline.targets)
        .reindex([pd.Timestamp(pipeline.as_of + timedelta(days=1)).to_period("M").start_time])
        .isna()
        .all()
    ):
        told.append("The Targets sheet has no quota for the coming month.")
    told.append(f'"In the end" means within {LONG_RUN_DAYS / 365:.0f} years of the as-of date.')
    return (*told, call_note(fit), push_note(slips), *market_notes(fit))


def _closings(fit: Fit) -> int:
    """Count the deals that closed, those of a longer history among them."""
    cells, landings = fit.exposure.cells, fit.exposure.landings
    won = landings.loc[landings["next"] == len(fit.exposure.stages), "n"].sum()
    return max(len(fit.pipeline.closed_deals), int(cells["lost"].sum() + won))


def history_note(outside: Mapping[str, int]) -> str:
    """Say how many deals of a longer history count, and of which files."""
    files = ", ".join(f"{name} ({count:,})" for name, count in outside.items())
    return (
        "Deals outside of the workbook count for how fast deals move and which are won, by file: "
        f"{files}."
    )


def view_note(weight: float, record: Record | None) -> str:
    """Say what each view counts for in the first month, and what that rests on."""
    share = round(100 * weight)
    months = 0
    if record is not None and record.below.size:
        months = int(np.isfinite(record.below[:, 0] + record.above[:, 0]).sum())
    why = "by how precise it says it is, until past forecasts show more"
    if months:
        many = f"{months} past months" if months > 1 else "one past month"
        why = f"by how precise it says it is and how right it was in {many}"
    return (
        f"For the first month the deals count {share} % and the revenue history {100 - share} % "
        f"(each {why})."
    )


def call_note(fit: Fit) -> str:
    """Say what an owner's call is worth, all else being equal."""
    chances = win_chances(fit, by="call").set_index("group")
    seen = int(chances["n"].drop("no call").sum())
    committed, none = chances.loc[n.COMMIT], chances.loc["no call"]
    wins = f"{100 * committed['value']:.0f} %"
    among = f"{100 * none['value']:.0f} %"
    if not seen:
        return (
            "No exit of a deal with a forecast category or a confidence is on record, so owners' "
            f"calls count little: a new deal called commit wins {wins}, one without a call {among}."
        )
    low, high = (f"{100 * committed[end]:.0f}" for end in ("low", "high"))
    said = (
        f"Owners' calls count by their record of {seen} exits: all else equal, a new deal called "
        f"commit wins {wins} ({low} to {high}), one without a call {among}."
    )
    of_each = call_chances(fit)
    commits = of_each.loc[of_each["call"] == n.COMMIT, "value"]
    if len(commits) < 2:
        return said
    # Whose is whose stands in notebook 3: the sheet that says this goes to finance.
    return (
        f"{said} Each owner's calls are recalibrated by what became of them: a commit wins from "
        f"{100 * commits.min():.0f} % to {100 * commits.max():.0f} %, depending on whose it is."
    )


def market_notes(fit: Fit) -> tuple[str, ...]:
    """Say what each market index goes with, or why it is not used."""
    told = []
    for place, index in enumerate(fit.market.indices):
        odds = _effect(fit, "win rate", place)
        said = f"{index}: one standard deviation more goes with {odds} on the odds of going on"
        if "arrivals" in fit.trees:
            said += f" and {_effect(fit, 'arrivals', place)} on new deals"
        told.append(f"{said}.")
    return (*told, *fit.market.left_out)


def paths_note(share: float) -> str:
    """Say what the paths assumed of the market do to the total, as a share of it."""
    percent = round(100 * share, 1) + 0.0
    return (
        f"The paths that the Market sheet assumes change the total by {percent:+.1f} % on average, "
        "against indices as they were on average."
    )


def _effect(fit: Fit, model: str, place: int) -> str:
    """Write what a standard deviation of an index does in a model: percent, and its interval."""
    draws = fit.trees[model]["posterior"]["market_effect"].to_numpy()[..., place]
    ends = np.quantile(draws, [0.5, (1 - PROB) / 2, (1 + PROB) / 2])
    # Adding 0 takes the sign off a zero.
    middle, low, high = (f"{round(100 * np.expm1(end)) + 0.0:+.0f}" for end in ends)
    return f"{middle} % ({low} to {high})"


def push_note(slips: Slips) -> str:
    """Say how often expected close dates were changed, and that the simulation does so too."""
    count, days = int(slips.changes.sum()), float(slips.days.sum())
    if not count:
        return (
            "No change of an expected close date is on record, so the dates stay as they are; "
            "snapshots will show how often they move."
        )
    return (
        f"Expected close dates move in the simulation as they did before: {count} changes on "
        f"record, {100 * count / days:.1f} per deal and 100 days."
    )
