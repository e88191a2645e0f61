"""The pipeline as it was known on a date: what every analysis takes.

Nothing dated after the as-of date gets past :func:`build_pipeline`. Where the sheet has overwritten
what stood there on that date, the change log beside the workbook is asked; where that does not
know either, the field is missing, never taken from the future.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.cards import card, line
from salespipe.currencies import changes_at_home, deals_at_home
from salespipe.errors import AsOfError, EmptyPipelineError
from salespipe.money import money_text
from salespipe.recall import Remembered, recall, remember, revived
from salespipe.settings import Settings
from salespipe.stages import Stage, open_stages
from salespipe.stays import merge_witnesses, stays_from_changes, stays_from_entries
from salespipe.tables import COLUMNS, Tables, among, look_up
from salespipe.wording import Words

__all__ = ["Pipeline", "build_pipeline", "moved_on"]

OVERWRITTEN = (
    n.EXPECTED_CLOSE_ON,
    n.FORECAST_CATEGORY,
    n.CONFIDENCE,
    n.NEXT_STEP,
    n.NEXT_STEP_ON,
    n.LOST_REASON,
    n.EXIT_EVIDENCE,
    n.NOTES,
)
"""What a person overwrites as a deal goes on; unknown on a date before the deal's last event."""

ONE_STAGE = "Open"
"""Name of the single stage that stands for all where no history of stages was kept."""

TRACED_SHARE = 0.2
"""Share of closed deals with any stage date from which on stages are told apart."""

ONE_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Pipeline:
    """All that was known at the end of a day.

    Attributes
    ----------
    as_of : date
        The last day of which anything is known.
    deals : DataFrame
        One row per deal known then, index = sheet row. Columns of the Deals table, and
        ``outcome`` (won, lost or open) and ``entered_on`` (day it entered its stage).
    stays : DataFrame
        One row per stay of a deal in an open stage: deal_id, stage, entered_on, left_on (NaT
        while it is still there), next_stage (open stage, ``won``, ``lost``, or missing).
    changes : DataFrame
        The change log up to the date.
    accounts, contacts, activities, targets, market, rates, feedback : DataFrame
        As in :class:`salespipe.tables.Tables`; activities and feedback up to the date.
    stages : tuple of Stage
        As on the Stages sheet.
    steps : tuple of Stage
        The open stages that `stays` tell apart: all of them, or the single stage
        :data:`ONE_STAGE` where no history of stages was kept.
    settings : Settings
    forecasts : DataFrame
        Those made before the date, in the workbook's currency; see
        :attr:`salespipe.tables.Tables.forecasts`.
    home : Path or None
        The workbook it was read from, beside which fits are kept; None where nothing may be kept.
    """

    as_of: date
    deals: pd.DataFrame
    stays: pd.DataFrame
    changes: pd.DataFrame
    accounts: pd.DataFrame
    contacts: pd.DataFrame
    activities: pd.DataFrame
    targets: pd.DataFrame
    market: pd.DataFrame
    rates: pd.DataFrame
    feedback: pd.DataFrame
    stages: tuple[Stage, ...]
    steps: tuple[Stage, ...]
    settings: Settings
    forecasts: pd.DataFrame = field(default_factory=pd.DataFrame)
    home: Path | None = None

    def __repr__(self) -> str:
        """Say in one line what was known when."""
        return line("Pipeline", f"as of {self.as_of}", self._facts())

    def _repr_html_(self) -> str:
        """Say in a notebook what was known when."""
        language = self.settings.language
        title = Words(f"as of {self.as_of}", f"截至 {self.as_of}").text(language)
        return card(title, self._facts(), language)

    def _facts(self) -> dict[Words, object]:
        settings = self.settings
        held = float(self.open_deals[n.AMOUNT].sum())
        return {
            Words("open deals", "在谈商机"): len(self.open_deals),
            Words("open amount", "在谈金额"): money_text(
                held, currency=settings.currency, language=settings.language
            ),
            Words("won deals", "赢单"): int((self.deals[n.OUTCOME] == n.WON).sum()),
            Words("lost deals", "丢单"): int((self.deals[n.OUTCOME] == n.LOST).sum()),
            Words("stages", "阶段"): len(self.steps),
            Words("activities", "活动"): len(self.activities),
        }

    @property
    def day(self) -> pd.Timestamp:
        """The as-of date, for comparing with columns."""
        return pd.Timestamp(self.as_of)

    @property
    def open_deals(self) -> pd.DataFrame:
        """Deals that are neither won nor lost."""
        return self.deals[self.deals[n.OUTCOME] == n.OPEN]

    @property
    def closed_deals(self) -> pd.DataFrame:
        """Deals that are won or lost."""
        return self.deals[self.deals[n.OUTCOME] != n.OPEN]

    @property
    def digest(self) -> str:
        """SHA-256 over all that numbers are made from, first 16 hexadecimal digits."""
        total = hashlib.sha256(repr((self.as_of, self.stages, self.settings)).encode())
        frames = (self.deals, self.stays, self.changes, self.activities, self.targets, self.market)
        for frame in frames:
            hashed = pd.util.hash_pandas_object(frame, index=False)
            total.update(np.ascontiguousarray(hashed.to_numpy()).tobytes())
        if len(self.forecasts):  # of which the weights of the two views are made
            kept = self.forecasts[["as_of", "method", "by", "period", "worst", "likely", "best"]]
            total.update(pd.util.hash_pandas_object(kept, index=False).to_numpy().tobytes())
        return total.hexdigest()[:16]


