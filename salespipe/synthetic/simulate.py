"""A made-up company: its workbook as of a date, its truth, and what happened afterwards."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.errors import AsOfError
from salespipe.synthetic.cast import draw_cast
from salespipe.synthetic.company import Company
from salespipe.synthetic.diary import write_activities, write_changes
from salespipe.synthetic.process import simulate_world
from salespipe.synthetic.sheets import Story, show_tables
from salespipe.synthetic.sloppy import make_sloppy
from salespipe.synthetic.truth import Truth, draw_truth
from salespipe.tables import Tables

__all__ = ["Simulated", "simulate_company"]


@dataclass(frozen=True)
class Simulated:
    """A made-up company as of a date.

    Attributes
    ----------
    tables : Tables
        What the workbook shows at the end of the as-of date, and nothing later.
    truth : Truth
    future : DataFrame
        What happens afterwards to the deals open at the date and to those created later:
        deal_id, owner, segment, created_on, outcome, closed_on, amount (as closed if won, else
        listed; money). Deals still open on the last day simulated have outcome ``open``.
    """

    tables: Tables
    truth: Truth
    future: pd.DataFrame


def simulate_company(company: Company | None = None, *, seed: int, as_of: date) -> Simulated:
    """Simulate a company and show its workbook as of a date.

    The whole world, future included, depends on the company and the seed alone; the as-of date
    only decides what is shown. Two dates with one seed therefore share their past exactly.

    Parameters
    ----------
    company : Company, optional
        The knobs; the defaults make about 2,000 deals from 2024-05-01 to 2026-10-31.
    seed : int
        Not negative.
    as_of : date

    Raises
    ------
    AsOfError
        The date lies outside the months simulated.
    """
    company = company or Company()
    if not company.start <= as_of <= company.last_day:
        raise AsOfError(
            f"The made-up company is simulated from {company.start} to {company.last_day}, "
            f"not on {as_of}; give a date in between or change its months."
        )
    truth = draw_truth(company, seed=seed)
    world = simulate_world(company, truth, seed=seed)
    story = Story(
        company=company,
        truth=truth,
        world=world,
        cast=draw_cast(world, seed=seed),
        changes=write_changes(company, truth, world, seed=seed),
        activities=write_activities(company, world, seed=seed),
    )
    tables = show_tables(story, as_of=as_of)
    if company.sloppiness:
        tables = make_sloppy(tables, seed=seed, share=company.sloppiness)
    return Simulated(tables, truth, _future(story, as_of))


def _future(story: Story, as_of: date) -> pd.DataFrame:
    world, closed = story.world, story.closed
    later = np.flatnonzero(story.shown & (closed >= world.day(as_of) + 1))
    deals = world.deals.iloc[later]
    ends = world.stays.drop_duplicates("deal", keep="last")[n.NEXT_STAGE]
    end = ends.to_numpy()[later]
    won = end == world.n_stages
    return pd.DataFrame(
        {
            n.DEAL_ID: deals[n.DEAL_ID].to_numpy(),
            n.OWNER: story.truth.owner_win.index.to_numpy()[deals[n.OWNER]],
            n.SEGMENT: np.array(story.company.segments, dtype=object)[deals[n.SEGMENT]],
            n.CREATED_ON: world.dates(deals["created"]),
            n.OUTCOME: np.select([won, end > world.n_stages], [n.WON, n.LOST], n.OPEN),
            n.CLOSED_ON: world.dates(closed[later]),
            n.AMOUNT: np.where(won, deals["final_amount"], deals[n.LISTED_AMOUNT]),
        }
    ).astype(dict.fromkeys((n.DEAL_ID, n.OWNER, n.SEGMENT, n.OUTCOME), "str"))
