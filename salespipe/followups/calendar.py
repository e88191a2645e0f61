"""Reminders as an .ics calendar: one event of a whole day for each deal."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Final

from icalendar import Alarm, Calendar, Event

from salespipe.followups.tasks import Task, in_words
from salespipe.money import money_text
from salespipe.settings import Language
from salespipe.wording import Words, filled

__all__ = ["calendar_of"]

_MORNING: Final = timedelta(hours=9)
"""When the reminder rings, counted from midnight of the day."""

_WORDS: Final = {
    "name": Words("Follow-ups of {owner}", "{owner} 的跟进"),
    "stake": Words("At stake: {money}", "涉及金额：{money}"),
    "where": Words("In the workbook: {places}", "工作簿位置：{places}"),
}


def calendar_of(
    owner: str,
    tasks: Sequence[Task],
    *,
    book: str,
    as_of: date,
    currency: str,
    language: Language,
) -> bytes:
    """Make the calendar of one owner.

    Events, not to-dos: Outlook and Google take no to-dos. The same workbook on the same day gives
    the same bytes; a deal keeps its event's id from week to week, so that importing a newer
    calendar moves the event instead of adding another.

    Parameters
    ----------
    owner : str
    tasks : sequence of Task
    book : str
        File name of the workbook.
    as_of : date
    currency : str
        ISO code.
    language : {"en", "zh"}
    """
    calendar = Calendar()
    calendar.add("prodid", "-//salespipe//follow-ups//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", filled(_WORDS["name"], {"owner": owner}, language))
    for task in tasks:
        calendar.add_component(_event(task, book, as_of, currency, language))
    return bytes(calendar.to_ical())


def _event(task: Task, book: str, as_of: date, currency: str, language: Language) -> Event:
    event = Event()
    key = f"{book}|{task.owner}|{task.deal_id}".encode()
    event.add("uid", f"{hashlib.sha256(key).hexdigest()[:24]}@salespipe")
    event.add("dtstamp", datetime.combine(as_of, time(), tzinfo=UTC))
    event.add("dtstart", task.due_on)
    event.add("dtend", task.due_on + timedelta(days=1))
    event.add("summary", _summary(task))
    event.add("description", _description(task, book, currency, language))
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["salespipe"])
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _summary(task))
    alarm.add("trigger", _MORNING)
    event.add_component(alarm)
    return event


def _summary(task: Task) -> str:
    about = " ".join(text for text in (task.account, task.deal_id) if text)
    doing = task.next_step if task.touches and task.next_step else task.points[0].remedy
    return f"{about}: {doing}" if about else doing


def _description(task: Task, book: str, currency: str, language: Language) -> str:
    lines = [text for text in (task.deal_name, task.stage) if text]
    if isfinite(task.stake):
        money = money_text(task.stake, currency=currency, language=language)
        lines.append(filled(_WORDS["stake"], {"money": money}, language))
    lines += [f"• {in_words(point)}" for point in task.points]
    places = dict.fromkeys(f"{point.sheet}!{point.cell}" for point in task.points if point.cell)
    if places:
        told = f"{book}, {', '.join(places)}"
        lines.append(filled(_WORDS["where"], {"places": told}, language))
    return "\n".join(lines)
