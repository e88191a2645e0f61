"""What one monthly run hands to the workbook: plain tables that know nothing of Excel or PyMC."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import pandas as pd

from salespipe.problems import Problem
from salespipe.stages import Stage
from salespipe.wording import Words

__all__ = [
    "AGENDA_COLUMNS",
    "CARRY_ON",
    "COST_COLUMNS",
    "DEAL_COLUMNS",
    "FUNNEL_COLUMNS",
    "GROUP_COLUMNS",
    "HISTORY_COLUMNS",
    "KPI_COLUMNS",
    "PAST_COLUMNS",
    "PERIOD_COLUMNS",
    "SCENARIO_COLUMNS",
    "STEP_COLUMNS",
    "Changes",
    "Diagnostics",
    "Pack",
    "Receipt",
    "Results",
]

PERIOD_COLUMNS: Final = (
    "period",  # label: 2026-11, 2026Q4, or "total"
    "kind",  # month | quarter | total
    "start",  # datetime64, first day
    "end",  # datetime64, day after the last one
    "worst",  # money: quantiles of the simulated total ...
    "likely",
    "best",
    "mean",
    "won_so_far",  # money already won in the period
    "from_open",  # mean from deals open at the as-of date
    "from_new",  # mean from deals not yet created then
    "weighted_pipeline",  # amount x default stage probability, dated by expected close
    "target",  # quota, NaN where there is none
    "p_target",  # probability of reaching it, NaN where there is none
)
"""Columns of :attr:`Results.periods`, also keys of ``salespipe run --json``."""

GROUP_COLUMNS: Final = ("group", *PERIOD_COLUMNS)
"""Columns of :attr:`Results.by_owner` and :attr:`Results.by_segment`; one row per group, total."""

SCENARIO_COLUMNS: Final = (
    "scenario",
    "worst",  # money, all months asked for together
    "likely",
    "best",
    "mean",
    "change",  # money: mean less that of the forecast, on the same random numbers
    "p_target",  # probability of reaching the target; NaN without one
)
"""Columns of a table of scenarios; the first row is the forecast itself."""

DEAL_COLUMNS: Final = (
    "deal_id",
    "account",
    "deal_name",
    "owner",
    "stage",
    "amount",  # money, NaN where unknown
    "p_won",  # probability of being won in the end
    "p_won_by_end",  # ... by the end of the horizon
    "expected_close_on",  # datetime64: median simulated closing day, NaT beyond the horizon
    "expected_value",  # money: mean of what it brings in the end
    "worst",  # money, quantiles of what it brings within the horizon
    "best",
    "share_of_variance",  # of the total of the months asked for; may be below 0
    "target_swing",  # chance of the target with it less that without it; NaN without a target
    "driver",  # text: what moves it most
    "alike",  # text: the nearest past deals, each with its outcome
    "action",  # text: what to do
)
"""Columns of :attr:`Results.deals`, one row per open deal, highest expected value first."""

CARRY_ON: Final = "Carry out the next step as planned"
"""The `action` of a deal for which there is nothing to mend; the To do sheet passes over it."""

FUNNEL_COLUMNS: Final = ("stage", "count", "value", "weighted")
"""Columns of :attr:`Results.funnel`, one row per open stage in order; money from `value` on."""

HISTORY_COLUMNS: Final = ("month", "won", "target")
"""Columns of :attr:`Results.history`: won revenue by month (datetime64) before the as-of date."""

KPI_COLUMNS: Final = (
    "name",  # such as "Win rate"
    "definition",  # such as "won / (won + lost), closed in the last 12 months"
    "by",  # total | owner | segment | source | stage | reason | horizon | quarter | month
    "group",  # owner, segment, ..., months ahead, 2026Q4, 2026-11; "" for the total
    "value",  # NaN where nothing can be said
    "low",  # interval, 90 % unless `interval` says otherwise
    "high",
    "n",  # observations behind it
    "unit",  # share | days | money | count | number
    "population",  # text: which deals
    "interval",  # text: how the interval is made, such as "Jeffreys 90 %"
    "trap",  # text: how it misleads
)
"""Columns of :attr:`Results.kpis`, also keys of ``salespipe kpi --json``."""


COST_COLUMNS: Final = (
    "rule",  # name of the rule
    "severity",  # the worst among its problems
    "count",  # problems
    "deals",  # open deals concerned
    "amount",  # money that rests on them
    "share",  # of what rests on all open deals
    "width",  # money by which the range would be narrower if their end were known
    "message",  # text: the same as a sentence
)
"""Columns of :attr:`Results.costs`, one row per rule that touches an open deal, dearest first."""


STEP_COLUMNS: Final = ("step", "name", "amount", "count", "which")
"""Columns of :attr:`Changes.movements` and :attr:`Changes.bridge`: key, its name
(:class:`salespipe.wording.Words`), money as it counts in the sum, deals, and words on them."""

PAST_COLUMNS: Final = (
    "as_of",  # datetime64: the day the forecast was made for
    *PERIOD_COLUMNS[:4],
    "worst",
    "likely",
    "best",
    "target",
    "p_target",
    "actual",  # money, NaN while the period is not over
    "inside",  # whether worst and best held it, None while the period is not over
    "version",
    "data_hash",
)
"""Columns of :attr:`Results.past`: stored forecasts beside what happened, latest first."""

SCORE_COLUMNS: Final = (
    "by",  # total | owner
    "group",  # the owner, "" for the total
    "method",  # salespipe, one of its views, or what owners call committed
    "horizon",  # months ahead, from 1
    "n",  # months that are over
    "bias",  # errors over actuals, both summed; below 0 too little was forecast
    "wape",  # absolute errors over actuals, both summed
    "crps_over_mean",
    "coverage_50",  # share of actuals within central ranges; NaN where a method gives no range
    "coverage_80",
    "coverage_90",
    "band_80_low",  # shares within honest 80 % ranges that n months may show (95 %)
    "band_80_high",
)
"""Columns of :attr:`Results.scores`, one row per owner, method and month ahead."""

AGENDA_COLUMNS: Final = ("topic", "item", "owner", "amount", "note")
"""Columns of :attr:`Pack.agenda`: one of changed, bridge, key_deals, risks, promises, feedback and
wins; what it is about, whom it concerns, money, and what to say or ask (texts or
:class:`salespipe.wording.Words`)."""


@dataclass(frozen=True)
class Pack:
    """What a review talks about.

    Attributes
    ----------
    since : date
        First day looked back on.
    agenda : DataFrame
        Columns :data:`AGENDA_COLUMNS`, topic by topic.
    scorecard, advice, needs : DataFrame
        As :mod:`salespipe.kpi` gives them.
    """

    since: date
    agenda: pd.DataFrame
    scorecard: pd.DataFrame
    advice: pd.DataFrame
    needs: pd.DataFrame


@dataclass(frozen=True)
class Changes:
    """What changed since an earlier day.

    Attributes
    ----------
    since, until : date
        The open pipeline is compared at the ends of these days.
    open_start, open_end : float
        Open amounts then and now, money.
    movements : DataFrame
        Columns :data:`STEP_COLUMNS`, one row per movement; they add up to the difference.
    groups : DataFrame
        ``by`` (owner, segment or stage), ``group``, ``start``, a column per movement (money, not
        below 0; :data:`salespipe.kpi.waterfall.MOVEMENTS` has their signs), ``end``.
    idle : DataFrame
        Open deals in which nothing changed: deal_id, account, deal_name, owner, stage, amount.
    bridge : DataFrame
        Columns :data:`STEP_COLUMNS`: how the last forecast's likely became this one's; empty
        without two forecasts that share a month.
    bridge_since, bridge_until : date or None
        As-of dates of the two forecasts.
    bridge_months : str
        The months that both speak of, such as ``2026-11 to 2027-01``.
    likely_before, likely_after : float
        Money; NaN without a bridge.
    """

    since: date
    until: date
    open_start: float
    open_end: float
    movements: pd.DataFrame
    groups: pd.DataFrame
    idle: pd.DataFrame
    bridge: pd.DataFrame
    bridge_since: date | None = None
    bridge_until: date | None = None
    bridge_months: str = ""
    likely_before: float = float("nan")
    likely_after: float = float("nan")


@dataclass(frozen=True)
class Diagnostics:
    """What the gate saw, worst over all models.

    Attributes
    ----------
    max_rhat : float
        Largest rank-normalised split R-hat over all parameters.
    min_ess : float
        Smallest bulk effective sample size.
    divergences : int
    ok : bool
        R-hat <= 1.01, ESS >= 400 and no divergence.
    """

    max_rhat: float
    min_ess: float
    divergences: int
    ok: bool


@dataclass(frozen=True)
class Receipt:
    """Where the numbers come from, so that they can be made again.

    Attributes
    ----------
    as_of : date
    data_hash : str
        SHA-256 over all that was counted as of the date, first 16 hexadecimal digits.
    version : str
        Version of salespipe.
    seed : int
    draws : int
        Posterior draws simulated.
    diagnostics : Diagnostics
    """

    as_of: date
    data_hash: str
    version: str
    seed: int
    draws: int
    diagnostics: Diagnostics


@dataclass(frozen=True)
class Results:
    """Everything that a run writes into the workbook.

    Attributes
    ----------
    receipt : Receipt
    currency : str
        ISO code.
    quantiles : tuple of float
        Probabilities of worst, likely and best.
    periods, by_owner, by_segment, deals, funnel, history, kpis : DataFrame
        Columns as in the constants of this module. Money is in the workbook's currency.
    problems : tuple of Problem
        What people are to mend; the To do sheet shows the graver ones by owner.
    reminders : tuple of Problem
        What is to be done in the week to come though nothing is wrong.
    costs : DataFrame
        What the problems cost the forecast, columns :data:`COST_COLUMNS`.
    notes : tuple of str
        Sentences that belong beside the numbers, such as that new business is not forecast yet.
    stages : tuple of Stage
        How the stages that the tables name are called in each language.
    company : str
        ``""`` where the workbook names none.
    """

    receipt: Receipt
    currency: str
    quantiles: tuple[float, float, float]
    periods: pd.DataFrame
    by_owner: pd.DataFrame
    by_segment: pd.DataFrame
    deals: pd.DataFrame
    funnel: pd.DataFrame
    history: pd.DataFrame
    kpis: pd.DataFrame
    problems: tuple[Problem, ...] = field(default=())
    reminders: tuple[Problem, ...] = field(default=())
    costs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COST_COLUMNS)))
    notes: tuple[str, ...] = field(default=())
    stages: tuple[Stage, ...] = field(default=())
    company: str = ""
    changes: Changes | None = None
    past: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PAST_COLUMNS)))
    record: Words | None = None
    scores: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SCORE_COLUMNS)))
    pack: Pack | None = None
    scenarios: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(SCENARIO_COLUMNS))
    )
