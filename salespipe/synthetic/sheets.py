"""What the workbook of a made-up company shows at the end of a day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from salespipe import names as n
from salespipe.stages import Stage
from salespipe.synthetic.cast import Cast
from salespipe.synthetic.company import Company
from salespipe.synthetic.fiction import FEEDBACK, NEXT_STEPS
from salespipe.synthetic.plans import plan_market, plan_targets
from salespipe.synthetic.process import World
from salespipe.synthetic.truth import Truth
from salespipe.tables import Tables, conform

__all__ = ["Story", "show_tables"]

_FIRST_ROW = 2


@dataclass(frozen=True)
class Story:
    """All that happens in a world and all that is written of it, whatever the as-of date.

    Attributes
    ----------
    company, truth, world, cast
    changes : DataFrame
        From :func:`salespipe.synthetic.diary.write_changes`.
    activities : DataFrame
        From :func:`salespipe.synthetic.diary.write_activities`.
    """

    company: Company
    truth: Truth
    world: World
    cast: Cast
    changes: pd.DataFrame
    activities: pd.DataFrame

    @property
    def labels(self) -> np.ndarray:
        """Names of the stages by number."""
        return np.array([*(step.name for step in self.company.steps), n.WON, n.LOST], dtype=object)

    @property
    def closed(self) -> np.ndarray:
        """Time at which each deal closes, infinite if it never does."""
        ends = self.world.stays[self.world.stays[n.NEXT_STAGE] >= self.world.n_stages]
        closed = np.full(len(self.world.deals), np.inf)
        closed[ends["deal"].to_numpy()] = ends["left"].to_numpy()
        return closed

    @property
    def shown(self) -> np.ndarray:
        """Whether each deal ever stands in the workbook: not if it closed before the first day."""
        return self.closed >= self.world.day(self.company.start)


def show_tables(story: Story, *, as_of: date) -> Tables:
    """Fill a workbook with what was known at the end of a day, and nothing later."""
    night = story.world.day(as_of) + 1
    known = np.flatnonzero(story.shown & (story.world.deals["created"].to_numpy() < night))
    accounts = _accounts(story, known)
    contacts = story.cast.contacts[story.cast.contacts[n.ACCOUNT].isin(accounts[n.ACCOUNT])]
    return Tables(
        deals=_sheet("deals", _deals(story, known, night)),
        stage_entries=_sheet("stage_entries", _entries(story, known, night)),
        accounts=_sheet("accounts", accounts),
        contacts=_sheet("contacts", contacts),
        activities=_sheet("activities", _activities(story, night)),
        targets=_sheet("targets", plan_targets(story.company, story.truth, as_of=as_of)),
        market=_sheet("market", plan_market(story.company, story.truth, as_of=as_of)),
        feedback=_sheet("feedback", _feedback(story, as_of)),
        changes=_sheet("changes", _changes(story, night)),
        stages=story.company.stages,
        settings=story.company.settings,
    )


def _sheet(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the rows into a sheet, below its header."""
    rows = pd.RangeIndex(_FIRST_ROW, _FIRST_ROW + len(frame))
    return conform(table, frame.set_axis(pd.Index(rows, dtype="int64")))


def _deals(story: Story, known: np.ndarray, night: float) -> pd.DataFrame:
    world, cast = story.world, story.cast
    deals, words = world.deals.iloc[known], cast.deals.iloc[known]
    past = story.changes[story.changes["at"] < night]
    state = past.drop_duplicates("deal", keep="last").set_index("deal").loc[known]
    stage = state[n.STAGE].to_numpy()
    is_open = stage < world.n_stages
    firm = cast.accounts[n.ACCOUNT].to_numpy()[words[n.ACCOUNT]]
    segment = np.array(story.company.segments, dtype=object)[deals[n.SEGMENT]]
    next_steps = np.array([_next_step(k, world.n_stages) for k in range(world.n_stages + 2)])
    step_on = cast.next_step_after(known, deals["created"].to_numpy(), night)
    return pd.DataFrame(
        {
            n.DEAL_ID: deals[n.DEAL_ID].to_numpy(),
            n.ACCOUNT: firm,
            n.DEAL_NAME: [f"{a} for {b}" for a, b in zip(segment, firm, strict=True)],
            n.OWNER: story.truth.owner_win.index.to_numpy()[deals[n.OWNER]],
            n.SEGMENT: segment,
            n.SOURCE: words[n.SOURCE].to_numpy(),
            n.STAGE: story.labels[stage],
            n.AMOUNT: state[n.AMOUNT].to_numpy(),
            n.LISTED_AMOUNT: deals[n.LISTED_AMOUNT].to_numpy(),
            n.CURRENCY: story.company.settings.currency,
            n.CREATED_ON: world.dates(deals["created"]),
            n.EXPECTED_CLOSE_ON: world.dates(state[n.EXPECTED_CLOSE_ON]),
            n.CLOSED_ON: world.dates(np.where(is_open, np.inf, state["at"])),
            n.FORECAST_CATEGORY: state[n.FORECAST_CATEGORY].to_numpy(),
            n.CONFIDENCE: state[n.CONFIDENCE].to_numpy(),
            n.NEXT_STEP: pd.Series(next_steps[stage]).where(is_open).to_numpy(),
            n.NEXT_STEP_ON: world.dates(np.where(is_open, step_on, np.inf)),
            n.LOST_REASON: words[n.LOST_REASON].where(stage > world.n_stages).to_numpy(),
            n.EXIT_EVIDENCE: _evidence(story, known, night),
        }
    )


