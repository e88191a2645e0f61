"""Make a workbook from the template: empty, or filled with tables."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from salespipe.errors import WorkbookLockedError, WorkbookNotFoundError
from salespipe.settings import Language, Settings
from salespipe.stages import validate_stages
from salespipe.tables import Tables
from salespipe.workbook.schema import SCHEMA_VERSION, SHEETS, STAMP_PROPERTY
from salespipe.workbook.template.currency import define_currency
from salespipe.workbook.template.deals import write_deals
from salespipe.workbook.template.formats import Formats, default_font
from salespipe.workbook.template.inputs import write_table_sheet
from salespipe.workbook.template.lists import list_entries, write_lists
from salespipe.workbook.template.method import write_settings, write_stages
from salespipe.workbook.template.start import write_start
from salespipe.workbook.template.text import phrase
from salespipe.workbook.template.tool_sheets import TOOL_SHEETS, write_stamp, write_tool_sheet
from salespipe.workbook.template.worksheet import FormulaSheet

__all__ = ["build_workbook"]

_MADE_ON: Final = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Creation date that every workbook carries: the same input gives the same bytes."""

USUAL_CURRENCY: Final[dict[Language, str]] = {"en": "USD", "zh": "CNY"}
"""Currency on the Settings sheet of an empty workbook."""

_PLAIN_SHEETS: Final = (
    "accounts",
    "contacts",
    "activities",
    "targets",
    "market",
    "rates",
    "feedback",
)


def build_workbook(
    path: Path,
    *,
    tables: Tables | None = None,
    language: Language = "en",
    today: date | None = None,
) -> None:
    """Make a workbook with every sheet of the template.

    Parameters
    ----------
    path : Path
        Where to write; a file that is there is replaced.
    tables : Tables, optional
        What to fill in; without it the workbook is empty and ready for input. Columns of
        `tables.deals` that are not known stand to the right of the known ones.
    language : {"en", "zh"}
        Language of sheets, headers and sentences, also written on the Settings sheet.
    today : date, optional
        Day for which the stored values of formulas with TODAY() are computed; without it, the
        last day on which anything is recorded. A spreadsheet program recalculates them anyway.

    Raises
    ------
    SettingsError
        The stages cannot be used.
    WorkbookNotFoundError
        The folder is missing.
    WorkbookLockedError
        The file cannot be written.
    WorkbookUnsafeError
        A text or a table is larger than a sheet can hold.
    """
    content = _empty(language) if tables is None else tables
    validate_stages(content.stages)
    if not path.parent.is_dir():
        raise WorkbookNotFoundError(f'There is no folder "{path.parent}"; make it first.')
    book = Workbook(str(path), {"default_format_properties": default_font(language)})
    _write(book, content, language=language, today=today)
    try:
        book.close()
    except FileCreateError as error:
        raise WorkbookLockedError(
            f'"{path.name}" cannot be written ({error}); close it elsewhere or choose another name.'
        ) from error


def _empty(language: Language) -> Tables:
    return Tables(settings=Settings(language=language, currency=USUAL_CURRENCY[language]))


def _write(book: Any, tables: Tables, *, language: Language, today: date | None) -> None:  # noqa: ANN401
    formats = Formats(book, language)
    sheets = {
        key: book.add_worksheet(sheet.title(language), FormulaSheet)
        for key, sheet in SHEETS.items()
    }
    write_start(
        sheets["start"],
        book=book,
        company=tables.settings.company,
        formats=formats,
        language=language,
        titles={key: sheet.title(language) for key, sheet in SHEETS.items()},
    )
    write_deals(sheets["deals"], tables=tables, formats=formats, language=language, today=today)
    for key in _PLAIN_SHEETS:
        write_table_sheet(
            sheets[key],
            key=key,
            frame=getattr(tables, key),
            currencies=list_entries("currencies", tables, language),
            formats=formats,
            language=language,
        )
    write_stages(sheets["stages"], stages=tables.stages, formats=formats, language=language)
    write_settings(sheets["settings"], settings=tables.settings, formats=formats, language=language)
    write_lists(book, sheets["lists"], formats=formats, tables=tables, language=language)
    for key in TOOL_SHEETS:
        if key != "start":
            write_tool_sheet(sheets[key], key, book=book, formats=formats, language=language)
    define_currency(book, language)
    write_stamp(book, language=language)
    book.set_custom_property(STAMP_PROPERTY, SCHEMA_VERSION)
    book.set_properties(
        {"title": phrase("title", language), "author": "salespipe", "created": _MADE_ON}
    )
    sheets["start"].activate()
