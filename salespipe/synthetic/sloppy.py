"""Usable sloppiness: what a real workbook lacks, and a monthly run must take without stopping."""

from dataclasses import replace

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.synthetic.truth import stream
from salespipe.tables import Tables

__all__ = ["make_sloppy"]


def make_sloppy(tables: Tables, *, seed: int, share: float) -> Tables:
    """Leave out what people leave out.

    Of the open deals, each with probability `share` and independently: amount and listed amount
    missing, next step and its date missing, category missing, confidence missing, expected close
    left at a day long past. Of all deals, half that share lack their source. The change log, which
    is kept from the workbook, lacks the same. Spelling is left alone, and nothing is made that a
    run would have to refuse.

    Parameters
    ----------
    tables : Tables
        Not changed.
    seed : int
        Not negative.
    share : float
        0 to 1.
    """
    rng = stream(seed, "sloppy")
    deals, changes = tables.deals.copy(), tables.changes.copy()
    is_open = ~deals[n.STAGE].isin([n.WON, n.LOST])
    for keys in (
        [n.AMOUNT, n.LISTED_AMOUNT],
        [n.NEXT_STEP, n.NEXT_STEP_ON],
        [n.FORECAST_CATEGORY],
        [n.CONFIDENCE],
    ):
        hit = is_open & (rng.random(len(deals)) < share)
        for key in keys:
            deals[key] = deals[key].mask(hit)
            if key in changes:
                changes[key] = changes[key].mask(changes[n.DEAL_ID].isin(deals.loc[hit, n.DEAL_ID]))
    overdue = _overdue(deals, rng=rng)
    hit = is_open & (rng.random(len(deals)) < share) & overdue.notna()
    deals[n.EXPECTED_CLOSE_ON] = deals[n.EXPECTED_CLOSE_ON].mask(hit, overdue)
    forgotten = overdue[hit].set_axis(deals.loc[hit, n.DEAL_ID])
    written = forgotten.reindex(changes[n.DEAL_ID]).set_axis(changes.index)
    changes[n.EXPECTED_CLOSE_ON] = written.fillna(changes[n.EXPECTED_CLOSE_ON])
    deals[n.SOURCE] = deals[n.SOURCE].mask(rng.random(len(deals)) < share / 2)
    return replace(tables, deals=deals, changes=changes)


def _overdue(deals: pd.DataFrame, *, rng: np.random.Generator) -> pd.Series:
    """Give a day between each deal's creation and the last day known, missing for new deals."""
    last = deals[[n.CREATED_ON, n.CLOSED_ON]].max().max()
    days = (last - deals[n.CREATED_ON]).dt.days
    later = np.floor(days * rng.uniform(0.3, 0.9, size=len(deals)))
    past = deals[n.CREATED_ON] + pd.to_timedelta(later, unit="D")
    overdue: pd.Series = past.where(days >= 7).astype("datetime64[us]")
    return overdue