def build_pipeline(
    tables: Tables,
    *,
    as_of: date,
    own_currencies: bool = False,
    steps: tuple[Stage, ...] | None = None,
) -> Pipeline:
    """Rebuild what was known at the end of a day.

    A deal closed after the date is open; its stage is the last one entered by then. The change
    log, where it has later entries for a deal, gives back the stage, amount, expected close,
    owner, category and confidence of that day, and a deal that was deleted since. Without it they
    are unknown, except that the amount falls back on the listed amount, which is known from the
    first day. All money is in the workbook's currency: see :mod:`salespipe.currencies`.

    Parameters
    ----------
    tables : Tables
    as_of : date
    own_currencies : bool
        Leave money in each deal's own currency, as sheet and log keep it.
    steps : tuple of Stage, optional
        The open stages to tell apart; by default all, or one where closed deals do not show which
        they went through.

    Raises
    ------
    EmptyPipelineError
        There is no deal at all.
    AsOfError
        No deal is known on that date.
    RateMissingError
        A deal's currency has no rate.
    """
    if tables.deals.empty:
        raise EmptyPipelineError("The Deals sheet has no deal; enter at least one row.")
    night = pd.Timestamp(as_of) + ONE_DAY
    log = remember(tables, night)
    back = revived(tables, log, as_of=as_of)
    if len(back):
        tables = replace(tables, deals=pd.concat([tables.deals, back]))
    deals = _known(tables, log, night)
    moved = _moved(tables, deals, log, night)
    changes = _read_again(log, deals, moved, as_of)
    names = [stage.name for stage in open_stages(tables.stages)]
    entries = _entered(tables.stage_entries, night, names)
    deals = _rewind(deals, entries, moved, night=night, first_stage=names[0])
    stages = changes[changes[n.STAGE] != n.REMOVED]
    seen = merge_witnesses(stages, deals, entries, steps=names, watched=log.hidden)
    deals = recall(deals, stages[among(stages[n.DEAL_ID], moved)], seen)
    deals[n.OUTCOME] = deals[n.STAGE].where(deals[n.STAGE].isin([n.WON, n.LOST]), n.OPEN)
    steps = steps or _steps(deals, entries, changes, tables.stages)
    stays = _stays(deals, entries, seen, steps)
    if not own_currencies:
        home = tables.settings.currency
        changes = changes_at_home(changes, deals, tables.rates, home=home)
        deals = deals_at_home(deals, tables.rates, home=home, as_of=as_of)
    latest = stays[stays[n.LEFT_ON].isna()].groupby(n.DEAL_ID)[n.ENTERED_ON].max()
    deals[n.ENTERED_ON] = look_up(deals[n.DEAL_ID], latest)
    return Pipeline(
        as_of=as_of,
        deals=deals,
        stays=stays,
        changes=changes,
        accounts=tables.accounts,
        contacts=tables.contacts,
        activities=tables.activities[tables.activities[n.ACTIVITY_ON] < night],
        targets=tables.targets,
        market=tables.market,
        rates=tables.rates,
        feedback=tables.feedback[~(tables.feedback[n.REPORTED_ON] >= night)],
        stages=tables.stages,
        steps=steps,
        settings=tables.settings,
        forecasts=_forecast_before(tables, as_of),
    )


