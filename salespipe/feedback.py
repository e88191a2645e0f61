"""Answers to what reps wrote on the Feedback sheet, written back into it."""

from collections.abc import Mapping
from pathlib import Path

from salespipe import names as n
from salespipe.errors import WorkbookError
from salespipe.workbook.book import Book
from salespipe.workbook.edits import Edits, Entry
from salespipe.workbook.patch import apply_edits

__all__ = ["answer_feedback"]


def answer_feedback(
    book: Book, answers: Mapping[int, str], *, status: str = "", output: Path | None = None
) -> Path | None:
    """Write answers into the Feedback sheet; an answer that is there already is never replaced.

    Parameters
    ----------
    book : Book
        As it was read; refused if someone has saved it since.
    answers : mapping
        Row of the sheet to answer; the rows are those of :func:`salespipe.kpi.feedback_items`.
    status : str
        Written beside each answer; ``""`` leaves the status as it is.
    output : Path, optional
        Where to write; by default the same file, of which a backup is kept.

    Returns
    -------
    Path or None
        The backup, if one was made.

    Raises
    ------
    WorkbookError
        There is no such row or no column to answer in, or it is answered already.
    """
    cells: dict[str, dict[str, Entry]] = {}
    said = book.tables.feedback
    for row, answer in answers.items():
        if row not in said.index:
            raise WorkbookError(
                f"The Feedback sheet has nothing in row {row}; give the row of an item."
            )
        if isinstance(said.loc[row, n.ANSWER], str):
            raise WorkbookError(
                f"The feedback in row {row} is answered already; change the answer in the sheet."
            )
        for key, text in ((n.ANSWER, answer), (n.STATUS, status)):
            place = book.locator.find("feedback", key=key, row=row)
            if text and not place.cell:
                raise WorkbookError(
                    f'The sheet "{place.sheet}" has no column "{place.column}"; add it.'
                )
            if text:
                cells.setdefault(place.sheet, {})[place.cell] = text
    return apply_edits(
        book.path, output or book.path, Edits(cells=cells), expected_digest=book.digest
    )
