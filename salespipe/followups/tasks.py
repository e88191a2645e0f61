"""What an owner is to do about one deal: everything that is the matter with it, in one place."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan

import pandas as pd

from salespipe import names as n
from salespipe.problems import Problem
from salespipe.settings import Language
from salespipe.tables import Tables

__all__ = ["Task", "in_words", "tasks_by_owner", "working_day_after"]

type Deal = Mapping[Hashable, object]

TOUCH: frozenset[str] = frozenset({"next-step-due", "next-step-overdue", "overdue", "stale"})
"""Rules that are settled by getting in touch with the customer."""


def in_words(point: Problem, where: str = "") -> str:
    """Say what is the matter, what to do, and where; after a Chinese full stop comes no blank."""
    return " ".join(filter(None, (point.message, point.remedy, where))).replace("。 ", "。")


@dataclass(frozen=True)
class Task:
    """What is to be done about one deal, or about the workbook.

    Attributes
    ----------
    owner : str
    deal_id, account, deal_name, stage : str
        ``""`` where no deal is concerned.
    due_on : date
        The day on which the reminder stands.
    stake : float
        Revenue expected of the deal; NaN where not known.
    next_step : str
    contact, address : str
        Who is to be written to, ``""`` where nobody is known.
    points : tuple of Problem
        What is the matter, gravest first.
    """

    owner: str
    deal_id: str
    account: str
    deal_name: str
    stage: str
    due_on: date
    stake: float
    next_step: str
    contact: str
    address: str
    points: tuple[Problem, ...]

    @property
    def touches(self) -> bool:
        """Whether the customer is to be written to."""
        return any(point.rule in TOUCH for point in self.points)


def tasks_by_owner(
    problems: Iterable[Problem], tables: Tables, *, as_of: date, language: Language
) -> dict[str, list[Task]]:
    """Gather problems and reminders into tasks, those with the most revenue at stake first.

    Parameters
    ----------
    problems : iterable of Problem
        With their costs; what nobody in particular is to do is left out.
    tables : Tables
    as_of : date
    language : {"en", "zh"}
        Of the stages' names.

    Returns
    -------
    dict of str to list of Task
        Owners in order; one with nothing to do is not there.
    """
    gathered: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.kind and problem.owner:
            gathered[problem.owner, problem.deal_id].append(problem)
    deals = _deals(tables, {deal_id for _, deal_id in gathered}, language)
    contacts = _contacts(tables.contacts)
    tasks: dict[str, list[Task]] = defaultdict(list)
    for (owner, deal_id), points in gathered.items():
        deal = deals.get(deal_id, {})
        who = contacts.get(str(deal.get(n.ACCOUNT)), ("", ""))
        tasks[owner].append(_task(points, deal, who, first=working_day_after(as_of)))
    for found in tasks.values():
        found.sort(key=lambda task: (-_known(task.stake), task.due_on, task.deal_id))
    return {owner: tasks[owner] for owner in sorted(tasks)}


def working_day_after(day: date) -> date:
    """Give the next day from Monday to Friday."""
    return day + timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))


def _deals(tables: Tables, ids: set[str], language: Language) -> dict[str, Deal]:
    """Give some deals by their ids, their stages as they are called in a language."""
    labels = {stage.name: stage.name_zh or stage.name for stage in tables.stages}
    deals = tables.deals[tables.deals[n.DEAL_ID].isin(ids)].drop_duplicates(n.DEAL_ID)
    if language == "zh":
        deals = deals.assign(**{n.STAGE: deals[n.STAGE].replace(labels)})
    return {str(row[n.DEAL_ID]): row for row in deals.to_dict("records")}


def _task(points: list[Problem], deal: Deal, who: tuple[str, str], *, first: date) -> Task:
    """Make a task: what is late is due on the first working day, what is planned on its own."""
    order = ("error", "warning", "follow_up")
    planned = deal.get(n.NEXT_STEP_ON)
    due_on = first
    if isinstance(planned, pd.Timestamp) and {one.rule for one in points} == {"next-step-due"}:
        due_on = max(planned.date(), first)
    return Task(
        owner=points[0].owner,
        deal_id=points[0].deal_id,
        account=_text(deal, n.ACCOUNT),
        deal_name=_text(deal, n.DEAL_NAME),
        stage=_text(deal, n.STAGE),
        due_on=due_on,
        stake=max((point.cost for point in points), key=_known),
        next_step=_text(deal, n.NEXT_STEP),
        contact=who[0],
        address=who[1],
        points=tuple(sorted(points, key=lambda point: order.index(point.kind))),
    )


def _contacts(contacts: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Give name and address of each account's first contact that has an address."""
    known = contacts[contacts[n.EMAIL].str.contains("@", na=False) & contacts[n.ACCOUNT].notna()]
    first = known.drop_duplicates(n.ACCOUNT)
    names = first[n.CONTACT].fillna("")
    return dict(
        zip(first[n.ACCOUNT], zip(names, first[n.EMAIL].str.strip(), strict=True), strict=True)
    )


def _text(deal: Deal, key: str) -> str:
    value = deal.get(key)
    return value if isinstance(value, str) else ""


def _known(value: float) -> float:
    return 0.0 if isnan(value) else value
