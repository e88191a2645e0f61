"""A rule that a cell or a sheet broke, before it is put into words."""

from collections.abc import Mapping
from dataclasses import dataclass

from salespipe.problems import Problem
from salespipe.settings import Language
from salespipe.wording import Words, filled, said
from salespipe.workbook.areas import cell_address
from salespipe.workbook.rule_words import BULK, MESSAGES, REMEDIES
from salespipe.workbook.rules import RULES

__all__ = ["Note", "problem_of"]


@dataclass(frozen=True)
class Note:
    """A rule that a cell, or a whole sheet, broke.

    Attributes
    ----------
    rule : str
        A key of :data:`salespipe.workbook.rules.RULES`.
    key : str
        Column key, ``""`` for a row or the whole sheet.
    row, column : int
        Place in the sheet, 0 where there is none.
    value : str
        What stands there.
    taken, hint : str or Words
        What it was read as, what else the message says.
    """

    rule: str
    key: str = ""
    row: int = 0
    column: int = 0
    value: str = ""
    taken: str | Words = ""
    hint: str | Words = ""


def problem_of(
    note: Note,
    *,
    sheet: str,
    language: Language,
    table: str = "",
    headers: Mapping[int, str] | None = None,
    count: int = 0,
    deal_id: str = "",
    owner: str = "",
) -> Problem:
    """Put a note into words.

    Parameters
    ----------
    note : Note
        Names its column, or stands for the whole sheet.
    sheet : str
        As on the tab.
    language : {"en", "zh"}
    table : str
        Key of the table, which decides how grave it is.
    headers : mapping, optional
        Header by column.
    count : int
        Cells that the note speaks of, 0 if of one.
    deal_id, owner : str
    """
    header = (headers or {}).get(note.column, note.key)
    values = {
        "value": note.value,
        "column": header,
        "taken": note.taken,
        "hint": note.hint,
        "count": f"{count:,}",
    }
    place = cell_address(note.row, note.column) if note.row and note.column else ""
    return Problem(
        sheet=sheet,
        cell=place,
        column=header if note.column or note.key else "",
        value=str(said(note.value, language)),
        rule=_name(note.rule, note.key),
        severity=RULES[note.rule].weight(table, note.key),
        message=filled((BULK if count else MESSAGES)[note.rule], values, language),
        remedy=filled(REMEDIES[note.rule], values, language),
        deal_id=deal_id,
        owner=owner,
    )


def _name(rule: str, key: str) -> str:
    named = rule in ("not-a-number", "not-a-date", "key-missing")
    return f"{key.replace('_', '-')}-{rule.removeprefix('key-')}" if named else rule