def _next_step(stage: int, n_stages: int) -> str:
    return NEXT_STEPS[min(stage * len(NEXT_STEPS) // n_stages, len(NEXT_STEPS) - 1)]


def _evidence(story: Story, known: np.ndarray, night: float) -> list[str | None]:
    """Note why each deal was let into the last stage it entered, where its owner did so."""
    stays = story.world.stays[story.world.stays["entered"] < night]
    stage = stays.drop_duplicates("deal", keep="last").set_index("deal")[n.STAGE].loc[known]
    noted = story.cast.evidence[known, stage.to_numpy()]
    proofs = _proofs(story.company.steps)
    return [proofs[k] if note else None for k, note in zip(stage, noted, strict=True)]


def _proofs(steps: tuple[Stage, ...]) -> list[str | None]:
    """Give the evidence for entering each stage: the one before has met its exit criterion."""
    return [None, *(f"Confirmed: {step.exit}" if step.exit else None for step in steps[:-1])]


def _entries(story: Story, known: np.ndarray, night: float) -> pd.DataFrame:
    stays = story.world.stays
    seen = stays[stays["deal"].isin(known) & (stays["entered"] < night)]
    return pd.DataFrame(
        {
            n.DEAL_ID: story.world.deals[n.DEAL_ID].to_numpy()[seen["deal"]],
            n.STAGE: story.labels[seen[n.STAGE]],
            n.ENTERED_ON: story.world.dates(seen["entered"]),
        }
    )


def _accounts(story: Story, known: np.ndarray) -> pd.DataFrame:
    """List the customers of the known deals, each with the owner of its first one."""
    firms = story.cast.deals[n.ACCOUNT].iloc[known]
    first = firms.drop_duplicates()
    owners = story.world.deals[n.OWNER].to_numpy()[first.index]
    accounts = story.cast.accounts.iloc[first.to_numpy()]
    return accounts.assign(**{n.OWNER: story.truth.owner_win.index.to_numpy()[owners]})


def _activities(story: Story, night: float) -> pd.DataFrame:
    log, world = story.activities, story.world
    since = world.day(story.company.start)
    log = log[(log["at"] >= since) & (log["at"] < night) & story.shown[log["deal"]]]
    deals = world.deals.iloc[log["deal"]]
    subjects = np.array([_next_step(k, world.n_stages) for k in range(world.n_stages)])
    return pd.DataFrame(
        {
            n.ACTIVITY_ON: world.dates(log["at"]),
            n.OWNER: story.truth.owner_win.index.to_numpy()[deals[n.OWNER]],
            n.DEAL_ID: deals[n.DEAL_ID].to_numpy(),
            n.ACTIVITY_TYPE: log[n.ACTIVITY_TYPE].to_numpy(),
            n.ACTIVITY_OUTCOME: log[n.ACTIVITY_OUTCOME].to_numpy(),
            n.MINUTES: log[n.MINUTES].to_numpy(),
            n.SUBJECT: subjects[log[n.STAGE]],
        }
    )


def _changes(story: Story, night: float) -> pd.DataFrame:
    """Give the change log; what came before the workbook is its state on the first day."""
    since = story.world.day(story.company.start)
    log = story.changes[(story.changes["at"] < night) & story.shown[story.changes["deal"]]]
    before = log[log["at"] < since].drop_duplicates("deal", keep="last").assign(at=since)
    log = pd.concat([before, log[log["at"] >= since]])
    deals = story.world.deals.iloc[log["deal"]]
    return pd.DataFrame(
        {
            n.DEAL_ID: deals[n.DEAL_ID].to_numpy(),
            n.CHANGED_ON: story.world.dates(log["at"]),
            n.STAGE: story.labels[log[n.STAGE]],
            n.AMOUNT: log[n.AMOUNT].to_numpy(),
            n.EXPECTED_CLOSE_ON: story.world.dates(log[n.EXPECTED_CLOSE_ON]),
            n.OWNER: story.truth.owner_win.index.to_numpy()[deals[n.OWNER]],
            n.FORECAST_CATEGORY: log[n.FORECAST_CATEGORY].to_numpy(),
            n.CONFIDENCE: log[n.CONFIDENCE].to_numpy(),
        }
    )


def _feedback(story: Story, as_of: date) -> pd.DataFrame:
    """Give what owners said of process and tool, a remark every hundred days."""
    owners = story.truth.owner_win.index
    said = pd.DataFrame(FEEDBACK, columns=[n.TOPIC, n.FEEDBACK, n.ANSWER, n.STATUS])
    days = pd.to_timedelta(90 + 100 * np.arange(len(said)), unit="D")
    said[n.REPORTED_ON] = pd.Timestamp(story.company.start) + days
    said[n.OWNER] = owners[np.arange(len(said)) % owners.size]
    said[n.ANSWER] = said[n.ANSWER].replace("", None)
    return said[said[n.REPORTED_ON] <= pd.Timestamp(as_of)]
