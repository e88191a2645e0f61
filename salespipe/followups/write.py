"""Writing the follow-ups of a workbook: a folder for each owner who has something to do."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from salespipe.checks import problems_of, remind, stage_stakes, with_costs
from salespipe.errors import WorkbookError
from salespipe.file_names import file_stems
from salespipe.followups.calendar import calendar_of
from salespipe.followups.drafts import customer_draft, list_draft
from salespipe.followups.tasks import Task, tasks_by_owner
from salespipe.followups.texts import NAMES, put_templates, read_text
from salespipe.settings import Language
from salespipe.workbook.book import Book

__all__ = ["Followups", "OwnerFiles", "write_followups"]

CALENDAR = "follow-ups.ics"
LIST = "list.eml"


@dataclass(frozen=True)
class OwnerFiles:
    """What was written for one owner.

    Attributes
    ----------
    owner : str
    calendar : Path
    drafts : tuple of Path
        The owner's list first, then a draft for each customer to write to.
    tasks : tuple of Task
        Most revenue at stake first.
    """

    owner: str
    calendar: Path
    drafts: tuple[Path, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Followups:
    """What was written.

    Attributes
    ----------
    as_of : date
    currency : str
    output : Path
    owners : tuple of OwnerFiles
        Only those who have something to do.
    templates : tuple of Path
        Templates put where they can be edited.
    """

    as_of: date
    currency: str
    output: Path
    owners: tuple[OwnerFiles, ...]
    templates: tuple[Path, ...] = ()


def write_followups(
    book: Book,
    *,
    as_of: date,
    output: Path,
    language: Language | None = None,
    templates: Path | None = None,
) -> Followups:
    """Write a calendar and e-mail drafts for each owner; nothing is sent.

    Parameters
    ----------
    book : Book
    as_of : date
    output : Path
        A folder that is empty or not there yet: drafts in it may have been edited.
    language : {"en", "zh"}, optional
        Of everything that is said in them; by default the workbook's.
    templates : Path, optional
        A folder with texts of one's own; the built-in ones are put there where there are none.

    Raises
    ------
    WorkbookError
        The folder is not empty, or cannot be written to.
    TemplateError
        A text of one's own cannot be used.
    """
    spoken = language or book.language
    book = book.in_language(spoken)
    put = put_templates(templates, language=spoken) if templates else []
    texts = {name: read_text(name, language=spoken, folder=templates) for name in NAMES}
    stakes = stage_stakes(book.tables, as_of=as_of)
    reminders = remind(book.tables, as_of=as_of, locator=book.locator)
    found = (*problems_of(book, as_of=as_of), *reminders)
    tasks = tasks_by_owner(with_costs(found, stakes), book.tables, as_of=as_of, language=spoken)
    currency = book.tables.settings.currency
    _refuse_filled(output)
    written = []
    for owner, stem in file_stems(tasks).items():
        own = tasks[owner]
        contents = {
            CALENDAR: calendar_of(
                owner, own, book=book.path.name, as_of=as_of, currency=currency, language=spoken
            ),
            LIST: list_draft(
                owner,
                own,
                texts["list"],
                book=book.path.name,
                as_of=as_of,
                currency=currency,
                language=spoken,
            ),
        }
        to_write = {task.deal_id: task for task in own if task.touches and task.deal_id}
        for deal_id, name in file_stems(to_write).items():
            task = to_write[deal_id]
            contents[f"to-customer {name}.eml"] = customer_draft(
                task, texts["customer"], as_of=as_of
            )
        calendar, *drafts = _written(output / stem, contents)
        written.append(OwnerFiles(owner, calendar, tuple(drafts), tuple(own)))
    return Followups(as_of, currency, output, tuple(written), tuple(put))


def _refuse_filled(output: Path) -> None:
    if output.is_file() or (output.is_dir() and any(output.iterdir())):
        raise WorkbookError(
            f'"{output}" is not an empty folder, and drafts in it may have been edited; give a '
            "new one."
        )


def _written(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write the files of one owner."""
    paths = [folder / name for name in contents]
    try:
        folder.mkdir(parents=True)
        for path, content in zip(paths, contents.values(), strict=True):
            path.write_bytes(content)
    except OSError as error:
        raise WorkbookError(
            f'"{folder}" cannot be written to ({error.strerror}); give another folder.'
        ) from None
    return paths
