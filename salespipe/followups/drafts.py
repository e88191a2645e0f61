"""E-mail drafts as .eml: the owner's list of the week, and one for each customer to write to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from math import isfinite

from salespipe.followups.tasks import Task, in_words
from salespipe.followups.texts import Text
from salespipe.money import money_text
from salespipe.settings import Language

__all__ = ["customer_draft", "list_draft"]


def list_draft(
    owner: str,
    tasks: Sequence[Task],
    text: Text,
    *,
    book: str,
    as_of: date,
    currency: str,
    language: Language,
) -> bytes:
    """Write the list of what an owner is to do, most revenue at stake first."""
    known = [task.stake for task in tasks if isfinite(task.stake)]
    lines = [
        _task_lines(place, task, currency, language) for place, task in enumerate(tasks, start=1)
    ]
    values = {
        "owner": owner,
        "as_of": as_of.isoformat(),
        "book": book,
        "count": f"{len(tasks)}",
        "money": money_text(sum(known), currency=currency, language=language),
        "tasks": "\n\n".join(lines),
    }
    return _draft(*text.filled(values), as_of=as_of)


def customer_draft(task: Task, text: Text, *, as_of: date) -> bytes:
    """Write a draft to the customer of a deal; without an address where none is known."""
    values = {
        "owner": task.owner,
        "as_of": as_of.isoformat(),
        "contact": task.contact or task.account,
        "account": task.account,
        "deal": task.deal_name or task.deal_id,
        "next_step": task.next_step,
    }
    return _draft(*text.filled(values), as_of=as_of, to=_address(task))


def _address(task: Task) -> Address | None:
    if not task.address:
        return None
    try:
        return Address(display_name=task.contact, addr_spec=task.address)
    except (ValueError, IndexError):
        # Typed by people: what is no address is left for them to fill in.
        return None


def _draft(subject: str, body: str, *, as_of: date, to: Address | None = None) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    if to is not None:
        message["To"] = to
    message["Date"] = datetime.combine(as_of, time(), tzinfo=UTC)
    # Outlook and Thunderbird open it as a draft that is yet to be sent.
    message["X-Unsent"] = "1"
    message.set_content(body, cte="base64" if not body.isascii() else "7bit")
    return bytes(message)


def _task_lines(place: int, task: Task, currency: str, language: Language) -> str:
    about = " · ".join(text for text in (task.account, task.deal_name, task.deal_id) if text)
    money = ""
    if isfinite(task.stake):
        told = money_text(task.stake, currency=currency, language=language)
        money = f"（{told}）" if language == "zh" else f" ({told})"
    lines = [f"{place}. {about}{money}" if about else f"{place}."]
    for point in task.points:
        where = f"[{point.sheet}!{point.cell}]" if point.cell else ""
        lines.append(f"   - {in_words(point, where)}")
    return "\n".join(lines)
