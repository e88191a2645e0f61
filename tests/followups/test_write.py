import email
import re
from datetime import date, timedelta
from email import policy

import pandas as pd
import pytest
import vobject

from salespipe import names as n
from salespipe.errors import TemplateError, WorkbookError
from salespipe.followups import write_followups
from tests.checks.defects import AS_OF


@pytest.fixture
def made(book, tmp_path):
    return write_followups(book, as_of=AS_OF, output=tmp_path / "out")


def events_of(path):
    """Read a calendar with another library than the one that wrote it."""
    calendar = vobject.readOne(path.read_bytes().decode("utf-8"))
    calendar.validate()
    return calendar.vevent_list


def read(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def test_who_has_nothing_to_do_gets_no_file(made, book):
    assert {"Bo Lindqvist", "王芳"} < set(book.tables.deals[n.OWNER].dropna())
    assert [one.owner for one in made.owners] == ["Ana Ferreira", "Chen Wei"]
    assert {path.name for path in made.output.iterdir()} == {one.owner for one in made.owners}


def test_the_calendar_is_read_back_by_another_library(made):
    for one in made.owners:
        events = events_of(one.calendar)
        assert len(events) == len(one.tasks)
        assert len({event.uid.value for event in events}) == len(events)
        for event, task in zip(events, one.tasks, strict=True):
            assert event.dtstart.value == task.due_on
            assert event.dtend.value == task.due_on + timedelta(days=1)
            assert task.deal_id in event.summary.value
            assert task.points[0].message in event.description.value
            assert f"Team.xlsx, {task.points[0].sheet}!" in event.description.value
            assert event.valarm.trigger.value == timedelta(hours=9)
            assert event.transp.value == "TRANSPARENT"
        lines = one.calendar.read_bytes().split(b"\r\n")
        assert max(len(line) for line in lines) <= 75  # octets, by RFC 5545


def test_reminders_stand_on_working_days_after_the_date(made):
    assert date(2026, 10, 31) == AS_OF  # a Saturday
    days = {task.due_on for one in made.owners for task in one.tasks}
    # What is late on the Monday, what is due on the 3rd on that day.
    assert days == {date(2026, 11, 2), date(2026, 11, 3)}


def test_tasks_are_ranked_by_what_is_at_stake(made):
    for one in made.owners:
        stakes = [task.stake for task in one.tasks]
        assert stakes == sorted(stakes, reverse=True)
        assert all(stake > 0 for stake in stakes)


def test_the_list_is_read_back_and_names_every_task_and_cell(made, book):
    for one in made.owners:
        message = read(one.drafts[0])
        assert message["X-Unsent"] == "1"
        assert message["To"] is None
        assert f"{len(one.tasks)}" in message["Subject"]
        body = message.get_content()
        assert one.owner in body
        for task in one.tasks:
            for point in task.points:
                assert f"[{point.sheet}!{point.cell}]" in body
        assert not re.search(r"\$[a-z_{]", body)  # a blank of a template that nothing filled
        if book.language == "zh":
            assert "跟进" in message["Subject"]
            assert "¥" in message["Subject"]
            assert "万" in body or all(task.stake < 10_000 for task in one.tasks)


def test_a_customer_is_addressed_where_the_contact_is_known(made):
    drafts = [read(path) for one in made.owners for path in one.drafts[1:]]
    assert drafts
    known = [draft for draft in drafts if draft["To"]]
    assert [draft["To"] for draft in known] == ["Eva Ruíz 王 <eva.ruiz@example.com>"]
    assert "Eva Ruíz 王" in known[0].get_content()
    assert all(draft["X-Unsent"] == "1" for draft in drafts)
    touched = sum(task.touches for one in made.owners for task in one.tasks)
    assert len(drafts) == touched < sum(len(one.tasks) for one in made.owners)


def test_the_same_day_gives_the_same_bytes(made, book, tmp_path):
    again = write_followups(book, as_of=AS_OF, output=tmp_path / "again")
    for one, other in zip(made.owners, again.owners, strict=True):
        for path, same in zip(
            (one.calendar, *one.drafts), (other.calendar, *other.drafts), strict=True
        ):
            assert path.read_bytes() == same.read_bytes()


def test_either_language_whatever_the_workbook_has(book, tmp_path):
    for language, word in (("en", "Hello"), ("zh", "您好")):
        made = write_followups(book, as_of=AS_OF, output=tmp_path / language, language=language)
        assert word in read(made.owners[0].drafts[0]).get_content()
        points = [point for one in made.owners for task in one.tasks for point in task.points]
        for point in points:
            assert point.message.endswith("。" if language == "zh" else ".")
            assert point.remedy.endswith("。" if language == "zh" else ".")


def test_chinese_sentences_stand_without_blanks_between(book, tmp_path):
    made = write_followups(book, as_of=AS_OF, output=tmp_path / "zh", language="zh")
    texts = [read(one.drafts[0]).get_content() for one in made.owners]
    texts += [event.description.value for one in made.owners for event in events_of(one.calendar)]
    assert any("。请" in text for text in texts)
    assert any("（" in text for text in texts)
    for text in texts:
        assert not re.search("。 |[\u4e00-\u9fff] [(]", text), text


def test_a_folder_with_anything_in_it_is_left_alone(book, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "edited.eml").write_text("mine")
    with pytest.raises(WorkbookError, match="is not an empty folder"):
        write_followups(book, as_of=AS_OF, output=tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["edited.eml"]


def test_a_file_in_the_place_of_the_folder_is_refused(book, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(WorkbookError, match="is not an empty folder"):
        write_followups(book, as_of=AS_OF, output=tmp_path / "out")


def test_templates_are_put_there_and_used_once_edited(book, tmp_path):
    texts = tmp_path / "texts"
    made = write_followups(book, as_of=AS_OF, output=tmp_path / "1", templates=texts)
    names = {f"{name}.{book.language}.txt" for name in ("list", "customer")}
    assert {path.name for path in made.templates} == names
    own = texts / f"list.{book.language}.txt"
    own.write_text("Subject: Hi ${owner}\n\nCosts $$5. ${tasks}\n", "utf-8")
    made = write_followups(book, as_of=AS_OF, output=tmp_path / "2", templates=texts)
    assert made.templates == ()
    message = read(made.owners[0].drafts[0])
    assert message["Subject"] == f"Hi {made.owners[0].owner}"
    assert message.get_content().startswith("Costs $5. 1. ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello", 'must begin with the line "Subject'),
        ("", 'must begin with the line "Subject'),
        ("Subject: x\n\n${colour}", r"names \$\{colour\}, which is not known; use \$\{account\}"),
        ("Subject: x\n\n5 $ only", r"has a \$ that begins no placeholder"),
        (b"Subject: \xff\xfe\x80", "cannot be read; save it as text in UTF-8"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_before_anything_is_written(
    book, tmp_path, text, said
):
    own = tmp_path / f"customer.{book.language}.txt"
    own.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TemplateError, match=said):
        write_followups(book, as_of=AS_OF, output=tmp_path / "out", templates=tmp_path)
    assert not (tmp_path / "out").exists()


HOSTILE = "Eve\r\nBcc: all@example.com"


def test_nothing_that_people_typed_becomes_a_header_or_an_event(book, tmp_path):
    deals = book.tables.deals
    deals[n.DEAL_NAME] = f"{HOSTILE}\nEND:VCALENDAR ${{owner}}"
    deals[n.ACCOUNT] = deals[n.ACCOUNT].where(deals[n.ACCOUNT].isna(), "A\r\nBEGIN:VEVENT; x, y")
    deals[n.NEXT_STEP] = deals[n.NEXT_STEP].where(deals[n.NEXT_STEP].isna(), "a\\nb\rSUMMARY:no")
    contacts = book.tables.contacts
    contacts[n.CONTACT], contacts[n.ACCOUNT] = HOSTILE, "A\r\nBEGIN:VEVENT; x, y"
    contacts[n.EMAIL] = "eva@example.com\r\nBcc: x@example.com"
    made = write_followups(book, as_of=AS_OF, output=tmp_path / "out")
    for one in made.owners:
        assert len(events_of(one.calendar)) == len(one.tasks)
        for path in one.drafts:
            message = read(path)
            assert message["Bcc"] is None
            assert set(message.keys()) <= {
                "Subject",
                "To",
                "Date",
                "X-Unsent",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding",
            }


@pytest.mark.parametrize("owner", ["../Ana", "CON: a/b", "王芳", "a" * 40])
def test_an_owner_of_any_name_gets_a_folder_inside(book, tmp_path, owner):
    book.tables.deals[n.OWNER] = owner
    made = write_followups(book, as_of=AS_OF, output=tmp_path / "out")
    (mine,) = [one for one in made.owners if one.owner == owner]
    assert mine.calendar.parent.parent == tmp_path / "out"
    assert mine.calendar.is_file()
    assert pd.notna(mine.tasks[0].stake)
