"""The ordered steps of a sale: what each means, how likely it is to win, how long it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from salespipe.cards import card
from salespipe.errors import SettingsError
from salespipe.names import LOST, OPEN, WON
from salespipe.settings import Language
from salespipe.wording import Words

__all__ = ["DEFAULT_STAGES", "Stage", "StageKind", "open_stages", "validate_stages"]

StageKind = Literal["open", "won", "lost"]


@dataclass(frozen=True)
class Stage:
    """One step.

    Attributes
    ----------
    name, name_zh : str
        The name in English and in Chinese; `name` is the key used in tables.
    kind : {"open", "won", "lost"}
    probability : float
        Default probability that a deal in this stage is won in the end, 0 to 1.
    typical_days : float
        Days that a deal usually stays in this stage (its prior mean).
    entry, exit, activities, milestones : str
        Criteria and customary work, as text for people.
    """

    name: str
    name_zh: str = ""
    kind: StageKind = OPEN
    probability: float = 0.5
    typical_days: float = 30.0
    entry: str = ""
    exit: str = ""
    activities: str = ""
    milestones: str = ""

    def label(self, language: Language) -> str:
        """Give the name that the Deals sheet shows."""
        return self.name_zh if language == "zh" and self.name_zh else self.name

    def _repr_html_(self) -> str:
        """Show it in a notebook: in both languages, as it has its name in both."""
        facts = {
            "Chance of being won · 赢单概率": f"{self.probability:.0%}",
            "Usual days · 通常天数": f"{self.typical_days:g}",
            "Entry criteria · 进入条件": self.entry,
            "Exit criteria · 完成条件": self.exit,
            "Activities · 活动": self.activities,
            "Milestones · 里程碑": self.milestones,
        }
        title = " · ".join(filter(None, (self.name, self.name_zh)))
        return card(title, {Words(key, key): text or "–" for key, text in facts.items()})


DEFAULT_STAGES: tuple[Stage, ...] = (
    Stage(
        "Prospecting",
        "潜在客户开发",
        probability=0.10,
        typical_days=14,
        entry="The account fits the target profile.",
        exit="A named person has agreed to talk.",
        activities="Research, first call or e-mail, referral",
        milestones="First meeting booked",
    ),
    Stage(
        "Qualification",
        "资格认定",
        probability=0.20,
        typical_days=14,
        entry="A first conversation has taken place.",
        exit="Need, budget, decision maker and date are known.",
        activities="Discovery call, budget and authority questions",
        milestones="Qualified by the owner",
    ),
    Stage(
        "Needs Analysis",
        "需求分析",
        probability=0.35,
        typical_days=21,
        entry="Need, budget, decision maker and date are known.",
        exit="The customer has confirmed the needs in writing.",
        activities="Workshops, interviews, site visit",
        milestones="Needs document confirmed",
    ),
    Stage(
        "Solution Presentation",
        "方案演示",
        probability=0.50,
        typical_days=21,
        entry="The customer has confirmed the needs in writing.",
        exit="The decision maker has seen the solution and asked for a price.",
        activities="Demonstration, trial, reference call",
        milestones="Solution accepted by the decision maker",
    ),
    Stage(
        "Proposal & Negotiation",
        "报价与谈判",
        probability=0.70,
        typical_days=30,
        entry="The customer has asked for a price.",
        exit="A signed order, or a clear no.",
        activities="Quote, negotiation, contract review",
        milestones="Quote sent; terms agreed",
    ),
    Stage("Closed Won", "成交", kind=WON, probability=1.0, typical_days=0),
    Stage("Closed Lost", "丢单", kind=LOST, probability=0.0, typical_days=0),
)
"""The method's own stages; a manager edits them in the workbook."""


def open_stages(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Keep the open stages, in order."""
    return tuple(stage for stage in stages if stage.kind == OPEN)


def validate_stages(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Check what the forecast relies on.

    Raises
    ------
    SettingsError
        No open stage, not exactly one won and one lost stage, a name twice, or a probability or
        number of days out of range. Each open stage must be at least as likely to win as the one
        before it, since p(stage) / p(next stage) is the chance of moving on.
    """
    where = "On the Stages sheet,"
    names = [stage.name for stage in stages]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f'{where} the stage "{name}" stands twice; rename one of them.')
    if not open_stages(stages):
        raise SettingsError(f"{where} there is no open stage; add at least one.")
    for kind in (WON, LOST):
        if sum(stage.kind == kind for stage in stages) != 1:
            raise SettingsError(f'{where} exactly one stage must be of kind "{kind}".')
    _validate_priors(open_stages(stages), where)
    return stages


def _validate_priors(steps: tuple[Stage, ...], where: str) -> None:
    for stage in steps:
        if not 0 < stage.probability < 1:
            raise SettingsError(
                f'{where} the probability of "{stage.name}" is {stage.probability:g}; '
                "it must lie between 0 % and 100 %."
            )
        if not stage.typical_days > 0:
            raise SettingsError(
                f'{where} the typical days of "{stage.name}" are {stage.typical_days:g}; '
                "they must be more than 0."
            )
    for before, after in pairwise(steps):
        if after.probability < before.probability:
            raise SettingsError(
                f'{where} "{after.name}" ({after.probability:.0%}) is less likely to win than '
                f'"{before.name}" ({before.probability:.0%}) before it; raise it or reorder them.'
            )
