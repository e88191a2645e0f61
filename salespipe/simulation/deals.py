"""Each open deal: its chance, what moves it most, and what to do about it."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from salespipe import names as n
from salespipe.bands import (
    AGE_GROUPS,
    AGE_NAMES,
    CALLS,
    DUE_BANDS,
    age_band,
    call_band,
    due_band,
    first_amount,
    size_band,
)
from salespipe.days import days_since_epoch, epoch_day
from salespipe.exposure import Exposure, codes
from salespipe.pipeline import Pipeline
from salespipe.results import CARRY_ON, DEAL_COLUMNS
from salespipe.simulation.movers import Movers
from salespipe.simulation.past_deals import nearest_past
from salespipe.simulation.posterior import Posterior
from salespipe.simulation.revenue import DealDraws

__all__ = ["describe_deals"]

type Floats = npt.NDArray[np.float64]

NOTABLE: Final = 0.01
"""Change in the chance of going on below which nothing in particular moves a deal."""

SIZE_NAMES: Final = ("unknown", "smallest fifth", "small", "middle", "large", "largest fifth")


def describe_deals(
    pipeline: Pipeline,
    exposure: Exposure,
    posterior: Posterior,
    draws: DealDraws,
    movers: Movers,
) -> pd.DataFrame:
    """Say in a table what the draws say of each open deal.

    Parameters
    ----------
    pipeline : Pipeline
    exposure : Exposure
    posterior : Posterior
    draws : DealDraws
    movers : Movers

    Returns
    -------
    DataFrame
        Columns :data:`salespipe.results.DEAL_COLUMNS`, highest expected value first.
    """
    deals = pipeline.open_deals.set_index(n.DEAL_ID).loc[list(draws.deal_id)].reset_index()
    close = pd.Timestamp(pipeline.day + pd.Timedelta(days=1)) + pd.to_timedelta(
        np.where(np.isfinite(draws.days), np.floor(draws.days), np.nan), unit="D"
    )
    table = pd.DataFrame(
        {
            "deal_id": deals[n.DEAL_ID],
            "account": deals[n.ACCOUNT],
            "deal_name": deals[n.DEAL_NAME],
            "owner": deals[n.OWNER],
            "stage": deals[n.STAGE],
            "amount": deals[n.AMOUNT],
            "p_won": draws.p_won,
            "p_won_by_end": draws.p_won_by_end,
            "expected_close_on": close.to_numpy(),
            "expected_value": draws.value,
            "worst": draws.worst,
            "best": draws.best,
            "share_of_variance": movers.share,
            "target_swing": movers.swing,
            "driver": _drivers(pipeline, exposure, posterior, deals),
            "alike": nearest_past(pipeline, deals),
            "action": _actions(pipeline, deals),
        },
        columns=list(DEAL_COLUMNS),
    )
    return table.sort_values("expected_value", ascending=False, kind="stable", ignore_index=True)


def _drivers(
    pipeline: Pipeline, exposure: Exposure, posterior: Posterior, deals: pd.DataFrame
) -> list[str]:
    """Name the effect that moves each deal's chance of going on most, in percentage points."""
    if deals.empty:
        return []
    place = {name: code for code, name in enumerate(exposure.stages)}
    stage = np.array([place.get(name, 0) for name in deals[n.STAGE]])
    entered = days_since_epoch(deals[n.ENTERED_ON])
    today = np.full(len(deals), epoch_day(pipeline.day) + 1.0)
    age = AGE_GROUPS[age_band(np.nan_to_num(np.maximum(today - entered, 0.0)))]
    due = due_band(today, days_since_epoch(deals[n.EXPECTED_CLOSE_ON]))
    logit = posterior.logit.mean(axis=0)
    owner = codes(deals[n.OWNER], exposure.owners)
    segment = codes(deals[n.SEGMENT], exposure.segments)
    source = codes(deals[n.SOURCE], exposure.sources)
    size = size_band(first_amount(deals), exposure.sizes)
    call = call_band(deals[n.FORECAST_CATEGORY], deals[n.CONFIDENCE])
    effects = {
        "owner": posterior.owner.mean(axis=0)[owner],
        "segment": posterior.segment.mean(axis=0)[segment],
        "source": posterior.source.mean(axis=0)[source],
        "size": posterior.size.mean(axis=0)[size],
        "call": posterior.call_of(slice(None), owner, call).mean(axis=0),
        "age": (logit - logit.mean(axis=1, keepdims=True))[stage, age],
        "due": posterior.due_logit.mean(axis=0)[stage, due],
    }
    words = {
        "owner": [f"Owner {name}" for name in deals[n.OWNER].fillna(n.UNKNOWN)],
        "segment": [f"Segment {name}" for name in deals[n.SEGMENT].fillna(n.UNKNOWN)],
        "source": [f"Source {name}" for name in deals[n.SOURCE].fillna(n.UNKNOWN)],
        "size": [f"Amount: {SIZE_NAMES[band]}" for band in size],
        "call": [f"Owner's call: {CALLS[band].replace('_', ' ')}" for band in call],
        "age": [f"In stage {AGE_NAMES[group]}" for group in age],
        "due": [f"Expected close: {DUE_BANDS[band]}" for band in due],
    }
    full = logit[stage, age] + sum(effects[key] for key in effects if key != "age")
    # Against the average open deal: an effect's zero (no date known, say) may be no deal's.
    points = {
        key: expit(full) - expit(full - effect + effect.mean()) for key, effect in effects.items()
    }
    table = np.column_stack(list(points.values()))
    most = np.abs(table).argmax(axis=1)
    said = [words[key] for key in points]
    return [
        f"{said[column][row]}: {table[row, column] * 100:+.0f} points"
        if abs(table[row, column]) >= NOTABLE
        else "Nothing in particular: like the average open deal in its stage"
        for row, column in enumerate(most)
    ]


def _actions(pipeline: Pipeline, deals: pd.DataFrame) -> list[str]:
    """Say the first thing that helps each deal."""
    day = pipeline.day
    typical = {stage.name: stage.typical_days for stage in pipeline.stages}
    waited = (day - deals[n.ENTERED_ON]).dt.days
    usual = deals[n.STAGE].map(typical).astype("float64")
    rules = [
        (deals[n.AMOUNT].isna(), "Enter the amount"),
        (deals[n.CREATED_ON].isna(), "Enter the date it was created"),
        (
            deals[n.EXPECTED_CLOSE_ON] <= day,
            "Agree on a new close date: the old one is past",
        ),
        (waited > 3 * usual, "Decide: requalify it or close it as lost"),
        (deals[n.NEXT_STEP_ON] <= day, "Do the next step: its date has passed"),
        (deals[n.NEXT_STEP].isna(), "Agree on a next step with the customer"),
        (deals[n.EXPECTED_CLOSE_ON].isna(), "Enter the expected close date"),
    ]
    told = np.select(
        [rule.to_numpy(dtype=bool) for rule, _ in rules],
        [words for _, words in rules],
        default=CARRY_ON,
    )
    return [str(words) for words in told]
