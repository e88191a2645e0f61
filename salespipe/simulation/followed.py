"""Deals followed to their end: those that are open, and those that are yet to be created."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from salespipe import names as n
from salespipe.bands import call_band, first_amount, size_band
from salespipe.days import days_since_epoch
from salespipe.exposure import Exposure, codes
from salespipe.pipeline import Pipeline
from salespipe.simulation.paths import Paths, Wins
from salespipe.simulation.posterior import Posterior
from salespipe.simulation.setting import Setting
from salespipe.simulation.walk import walk
from salespipe.tables import look_up

__all__ = ["Followed", "follow_new", "follow_open", "startable"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

DATED_CLOSINGS: Final = 30
"""Closed deals that show whether a deal without a creation date can close at all."""

DONOR_DAYS: Final = 365
"""How far back the deals lie whose owner, segment, stage and amount new deals are drawn from."""


@dataclass(frozen=True)
class Followed:
    """Deals followed in every draw.

    Attributes
    ----------
    deals : DataFrame
        Of open deals one row each, whose paths are neighbours; of new ones those that they are
        drawn from.
    paths : Paths
    wins : Wins
    money : ndarray, shape (path,)
        What each path brings if it is won.
    """

    deals: pd.DataFrame
    paths: Paths
    wins: Wins
    money: Floats


@dataclass(frozen=True)
class _Cast:
    """What there is to know of deals, one entry per deal."""

    stage: Ints
    owner: Ints
    segment: Ints
    source: Ints
    size: Ints
    call: Ints
    age: Floats
    due: Floats

    def paths(self, posterior: Posterior, *, draw: Ints, like: Ints, start: Floats) -> Paths:
        """Make paths like deals `like` in draws `draw`."""
        owner = self.owner[like]
        merit = posterior.call_of(draw, owner, self.call[like])
        for effect, code in (
            (posterior.owner, self.owner),
            (posterior.segment, self.segment),
            (posterior.source, self.source),
            (posterior.size, self.size),
        ):
            merit += effect[draw, code[like]]
        return Paths(
            draw=draw,
            start=start,
            stage=self.stage[like],
            owner=owner,
            segment=self.segment[like],
            age=self.age[like],
            due=self.due[like],
            pace=posterior.pace[draw, owner],
            merit=merit,
        )


def startable(pipeline: Pipeline) -> pd.DataFrame:
    """Give the open deals that can be followed.

    A deal without a creation date has no age. It is taken to begin on the as-of date, unless the
    closed deals show that none closes before it gets its date: then it has not begun, and comes
    in with the new business.
    """
    deals = pipeline.open_deals
    closed = pipeline.closed_deals
    waits = len(closed) >= DATED_CLOSINGS and bool(closed[n.CREATED_ON].notna().all())
    return deals[deals[n.ENTERED_ON].notna() | (not waits)]


def follow_open(setting: Setting) -> Followed:
    """Follow every open deal from the age that it has, in every draw.

    Parameters
    ----------
    setting : Setting
    """
    exposure, posterior, calendar = setting.exposure, setting.posterior, setting.calendar
    deals = startable(setting.pipeline)
    place = {name: code for code, name in enumerate(exposure.stages)}
    one = len(exposure.stages) == 1
    entered = days_since_epoch(deals[n.ENTERED_ON]) + 0.5
    cast = _Cast(
        stage=np.array([0 if one else place[name] for name in deals[n.STAGE]], dtype=np.int64),
        owner=codes(deals[n.OWNER], exposure.owners),
        segment=codes(deals[n.SEGMENT], exposure.segments),
        source=codes(deals[n.SOURCE], exposure.sources),
        size=size_band(first_amount(deals), exposure.sizes),
        call=call_band(deals[n.FORECAST_CATEGORY], deals[n.CONFIDENCE]),
        age=np.nan_to_num(np.maximum(calendar.first - entered, 0.0)),
        due=days_since_epoch(deals[n.EXPECTED_CLOSE_ON]),
    )
    draws, count = posterior.draws, len(deals)
    # Deals side by side, draws within: a deal's paths are neighbours.
    paths = cast.paths(
        posterior,
        draw=np.tile(np.arange(draws), count),
        like=np.repeat(np.arange(count), draws),
        start=np.zeros(draws * count),
    )
    wins = walk(
        paths,
        posterior=posterior,
        slips=setting.slips,
        calendar=calendar,
        seed=(setting.seed, 2),
    )
    listed = np.repeat(deals[n.AMOUNT].to_numpy("float64"), draws)
    money = setting.amounts.final(listed, paths, seed=(setting.seed, 3))
    return Followed(deals, paths, wins, money)


def follow_new(setting: Setting) -> Followed:
    """Follow deals that are yet to be created, each a likeness of a recent one.

    Parameters
    ----------
    setting : Setting
    """
    exposure, posterior, calendar = setting.exposure, setting.posterior, setting.calendar
    rng = np.random.default_rng([setting.seed, 4])
    donors = _donors(setting.pipeline, exposure)
    months = len(calendar.month_ends)
    mean = posterior.arrivals if len(donors) else np.zeros((posterior.draws, months))
    alpha = np.maximum(posterior.dispersion[:, None], 1e-6)
    counts = rng.poisson(mean * rng.standard_gamma(np.broadcast_to(alpha, mean.shape)) / alpha)
    draw, month = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), months)
    begins = np.append(0.0, calendar.month_ends[:-1])
    start = begins[month] + rng.random(len(month)) * (calendar.month_ends - begins)[month]
    like = rng.integers(max(len(donors), 1), size=len(draw))
    place = {name: code for code, name in enumerate(exposure.stages)}
    cast = _Cast(
        stage=np.array([place[name] for name in donors["first_stage"]], dtype=np.int64),
        owner=codes(donors[n.OWNER], exposure.owners),
        segment=codes(donors[n.SEGMENT], exposure.segments),
        source=codes(donors[n.SOURCE], exposure.sources),
        size=size_band(donors["listed"].to_numpy("float64"), exposure.sizes),
        call=donors["first_call"].to_numpy("int64"),
        age=np.zeros(len(donors)),
        due=donors["first_ahead"].to_numpy("float64"),
    )
    paths = cast.paths(posterior, draw=draw, like=like, start=start)
    # A donor's first expected close lay so many days ahead of its creation.
    paths = replace(paths, due=paths.due + np.floor(start) + calendar.first)
    wins = walk(
        paths,
        posterior=posterior,
        slips=setting.slips,
        calendar=calendar,
        seed=(setting.seed, 5),
        until=float(calendar.month_ends[-1]),
    )
    listed = donors["listed"].to_numpy("float64")[like]
    money = setting.amounts.final(listed, paths, seed=(setting.seed, 6))
    return Followed(donors, paths, wins, money)


def _donors(pipeline: Pipeline, exposure: Exposure) -> pd.DataFrame:
    """Give the deals created in the last year, as they were when they began."""
    deals = pipeline.deals
    since = pipeline.day - pd.Timedelta(days=DONOR_DAYS)
    recent = deals[deals[n.CREATED_ON] > since]
    begun = pipeline.stays.drop_duplicates(n.DEAL_ID).set_index(n.DEAL_ID)[n.STAGE]
    created = days_since_epoch(recent[n.CREATED_ON])
    # What was said by the end of the second day: forms are filled in a moment after the deal.
    said = exposure.sayings
    expected, call = said.at(said.of(recent[n.DEAL_ID]), created + 1.75)
    return recent.assign(
        first_stage=look_up(recent[n.DEAL_ID], begun).fillna(pipeline.steps[0].name),
        first_ahead=expected - created,
        first_call=call,
        listed=recent[n.LISTED_AMOUNT].fillna(recent[n.AMOUNT]),
    )
