"""What owners write down as they go: estimates, pushes, the change log, activities."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from salespipe import names as n
from salespipe.synthetic.company import Company
from salespipe.synthetic.fiction import ACTIVITY_OUTCOMES, ACTIVITY_TYPES
from salespipe.synthetic.process import World
from salespipe.synthetic.truth import Truth, stream

__all__ = ["write_activities", "write_changes"]

_STATE = ["deal", "at", n.STAGE, n.EXPECTED_CLOSE_ON, n.FORECAST_CATEGORY, n.CONFIDENCE]
_ESTIMATE_NOISE = 0.4
"""Standard deviation of the log of the days an owner thinks are left."""
_OPTIMISM = 0.7
"""Days an owner thinks are left, over the typical ones."""
_CONFIDENCE_NOISE = 0.5
"""Standard deviation of the logit of stated confidence, beside the owner's bias."""
_DAYS_TO_NOTICE = 6.0
"""Mean days until a passed expected close date is pushed."""
_TYPE_WEIGHTS = np.array([[6.0, 5.0, 1.0, 0.0], [3.0, 3.0, 2.0, 2.0]])
"""How often each type of activity occurs, in the first and in later stages."""


def write_changes(company: Company, truth: Truth, world: World, *, seed: int) -> pd.DataFrame:
    """Write the change log of the whole world.

    On entering a stage an owner estimates the closing date anew, with some optimism, from the
    typical days left and states a confidence: the true chance to win, seen through the owner's
    bias. A date that passes is pushed by 10 to 60 days, unless it falls into a lazy stay.

    Returns
    -------
    DataFrame
        In order of time, the state of a deal from `at` (time) on: deal (position), at, stage
        (number), expected_close_on (whole days), forecast_category, confidence, amount.
    """
    rng = stream(seed, "estimates")
    entries = _estimate(company, truth, world, rng=rng)
    lazy = rng.random(len(entries)) < company.lazy
    left = world.stays["left"].clip(upper=world.days).to_numpy()
    pushes = _push(entries[~lazy], left[~lazy], rng=rng)
    states = pd.concat([entries, pushes]).sort_values(["deal", "at"], kind="stable")
    closings = _close(world, states)
    log = pd.concat([states, closings]).sort_values(["at", "deal"], kind="stable")
    log = log.reset_index(drop=True)
    amounts = world.deals.iloc[log["deal"]]
    won = log[n.STAGE].to_numpy() == world.n_stages
    log[n.AMOUNT] = np.where(won, amounts["final_amount"], amounts[n.LISTED_AMOUNT])
    return log


def write_activities(company: Company, world: World, *, seed: int) -> pd.DataFrame:
    """Log calls, e-mails, meetings and demonstrations on all stays.

    Returns
    -------
    DataFrame
        In order of time: deal (position), at (time), stage (number), activity_type,
        activity_outcome, minutes.
    """
    rng = stream(seed, "activities")
    stays = world.stays
    days = stays["left"].clip(upper=world.days).to_numpy() - stays["entered"].to_numpy()
    counts = rng.poisson(days * company.activities_per_week / 7)
    stay = np.repeat(np.arange(len(stays)), counts)
    stage = stays[n.STAGE].to_numpy()[stay]
    weights = _TYPE_WEIGHTS[np.minimum(stage, 1)].cumsum(axis=1)
    kind = (rng.random(stay.size)[:, None] * weights[:, -1:] > weights).sum(axis=1)
    minutes = np.array(list(ACTIVITY_TYPES.values()))[kind] * rng.lognormal(0, 0.4, stay.size)
    outcomes = np.array(list(ACTIVITY_OUTCOMES.values()))
    log = pd.DataFrame(
        {
            "deal": stays["deal"].to_numpy()[stay],
            "at": stays["entered"].to_numpy()[stay] + rng.random(stay.size) * days[stay],
            n.STAGE: stage,
            n.ACTIVITY_TYPE: np.array(list(ACTIVITY_TYPES))[kind],
            n.ACTIVITY_OUTCOME: outcomes[kind, rng.integers(outcomes.shape[1], size=stay.size)],
            n.MINUTES: np.maximum(np.round(minutes), 1.0),
        }
    )
    return log.sort_values("at", kind="stable", ignore_index=True)


def _estimate(
    company: Company, truth: Truth, world: World, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Write the owner's view at the entry into each stage, one row per stay."""
    stays = world.stays
    deal, stage = stays["deal"].to_numpy(), stays[n.STAGE].to_numpy()
    owner = world.deals[n.OWNER].to_numpy()[deal]
    segment = world.deals[n.SEGMENT].to_numpy()[deal]
    typical = np.array([step.typical_days for step in company.steps])
    days_left = typical[::-1].cumsum()[::-1][stage]
    noise = np.exp(_ESTIMATE_NOISE * rng.normal(size=stage.size))
    view = logit(truth.win_chance()[owner, segment, stage]) + truth.owner_bias.to_numpy()[owner]
    said = expit(view + _CONFIDENCE_NOISE * rng.normal(size=stage.size))
    confidence = np.clip(np.round(said * 20) / 20, 0.05, 0.95)
    return pd.DataFrame(
        {
            "deal": deal,
            "at": stays["entered"].to_numpy(),
            n.STAGE: stage,
            n.EXPECTED_CLOSE_ON: np.floor(
                stays["entered"].to_numpy() + _OPTIMISM * days_left * noise
            ),
            n.FORECAST_CATEGORY: np.select(
                [confidence >= 0.7, confidence >= 0.4, confidence >= 0.1],
                [n.COMMIT, n.BEST_CASE, n.PIPELINE],
                n.OMITTED,
            ),
            n.CONFIDENCE: confidence,
        }
    )


def _push(entries: pd.DataFrame, left: np.ndarray, *, rng: np.random.Generator) -> pd.DataFrame:
    """Push expected close dates that pass before a stay ends, again and again."""
    parts = [entries.iloc[:0]]
    while True:
        noticed = entries[n.EXPECTED_CLOSE_ON].to_numpy() + 1
        noticed = noticed + rng.exponential(_DAYS_TO_NOTICE, size=len(entries))
        seen = noticed < left
        if not seen.any():
            return pd.concat(parts)
        entries, left, noticed = entries[seen], left[seen], noticed[seen]
        later = np.floor(noticed + rng.uniform(10, 60, size=len(entries)))
        entries = entries.assign(**{"at": noticed, n.EXPECTED_CLOSE_ON: later})
        parts.append(entries)


def _close(world: World, states: pd.DataFrame) -> pd.DataFrame:
    """Write the closing of each deal; its owner's last words stand."""
    ends = world.stays[world.stays[n.NEXT_STAGE] >= world.n_stages]
    last = states.drop_duplicates("deal", keep="last").set_index("deal").loc[ends["deal"]]
    return last.reset_index().assign(
        **{"at": ends["left"].to_numpy(), n.STAGE: ends[n.NEXT_STAGE].to_numpy()}
    )[_STATE]