def moved_on(tables: Tables, *, as_of: date) -> set[str]:
    """List the deals of which the sheet shows what came after a day."""
    night = pd.Timestamp(as_of) + ONE_DAY
    return _moved(tables, tables.deals, remember(tables, night), night)


def _forecast_before(tables: Tables, as_of: date) -> pd.DataFrame:
    log = tables.forecasts
    if log.empty:
        return log
    past: pd.DataFrame = log[
        (log["as_of"] < pd.Timestamp(as_of)) & (log["currency"] == tables.settings.currency)
    ]
    return past


def _read_again(log: Remembered, deals: pd.DataFrame, moved: set[str], as_of: date) -> pd.DataFrame:
    """Keep of the log what the sheet does not say itself.

    What a snapshot of this very day saw still stands on the sheet, unless the deal moved on: with
    it a second run would be another one than the first.
    """
    seen = log.seen[among(log.seen[n.DEAL_ID], deals[n.DEAL_ID])]
    doubled = (seen[n.OBSERVED_ON] == pd.Timestamp(as_of)) & ~among(seen[n.DEAL_ID], moved)
    return seen[~doubled]


def _known(tables: Tables, log: Remembered, night: pd.Timestamp) -> pd.DataFrame:
    """Keep the deals that existed; one without any date is known only if nothing came later."""
    deals = tables.deals
    days = pd.concat(
        [
            deals.set_index(n.DEAL_ID)[n.CREATED_ON],
            deals.set_index(n.DEAL_ID)[n.CLOSED_ON],
            tables.stage_entries.set_index(n.DEAL_ID)[n.ENTERED_ON],
            tables.changes.set_index(n.DEAL_ID)[n.CHANGED_ON],
        ]
    )
    first = look_up(deals[n.DEAL_ID], days.groupby(level=0).min())
    live = not (days >= night).any()
    known: pd.DataFrame = deals[
        ((first < night) | (first.isna() & live)) & ~among(deals[n.DEAL_ID], log.absent)
    ]
    if known.empty:
        raise AsOfError(
            f"No deal is known as of {night - ONE_DAY:%Y-%m-%d}: the first date in the Deals sheet "
            f"is {days.min():%Y-%m-%d}; give a later --as-of date."
        )
    return known.copy()


def _moved(tables: Tables, deals: pd.DataFrame, log: Remembered, night: pd.Timestamp) -> set[str]:
    """List the deals that moved on after the date.

    The first row that the log has of a deal does not show a change, only that it began to watch.
    """
    entries = tables.stage_entries
    return set().union(
        entries.loc[entries[n.ENTERED_ON] >= night, n.DEAL_ID],
        deals.loc[deals[n.CLOSED_ON] >= night, n.DEAL_ID],
        log.hidden & {*tables.changes.loc[tables.changes.duplicated(n.DEAL_ID), n.DEAL_ID]},
    )


