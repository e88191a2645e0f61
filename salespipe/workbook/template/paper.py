"""How sheets print."""

from typing import Any

from salespipe.settings import Language
from salespipe.workbook.template.text import phrase

__all__ = ["print_setup"]


def print_setup(sheet: Any, *, language: Language, header: int | None) -> None:  # noqa: ANN401
    """Set a sheet to print in landscape, one page wide, with its header row on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L&A&R{phrase('page', language)}")
    if header is not None:
        sheet.repeat_rows(header)