def _entered(entries: pd.DataFrame, night: pd.Timestamp, names: list[str]) -> pd.DataFrame:
    """Keep the stage dates up to the night, in time order and on one day in that of the stages."""
    past = entries[entries[n.ENTERED_ON] < night]
    place = past[n.STAGE].map({name: place for place, name in enumerate(names)})
    ordered = past.assign(place=place).sort_values([n.ENTERED_ON, "place"], kind="stable")
    return ordered.drop(columns="place")


def _rewind(
    deals: pd.DataFrame,
    entries: pd.DataFrame,
    moved: set[str],
    *,
    night: pd.Timestamp,
    first_stage: str,
) -> pd.DataFrame:
    """Take back what the sheet shows of deals that moved on after the date."""
    touched = among(deals[n.DEAL_ID], moved)
    settled = deals[n.STAGE].isin([n.WON, n.LOST]) & (deals[n.CLOSED_ON] < night)
    stage = look_up(deals[n.DEAL_ID], entries.groupby(n.DEAL_ID)[n.STAGE].last())
    deals[n.STAGE] = deals[n.STAGE].mask(touched & ~settled, stage.fillna(first_stage))
    deals[n.AMOUNT] = deals[n.AMOUNT].mask(touched, deals[n.LISTED_AMOUNT])
    foreign = [column for column in deals.columns if column not in COLUMNS["deals"]]
    for key in (*OVERWRITTEN, *foreign):
        deals[key] = deals[key].mask(touched)
    for key in (n.CREATED_ON, n.CLOSED_ON):
        deals[key] = deals[key].where(deals[key] < night)
    return deals


def _steps(
    deals: pd.DataFrame, entries: pd.DataFrame, changes: pd.DataFrame, stages: tuple[Stage, ...]
) -> tuple[Stage, ...]:
    """Give the open stages, or one for all where few closed deals show which they went through.

    The one stage's prior is what the sheet claims of today's open deals on average, and the days
    of all stages together.
    """
    steps = open_stages(stages)
    closed = deals[deals[n.OUTCOME] != n.OPEN]
    traced = among(closed[n.DEAL_ID], pd.concat([entries[n.DEAL_ID], changes[n.DEAL_ID]]))
    if closed.empty or len(steps) == 1 or traced.mean() >= TRACED_SHARE:
        return steps
    now = deals.loc[deals[n.OUTCOME] == n.OPEN, n.STAGE]
    priors = {stage.name: stage.probability for stage in steps}
    claimed = now.map(priors).astype("float64").mean()
    return (
        Stage(
            ONE_STAGE,
            probability=steps[0].probability if now.empty else float(claimed),
            typical_days=sum(stage.typical_days for stage in steps),
        ),
    )


def _stays(
    deals: pd.DataFrame, entries: pd.DataFrame, seen: pd.DataFrame, steps: tuple[Stage, ...]
) -> pd.DataFrame:
    """Prefer the change log's stays; use the sheet's stage dates for deals that it lacks."""
    names = [stage.name for stage in steps]
    is_open = deals[n.OUTCOME] == n.OPEN
    if names == [ONE_STAGE]:
        stays = stays_from_entries(
            deals.assign(**{n.STAGE: deals[n.STAGE].mask(is_open, ONE_STAGE)}),
            entries.iloc[:0],
            names,
        )
    else:
        logged = among(deals[n.DEAL_ID], seen[n.DEAL_ID])
        parts = [
            stays_from_changes(seen, names),
            stays_from_entries(deals[~logged], entries, names),
        ]
        stays = pd.concat([p for p in parts if not p.empty] or parts[:1], ignore_index=True)
    # When a deal closed without a date left its last stage, nobody knows.
    ended = stays[n.LEFT_ON].notna() | among(stays[n.DEAL_ID], deals.loc[is_open, n.DEAL_ID])
    return stays[ended].reset_index(drop=True)
